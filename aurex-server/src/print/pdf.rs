//! Pages into a file (ISO 32000-1).
//!
//! Nothing in it depends on when or where it is made: no date, no id by chance. Each text is written as the glyphs of an
//! embedded font, with the letters that they stand for beside it, so that it can be searched and copied.

use std::collections::{BTreeMap, BTreeSet};

use aurex_core::shop::print::PrintedBill;
use miniz_oxide::deflate::compress_to_vec_zlib;
use pdf_writer::types::{CidFontType, FontFlags, SystemInfo, UnicodeCmap};
use pdf_writer::{Content, Filter, Finish as _, Name, Pdf, Rect, Ref, Str, TextStr};

use super::PrintError;
use super::block::{Ink, Mark};
use super::font::{Face, Font, Fonts};
use super::pages::Page;
use super::paper::{Length, Paper};

const SYSTEM: SystemInfo<'static> =
    SystemInfo { registry: Str(b"Adobe"), ordering: Str(b"Identity"), supplement: 0 };

/// How hard streams are packed, from 0 to 10.
const LEVEL: u8 = 8;

/// Numbers for the objects of a file.
struct Numbers(i32);

impl Numbers {
    fn next(&mut self) -> Ref {
        self.0 = self.0.saturating_add(1);
        Ref::new(self.0)
    }
}

const fn name_of(face: Face) -> (&'static [u8], &'static [u8]) {
    // Six letters and a plus say that a font is part of one (9.6.4).
    match face {
        Face::Text => (b"F1", b"AUREXA+BillText"),
        Face::Strong => (b"F2", b"AUREXB+BillStrong"),
        Face::Display => (b"F3", b"AUREXC+BillDisplay"),
    }
}

/// The file.
pub(super) fn file(
    fonts: &Fonts,
    bill: &PrintedBill,
    pages: &[Page],
    paper: Paper,
) -> Result<Vec<u8>, PrintError> {
    let mut numbers = Numbers(0);
    let mut pdf = Pdf::new();
    pdf.set_version(1, 7);
    let (catalog, tree, info) = (numbers.next(), numbers.next(), numbers.next());
    let title = format!("{} {}", bill.title, bill.number);
    let mut root = pdf.catalog(catalog);
    root.pages(tree).lang(TextStr("en-IN"));
    root.viewer_preferences().display_doc_title(true);
    root.finish();
    pdf.document_info(info)
        .title(TextStr(&title))
        .author(TextStr(&bill.seller.name))
        .producer(TextStr("Aurex"));

    let faces = Face::ALL.map(|face| (face, numbers.next()));
    let leaves: Vec<_> = pages.iter().map(|page| (page, numbers.next(), numbers.next())).collect();
    pdf.pages(tree)
        .kids(leaves.iter().map(|(_, leaf, _)| *leaf))
        .count(i32::try_from(pages.len()).unwrap_or(i32::MAX));
    let width = paper.room().width;
    for (page, leaf, content) in &leaves {
        let mut written = pdf.page(*leaf);
        written.parent(tree).contents(*content).media_box(Rect::new(
            0.0,
            0.0,
            points(width),
            points(page.height),
        ));
        let mut resources = written.resources();
        let mut named = resources.fonts();
        for (face, number) in faces {
            named.pair(Name(name_of(face).0), number);
        }
        named.finish();
        resources.finish();
        written.finish();
        let drawn = compress_to_vec_zlib(&drawn(fonts, page, width)?, LEVEL);
        pdf.stream(*content, &drawn).filter(Filter::FlateDecode);
    }
    for (face, number) in faces {
        embed(&mut pdf, &mut numbers, fonts.of(face), face, number, &letters(pages, face));
    }
    Ok(pdf.finish())
}

/// A length as a file says it.
#[expect(clippy::float_arithmetic, reason = "a file is written in points; nothing is decided by them")]
#[expect(clippy::cast_precision_loss, reason = "a length on paper has far fewer than 24 bits")]
const fn points(length: Length) -> f32 {
    length as f32 / 100.0
}

const fn rgb(ink: Ink) -> [f32; 3] {
    match ink {
        Ink::Black => [0.1, 0.1, 0.1],
        Ink::Grey => [0.36, 0.36, 0.36],
        Ink::Gold => [0.5, 0.37, 0.08],
        Ink::Tint => [0.965, 0.945, 0.89],
        Ink::Red => [0.7, 0.12, 0.1],
    }
}

/// Paler than anything that stands on it.
const WATERMARK: [f32; 3] = [0.95, 0.83, 0.82];

fn letters(pages: &[Page], face: Face) -> BTreeSet<char> {
    let of = |mark: &Mark| match mark {
        Mark::Text { face: of, text, .. } if *of == face => text.chars().collect(),
        Mark::Across { text } if face == Face::Strong => text.chars().collect(),
        _ => Vec::new(),
    };
    pages.iter().flat_map(|page| &page.marks).flat_map(of).collect()
}

/// A text as the glyphs of a face.
fn glyphs(fonts: &Fonts, face: Face, text: &str) -> Result<Vec<u8>, PrintError> {
    let font = fonts.of(face);
    let glyphs: Option<Vec<u16>> = text.chars().map(|letter| font.glyph(letter)).collect();
    Ok(glyphs.ok_or(PrintError::Letters)?.into_iter().flat_map(u16::to_be_bytes).collect())
}

/// What draws a page. Lengths count down from its top, a file's up from its foot.
fn drawn(fonts: &Fonts, page: &Page, width: Length) -> Result<Vec<u8>, PrintError> {
    let mut content = Content::new();
    let up = |y: Length| points(page.height - y);
    for mark in &page.marks {
        match mark {
            Mark::Text { x, y, size, face, ink, text } => {
                let [r, g, b] = rgb(*ink);
                content.set_fill_rgb(r, g, b).begin_text();
                content.set_font(Name(name_of(*face).0), points(*size));
                content.set_text_matrix([1.0, 0.0, 0.0, 1.0, points(*x), up(*y)]);
                content.show(Str(&glyphs(fonts, *face, text)?)).end_text();
            }
            Mark::Area { x, y, width, height, ink } => {
                let [r, g, b] = rgb(*ink);
                content.set_fill_rgb(r, g, b);
                content.rect(points(*x), up(y + height), points(*width), points(*height)).fill_nonzero();
            }
            Mark::Code { x, y, size, side, runs } => {
                let side = Length::try_from(*side).unwrap_or(Length::MAX).max(1);
                let at = |module: usize| {
                    let module = Length::try_from(module).unwrap_or(Length::MAX);
                    size.saturating_mul(module) / side
                };
                content.set_fill_rgb(0.0, 0.0, 0.0);
                for (column, row, count) in runs {
                    let (left, right) = (at(*column), at(column.saturating_add(*count)));
                    let (top, foot) = (at(*row), at(row.saturating_add(1)));
                    content.rect(points(x + left), up(y + foot), points(right - left), points(foot - top));
                }
                content.fill_nonzero();
            }
            Mark::Across { text } => {
                let size = width / 7;
                let half = fonts.width(Face::Strong, size, text) / 2;
                // A diagonal's sine and cosine are the same; the word's middle is the page's.
                let (x, y) = (width / 2 - half * 707 / 1_000, page.height / 2 - half * 707 / 1_000);
                let [r, g, b] = WATERMARK;
                content.set_fill_rgb(r, g, b).begin_text();
                content.set_font(Name(name_of(Face::Strong).0), points(size));
                content.set_text_matrix([0.707, 0.707, -0.707, 0.707, points(x), points(y)]);
                content.show(Str(&glyphs(fonts, Face::Strong, text)?)).end_text();
            }
        }
    }
    Ok(content.finish().to_vec())
}

/// A font with its widths, and what its glyphs stand for.
fn embed(
    pdf: &mut Pdf,
    numbers: &mut Numbers,
    font: &Font,
    face: Face,
    number: Ref,
    letters: &BTreeSet<char>,
) {
    let (cid, descriptor, file, unicode) = (numbers.next(), numbers.next(), numbers.next(), numbers.next());
    let name = Name(name_of(face).1);
    pdf.type0_font(number)
        .base_font(name)
        .encoding_predefined(Name(b"Identity-H"))
        .descendant_font(cid)
        .to_unicode(unicode);

    let used: BTreeMap<u16, char> =
        letters.iter().filter_map(|letter| Some((font.glyph(*letter)?, *letter))).collect();
    let mut written = pdf.cid_font(cid);
    written
        .subtype(CidFontType::Type2)
        .base_font(name)
        .system_info(SYSTEM)
        .font_descriptor(descriptor)
        .default_width(0.0)
        .cid_to_gid_map_predefined(Name(b"Identity"));
    let mut widths = written.widths();
    for (glyph, letter) in &used {
        widths.consecutive(*glyph, [thousandths(font.advance(*letter).unwrap_or(0))]);
    }
    widths.finish();
    written.finish();

    let tables = &font.tables;
    let of = |units: i16| thousandths(font.thousandths(i32::from(units)));
    let bounds = tables.global_bounding_box();
    pdf.font_descriptor(descriptor)
        .name(name)
        .flags(FontFlags::NON_SYMBOLIC)
        .bbox(Rect::new(of(bounds.x_min), of(bounds.y_min), of(bounds.x_max), of(bounds.y_max)))
        .italic_angle(0.0)
        .ascent(of(tables.ascender()))
        .descent(of(tables.descender()))
        .cap_height(of(tables.capital_height().unwrap_or_else(|| tables.ascender())))
        .stem_v(80.0)
        .font_file2(file);
    let packed = font.packed();
    let length = i32::try_from(font.file.len()).unwrap_or(i32::MAX);
    pdf.stream(file, packed).filter(Filter::FlateDecode).pair(Name(b"Length1"), length);

    let mut map = UnicodeCmap::new(Name(b"Letters"), SYSTEM);
    for (glyph, letter) in &used {
        map.pair(*glyph, *letter);
    }
    pdf.cmap(unicode, &compress_to_vec_zlib(&map.finish(), LEVEL)).filter(Filter::FlateDecode);
}

#[expect(clippy::cast_precision_loss, reason = "a glyph is a few thousand units wide")]
const fn thousandths(units: Length) -> f32 {
    units as f32
}
