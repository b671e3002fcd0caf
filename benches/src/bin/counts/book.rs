//! The blessed counts, and the comparison with them.

use std::fmt::Write as _;
use std::path::PathBuf;
use std::process::{Command, ExitCode};

use crate::rows::ROWS;
use crate::valgrind::count;
use crate::{Failure, SKIPPED};

/// How many hundredths a row may differ from its blessed count.
const TOLERANCE: u64 = 3;

fn path() -> PathBuf {
    [env!("CARGO_MANIFEST_DIR"), "counts.txt"].iter().collect()
}

/// The compiler's own words for itself, and the processor's family, which a count depends on as much.
fn compiler() -> Result<String, Failure> {
    let said = Command::new("rustc").arg("--version").output()?;
    Ok(format!("{} on {}", String::from_utf8(said.stdout)?.trim(), std::env::consts::ARCH))
}

fn plain(hundredths: u64) -> String {
    format!("{}.{:02}", hundredths / 100, hundredths % 100)
}

fn hundredths(plain: &str) -> Result<u64, Failure> {
    let (whole, part) = plain.split_once('.').ok_or("a count has two decimals")?;
    Ok(whole.parse::<u64>()? * 100 + part.parse::<u64>()?)
}

/// Writes what is counted now.
pub fn bless() -> Result<(), Failure> {
    let mut page = format!("# Instructions a call, by `counts -- --bless`.\n# {}\n", compiler()?);
    for (row, _) in ROWS {
        writeln!(page, "{:>14} {row}", plain(count(row)?))?;
    }
    std::fs::write(path(), &page)?;
    print!("{page}");
    Ok(())
}

/// Counts, prints beside what was blessed, and says whether everything is as it was.
pub fn compare() -> Result<ExitCode, Failure> {
    let page = std::fs::read_to_string(path())?;
    let blessed: Vec<(&str, &str)> = page
        .lines()
        .filter(|line| !line.starts_with('#'))
        .filter_map(|line| line.trim_start().split_once(' '))
        .collect();
    let of = page.lines().filter_map(|line| line.strip_prefix("# ")).nth(1).unwrap_or_default();
    let here = compiler()?;
    println!("{:>14} {:>14} {:>8}", "blessed", "now", "");
    let mut off = Vec::new();
    for (row, _) in ROWS {
        let now = count(row)?;
        let Some((before, _)) = blessed.iter().find(|(_, name)| name == row) else {
            println!("{:>14} {:>14} {:>8} {row}", "-", plain(now), "new");
            off.push(*row);
            continue;
        };
        let before = hundredths(before)?;
        let (more, sign) = if now > before { (now - before, '+') } else { (before - now, '-') };
        // A call of a few instructions may gain one.
        let is_off = more * 100 > before * TOLERANCE && more > 100;
        if is_off {
            off.push(*row);
        }
        let mark = if is_off { "  <-- off" } else { "" };
        let part = more * 1_000 / before.max(1);
        println!(
            "{:>14} {:>14} {sign}{:>3}.{} % {row}{mark}",
            plain(before),
            plain(now),
            part / 10,
            part % 10
        );
    }
    for (_, gone) in blessed.iter().filter(|(_, name)| !ROWS.iter().any(|(row, _)| row == name)) {
        println!("blessed, and no row any more: {gone}");
        off.push(*gone);
    }
    if of != here {
        println!(
            "SKIPPED: the blessed counts are of {of}; this is {here}, so nothing is judged. Bless them anew."
        );
        return Ok(ExitCode::from(SKIPPED));
    }
    if off.is_empty() {
        println!("{} rows, every one within {TOLERANCE} % of its blessed count", ROWS.len());
        return Ok(ExitCode::SUCCESS);
    }
    println!("off by more than {TOLERANCE} %: {}.", off.join(", "));
    println!(
        "Dearer: find out why. Cheaper, or dearer for a reason worth it: bless anew and say why in the commit."
    );
    Ok(ExitCode::FAILURE)
}
