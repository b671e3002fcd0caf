//! What is said: how far the year is, and at the end how to get in.

use std::io::IsTerminal as _;

use indicatif::{ProgressBar, ProgressStyle};

use super::people::{MAIN, People, RIVAL};
use super::shop::Year;

/// How far the year is: a bar for people, a line a quarter for logs.
pub(super) struct Progress {
    bar: Option<ProgressBar>,
    days: i64,
    quarters_told: i64,
}

impl Progress {
    pub(super) fn new(days: i64) -> Self {
        let bar = std::io::stderr().is_terminal().then(|| {
            let bar = ProgressBar::new(u64::try_from(days).unwrap_or(0));
            // An unknown style would be this file's mistake; the plain bar does as well.
            if let Ok(style) = ProgressStyle::with_template("{bar:40} day {pos} of {len}, {msg} [{elapsed}]")
            {
                bar.set_style(style);
            }
            bar.set_message("people sign in");
            bar
        });
        Self { bar, days, quarters_told: 0 }
    }

    #[cfg(test)]
    pub(super) const fn silent() -> Self {
        Self { bar: None, days: 0, quarters_told: 0 }
    }

    /// A day is over.
    pub(super) fn day(&mut self, day: i64, bills: usize) {
        if let Some(bar) = &self.bar {
            bar.set_message(format!("{bills} bills"));
            bar.inc(1);
            return;
        }
        let quarter = if self.days == 0 { 0 } else { (day + 1) * 4 / self.days };
        if quarter > self.quarters_told {
            self.quarters_told = quarter;
            println!("{} of {} days, {bills} bills", day + 1, self.days);
        }
    }

    /// The year is over.
    pub(super) fn done(self) {
        if let Some(bar) = self.bar {
            bar.finish_and_clear();
        }
    }
}

/// Says where the shop is and who signs in how. To standard output, never to the log: these are passwords.
pub(super) fn tell(origin: &str, people: &People, year: &Year, seconds: u64) {
    let Year { customers, pieces, on_shelf, bills, cancelled, receipts, reversed, .. } = year;
    println!(
        "\nMade in {seconds} s: {bills} bills ({cancelled} cancelled), {receipts} receipts ({reversed} reversed), \
         {customers} customers, {pieces} tagged pieces ({on_shelf} in stock).\nIn the last month also purchases, old gold, a \
         goldsmith's work, bookings, notes, a refund, an import and a count."
    );
    if let Some(day) = year.locked_through {
        println!("The books are locked through {day}.");
    }
    println!("\nServing on {origin}\n");
    for (slug, members) in [(MAIN, &people.members), (RIVAL, &people.rivals)] {
        println!("Workspace {slug}");
        for person in members {
            println!("  {:<11} {:<36} {}", person.role.code(), person.email, person.password.expose());
        }
        println!();
    }
    let Some(owner) = people.members.first() else { return };
    let (email, password) = (&owner.email, owner.password.expose());
    println!("Sign in as the owner, then look at the books:\n");
    println!(
        "  curl -c demo-cookies.txt -H 'Origin: {origin}' -H 'Content-Type: application/json' \\\n    \
         -d '{{\"email\": \"{email}\", \"password\": \"{password}\"}}' \\\n    \
         {origin}/api/v1/workspaces/{MAIN}/sessions"
    );
    println!(
        "  curl -b demo-cookies.txt {origin}/api/v1/workspaces/{MAIN}/ledger/trial-balance\n\n\
         The contract is {origin}/api/openapi.json. Stop with Ctrl-C.\n"
    );
}
