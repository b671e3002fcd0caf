//! How many instructions a run takes, by valgrind.

use std::process::Command;

use crate::Failure;

/// A few calls before counting: what is made on first use is made then.
const FEW: u64 = 8;
const MORE: u64 = 1_000;

/// The instructions of one call of `row`, in hundredths.
pub fn count(row: &str) -> Result<u64, Failure> {
    let (few, more) = (instructions(row, FEW)?, instructions(row, FEW + MORE)?);
    Ok(more.saturating_sub(few) * 100 / MORE)
}

/// The instructions of a whole process that calls `row` so many times.
fn instructions(row: &str, times: u64) -> Result<u64, Failure> {
    let counted = Command::new("valgrind")
        .args(["--tool=cachegrind", "--cache-sim=no", "--cachegrind-out-file=/dev/null"])
        .arg(std::env::current_exe()?)
        .args(["run", row, &times.to_string()])
        // The same start-up whoever's shell this is.
        .env_clear()
        .output()
        .map_err(|error| format!("valgrind: {error}"))?;
    let said = String::from_utf8_lossy(&counted.stderr);
    if !counted.status.success() {
        return Err(format!("{row} did not run: {said}").into());
    }
    // "==123== I   refs:      1,234,567", in newer versions "==123== I refs: 1,234,567".
    let line = said.lines().find(|line| line.contains("refs:") && line.contains(" I ")).ok_or("no count")?;
    let number: String =
        line.rsplit(':').next().unwrap_or_default().chars().filter(char::is_ascii_digit).collect();
    Ok(number.parse()?)
}
