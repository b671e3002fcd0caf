//! Which of the wanted fields may be erased: all of them or none.

use super::FieldStanding;
use super::refusal::{ErasureRefusal, Held, StillHeld};
use crate::refusal::Refusal;

/// How many commitments one erasure empties at most: far more than one person has, and few enough for one entry.
pub const MOST_PLACES: usize = 20_000;

/// The fields of `standing` that hold anything and are wanted, or all of them where none is named.
///
/// # Errors
/// [`StillHeld`] names every one of them that the law keeps; [`ErasureRefusal::NothingLeft`].
pub(super) fn free_of<F: Copy + PartialEq>(
    wanted: &[F],
    standing: Vec<FieldStanding<F>>,
    name_of: fn(F) -> &'static str,
) -> Result<Vec<F>, Box<dyn Refusal>> {
    let place = |field| wanted.iter().position(|of| *of == field);
    let theirs = standing
        .into_iter()
        .filter(|standing| standing.holds && (wanted.is_empty() || place(standing.field).is_some()));
    let (held, free): (Vec<_>, Vec<_>) = theirs.partition(|standing| standing.held.is_some());
    if !held.is_empty() {
        let fields = held.into_iter().filter_map(|standing| {
            let (rule, free_from) = standing.held?;
            let pointer =
                place(standing.field).map_or_else(|| "/fields".to_owned(), |n| format!("/fields/{n}"));
            Some(Held { pointer, field: name_of(standing.field), rule, free_from })
        });
        return Err(Box::new(StillHeld { fields: fields.collect() }));
    }
    if free.is_empty() {
        return Err(Box::new(ErasureRefusal::NothingLeft));
    }
    Ok(free.into_iter().map(|standing| standing.field).collect())
}
