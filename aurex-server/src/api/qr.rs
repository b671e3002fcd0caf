//! A QR code, as an image that a page can show without a script and without asking anybody else for it.

use std::fmt::Write as _;

use qrcode::{Color, EcLevel, QrCode};
use zeroize::Zeroizing;

/// The light margin around the code: four modules (ISO/IEC 18004).
const MARGIN: usize = 4;

/// An SVG of the code that says `text`: `viewBox` in modules, black on white, without a size, a style or a script. It
/// shows what the text holds, so it is as secret. Nothing where the text is longer than a code holds, about 2,300 bytes.
pub fn svg(text: &str) -> Option<Zeroizing<String>> {
    let code = QrCode::with_error_correction_level(text, EcLevel::M).ok()?;
    let modules = code.to_colors();
    let side = code.width().saturating_add(2 * MARGIN);
    // Reserved at once, so that growing leaves no unwiped copies behind: no run's path is longer than this.
    let mut image =
        Zeroizing::new(String::with_capacity(modules.len().saturating_mul(8).saturating_add(256)));
    let begun = write!(
        image,
        r##"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {side} {side}" shape-rendering="crispEdges"><path fill="#fff" d="M0 0h{side}v{side}H0z"/><path d=""##
    );
    begun.ok()?;
    for (row, line) in modules.chunks(code.width().max(1)).enumerate() {
        let mut at = 0;
        for run in line.chunk_by(|one, next| one == next) {
            if run.first() == Some(&Color::Dark) {
                let (x, y, length) = (at + MARGIN, row + MARGIN, run.len());
                write!(image, "M{x} {y}h{length}v1H{x}z").ok()?;
            }
            at += run.len();
        }
    }
    image.push_str(r#""/></svg>"#);
    Some(image)
}

/// Dark modules beside one another: column, row, how many.
pub type Run = (usize, usize, usize);

/// The dark modules of the code that says `text`, as runs, each with its column, row and length, and how many modules
/// a side has with its margin. For texts that are no secret: nothing is wiped.
pub fn runs(text: &str) -> Option<(usize, Vec<Run>)> {
    let code = QrCode::with_error_correction_level(text, EcLevel::M).ok()?;
    let mut runs = Vec::new();
    for (row, line) in code.to_colors().chunks(code.width().max(1)).enumerate() {
        let mut at = 0;
        for run in line.chunk_by(|one, next| one == next) {
            if run.first() == Some(&Color::Dark) {
                runs.push((at + MARGIN, row + MARGIN, run.len()));
            }
            at += run.len();
        }
    }
    Some((code.width().saturating_add(2 * MARGIN), runs))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The modules of an image of ours, read back from its path.
    fn modules(svg: &str) -> Vec<Vec<bool>> {
        let side: usize =
            svg.split("viewBox=\"0 0 ").nth(1).unwrap().split(' ').next().unwrap().parse().unwrap();
        let mut modules = vec![vec![false; side]; side];
        let path = svg.split("<path d=\"").nth(1).unwrap().split('"').next().unwrap();
        for run in path.split_terminator('z') {
            let (place, rest) = run.strip_prefix('M').unwrap().split_once('h').unwrap();
            let (x, y) = place.split_once(' ').unwrap();
            let (x, y): (usize, usize) = (x.parse().unwrap(), y.parse().unwrap());
            let (length, back) = rest.split_once("v1H").unwrap();
            assert_eq!(back.parse(), Ok(x));
            modules[y][x..x + length.parse::<usize>().unwrap()].fill(true);
        }
        modules
    }

    #[test]
    fn the_image_shows_the_code_with_its_margin() {
        let text =
            "otpauth://totp/Aurex%20Zaveri:asha%40zaveri.example?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";
        let image = svg(text).unwrap();
        let shown = modules(&image);
        let code = QrCode::with_error_correction_level(text, EcLevel::M).unwrap();
        assert_eq!(shown.len(), code.width() + 8);
        for (y, row) in shown.iter().enumerate() {
            for (x, dark) in row.iter().enumerate() {
                let inside = |at: usize| (MARGIN..MARGIN + code.width()).contains(&at);
                let expected = inside(x) && inside(y) && code[(x - MARGIN, y - MARGIN)] == Color::Dark;
                assert_eq!(*dark, expected, "{x} {y}");
            }
        }
        let finder = |x: usize, y: usize| (0..7).all(|at| shown[y][x + at] && shown[y + at][x]);
        assert!(finder(4, 4) && finder(shown.len() - 11, 4) && finder(4, shown.len() - 11));
        assert!(!image.contains("style") && !image.contains("script") && !image.contains(text));
    }

    #[test]
    fn a_text_too_long_for_a_code_has_none() {
        assert!(svg(&"x".repeat(2_300)).is_some());
        assert!(svg(&"x".repeat(3_000)).is_none());
    }
}
