//! The year: what there is of everything, and the days one after the other.

use std::collections::BTreeMap;
use std::sync::Arc;

use aurex_core::service::Road;
use aurex_core::tenancy::Trusted;
use aurex_core::time::{Clock, Date, minus_months, plus_days};

use super::chance::Chance;
use super::clock::StoryClock;
use super::customers::Customer;
use super::episodes::Threads;
use super::payments::Due;
use super::people::{People, Staff};
use super::rates::Board;
use super::stock::{LOTS, OpenLot, Piece};
use super::told::Progress;
use crate::cli::Failure;

/// How much happens, and when.
#[derive(Debug, Clone)]
pub(super) struct Plan {
    first: Date,
    days: i64,
    customers: i64,
    items: i64,
    bills: i64,
}

impl Plan {
    /// The year that ended yesterday.
    pub(super) fn year_before(today: Date) -> Self {
        let first = minus_months(today, 12);
        Self { first, days: (today - first).num_days(), customers: 200, items: 400, bills: 1_500 }
    }

    /// A fiftieth of a year, in a month: the store in memory copies everything for each turn.
    #[cfg(test)]
    pub(super) const fn short(first: Date) -> Self {
        Self { first, days: 30, customers: 20, items: 12, bills: 30 }
    }

    pub(super) const fn first_day(&self) -> Date {
        self.first
    }

    pub(super) const fn days(&self) -> i64 {
        self.days
    }

    /// How many of `all` there are by the end of a day, a third of them from the first.
    const fn by(&self, all: i64, day: i64) -> i64 {
        all / 3 + (all - all / 3) * (day + 1) / self.days
    }

    /// How many bills there are by the end of a day: weekends are busy.
    fn bills_by(&self, day: i64) -> i64 {
        // Day 0, the first of January 1970, was a Thursday.
        let first = (self.first - Date::default()).num_days();
        let weight = |day: i64| if matches!((first + day).rem_euclid(7), 2 | 3) { 2 } else { 1 };
        let (until, all): (i64, i64) = ((0..=day).map(weight).sum(), (0..self.days).map(weight).sum());
        self.bills * until / all.max(1)
    }
}

/// What the year came to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Year {
    pub(super) customers: usize,
    pub(super) pieces: usize,
    pub(super) on_shelf: usize,
    pub(super) bills: usize,
    pub(super) cancelled: usize,
    pub(super) receipts: usize,
    pub(super) reversed: usize,
    /// The last day of the books that takes no entries any more.
    pub(super) locked_through: Option<Date>,
}

/// What the story is told with.
pub(super) struct Story<'a> {
    pub(super) road: &'a Road,
    pub(super) trusted: &'a Trusted,
    pub(super) clock: Arc<StoryClock>,
    pub(super) people: &'a People,
    pub(super) seed: u64,
}

/// The shop while its year is lived.
pub(super) struct Shop<'a> {
    pub(super) road: Road,
    pub(super) staff: Staff<'a>,
    pub(super) clock: Arc<StoryClock>,
    pub(super) chance: Chance,
    pub(super) board: Board,
    pub(super) customers: Vec<Customer>,
    pub(super) shelf: Vec<Piece>,
    /// The shelf never looks emptier than this.
    pub(super) keep_on_shelf: usize,
    pub(super) tagged: usize,
    /// How many came, chose and were billed.
    pub(super) walked_in: usize,
    pub(super) lots: Vec<Option<OpenLot>>,
    pub(super) due: BTreeMap<Date, Vec<Due>>,
    /// What an episode leaves for a later one.
    pub(super) threads: Threads,
    pub(super) year: Year,
}

/// Lives the year in both shops; answers with the board of the day after it.
pub(super) async fn live(
    story: Story<'_>,
    plan: &Plan,
    progress: &mut Progress,
) -> Result<(Board, Year), Failure> {
    let Story { road, trusted, clock, people, seed } = story;
    // Ids come from the seed too, so that one story has one set of books to the last character.
    let road = Road {
        entropy: Arc::new(Chance::new(!seed)),
        clock: Arc::clone(&clock) as Arc<dyn Clock>,
        ..road.clone()
    };
    let shop = |staff, seed| Shop {
        road: road.clone(),
        staff,
        clock: Arc::clone(&clock),
        chance: Chance::new(seed),
        board: Board::new(),
        customers: Vec::new(),
        shelf: Vec::new(),
        keep_on_shelf: usize::try_from(plan.items / 4 + 1).unwrap_or(0),
        tagged: 0,
        walked_in: 0,
        lots: LOTS.iter().map(|_| None).collect(),
        due: BTreeMap::new(),
        threads: Threads::default(),
        year: Year::default(),
    };
    let mut main = shop(Staff::new(trusted, people.main, &people.members), seed);
    let mut rival = shop(Staff::new(trusted, people.rival, &people.rivals), seed.wrapping_add(1));
    for day in 0..plan.days {
        main.live_a_day(plan, day).await?;
        progress.day(day, main.year.bills);
    }
    rival.open_and_wait(plan.days).await?;
    main.board.next_day(&main.chance, 0)?;
    let Shop { board, customers, shelf, tagged, year, .. } = main;
    let told = Year {
        customers: year.customers + customers.len(),
        pieces: year.pieces + tagged,
        on_shelf: year.on_shelf + shelf.len(),
        ..year
    };
    Ok((board, told))
}

impl Shop<'_> {
    async fn live_a_day(&mut self, plan: &Plan, day: i64) -> Result<(), Failure> {
        let today = plus_days(plan.first, day);
        self.clock.at(today, 9 * 60 + 30);
        self.board.next_day(&self.chance, plan.days - day)?;
        self.board.post(&self.road, &self.staff).await?;
        self.clock.pass(300);
        if day == 0 {
            for kind in 0..LOTS.len() {
                self.lot_with(kind, 1).await?;
            }
            self.say_where_to_pay().await?;
        }
        while self.tagged < usize::try_from(plan.by(plan.items, day))? {
            self.tag_a_piece().await?;
        }
        while self.customers.len() < usize::try_from(plan.by(plan.customers, day))? {
            self.welcome().await?;
        }
        self.clock.at(today, 10 * 60);
        self.episode(plan.days - day, today).await?;
        self.clock.at(today, 11 * 60);
        self.attend_to_due(today).await?;
        let until = usize::try_from(plan.bills_by(day))?;
        let each = 480 / i64::try_from(until.saturating_sub(self.walked_in) + 1)?;
        for nth in 0.. {
            if self.walked_in >= until {
                break;
            }
            self.clock.at(today, 11 * 60 + 30 + each * nth + self.chance.between(0, each - 1));
            let number = self.walked_in;
            let (bill, taken) = self.sell(number).await?;
            self.walked_in += 1;
            self.year.bills += 1;
            self.clock.pass(120);
            self.settle(number, &bill, taken, today).await?;
        }
        // What was to be done on the same day.
        self.attend_to_due(today).await
    }

    /// All that the shop next door has done: a lot, three customers, no bill yet.
    async fn open_and_wait(&mut self, days: i64) -> Result<(), Failure> {
        self.board.next_day(&self.chance, days)?;
        self.lot_with(0, 1).await?;
        for _ in 0..3 {
            self.welcome().await?;
        }
        Ok(())
    }
}
