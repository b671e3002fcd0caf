//! Stock counted against the books, and what it is worth.

use crate::measure::Metal;
use crate::service::{Road, ServiceError};
use crate::shop::actions::{ReadLedger, ReadStock};
use crate::shop::stock::{Count, Counted, ItemState, Valuation};
use crate::store::{PageRequest, Reader, StoreError};
use crate::tenancy::Scope;
use crate::text::Label;
use crate::time::Date;

const PAGE: u16 = 200;

/// Holds scanned tags against the pieces that the books have in stock. Nothing changes by it: what is missing is written off,
/// what was never recorded is recorded, by themselves.
///
/// # Errors
/// What every read can answer.
pub async fn count_pieces(road: &Road, scope: &Scope, tags: Vec<Label>) -> Result<Counted, ServiceError> {
    let _permit = scope.permit::<ReadStock>()?;
    let mut reader = road.store.reader(scope).await?;
    let (mut count, mut page) = (Count::of(tags), PageRequest::first(PAGE));
    loop {
        let items = reader.items(Some(ItemState::InStock), page).await?;
        items.items.into_iter().for_each(|item| count.expect(item));
        match items.next {
            Some(after) => page = PageRequest { after: Some(after), ..page },
            None => break,
        }
    }
    let left: Vec<Label> = count.left().cloned().collect();
    let mut pieces = Vec::new();
    for tag in &left {
        pieces.extend(reader.item_by_tag(tag).await?);
    }
    Ok(count.end(pieces))
}

/// What the stock of each metal is worth today: at cost, at the day's rate, and at the lower of the two.
///
/// # Errors
/// What every read can answer.
pub async fn value_stock(road: &Road, scope: &Scope) -> Result<(Date, Vec<Valuation>), ServiceError> {
    let _permit = scope.permit::<ReadLedger>()?;
    let mut reader = road.store.reader(scope).await?;
    let workspace = reader.workspace().await?;
    let today = workspace.zone.date_of(road.clock.now());
    let board = reader.rate_board(today).await?;
    let mut values = Metal::ALL.map(|metal| Valuation::of(metal, workspace.currency));
    pieces(&mut *reader, &mut values, &board).await?;
    let mut page = PageRequest::first(PAGE);
    loop {
        let lots = reader.lots(page).await?;
        for (lot, on_hand) in &lots.items {
            if on_hand.mass.mg() == 0 && on_hand.cost.minor() == 0 {
                continue;
            }
            for value in values.iter_mut().filter(|value| value.metal == lot.metal) {
                value.add_lot(lot, *on_hand, &board).map_err(StoreError::failed)?;
            }
        }
        match lots.next {
            Some(after) => page = PageRequest { after: Some(after), ..page },
            None => return Ok((today, values.to_vec())),
        }
    }
}

async fn pieces(
    reader: &mut (impl Reader + ?Sized),
    values: &mut [Valuation],
    board: &[crate::shop::rates::PostedRate],
) -> Result<(), ServiceError> {
    let mut page = PageRequest::first(PAGE);
    loop {
        let items = reader.items(Some(ItemState::InStock), page).await?;
        for item in &items.items {
            for value in values.iter_mut().filter(|value| value.metal == item.metal) {
                value.add_piece(item, board).map_err(StoreError::failed)?;
            }
        }
        match items.next {
            Some(after) => page = PageRequest { after: Some(after), ..page },
            None => return Ok(()),
        }
    }
}
