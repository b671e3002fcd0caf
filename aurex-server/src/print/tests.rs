//! A file is the same each time, says everything, and nothing on it stands in another's way.

use std::collections::BTreeMap;

use aurex_core::shop::print::{
    CONTENTS, PrintedBill, PrintedCancellation, PrintedCharge, PrintedLine, PrintedParty, PrintedStone,
    PrintedTax,
};
use miniz_oxide::inflate::decompress_to_vec_zlib;

use super::block::Mark;
use super::font::{Face, Fonts};
use super::pages::{Page, pages};
use super::*;

const LINK: &str = "https://shop.example/w/meena/recorded/0123456789abcdef0123456789abcdef/\
                    0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";
const PAPERS: [Paper; 3] = [Paper::A4, Paper::A5, Paper::Roll];
/// The largest amount that there is on the wire: 2^53 − 1 paise.
const GREATEST: &str = "90,07,19,92,54,740.91";

fn line(number: usize) -> PrintedLine {
    let charge = |description: &str, amount: &str| PrintedCharge {
        description: description.to_owned(),
        amount: Some(amount.to_owned()),
    };
    let stone = |description: &str, quantity: &str, rate: &str, value: &str| PrintedStone {
        description: description.to_owned(),
        quantity: quantity.to_owned(),
        rate: rate.to_owned(),
        value: value.to_owned(),
    };
    PrintedLine {
        number: number.to_string(),
        description: "Gold ring".to_owned(),
        hsn: "71131911".to_owned(),
        huid: Some("AZ4524".to_owned()),
        purity: "Gold 22K 916‰".to_owned(),
        gross: "3.470 g".to_owned(),
        less: "0.080 g".to_owned(),
        net: "3.390 g".to_owned(),
        rate: "₹12,800.00 / g".to_owned(),
        metal: "43,392.00".to_owned(),
        wastage: Some(charge("Wastage 2% of metal", "867.84")),
        making: Some(charge("Making 16% of metal", "6,942.72")),
        stones: vec![
            stone("Diamond", "0.200 ct", "₹25,000.00 / ct", "5,000.00"),
            stone("Pearl", "3 pcs", "₹450.00 each", "1,350.00"),
        ],
        charges: vec![charge("Hallmarking", "45.00")],
        value: "57,597.56".to_owned(),
        discount: Some("600.00".to_owned()),
        taxable: "56,997.56".to_owned(),
        carried: format!("carried {number}"),
    }
}

fn bill(lines: usize) -> PrintedBill {
    let party = |name: &str, address: &str, state: &str, gstin: &str| PrintedParty {
        name: name.to_owned(),
        address: Some(address.to_owned()),
        state: Some(state.to_owned()),
        gstin: Some(gstin.to_owned()),
        phone: None,
    };
    PrintedBill {
        title: "Tax Invoice",
        copy: "Original for recipient",
        notice: None,
        cancelled: None,
        seller: party(
            "Meena Jewellers LLP",
            "12 Commercial Street, Bengaluru 560001",
            "Karnataka (29)",
            "29AABCF8078M1C8",
        ),
        buyer: party("Sharmila Kulkarni", "9 Laxmi Road, Pune 411030", "Maharashtra (27)", "27AAECG3736E1C2"),
        number: "INV/26-27/000001".to_owned(),
        date: "23 Nov 2026".to_owned(),
        place_of_supply: "Karnataka (29)".to_owned(),
        reverse_charge: "No",
        lines: (1..=lines).map(line).collect(),
        taxes: vec![PrintedTax {
            hsn: "71131911".to_owned(),
            taxable: "56,997.56".to_owned(),
            rate: Some("1.5%".to_owned()),
            cgst: Some("854.96".to_owned()),
            sgst: Some("854.96".to_owned()),
            igst: None,
        }],
        taxable: "56,997.56".to_owned(),
        heads: vec![("CGST", "854.96".to_owned()), ("SGST", "854.96".to_owned())],
        total: "58,707.48".to_owned(),
        round_off: Some("-0.48".to_owned()),
        payable: "₹58,707.00".to_owned(),
        amount_in_words: "Rupees Fifty Eight Thousand Seven Hundred Seven Only".to_owned(),
        settled: "10,000.00".to_owned(),
        due: "₹48,707.00".to_owned(),
        pay: None,
        hallmark_notice: Some("The consumer can get the purity of hallmarked jewellery verified."),
        signed_for: "For Meena Jewellers LLP".to_owned(),
    }
}

/// As wide as everything can be.
fn widest() -> PrintedBill {
    let mut bill = bill(3);
    let words = |n: usize| "Maharajkumari Sharmilā Kulkarni-Deshpande of the Old Palace ".repeat(n);
    bill.seller.name = words(3);
    bill.seller.address = Some(words(8));
    bill.buyer.name = "W".repeat(200);
    bill.buyer.address = Some(words(8));
    bill.place_of_supply = "Dadra and Nagar Haveli and Daman and Diu (26)".to_owned();
    bill.cancelled = Some(PrintedCancellation { on: "23 Nov 2026".to_owned(), reason: words(8) });
    for line in &mut bill.lines {
        line.description = "W".repeat(200);
        line.number = "65535".to_owned();
        for weight in [&mut line.gross, &mut line.less, &mut line.net] {
            *weight = "9223372036854.775 g".to_owned();
        }
        line.rate = format!("₹{GREATEST} / 9223372036854.775 g");
        line.stones[0].description = "M".repeat(200);
        line.stones[0].rate = format!("₹{GREATEST} / ct");
        for amount in [&mut line.metal, &mut line.taxable, &mut line.carried, &mut line.stones[0].value] {
            *amount = GREATEST.to_owned();
        }
        line.discount = Some(GREATEST.to_owned());
    }
    for amount in [&mut bill.taxable, &mut bill.total, &mut bill.settled] {
        *amount = GREATEST.to_owned();
    }
    (bill.payable, bill.due) = (format!("₹{GREATEST}"), format!("₹{GREATEST}"));
    for head in &mut bill.heads {
        head.1 = GREATEST.to_owned();
    }
    let tax = &mut bill.taxes[0];
    tax.taxable = GREATEST.to_owned();
    (tax.cgst, tax.sgst) = (Some(GREATEST.to_owned()), Some(GREATEST.to_owned()));
    bill
}

/// The box of a text: left, right, top, foot.
fn extent(fonts: &Fonts, mark: &Mark) -> Option<(i32, i32, i32, i32, String)> {
    let Mark::Text { x, y, size, face, text, .. } = mark else { return None };
    Some((*x, x + fonts.width(*face, *size, text), y - size * 7 / 10, y + size / 10, text.clone()))
}

fn nothing_is_in_the_way(pages: &[Page], paper: Paper) {
    let fonts = Fonts::ours().unwrap();
    let room = paper.room();
    for page in pages {
        let boxes: Vec<_> = page.marks.iter().filter_map(|mark| extent(fonts, mark)).collect();
        assert!(!boxes.is_empty());
        for (n, (left, right, top, foot, text)) in boxes.iter().enumerate() {
            assert!(
                *left >= room.left() && *right <= room.right() + 50,
                "{paper:?}: {text} beyond the margin"
            );
            assert!(*top >= 0 && *foot <= page.height, "{paper:?}: {text} beyond the page");
            for (other_left, other_right, other_top, other_foot, other) in &boxes[n + 1..] {
                let apart =
                    right <= other_left || other_right <= left || foot <= other_top || other_foot <= top;
                assert!(apart, "{paper:?}: {text:?} in the way of {other:?}");
            }
        }
    }
}

#[test]
fn no_text_is_in_the_way_of_another_or_beyond_the_margin() {
    let fonts = Fonts::ours().unwrap();
    for paper in PAPERS {
        for bill in [bill(1), bill(40), widest()] {
            nothing_is_in_the_way(&pages(fonts, &bill, Some(LINK), paper), paper);
        }
    }
}

#[test]
fn figures_and_the_rupees_sign_stand_in_columns() {
    let fonts = Fonts::ours().unwrap();
    for face in [Face::Text, Face::Strong] {
        let width = |text: &str| fonts.width(face, 1_000, text);
        for digit in "0123456789".chars() {
            assert_eq!(width(&digit.to_string()), width("0"), "{digit}");
        }
        assert!(width("₹") > 0 && (width("₹") - width("0")).abs() < 10);
    }
    let page = &pages(fonts, &bill(1), None, Paper::A4)[0];
    let ends: Vec<_> = page
        .marks
        .iter()
        .filter_map(|mark| extent(fonts, mark))
        .filter(|(.., text)| {
            ["43,392.00", "867.84", "6,942.72", "45.00", "−600.00", "56,997.56"].contains(&text.as_str())
        })
        .filter(|(left, ..)| *left > 45_000)
        .map(|(_, right, ..)| right)
        .collect();
    assert!(
        ends.len() >= 6 && ends.iter().all(|end| (end - ends[0]).abs() <= 2 || (end - ends[0]) == 0),
        "{ends:?}"
    );
}

/// The texts of a file, as anybody may copy them out of it: its streams unpacked, glyphs read back as letters.
fn texts(file: &[u8]) -> String {
    let fonts = Fonts::ours().unwrap();
    let mut back: BTreeMap<(Face, u16), char> = BTreeMap::new();
    for face in Face::ALL {
        for letter in (0x20..0x2300).filter_map(char::from_u32) {
            if let Some(glyph) = fonts.of(face).glyph(letter) {
                back.entry((face, glyph)).or_insert(letter);
            }
        }
    }
    let mut said = String::new();
    for content in streams(file).into_iter().filter(|stream| stream.windows(3).any(|part| part == b" Tf")) {
        let mut face = Face::Text;
        let mut at = 0;
        while at < content.len() {
            match content[at] {
                b'/' => {
                    face = match &content[at..at + 3] {
                        b"/F2" => Face::Strong,
                        b"/F3" => Face::Display,
                        _ => Face::Text,
                    };
                    at += 3;
                }
                b'(' | b'<' => {
                    let (bytes, end) = string(&content, at);
                    let glyphs = bytes.chunks(2).map(|pair| u16::from_be_bytes([pair[0], pair[1]]));
                    said.extend(glyphs.map(|glyph| back[&(face, glyph)]));
                    said.push(' ');
                    at = end;
                }
                _ => at += 1,
            }
        }
    }
    said
}

fn streams(file: &[u8]) -> Vec<Vec<u8>> {
    let find = |from: usize, what: &[u8]| {
        file[from..].windows(what.len()).position(|part| part == what).map(|place| from + place)
    };
    let (mut streams, mut at) = (Vec::new(), 0);
    while let Some(begin) = find(at, b"stream\n") {
        let begin = begin + 7;
        let end = find(begin, b"endstream").unwrap();
        streams.extend(decompress_to_vec_zlib(&file[begin..end]));
        at = end + 9;
    }
    streams
}

/// A string of a content stream, and where it ends (ISO 32000-1, 7.3.4).
fn string(content: &[u8], at: usize) -> (Vec<u8>, usize) {
    let mut bytes = Vec::new();
    let mut at = at + 1;
    if content[at - 1] == b'<' {
        let end = at + content[at..].iter().position(|byte| *byte == b'>').unwrap();
        let digits = std::str::from_utf8(&content[at..end]).unwrap();
        let digits: Vec<u32> = digits.chars().filter_map(|digit| digit.to_digit(16)).collect();
        bytes.extend(digits.chunks(2).map(|pair| u8::try_from(pair[0] * 16 + pair[1]).unwrap()));
        return (bytes, end + 1);
    }
    let mut open = 0;
    loop {
        match content[at] {
            b'\\' => {
                at += 1;
                bytes.push(match content[at] {
                    b'0'..=b'7' => {
                        at += 2;
                        content[at - 2..=at].iter().fold(0, |byte, digit| byte * 8 + (digit - b'0'))
                    }
                    b'n' => b'\n',
                    b'r' => b'\r',
                    b't' => b'\t',
                    b'b' => 8,
                    b'f' => 12,
                    other => other,
                });
            }
            b'(' => {
                open += 1;
                bytes.push(b'(');
            }
            b')' if open == 0 => return (bytes, at + 1),
            b')' => {
                open -= 1;
                bytes.push(b')');
            }
            other => bytes.push(other),
        }
        at += 1;
    }
}

#[test]
fn a_file_says_everything_that_the_law_wants_on_every_paper() {
    for paper in PAPERS {
        let mut bill = bill(2);
        bill.notice = Some("Composition taxable person, not eligible to collect tax on supplies");
        let said = texts(&pdf(&bill, Some(LINK), paper).unwrap());
        let plain = said.split_whitespace().collect::<Vec<_>>().join(" ");
        let mut checked = 0;
        for content in CONTENTS {
            for text in (content.texts)(&bill) {
                // A text that was broken into lines is there word by word.
                let there = plain.contains(text) || text.split_whitespace().all(|word| plain.contains(word));
                assert!(there, "{paper:?}: {} is missing: {text}", content.what);
                checked += 1;
            }
        }
        assert!(checked > 60, "{checked}");
        for text in ["Amount in words", "Fifty Eight Thousand", "10,000.00", "₹48,707.00", "-0.48"] {
            assert!(plain.contains(text), "{paper:?}: {text}");
        }
    }
}

#[test]
fn the_same_bill_is_the_same_file() {
    for paper in PAPERS {
        let file = || pdf(&bill(5), Some(LINK), paper).unwrap();
        let (first, second) = (file(), file());
        assert!(first == second && first.starts_with(b"%PDF-1.7"), "{paper:?}");
        for dated in [&b"CreationDate"[..], b"ModDate", b"/ID"] {
            assert!(!first.windows(dated.len()).any(|part| part == dated));
        }
        assert!(first.len() < 120_000, "{}", first.len());
    }
}

#[test]
fn a_long_bill_carries_its_sum_from_page_to_page() {
    let fonts = Fonts::ours().unwrap();
    let printed = pages(fonts, &bill(40), None, Paper::A4);
    assert!(printed.len() > 4, "{}", printed.len());
    let has = |page: &Page, what: &str| {
        let is = |mark: &Mark| matches!(mark, Mark::Text { text, .. } if text == what);
        page.marks.iter().any(is)
    };
    let sum = |page: &Page| {
        page.marks.iter().find_map(|mark| match mark {
            Mark::Text { text, .. } if text.starts_with("carried ") => Some(text.clone()),
            _ => None,
        })
    };
    for pair in printed.windows(2) {
        if has(&pair[1], "Brought forward") {
            assert!(has(&pair[0], "Carried forward"));
            assert!(has(&pair[0], &sum(&pair[1]).unwrap()), "what was carried is what is brought");
        }
    }
    assert!(has(&printed[1], "Brought forward") && has(&printed[0], &format!("Page 1 of {}", printed.len())));
    assert_eq!(pages(fonts, &bill(40), None, Paper::Roll).len(), 1, "a roll has one page");
    assert!(!has(&pages(fonts, &bill(1), None, Paper::A4)[0], "Page 1 of 1"));
}

#[test]
fn a_cancelled_bill_is_marked_across_every_page() {
    let mut bill = bill(20);
    bill.cancelled =
        Some(PrintedCancellation { on: "24 Nov 2026".to_owned(), reason: "Billed twice".to_owned() });
    for paper in PAPERS {
        let printed = pages(Fonts::ours().unwrap(), &bill, None, paper);
        assert!(printed.iter().all(|page| matches!(page.marks.first(), Some(Mark::Across { .. }))));
        let said = texts(&pdf(&bill, None, paper).unwrap());
        assert!(said.contains("CANCELLED on 24 Nov 2026: Billed twice"), "{paper:?}");
    }
}

#[test]
fn letters_that_the_fonts_lack_are_refused_and_not_left_out() {
    let mut bill = bill(1);
    bill.buyer.name = "Śrīmatī Mīrā Ṭhākur".to_owned();
    assert!(pdf(&bill, None, Paper::A4).is_ok());
    bill.buyer.name = "मीना".to_owned();
    assert_eq!(pdf(&bill, None, Paper::A4), Err(PrintError::Letters));
}
