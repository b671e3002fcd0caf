//! Are the tables what the log tells?

use super::walk::{Met, Pages, Progress, walk_log};
use crate::audit::check::{FindingCode, Findings, Overfull, Part, Place, Told, opening_of};
use crate::audit::{Body, Opening};
use crate::store::{InspectReads, RawRow, Read, TABLES, TableKind};
use crate::tenancy::TenantId;

/// How many rows [`reconcile`] holds at once, where nobody says otherwise: some hundreds of megabytes of the widest.
pub const ROWS_AT_ONCE: usize = 250_000;

/// What came of reconciling.
#[derive(Debug, Clone)]
pub struct Reconciled {
    /// How many entries the log has.
    pub entries: u64,
    /// How many rows of facts and sums were compared.
    pub rows: u64,
    /// How many rows the log tells of an embedder's own tables, which were not compared.
    pub own_rows: u64,
    /// How often the log was read: once, and once more for every [`ROWS_AT_ONCE`] rows or so.
    pub passes: u64,
    /// What is wrong.
    pub findings: Findings,
}

/// Works out from the log what every table of facts and every kept sum must say, and compares them row by row and field
/// by field.
///
/// It believes the log: check that first. It holds at most `at_once` rows in memory. Where the log tells of more, rows are
/// dealt by their keys into two parts, four, and so on, and log and tables are read once for each part.
///
/// # Errors
/// Of the store. What is wrong with the tables is in the answer.
pub async fn reconcile<R: InspectReads + Send + ?Sized>(
    reader: &mut R,
    tenant: TenantId,
    at_once: usize,
    tell: &mut (dyn FnMut(Progress) + Send),
) -> Read<Reconciled> {
    let at_once = at_once.max(1);
    let mut parts = 1_u64;
    let mut passes = 0;
    'deal: loop {
        let mut sum =
            Reconciled { entries: 0, rows: 0, own_rows: 0, passes: 0, findings: Findings::of(tenant) };
        let dealt = parts;
        for nth in 0..dealt {
            passes += 1;
            match one_part(reader, tenant, Part { nth, of: dealt }, at_once, tell).await? {
                Ok(part) => {
                    (sum.entries, sum.own_rows) = (part.entries, part.own_rows);
                    sum.rows = part.rows;
                    sum.findings.extend(part.findings);
                }
                // A key's hash deals evenly: at some power of two every part fits.
                Err(Overfull) => {
                    parts = dealt.saturating_mul(2);
                    continue 'deal;
                }
            }
        }
        return Ok(Reconciled { passes, ..sum });
    }
}

async fn one_part<R: InspectReads + Send + ?Sized>(
    reader: &mut R,
    tenant: TenantId,
    part: Part,
    at_once: usize,
    tell: &mut (dyn FnMut(Progress) + Send),
) -> Read<Result<Reconciled, Overfull>> {
    let mut told = Told::new(part, at_once);
    let mut findings = Findings::of(tenant);
    let mut entries = 0_u64;
    let walked = walk_log(
        reader,
        |met| {
            let Met::Entry(row, openings) = met else { return Ok(()) };
            entries = entries.saturating_add(1);
            match Body::from_openings(&opened(openings)) {
                Ok(body) => told.take(body),
                Err(_) => {
                    // Said once, however many parts there are.
                    if part.nth == 0 {
                        let seq = row.get("seq").int().and_then(|seq| u64::try_from(seq).ok()).unwrap_or(0);
                        findings.add(FindingCode::BodyUnreadable, Place::Entry(seq), "body");
                    }
                    Ok(())
                }
            }
        },
        tell,
    );
    if let Err(overfull) = walked.await? {
        return Ok(Err(overfull));
    }
    let own_rows = told.own();
    let mut rows = 0_u64;
    let compared = |kind| matches!(kind, TableKind::State | TableKind::AppendOnly | TableKind::Derived);
    for table in TABLES.iter().filter(|table| compared(table.kind)) {
        let mut pages = Pages::of(table.name);
        let mut of_table = 0_u64;
        while let Some(row) = pages.next(reader).await? {
            told.compare(table, &row, &mut findings);
            of_table = of_table.saturating_add(1);
            if of_table.is_multiple_of(10_000) {
                tell(Progress { of: table.name, read: of_table });
            }
        }
        rows = rows.saturating_add(of_table);
    }
    told.finish(&mut findings);
    Ok(Ok(Reconciled { entries, rows, own_rows, passes: 1, findings }))
}

/// The openings that were not erased.
pub(super) fn opened(rows: &[RawRow]) -> Vec<Opening> {
    let of = |row: &RawRow| opening_of(row, u16::try_from(row.get("slot").int()?).ok()?);
    rows.iter().filter_map(of).collect()
}
