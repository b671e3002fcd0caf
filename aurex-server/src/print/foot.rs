//! The foot of a bill: sums, words, tax by HSN, the code that proves it, the place for a signature.

use aurex_core::shop::print::{PrintedBill, PrintedTax};

use super::block::{Block, Cell, Ink, Mark, Side, Style};
use super::font::Fonts;
use super::paper::{Length, Room};
use crate::api::qr;

/// The blocks of the foot, in order.
pub(super) fn foot(fonts: &Fonts, bill: &PrintedBill, link: Option<&str>, room: &Room) -> Vec<Block> {
    let mut sums_and_words = if room.is_wide {
        let gap = room.measure() / 20;
        let width = room.measure() * 2 / 5;
        let mut block = words(fonts, bill, room, room.measure() - width - gap);
        block.beside(sums(fonts, bill, room, room.right() - width, width));
        block
    } else {
        let mut block = sums(fonts, bill, room, room.left(), room.measure());
        block.skip(room.size / 2);
        block.below(words(fonts, bill, room, room.measure()));
        block
    };
    sums_and_words.skip(room.size);
    vec![
        sums_and_words,
        taxes(fonts, bill, room),
        payment(fonts, bill, room),
        closing(fonts, bill, link, room),
    ]
}

fn words(fonts: &Fonts, bill: &PrintedBill, room: &Room, width: Length) -> Block {
    let mut block = Block::default();
    let cell = Cell { x: room.left(), width, side: Side::Left };
    block.skip(room.size / 2);
    block.paragraph(fonts, cell, Style::label(room.small()), "Amount in words");
    block.paragraph(fonts, cell, Style::strong(room.size), &bill.amount_in_words);
    block
}

fn sums(fonts: &Fonts, bill: &PrintedBill, room: &Room, x: Length, width: Length) -> Block {
    let mut block = Block::default();
    block.skip(room.size / 2);
    let row = |block: &mut Block, style: Style, label: &str, amount: &str| {
        let height = style.leading();
        let inset = 3_00;
        let labels = Cell { x: x + inset, width: width * 9 / 20 - inset, side: Side::Left };
        let amounts = Cell { x: x + width * 9 / 20, width: width * 11 / 20 - inset, side: Side::Right };
        block.put(fonts, labels, height - style.size / 3, style, label);
        block.put(fonts, amounts, height - style.size / 3, style, amount);
        block.skip(height);
    };
    let plain = Style::text(room.size);
    row(&mut block, plain, "Taxable value", &bill.taxable);
    for (head, tax) in &bill.heads {
        row(&mut block, plain, head, tax);
    }
    row(&mut block, plain, "Total", &bill.total);
    if let Some(round_off) = &bill.round_off {
        row(&mut block, plain, "Rounding", round_off);
    }
    block.skip(room.size / 3);
    let strong = Style::strong(room.size * 13 / 10);
    let height = strong.leading() + room.size / 3;
    block.marks.push(Mark::Area { x, y: block.height, width, height, ink: Ink::Tint });
    row(&mut block, strong, "Payable", &bill.payable);
    block.skip(room.size / 2);
    row(&mut block, plain, "Received", &bill.settled);
    row(&mut block, Style::strong(room.size), "Balance due", &bill.due);
    block
}

/// Tax by HSN: a column a head that is due. Nothing on a bill without tax.
fn taxes(fonts: &Fonts, bill: &PrintedBill, room: &Room) -> Block {
    let mut block = Block::default();
    if bill.heads.is_empty() {
        return block;
    }
    let heads: Vec<&str> = bill.heads.iter().map(|(head, _)| *head).collect();
    let titles = ["HSN", "Taxable", "Rate"].into_iter().chain(heads.iter().copied());
    let style = Style::strong(room.small());
    let height = style.leading() + room.size / 2;
    let area = Mark::Area { x: room.left(), y: 0, width: room.measure(), height, ink: Ink::Tint };
    block.marks.push(area);
    let count = Length::try_from(3 + heads.len()).unwrap_or(6);
    let row = |block: &mut Block, down: Length, style: Style, texts: &mut dyn Iterator<Item = &str>| {
        let inset = 3_00;
        let column = (room.measure() - 2 * inset) / count;
        for (place, text) in (0..count).zip(texts) {
            let side = if place == 0 { Side::Left } else { Side::Right };
            let gap = if place == 0 { 0 } else { 6_00 };
            let cell = Cell { x: room.left() + inset + place * column + gap, width: column - gap, side };
            block.put(fonts, cell, down, style, text);
        }
    };
    row(&mut block, height - room.size / 2, style, &mut titles.into_iter());
    block.skip(height);
    for tax in &bill.taxes {
        let style = Style::text(room.small());
        let of_head = |head: &&str| head_of(tax, head).unwrap_or("0.00");
        let rate = tax.rate.as_deref().unwrap_or("0%");
        let amounts = heads.iter().map(of_head);
        let mut texts = [tax.hsn.as_str(), &tax.taxable, rate].into_iter().chain(amounts);
        let height = style.leading() + room.size / 4;
        row(&mut block, height - room.size / 3, style, &mut texts);
        block.skip(height);
    }
    block.rule(room.left(), room.measure(), 30, Ink::Gold);
    block.skip(room.size);
    block
}

fn head_of<'t>(tax: &'t PrintedTax, head: &str) -> Option<&'t str> {
    match head {
        "CGST" => tax.cgst.as_deref(),
        "SGST" => tax.sgst.as_deref(),
        _ => tax.igst.as_deref(),
    }
}

/// How what is open is paid; nothing where nothing is, or the shop has not said where.
fn payment(fonts: &Fonts, bill: &PrintedBill, room: &Room) -> Block {
    let Some(pay) = &bill.pay else { return Block::default() };
    let mut said = vec![format!("To pay {}: {}", bill.due, pay.name)];
    if let Some(vpa) = &pay.vpa {
        said.push(format!("UPI {vpa}"));
    }
    if let Some((account, ifsc)) = &pay.bank {
        said.push(format!("Account {account}, IFSC {ifsc}"));
    }
    let mut block = coded(fonts, pay.link.as_deref(), &said, room, room.measure());
    block.skip(room.size);
    block
}

/// The code with what it is for, what a hallmarked bill says, and the place for a signature.
fn closing(fonts: &Fonts, bill: &PrintedBill, link: Option<&str>, room: &Room) -> Block {
    let width = if room.is_wide { room.measure() * 11 / 20 } else { room.measure() };
    let mut block = proof(fonts, link, room, width);
    if room.is_wide {
        let mut notice = Block::default();
        let x = room.left() + width + room.measure() / 20;
        let cell = Cell { x, width: room.right() - x, side: Side::Right };
        notice.paragraph(fonts, cell, Style::text(room.size), &bill.signed_for);
        notice.skip(room.size * 5);
        notice.rule(x, room.right() - x, 40, Ink::Grey);
        notice.paragraph(fonts, cell, Style::label(room.small()), "Authorised signatory");
        block.beside(notice);
    } else {
        let cell = Cell { x: room.left(), width: room.measure(), side: Side::Middle };
        block.skip(room.size);
        block.paragraph(fonts, cell, Style::text(room.size), &bill.signed_for);
        block.skip(room.size * 4);
        block.rule(room.left(), room.measure(), 40, Ink::Grey);
        block.paragraph(fonts, cell, Style::label(room.small()), "Authorised signatory");
    }
    if let Some(notice) = bill.hallmark_notice {
        block.skip(room.size);
        let cell = Cell { x: room.left(), width: room.measure(), side: Side::Left };
        block.paragraph(fonts, cell, Style::label(room.small()), notice);
    }
    block
}

fn proof(fonts: &Fonts, link: Option<&str>, room: &Room, width: Length) -> Block {
    if link.is_none() {
        return Block::default();
    }
    let said = "Scan to see that this bill is recorded in the shop's audit log, and unchanged.".to_owned();
    coded(fonts, link, &[said], room, width)
}

/// Paragraphs beside the code that says `link`, or below it on a roll; by themselves where there is no code.
fn coded(fonts: &Fonts, link: Option<&str>, said: &[String], room: &Room, width: Length) -> Block {
    let mut block = Block::default();
    let style = Style::label(room.small());
    let Some((side, runs)) = link.and_then(qr::runs) else {
        let cell = Cell { x: room.left(), width, side: Side::Left };
        said.iter().for_each(|text| block.paragraph(fonts, cell, style, text));
        return block;
    };
    // Under half a millimetre a module, a telephone does not read it from paper.
    let size = if room.is_wide { room.size * 9 } else { room.measure() * 3 / 5 };
    let x = if room.is_wide { room.left() } else { room.left() + (room.measure() - size) / 2 };
    block.marks.push(Mark::Code { x, y: 0, size, side, runs });
    if room.is_wide {
        let x = x + size + room.size;
        let mut words = Block::default();
        words.skip(room.size);
        let cell = Cell { x, width: room.left() + width - x, side: Side::Left };
        said.iter().for_each(|text| words.paragraph(fonts, cell, style, text));
        block.skip(size);
        block.beside(words);
    } else {
        block.skip(size + room.size / 2);
        let cell = Cell { x: room.left(), width, side: Side::Middle };
        said.iter().for_each(|text| block.paragraph(fonts, cell, style, text));
    }
    block
}
