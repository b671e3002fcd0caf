//! The table of goods: a row with weights, rate and the metal's value, and below it what else the price is made of.

use aurex_core::shop::print::PrintedLine;

use super::block::{Block, Cell, Ink, Mark, Side, Style};
use super::font::Fonts;
use super::paper::{Length, Room};

/// The places of a table's columns.
struct Table {
    number: Cell,
    particulars: Cell,
    figures: Vec<(Figure, Cell)>,
    amount: Cell,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Figure {
    Gross,
    Less,
    Net,
    Rate,
}

impl Figure {
    const fn title(self) -> &'static str {
        match self {
            Self::Gross => "Gross",
            Self::Less => "Less",
            Self::Net => "Net",
            Self::Rate => "Rate",
        }
    }

    fn of(self, line: &PrintedLine) -> &str {
        match self {
            Self::Gross => &line.gross,
            Self::Less => &line.less,
            Self::Net => &line.net,
            Self::Rate => &line.rate,
        }
    }
}

const GAP: Length = 6_00;

impl Table {
    fn of(room: &Room) -> Self {
        let columns = room.columns;
        let inset = GAP / 2;
        let mut right = room.right() - inset;
        let mut take = |width: Length| {
            right -= width;
            Cell { x: right + GAP, width: width - GAP, side: Side::Right }
        };
        let amount = take(columns.amount);
        let each = [
            (Figure::Rate, columns.rate),
            (Figure::Net, columns.net),
            (Figure::Less, columns.less),
            (Figure::Gross, columns.gross),
        ];
        let figures: Vec<_> =
            each.into_iter().filter_map(|(figure, width)| Some((figure, take(width?)))).collect();
        let x = room.left() + inset;
        let particulars = x + columns.number;
        Self {
            number: Cell { x, width: columns.number - inset, side: Side::Left },
            particulars: Cell { x: particulars, width: right - particulars, side: Side::Left },
            figures,
            amount,
        }
    }

    /// From the particulars to the amount.
    fn wide(&self) -> Cell {
        Cell { width: self.amount.x - GAP - self.particulars.x, ..self.particulars }
    }
}

/// The row of titles.
pub(super) fn titles(fonts: &Fonts, room: &Room) -> Block {
    let table = Table::of(room);
    let mut block = Block::default();
    let style = Style::strong(room.small());
    let height = style.leading() + room.size / 2;
    let area = Mark::Area { x: room.left(), y: 0, width: room.measure(), height, ink: Ink::Tint };
    block.marks.push(area);
    let down = height - room.size / 2;
    block.put(fonts, table.number, down, style, "#");
    block.put(fonts, table.particulars, down, style, "Particulars");
    for (figure, cell) in &table.figures {
        block.put(fonts, *cell, down, style, figure.title());
    }
    block.put(fonts, table.amount, down, style, "Amount");
    block.skip(height);
    block
}

/// The rows of one line; each stays on one page.
pub(super) fn rows(fonts: &Fonts, room: &Room, line: &PrintedLine) -> Vec<Block> {
    let table = Table::of(room);
    let mut rows = vec![goods(fonts, room, &table, line)];
    let part = |text: &str, amount: &str| part(fonts, room, &table, Style::text(room.size), text, amount);
    for charge in line.wastage.iter().chain(&line.making) {
        rows.push(part(&charge.description, charge.amount.as_deref().unwrap_or_default()));
    }
    for stone in &line.stones {
        let said = format!("{}, {} at {}", stone.description, stone.quantity, stone.rate);
        rows.push(part(&said, &stone.value));
    }
    for charge in &line.charges {
        rows.push(part(&charge.description, charge.amount.as_deref().unwrap_or_default()));
    }
    if let Some(discount) = &line.discount {
        rows.push(part("Discount", &format!("−{discount}")));
    }
    if rows.len() > 1 {
        let style = Style::strong(room.size);
        rows.push(self::part(fonts, room, &table, style, "Taxable value", &line.taxable));
    }
    if let Some(row) = rows.last_mut() {
        row.skip(room.size / 2);
        row.rule(room.left(), room.measure(), 30, Ink::Gold);
    }
    rows
}

/// A row for what is carried from one page to the next.
pub(super) fn carried(fonts: &Fonts, room: &Room, words: &str, amount: &str) -> Block {
    let table = Table::of(room);
    let mut row = part(fonts, room, &table, Style::strong(room.size), words, amount);
    row.skip(room.size / 2);
    row.rule(room.left(), room.measure(), 30, Ink::Gold);
    row
}

fn goods(fonts: &Fonts, room: &Room, table: &Table, line: &PrintedLine) -> Block {
    let mut block = Block::default();
    block.skip(room.size / 2);
    let style = Style::text(room.size);
    let down = style.leading() - (style.leading() - room.size) / 2 - room.size / 6;
    block.put(fonts, table.number, down, style, &line.number);
    for (figure, cell) in &table.figures {
        block.put(fonts, *cell, down, style, figure.of(line));
    }
    block.put(fonts, table.amount, down, style, &line.metal);
    block.paragraph(fonts, table.particulars, Style::strong(room.size), &line.description);
    let huid = line.huid.as_ref().map(|huid| format!("HUID {huid}"));
    let known = [Some(line.purity.clone()), huid, Some(format!("HSN {}", line.hsn))];
    let known: Vec<_> = known.into_iter().flatten().collect();
    let (below, small) = (table.wide(), Style::label(room.small()));
    block.items(fonts, below, small, &known);
    let said: Vec<_> = [Figure::Gross, Figure::Less, Figure::Net, Figure::Rate]
        .into_iter()
        .filter(|figure| table.figures.iter().all(|(has, _)| has != figure))
        .map(|figure| format!("{} {}", figure.title(), figure.of(line)))
        .collect();
    block.items(fonts, below, small, &said);
    block
}

fn part(fonts: &Fonts, room: &Room, table: &Table, style: Style, text: &str, amount: &str) -> Block {
    let mut block = Block::default();
    let down = style.leading() - (style.leading() - room.size) / 2 - room.size / 6;
    block.put(fonts, table.amount, down, style, amount);
    block.paragraph(fonts, table.wide(), style, text);
    block
}
