//! The armor of an age file: base64 between two lines, so that it survives mail and paper.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

const BEGIN: &str = "-----BEGIN AGE ENCRYPTED FILE-----";
const END: &str = "-----END AGE ENCRYPTED FILE-----";
const COLUMNS: usize = 64;

pub(super) fn put_on(file: &[u8]) -> String {
    let base64 = STANDARD.encode(file);
    let mut armored = format!("{BEGIN}\n");
    for (place, letter) in base64.chars().enumerate() {
        if place > 0 && place % COLUMNS == 0 {
            armored.push('\n');
        }
        armored.push(letter);
    }
    armored.push_str(&format!("\n{END}\n"));
    armored
}

/// The file without its armor, if it wears one; `None` when the armor is damaged.
pub(super) fn take_off(file: &[u8]) -> Option<Vec<u8>> {
    if !file.trim_ascii_start().starts_with(BEGIN.as_bytes()) {
        return Some(file.to_vec());
    }
    let text = std::str::from_utf8(file).ok()?.trim();
    let body = text.strip_prefix(BEGIN)?.strip_suffix(END)?;
    let base64: String = body.split(['\r', '\n']).collect();
    STANDARD.decode(base64).ok()
}
