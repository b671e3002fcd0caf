//! Counts the instructions of what is pure, and refuses a build that needs more of them than the last one blessed.
//!
//! Time on a shared machine says little about one commit; instructions say the same thing every time. Each row is run
//! twice under valgrind, a few times and a thousand times more; the difference, by a thousand, is what one call costs,
//! and start-up, set-up and the rest of the process cancel out.
//!
//! ```sh
//! cargo run --profile bench -p aurex-benches --bin counts              # compare with benches/counts.txt
//! cargo run --profile bench -p aurex-benches --bin counts -- --bless   # write it anew
//! ```
//!
//! A compiler has its own counts, so the file says whose they are. Under another compiler nothing is compared and the
//! exit code is 77, which `.ci/run` shows as a skipped gate: bless the file anew together with the new compiler.

mod book;
mod rows;
mod valgrind;

use std::process::ExitCode;

type Failure = Box<dyn std::error::Error>;

/// The exit code of a gate that could not judge.
const SKIPPED: u8 = 77;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let done = match arguments.as_slice() {
        [] => book::compare(),
        ["--bless"] => book::bless().map(|()| ExitCode::SUCCESS),
        // What valgrind is given to run.
        ["run", row, times] => run(row, times).map(|()| ExitCode::SUCCESS),
        _ => Err("counts [--bless]".into()),
    };
    done.unwrap_or_else(|error| {
        eprintln!("counts: {error}");
        ExitCode::FAILURE
    })
}

fn run(row: &str, times: &str) -> Result<(), Failure> {
    let row = rows::ROWS.iter().find(|(name, _)| *name == row).ok_or("no such row")?;
    (row.1)(times.parse()?)
}
