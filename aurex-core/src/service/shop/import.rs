//! Tables that a shop brings when it begins: customers, suppliers and goldsmiths with what stood open, pieces with their
//! tags. A table comes in whole, in one transaction, or not at all; each row of it is an entry of the log like one that was
//! typed.

use std::collections::BTreeSet;

use super::parties::seal;
use crate::ledger::JournalEntryId;
use crate::rbac::Action as _;
use crate::refusal::Refusal;
use crate::service::{Road, ServiceError};
use crate::shop::accounts::accounts_of_party;
use crate::shop::actions::{OpenBalance, RecordItem};
use crate::shop::parties::{
    Kept, NewOpening, NewParty, OpeningKnown, OpeningPosted, Party, PartyId, PartyRecorded, PartyRow,
    decide_open, decide_record, party_of_row,
};
use crate::shop::stock::{
    ItemId, MovementId, NewItem, StockIds, StockKnown, decide_record_item, item_of_row,
};
use crate::shop::tables::{Cells, RowProblem};
use crate::store::{PageRequest, StoreError, Writer};
use crate::tenancy::{Scope, Workspace};

/// What became of a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Imported {
    /// How many of its rows can be recorded.
    pub rows: usize,
    /// Whether they are recorded now. They are not after a dry run, or where anything is wrong with the table.
    pub recorded: bool,
    /// Everything that is wrong with it.
    pub problems: Vec<RowProblem>,
}

fn refused(cells: &Cells, refusal: &impl Refusal) -> RowProblem {
    RowProblem { line: cells.line(), column: "", code: refusal.code(), message: refusal.to_string() }
}

async fn end(
    mut turn: Box<dyn Writer + '_>,
    rows: usize,
    problems: Vec<RowProblem>,
    dry_run: bool,
) -> Result<Imported, ServiceError> {
    let recorded = problems.is_empty() && !dry_run && rows > 0;
    if recorded {
        crate::service::road::is_not_ending(&mut *turn).await?;
        turn.commit().await?;
    } else {
        turn.rollback().await;
    }
    Ok(Imported { rows, recorded, problems })
}

/// Who is known already: a telephone number, a GSTIN, or, of those who have neither, a name.
#[derive(Default)]
struct Marks(BTreeSet<String>);

impl Marks {
    fn of(name: &str, phone: Option<&str>, gstin: Option<&str>) -> Vec<String> {
        let marks: Vec<_> = [phone.map(|it| format!("phone {it}")), gstin.map(|it| format!("gstin {it}"))]
            .into_iter()
            .flatten()
            .collect();
        if marks.is_empty() { vec![format!("name {}", name.to_lowercase())] } else { marks }
    }

    fn of_party(party: &Party) -> Vec<String> {
        let (phone, gstin) = (party.phone.as_ref(), party.gstin.as_ref());
        Self::of(party.name.as_str(), phone.map(|it| it.as_str()), gstin.map(|it| it.as_str()))
    }

    fn of_new(new: &NewParty) -> Vec<String> {
        let (phone, gstin) = (new.phone.as_ref(), new.gstin.as_ref());
        Self::of(new.name.as_str(), phone.map(|it| it.as_str()), gstin.map(|it| it.as_str()))
    }

    async fn on_record<K: Kept>(turn: &mut dyn Writer) -> Result<Self, ServiceError> {
        let (mut marks, mut page) = (Self::default(), PageRequest::first(200));
        loop {
            let parties = turn.parties(K::KIND, None, page).await?;
            marks.0.extend(parties.items.iter().flat_map(Self::of_party));
            match parties.next {
                Some(after) => page = PageRequest { after: Some(after), ..page },
                None => return Ok(marks),
            }
        }
    }

    /// Whether `new` is somebody new, who is known from now on.
    fn admit(&mut self, new: &NewParty) -> bool {
        let marks = Self::of_new(new);
        let is_new = marks.iter().all(|mark| !self.0.contains(mark));
        self.0.extend(marks);
        is_new
    }
}

/// A row as the changes that it makes.
struct Row<K> {
    recorded: PartyRecorded<K>,
    opened: Option<OpeningPosted>,
}

fn decide_row<K: Kept>(
    road: &Road,
    scope: &Scope,
    turn: &dyn Writer,
    workspace: &Workspace,
    chart: &[crate::ledger::Account],
    cells: &Cells,
    row: PartyRow,
) -> Result<Result<Row<K>, RowProblem>, ServiceError> {
    let (now, PartyRow { new, opening }) = (turn.now(), row);
    let id = PartyId::new(now, &*road.entropy);
    let accounts = accounts_of_party(K::KIND, id, workspace.currency, now, &*road.entropy);
    let accounts = accounts.map_err(StoreError::failed)?;
    let pan = new.pan.as_ref().map(|pan| seal(road, scope, id, pan)).transpose()?;
    let known: Vec<_> = chart.iter().chain(&accounts).cloned().collect();
    let recorded = match decide_record::<K>(&new, pan, accounts, id, now) {
        Ok(recorded) => recorded,
        Err(refusal) => return Ok(Err(refused(cells, &refusal))),
    };
    let post = |opening: NewOpening| {
        let known = OpeningKnown {
            has_traded: false,
            party: &recorded.party,
            accounts: &known,
            currency: workspace.currency,
            today: workspace.zone.date_of(now),
            now,
        };
        decide_open(&opening, known, JournalEntryId::new(now, &*road.entropy))
    };
    match opening.map(post).transpose() {
        Ok(opened) => Ok(Ok(Row { recorded, opened })),
        Err(refusal) => Ok(Err(refused(cells, &refusal))),
    }
}

/// Records everybody in a table with what stood open, or nobody. Who is on record already, by telephone number or GSTIN or,
/// without both, by name, is a problem: the same table twice records nobody twice.
///
/// # Errors
/// What every write can answer; what is wrong with the table is in the answer.
pub async fn import_parties<K: Kept>(
    road: &Road,
    scope: &Scope,
    rows: &[Cells],
    dry_run: bool,
) -> Result<Imported, ServiceError> {
    let _permit = scope.permit::<K::Record>()?;
    let mut turn = road.turn(scope).await?;
    road.held_against_the_plan(&mut *turn, K::Record::CODE).await?;
    let workspace = turn.workspace().await?;
    let chart = turn.accounts_for(None).await?;
    let mut marks = Marks::on_record::<K>(&mut *turn).await?;
    let (mut done, mut problems) = (0, Vec::new());
    for cells in rows {
        let row = match party_of_row(cells, workspace.currency) {
            Ok(row) => row,
            Err(wrong) => {
                problems.extend(wrong);
                continue;
            }
        };
        if row.opening.is_some() {
            let _permit = scope.permit::<OpenBalance>()?;
        }
        if !marks.admit(&row.new) {
            let message = "somebody with this telephone number, GSTIN or name is there already";
            problems.push(cells.problem_of("name", "row.there_already", message));
            continue;
        }
        match decide_row::<K>(road, scope, &*turn, &workspace, &chart, cells, row)? {
            Ok(Row { recorded, opened }) => {
                road.apply(&mut *turn, scope.permit::<K::Record>()?.seal(recorded, &*road.entropy)).await?;
                if let Some(opened) = opened {
                    road.apply(&mut *turn, scope.permit::<OpenBalance>()?.seal(opened, &*road.entropy))
                        .await?;
                }
                done += 1;
            }
            Err(problem) => problems.push(problem),
        }
    }
    end(turn, done, problems, dry_run).await
}

/// Records every piece in a table and posts it as opening stock, or none.
///
/// # Errors
/// What every write can answer; what is wrong with the table is in the answer.
pub async fn import_items(
    road: &Road,
    scope: &Scope,
    rows: &[Cells],
    dry_run: bool,
) -> Result<Imported, ServiceError> {
    let _permit = scope.permit::<RecordItem>()?;
    let mut turn = road.turn(scope).await?;
    road.held_against_the_plan(&mut *turn, RecordItem::CODE).await?;
    let workspace = turn.workspace().await?;
    let accounts = turn.accounts_for(None).await?;
    let (mut tags, mut huids) = (BTreeSet::new(), BTreeSet::new());
    let (mut done, mut problems) = (0, Vec::new());
    for cells in rows {
        let new = match item_of_row(cells, workspace.currency) {
            Ok(new) => new,
            Err(wrong) => {
                problems.extend(wrong);
                continue;
            }
        };
        let (tag_taken, huid_taken) = taken(&mut *turn, &new).await?;
        let again = new.huid.as_ref().is_some_and(|huid| !huids.insert(huid.as_str().to_owned()));
        let now = turn.now();
        let known = StockKnown {
            tag_taken: tag_taken || !tags.insert(new.tag.as_str().to_owned()),
            huid_taken: huid_taken || again,
            accounts: &accounts,
            currency: workspace.currency,
            today: workspace.zone.date_of(now),
            now,
        };
        let ids = StockIds {
            id: ItemId::new(now, &*road.entropy),
            entry: JournalEntryId::new(now, &*road.entropy),
            movement: MovementId::new(now, &*road.entropy),
        };
        match decide_record_item(new, &known, ids) {
            Ok(change) => {
                road.apply(&mut *turn, scope.permit::<RecordItem>()?.seal(change, &*road.entropy)).await?;
                done += 1;
            }
            Err(refusal) => problems.push(refused(cells, &refusal)),
        }
    }
    end(turn, done, problems, dry_run).await
}

async fn taken(turn: &mut dyn Writer, new: &NewItem) -> Result<(bool, bool), ServiceError> {
    let tag = turn.item_by_tag(&new.tag).await?.is_some();
    let huid = match &new.huid {
        Some(huid) => turn.item_by_huid(huid.as_str()).await?.is_some(),
        None => false,
    };
    Ok((tag, huid))
}
