//! The top of a bill: who sold, what it is, who bought.

use aurex_core::shop::print::{PrintedBill, PrintedParty};

use super::block::{Block, Cell, Ink, Side, Style};
use super::font::{Face, Fonts};
use super::paper::{Length, Room};

/// The top of the first page.
pub(super) fn head(fonts: &Fonts, bill: &PrintedBill, room: &Room) -> Block {
    let mut top = if room.is_wide { wide_top(fonts, bill, room) } else { narrow_top(fonts, bill, room) };
    top.skip(room.size);
    top.rule(room.left(), room.measure(), 1_40, Ink::Gold);
    top.skip(1_60);
    top.rule(room.left(), room.measure(), 40, Ink::Gold);
    let across = whole(room, Side::Middle);
    if let Some(notice) = bill.notice {
        top.skip(room.size / 2);
        top.paragraph(fonts, across, Style::strong(room.small()), notice);
    }
    if let Some(cancelled) = &bill.cancelled {
        top.skip(room.size / 2);
        let said = format!("CANCELLED on {}: {}", cancelled.on, cancelled.reason);
        top.paragraph(fonts, across, Style { ink: Ink::Red, ..Style::strong(room.size) }, &said);
    }
    top.skip(room.size * 9 / 10);
    let facts = [
        ("Number", bill.number.as_str()),
        ("Date", &bill.date),
        ("Place of supply", &bill.place_of_supply),
        ("Reverse charge", bill.reverse_charge),
    ];
    if room.is_wide {
        let gap = room.measure() / 20;
        let left = (room.measure() - gap) * 11 / 20;
        let mut buyer = buyer(fonts, &bill.buyer, room, left);
        let x = room.left() + left + gap;
        buyer.beside(pairs(fonts, &facts, room, x, room.right() - x));
        top.below(buyer);
    } else {
        top.below(pairs(fonts, &facts, room, room.left(), room.measure()));
        top.skip(room.size / 2);
        top.below(buyer(fonts, &bill.buyer, room, room.measure()));
    }
    top.skip(room.size * 12 / 10);
    top
}

/// The top of every other page.
pub(super) fn continued(fonts: &Fonts, bill: &PrintedBill, room: &Room) -> Block {
    let mut top = Block::default();
    let half = room.measure() / 2 - room.size;
    let style = Style::strong(room.size);
    let left = Cell { x: room.left(), width: half, side: Side::Left };
    let right = Cell { x: room.right() - half, width: half, side: Side::Right };
    top.put(fonts, left, room.size, style, &bill.seller.name);
    let said = format!("{} {}, {}, continued", bill.title, bill.number, bill.date);
    top.put(fonts, right, room.size, Style::label(room.size), &said);
    top.skip(style.leading() + room.size / 3);
    top.rule(room.left(), room.measure(), 80, Ink::Gold);
    top.skip(room.size);
    top
}

fn whole(room: &Room, side: Side) -> Cell {
    Cell { x: room.left(), width: room.measure(), side }
}

fn wide_top(fonts: &Fonts, bill: &PrintedBill, room: &Room) -> Block {
    let gap = room.size * 2;
    let right = room.measure() * 3 / 10;
    let left = room.measure() - right - gap;
    let mut seller =
        seller(fonts, &bill.seller, room, Cell { x: room.left(), width: left, side: Side::Left });
    let mut title = Block::default();
    let cell = Cell { x: room.right() - right, width: right, side: Side::Right };
    title.skip(room.size / 2);
    let style = Style { face: Face::Display, size: room.size * 19 / 10, ink: Ink::Black };
    title.paragraph(fonts, cell, style, bill.title);
    title.paragraph(fonts, cell, Style::label(room.small()), bill.copy);
    seller.beside(title);
    seller
}

fn narrow_top(fonts: &Fonts, bill: &PrintedBill, room: &Room) -> Block {
    let cell = whole(room, Side::Middle);
    let mut top = seller(fonts, &bill.seller, room, cell);
    top.skip(room.size);
    top.paragraph(fonts, cell, Style::strong(room.size * 12 / 10), bill.title);
    top.paragraph(fonts, cell, Style::label(room.small()), bill.copy);
    top
}

fn seller(fonts: &Fonts, of: &PrintedParty, room: &Room, cell: Cell) -> Block {
    let mut block = Block::default();
    // The largest size at which the name takes two lines at most; a very long one takes what it needs at the smallest.
    let sizes = [26, 23, 20, 17, 14].map(|tenths| room.size * tenths / 10);
    let is_short = |size: &&Length| fonts.lines(Face::Display, **size, &of.name, cell.width).len() <= 2;
    let size = sizes.iter().find(is_short).copied().unwrap_or(room.size * 14 / 10);
    block.paragraph(fonts, cell, Style { face: Face::Display, size, ink: Ink::Gold }, &of.name);
    block.skip(room.size / 4);
    if let Some(address) = &of.address {
        block.paragraph(fonts, cell, Style::text(room.size), address);
    }
    let state = of.state.as_ref().map(|state| format!("State {state}"));
    let gstin = of.gstin.as_ref().map(|gstin| format!("GSTIN {gstin}"));
    let said: Vec<_> = [gstin, state].into_iter().flatten().collect();
    block.items(fonts, cell, Style::text(room.size), &said);
    block
}

fn buyer(fonts: &Fonts, of: &PrintedParty, room: &Room, width: Length) -> Block {
    let mut block = Block::default();
    let cell = Cell { x: room.left(), width, side: Side::Left };
    block.paragraph(fonts, cell, Style::label(room.small()), "Billed to");
    block.paragraph(fonts, cell, Style::strong(room.size * 11 / 10), &of.name);
    if let Some(address) = &of.address {
        block.paragraph(fonts, cell, Style::text(room.size), address);
    }
    let labelled = [("State", &of.state), ("GSTIN", &of.gstin), ("Phone", &of.phone)];
    for (label, text) in labelled {
        if let Some(text) = text {
            block.paragraph(fonts, cell, Style::text(room.size), &format!("{label} {text}"));
        }
    }
    block
}

/// Labels to the left and what they stand for to the right.
fn pairs(fonts: &Fonts, pairs: &[(&str, &str)], room: &Room, x: Length, width: Length) -> Block {
    let mut block = Block::default();
    let labels = width * 2 / 5;
    for (label, text) in pairs {
        let mut row = Block::default();
        row.paragraph(fonts, Cell { x, width: labels, side: Side::Left }, Style::label(room.size), label);
        let mut said = Block::default();
        let cell = Cell { x: x + labels, width: width - labels, side: Side::Right };
        said.paragraph(fonts, cell, Style::strong(room.size), text);
        row.beside(said);
        block.below(row);
    }
    block
}
