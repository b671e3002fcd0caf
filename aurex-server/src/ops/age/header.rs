//! The header of an age file: who can open it, and a MAC over that.
//!
//! ```text
//! age-encryption.org/v1
//! -> X25519 <the ephemeral share>
//! <the file key, wrapped>
//! --- <MAC of everything up to and including the three dashes>
//! ```

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;
use zeroize::Zeroizing;

use super::Stanza;

const FIRST_LINE: &str = "age-encryption.org/v1";
/// A line of a stanza's body is this long; a shorter one is its last.
const COLUMNS: usize = 64;

pub(super) struct Header<'f> {
    /// Those for X25519 recipients.
    pub(super) stanzas: Vec<Stanza>,
    authenticated: &'f [u8],
    mac: [u8; 32],
}

impl Header<'_> {
    /// Whether the MAC is this key's.
    pub(super) fn is_by(&self, key: &Zeroizing<[u8; 32]>) -> bool {
        mac(key, self.authenticated).is_some_and(|mac| mac.verify_slice(&self.mac).is_ok())
    }
}

pub(super) fn write(stanzas: &[Stanza], key: &Zeroizing<[u8; 32]>) -> String {
    let mut header = format!("{FIRST_LINE}\n");
    for Stanza { share, body } in stanzas {
        let (share, body) = (STANDARD_NO_PAD.encode(share), STANDARD_NO_PAD.encode(body));
        header.push_str(&format!("-> X25519 {share}\n{body}\n"));
    }
    header.push_str("---");
    let mac = mac(key, header.as_bytes()).map(|mac| mac.finalize().into_bytes());
    header.push_str(&format!(" {}\n", STANDARD_NO_PAD.encode(mac.unwrap_or_default())));
    header
}

/// The header and what follows it.
pub(super) fn read(file: &[u8]) -> Option<(Header<'_>, &[u8])> {
    let mut rest = file;
    if next_line(&mut rest)? != FIRST_LINE {
        return None;
    }
    let mut stanzas = Vec::new();
    loop {
        let before = rest;
        let line = next_line(&mut rest)?;
        if let Some(mac) = line.strip_prefix("--- ") {
            let end = file.len().checked_sub(before.len())?.checked_add(3)?;
            let header = Header { stanzas, authenticated: file.get(..end)?, mac: decoded(mac)? };
            return Some((header, rest));
        }
        let arguments: Vec<&str> = line.strip_prefix("-> ")?.split(' ').collect();
        let mut body = String::new();
        loop {
            let line = next_line(&mut rest)?;
            body.push_str(line);
            if line.len() != COLUMNS {
                break;
            }
        }
        // Other kinds of recipients are somebody else's.
        if let ["X25519", share] = *arguments {
            stanzas.push(Stanza { share: decoded(share)?, body: decoded(&body)? });
        }
    }
}

fn next_line<'f>(rest: &mut &'f [u8]) -> Option<&'f str> {
    let end = rest.iter().position(|byte| *byte == b'\n')?;
    let (line, next) = rest.split_at_checked(end)?;
    *rest = next.get(1..)?;
    std::str::from_utf8(line).ok()
}

fn decoded(text: &str) -> Option<[u8; 32]> {
    STANDARD_NO_PAD.decode(text).ok()?.try_into().ok()
}

fn mac(key: &Zeroizing<[u8; 32]>, message: &[u8]) -> Option<Hmac<Sha256>> {
    let mut mac = Hmac::<Sha256>::new_from_slice(key.as_slice()).ok()?;
    mac.update(message);
    Some(mac)
}
