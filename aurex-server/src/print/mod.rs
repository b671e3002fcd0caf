//! A bill as a PDF: the same bytes for the same bill, text that can be selected, one file that asks nobody for anything.
//!
//! What stands on it is core's [`PrintedBill`]; here it is only put in its place. Everything is measured in whole
//! hundredths of a point, so that no float decides where a line breaks.
//!
//! | file | idea |
//! |---|---|
//! | `paper` | the sizes of paper, and what each leaves room for |
//! | `font` | three faces: how wide a text is, where it breaks |
//! | `block` | what is drawn, and pieces of it that stay together |
//! | `head`, `lines`, `foot` | the three parts of a bill |
//! | `pages` | blocks onto pages, with what is carried forward |
//! | `pdf` | pages into a file |

mod block;
mod font;
mod foot;
mod head;
mod lines;
mod pages;
mod paper;
mod pdf;

use aurex_core::shop::print::PrintedBill;

pub use paper::Paper;

use font::Fonts;

/// Why there is no PDF of a bill.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PrintError {
    /// The embedded fonts are for Latin letters. A page in a browser prints every script.
    #[error("the bill has letters that the fonts of a PDF do not have")]
    Letters,
    /// A font of ours is broken, which no build ships.
    #[error("a font is broken")]
    Font,
}

/// The file. `link` is what the code at the foot says.
///
/// # Errors
/// [`PrintError`].
pub fn pdf(bill: &PrintedBill, link: Option<&str>, paper: Paper) -> Result<Vec<u8>, PrintError> {
    let fonts = Fonts::ours()?;
    let pages = pages::pages(fonts, bill, link, paper);
    pdf::file(fonts, bill, &pages, paper)
}

#[cfg(test)]
mod tests;
