//! Three faces: how wide a text is, where it breaks.
//!
//! Figures of these faces are all of one width, the rupee's sign too, so that columns of amounts stand in line. There is no
//! kerning, and no joining of letters: what Indian scripts need is not here.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use miniz_oxide::deflate::compress_to_vec_zlib;

use super::PrintError;
use super::paper::Length;

/// A face.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Face {
    Text,
    Strong,
    Display,
}

impl Face {
    pub(super) const ALL: [Self; 3] = [Self::Text, Self::Strong, Self::Display];
}

/// A font file and its tables.
pub(super) struct Font {
    pub(super) file: &'static [u8],
    pub(super) tables: ttf_parser::Face<'static>,
    packed: Vec<u8>,
    /// The glyph of each letter that it has, and how far that goes.
    letters: BTreeMap<char, (u16, Length)>,
}

/// No letter of ours stands behind the mathematical minus.
const LAST: char = '\u{2212}';

impl Font {
    fn of(file: &'static [u8]) -> Result<Self, PrintError> {
        let tables = ttf_parser::Face::parse(file, 0).map_err(|_| PrintError::Font)?;
        let mut font = Self { file, tables, packed: compress_to_vec_zlib(file, 8), letters: BTreeMap::new() };
        let of = |letter| {
            let glyph = font.tables.glyph_index(letter)?;
            let units = font.tables.glyph_hor_advance(glyph)?;
            Some((letter, (glyph.0, font.thousandths(i32::from(units)))))
        };
        font.letters = (' '..=LAST).filter_map(of).collect();
        Ok(font)
    }

    /// The file as it stands in every PDF.
    pub(super) fn packed(&self) -> &[u8] {
        &self.packed
    }

    pub(super) fn glyph(&self, letter: char) -> Option<u16> {
        self.letters.get(&letter).map(|(glyph, _)| *glyph)
    }

    /// How far a letter goes, in thousandths of the size, whole ones, as a PDF says it.
    pub(super) fn advance(&self, letter: char) -> Option<Length> {
        self.letters.get(&letter).map(|(_, advance)| *advance)
    }

    pub(super) fn thousandths(&self, units: i32) -> Length {
        let em = i32::from(self.tables.units_per_em()).max(1);
        (units.saturating_mul(1_000) + em / 2) / em
    }
}

/// The faces.
pub(super) struct Fonts {
    text: Font,
    strong: Font,
    display: Font,
}

static OURS: LazyLock<Result<Fonts, PrintError>> = LazyLock::new(|| {
    Ok(Fonts {
        text: Font::of(include_bytes!("fonts/text.ttf"))?,
        strong: Font::of(include_bytes!("fonts/strong.ttf"))?,
        display: Font::of(include_bytes!("fonts/display.ttf"))?,
    })
});

impl Fonts {
    pub(super) fn ours() -> Result<&'static Self, PrintError> {
        OURS.as_ref().map_err(Clone::clone)
    }

    pub(super) fn of(&self, face: Face) -> &Font {
        match face {
            Face::Text => &self.text,
            Face::Strong => &self.strong,
            Face::Display => &self.display,
        }
    }

    /// Letters that a face has not count as wide as a figure; a file with one is not made.
    pub(super) fn width(&self, face: Face, size: Length, text: &str) -> Length {
        let font = self.of(face);
        let thousandths: i64 =
            text.chars().map(|letter| i64::from(font.advance(letter).unwrap_or(580))).sum();
        let width = (thousandths * i64::from(size) + 999) / 1_000;
        Length::try_from(width).unwrap_or(Length::MAX)
    }

    /// The lines of a text that is no wider than `width`: broken between words, and inside of one that is wider.
    pub(super) fn lines(&self, face: Face, size: Length, text: &str, width: Length) -> Vec<String> {
        let fits = |line: &str| self.width(face, size, line) <= width;
        let mut lines = Vec::new();
        let mut line = String::new();
        for word in text.split_whitespace() {
            let longer = if line.is_empty() { word.to_owned() } else { format!("{line} {word}") };
            if fits(&longer) {
                line = longer;
                continue;
            }
            if !line.is_empty() {
                lines.push(std::mem::take(&mut line));
            }
            for letter in word.chars() {
                line.push(letter);
                if !fits(&line) && line.chars().count() > 1 {
                    line.pop();
                    lines.push(std::mem::replace(&mut line, letter.to_string()));
                }
            }
        }
        if !line.is_empty() {
            lines.push(line);
        }
        lines
    }

    /// The size, up to `size`, at which a text that must not be broken is no wider than `width`.
    pub(super) fn fitting(&self, face: Face, size: Length, text: &str, width: Length) -> Length {
        let wide = i64::from(self.width(face, size, text));
        if wide <= i64::from(width) {
            return size;
        }
        let fitting = i64::from(size) * i64::from(width.max(0)) / wide.max(1);
        Length::try_from(fitting).unwrap_or(size).max(1)
    }
}
