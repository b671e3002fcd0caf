//! Blocks onto pages. A line of the bill is kept on one page where one holds it; what was summed up so far is carried
//! forward from page to page.

use aurex_core::shop::print::PrintedBill;

use super::block::{Block, Cell, Mark, Side, Style};
use super::font::Fonts;
use super::paper::{Length, Paper, Room};
use super::{foot, head, lines};

/// One page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Page {
    pub(super) height: Length,
    pub(super) marks: Vec<Mark>,
}

struct Flow<'b> {
    fonts: &'b Fonts,
    bill: &'b PrintedBill,
    room: Room,
    done: Vec<Page>,
    page: Block,
}

/// The pages of a bill.
pub(super) fn pages(fonts: &Fonts, bill: &PrintedBill, link: Option<&str>, paper: Paper) -> Vec<Page> {
    let room = paper.room();
    let mut page = Block::default();
    page.skip(room.margin);
    let mut flow = Flow { fonts, bill, room, done: Vec::new(), page };
    flow.page.below(head::head(fonts, bill, &room));
    flow.page.below(lines::titles(fonts, &room));
    flow.goods();
    for block in foot::foot(fonts, bill, link, &room) {
        if block.height > flow.left() {
            flow.turn();
        }
        flow.page.below(block);
    }
    flow.finish()
}

impl Flow<'_> {
    /// Where a page ends: above its number, which stands in the margin's upper half.
    fn left(&self) -> Length {
        self.room.height.map_or(Length::MAX, |height| height - self.room.margin - self.page.height)
    }

    fn goods(&mut self) {
        let room = self.room;
        let fonts = self.fonts;
        let reserved = lines::carried(fonts, &room, "Carried forward", "0").height;
        let mut carried: Option<&str> = None;
        for line in &self.bill.lines {
            let rows = lines::rows(fonts, &room, line);
            let whole: Length = rows.iter().map(|row| row.height).sum();
            if whole + reserved > self.left() && whole + reserved <= self.fresh() {
                self.turn_over(carried);
            }
            for row in rows {
                if row.height + reserved > self.left() {
                    self.turn_over(carried);
                }
                self.page.below(row);
            }
            carried = Some(&line.carried);
        }
    }

    /// How much an empty page has room for, with its titles and what is brought forward.
    fn fresh(&self) -> Length {
        let room = &self.room;
        let used = head::continued(self.fonts, self.bill, room).height
            + lines::titles(self.fonts, room).height
            + lines::carried(self.fonts, room, "Brought forward", "0").height;
        room.height.map_or(Length::MAX, |height| height - 2 * room.margin - used)
    }

    /// On to the next page within the table.
    fn turn_over(&mut self, carried: Option<&str>) {
        let room = self.room;
        if let Some(amount) = carried {
            self.page.below(lines::carried(self.fonts, &room, "Carried forward", amount));
        }
        self.turn();
        self.page.below(lines::titles(self.fonts, &room));
        if let Some(amount) = carried {
            self.page.below(lines::carried(self.fonts, &room, "Brought forward", amount));
        }
    }

    fn turn(&mut self) {
        let mut next = Block::default();
        next.skip(self.room.margin);
        next.below(head::continued(self.fonts, self.bill, &self.room));
        let full = std::mem::replace(&mut self.page, next);
        self.keep(full);
    }

    fn keep(&mut self, page: Block) {
        let height = self.room.height.unwrap_or(page.height + self.room.margin);
        self.done.push(Page { height, marks: page.marks });
    }

    fn finish(mut self) -> Vec<Page> {
        let last = std::mem::take(&mut self.page);
        self.keep(last);
        let count = self.done.len();
        let room = self.room;
        for (number, page) in self.done.iter_mut().enumerate() {
            if count > 1 {
                let mut foot = Block::default();
                let cell = Cell { x: room.left(), width: room.measure(), side: Side::Right };
                let said = format!("Page {} of {count}", number + 1);
                let down = page.height - room.margin / 2;
                foot.put(self.fonts, cell, down, Style::label(room.small()), &said);
                page.marks.extend(foot.marks);
            }
            if self.bill.cancelled.is_some() {
                page.marks.insert(0, Mark::Across { text: "CANCELLED".to_owned() });
            }
        }
        self.done
    }
}
