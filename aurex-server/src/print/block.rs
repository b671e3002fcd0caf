//! What is drawn, and pieces of it that stay together.

use super::font::{Face, Fonts};
use super::paper::Length;

/// An ink.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ink {
    Black,
    /// Labels and small print.
    Grey,
    /// Rules and the seller's name: an old gold that a printer without colours makes a dark grey.
    Gold,
    /// A tint of it behind rows of headings.
    Tint,
    /// Across a cancelled bill.
    Red,
}

/// Where a text stands by its place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Side {
    Left,
    Right,
    Middle,
}

/// One thing drawn. Heights count downwards from the top of its block; a text's is its baseline's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Mark {
    Text {
        x: Length,
        y: Length,
        size: Length,
        face: Face,
        ink: Ink,
        text: String,
    },
    Area {
        x: Length,
        y: Length,
        width: Length,
        height: Length,
        ink: Ink,
    },
    /// A code of `side` modules, drawn as runs of dark ones: column, row, how many.
    Code {
        x: Length,
        y: Length,
        size: Length,
        side: usize,
        runs: Vec<(usize, usize, usize)>,
    },
    /// A word from corner to corner.
    Across {
        text: String,
    },
}

/// How a text is written.
#[derive(Debug, Clone, Copy)]
pub(super) struct Style {
    pub(super) face: Face,
    pub(super) size: Length,
    pub(super) ink: Ink,
}

impl Style {
    pub(super) const fn text(size: Length) -> Self {
        Self { face: Face::Text, size, ink: Ink::Black }
    }

    pub(super) const fn strong(size: Length) -> Self {
        Self { face: Face::Strong, size, ink: Ink::Black }
    }

    pub(super) const fn label(size: Length) -> Self {
        Self { face: Face::Text, size, ink: Ink::Grey }
    }

    /// From one baseline to the next.
    pub(super) const fn leading(self) -> Length {
        self.size * 132 / 100
    }
}

/// Marks that stay together.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Block {
    pub(super) marks: Vec<Mark>,
    pub(super) height: Length,
}

/// A place for a text: from `x`, so wide.
#[derive(Debug, Clone, Copy)]
pub(super) struct Cell {
    pub(super) x: Length,
    pub(super) width: Length,
    pub(super) side: Side,
}

impl Block {
    /// Room below.
    pub(super) fn skip(&mut self, height: Length) {
        self.height += height;
    }

    /// A rule across, and the room that it takes.
    pub(super) fn rule(&mut self, x: Length, width: Length, thick: Length, ink: Ink) {
        self.marks.push(Mark::Area { x, y: self.height, width, height: thick, ink });
        self.height += thick;
    }

    /// One line that is not broken: smaller, where it is too wide. Its baseline is `down` below the block's end; the
    /// block grows by nothing.
    pub(super) fn put(&mut self, fonts: &Fonts, cell: Cell, down: Length, style: Style, text: &str) {
        if text.is_empty() {
            return;
        }
        let size = fonts.fitting(style.face, style.size, text, cell.width);
        let width = fonts.width(style.face, size, text).min(cell.width);
        let x = match cell.side {
            Side::Left => cell.x,
            Side::Right => cell.x + cell.width - width,
            Side::Middle => cell.x + (cell.width - width) / 2,
        };
        let (face, ink) = (style.face, style.ink);
        self.marks.push(Mark::Text { x, y: self.height + down, size, face, ink, text: text.to_owned() });
    }

    /// Lines of a text, one below the other.
    pub(super) fn paragraph(&mut self, fonts: &Fonts, cell: Cell, style: Style, text: &str) {
        for line in fonts.lines(style.face, style.size, text, cell.width) {
            self.height += style.leading();
            self.put(fonts, cell, -(style.leading() - style.size) / 2 - style.size / 6, style, &line);
        }
    }

    /// Short texts one after the other, as many to a line as it holds; none is broken that fits one.
    pub(super) fn items(&mut self, fonts: &Fonts, cell: Cell, style: Style, items: &[String]) {
        let mut line = String::new();
        for item in items {
            let longer = if line.is_empty() { item.clone() } else { format!("{line} · {item}") };
            if fonts.width(style.face, style.size, &longer) > cell.width {
                self.paragraph(fonts, cell, style, &std::mem::replace(&mut line, item.clone()));
            } else {
                line = longer;
            }
        }
        self.paragraph(fonts, cell, style, &line);
    }

    /// Another block at the same height; the block is as high as the higher one.
    pub(super) fn beside(&mut self, other: Self) {
        let height = self.height.max(other.height);
        self.marks.extend(other.marks);
        self.height = height;
    }

    /// Another block below.
    pub(super) fn below(&mut self, other: Self) {
        let height = self.height;
        self.marks.extend(other.marks.into_iter().map(|mark| mark.moved(height)));
        self.height += other.height;
    }
}

impl Mark {
    pub(super) fn moved(mut self, down: Length) -> Self {
        match &mut self {
            Self::Text { y, .. } | Self::Area { y, .. } | Self::Code { y, .. } => *y += down,
            Self::Across { .. } => {}
        }
        self
    }
}
