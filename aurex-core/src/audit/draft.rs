//! What one change writes, and the seal that makes it the only thing a writer can write.

use std::any::Any;
use std::sync::Arc;

use super::erasure::{Erased, LISTED_AS};
use super::observation::{Observation, Outcome};
use super::record::{Class, Image, Record};
use super::value::Value;
use crate::rbac::Action;
use crate::store::{Fact, KeptKey, StoreError};
use crate::tenancy::Scope;

/// What a change is about: the noun and its id, as the log is searched by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Subject {
    /// The noun: `invoice`, `member`, `rate`.
    pub kind: &'static str,
    /// Its id as text.
    pub id: String,
}

impl Subject {
    /// A subject from a noun and anything that prints as its id.
    pub fn new(kind: &'static str, id: impl ToString) -> Self {
        Self { kind, id: id.to_string() }
    }
}

/// What shall become true, as a pure function decided it.
///
/// The change names the action that may make it true; a permit for any other action cannot seal it.
pub trait Change {
    /// The action whose permit seals this change.
    type By: Action;

    /// What it is about.
    fn subject(&self) -> Subject;

    /// Writes everything it makes true into `draft`.
    fn record(self, draft: &mut Draft);
}

/// One row that a change puts: new, or in place of the row with the same key.
#[derive(Debug, Clone)]
pub struct Put {
    /// The row for core's own tables; `None` for an embedder's, who writes it beside the entry.
    pub fact: Option<Fact>,
    /// The row as the log keeps it.
    pub image: Image,
    /// The fields that were different before, as they were; empty for a new row.
    pub before: Vec<(u8, Value)>,
    /// Whether the row is new.
    pub is_new: bool,
    /// An embedder's own row as it was given, for [`Sealed::own_rows`].
    own: Option<Arc<dyn Any + Send + Sync>>,
}

/// An observation as the collector seals it: how often it was repeated, and the last raw one it stands for.
#[derive(Debug, Clone)]
pub(super) struct Collected {
    pub(super) what: Observation,
    pub(super) count: u64,
    pub(super) through: u64,
}

/// What a change writes, being gathered.
#[derive(Debug, Clone)]
pub struct Draft {
    pub(super) subject: Subject,
    pub(super) puts: Vec<Put>,
    pub(super) notes: Vec<(&'static str, Value)>,
    pub(super) observed: Option<Collected>,
    pub(super) raises_epoch: bool,
    erased: Vec<Erased>,
}

impl Draft {
    pub(crate) fn new(subject: Subject) -> Self {
        Self {
            subject,
            puts: Vec::new(),
            notes: Vec::new(),
            observed: None,
            raises_epoch: false,
            erased: Vec::new(),
        }
    }

    /// A new row of one of core's tables.
    pub(crate) fn insert<R: Record + Into<Fact>>(&mut self, row: R) {
        let image = row.image();
        self.puts.push(Put { fact: Some(row.into()), image, before: Vec::new(), is_new: true, own: None });
    }

    /// A row of one of core's tables in place of `before`. A row that did not change is not written.
    pub(crate) fn update<R: Record + Into<Fact> + PartialEq>(&mut self, before: &R, after: R) {
        if *before != after {
            let (image, before) = (after.image(), changed(&before.image(), &after.image()));
            self.puts.push(Put { fact: Some(after.into()), image, before, is_new: false, own: None });
        }
    }

    /// A row of one of core's tables in place of `before`, from which personal values were taken. What they were is not
    /// said: the entry of an erasure must not be where they live on.
    pub(crate) fn blank<R: Record + Into<Fact> + PartialEq>(&mut self, before: &R, after: R) {
        if *before != after {
            let image = after.image();
            let before = said(&image, changed(&before.image(), &image));
            self.puts.push(Put { fact: Some(after.into()), image, before, is_new: false, own: None });
        }
    }

    /// Empties these commitments of earlier entries, and lists them. Stores refuse it to every action but
    /// [`ErasePersonal`](crate::identity::actions::ErasePersonal) and
    /// [`ExpirePersonal`](crate::identity::actions::ExpirePersonal).
    pub(crate) fn erase(&mut self, places: Vec<Erased>) {
        self.note(LISTED_AS, places.clone());
        self.erased.extend(places);
    }

    /// For the conformance kit: a row that no decision vouches for, to see a store refuse it.
    #[cfg(feature = "conformance")]
    pub(crate) fn forge(&mut self, row: Fact, is_new: bool) {
        let image = row.image();
        self.puts.push(Put { fact: Some(row), image, before: Vec::new(), is_new, own: None });
    }

    /// A new row of an embedder's own table; the embedder's SQL writes it in the same transaction, as
    /// [`Sealed::own_rows`] gives it back.
    pub fn insert_own<R: Record>(&mut self, row: &R) {
        self.put_own(row, Vec::new(), true);
    }

    /// A changed row of an embedder's own table.
    pub fn update_own<R: Record>(&mut self, before: &R, after: &R) {
        self.put_own(after, changed(&before.image(), &after.image()), false);
    }

    /// A row of an embedder's own table in place of `before`, from which personal values were taken: what they were is
    /// not said. A row that did not change is not written.
    pub(crate) fn blank_own<R: Record>(&mut self, before: &R, after: &R) {
        let image = after.image();
        let changed = changed(&before.image(), &image);
        if !changed.is_empty() {
            self.put_own(after, said(&image, changed), false);
        }
    }

    fn put_own<R: Record>(&mut self, row: &R, before: Vec<(u8, Value)>, is_new: bool) {
        let own: Arc<dyn Any + Send + Sync> = Arc::new(row.clone());
        self.puts.push(Put { fact: None, image: row.image(), before, is_new, own: Some(own) });
    }

    /// A remark that belongs to the change but to no row: a reason, a count.
    pub fn note(&mut self, name: &'static str, value: impl super::Column) {
        self.notes.push((name, value.to_value()));
    }

    /// Says that somebody's access changed: queued writers look again at who they are.
    pub(crate) fn raise_epoch(&mut self) {
        self.raises_epoch = true;
    }

    /// Says that this states an observation rather than a change.
    pub(crate) fn observe(&mut self, what: Observation, count: u64, through: u64) {
        self.observed = Some(Collected { what, count, through });
    }

    pub(super) fn outcome(&self) -> Outcome {
        self.observed.as_ref().map_or(Outcome::Done, |observed| observed.what.outcome)
    }
}

fn changed(before: &Image, after: &Image) -> Vec<(u8, Value)> {
    after
        .specs
        .iter()
        .filter(|spec| spec.class != Class::Key && before.get(spec.tag) != after.get(spec.tag))
        .map(|spec| (spec.tag, before.get(spec.tag).clone()))
        .collect()
}

/// Of what was different before, what an erasure says: nothing personal and no secret.
fn said(image: &Image, mut before: Vec<(u8, Value)>) -> Vec<(u8, Value)> {
    let is_said = |spec: &&super::FieldSpec| matches!(spec.class, Class::Key | Class::Plain);
    before.retain(|(tag, _)| image.specs.iter().filter(is_said).any(|spec| spec.tag == *tag));
    before
}

/// One field's difference, for showing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldChange {
    /// `table.field`.
    pub field: String,
    /// What it was; `None` when the row is new.
    pub before: Option<Value>,
    /// What it became.
    pub after: Option<Value>,
}

/// A change that somebody with the right to make exactly this change has made.
///
/// It is made only by [`Permit::seal`](crate::rbac::Permit::seal), and there is nothing else that a writer applies.
#[derive(Debug)]
#[must_use = "a sealed change becomes true when a writer applies it"]
pub struct Sealed {
    scope: Scope,
    action: &'static str,
    pub(super) draft: Draft,
    pub(super) seed: [u8; 32],
    key: Option<KeptKey>,
}

impl Sealed {
    pub(crate) fn new(scope: Scope, action: &'static str, draft: Draft, seed: [u8; 32]) -> Self {
        Self { scope, action, draft, seed, key: None }
    }

    /// Lets the change carry the idempotency key it came with, to be kept in the same transaction.
    pub fn with_key(mut self, key: Option<KeptKey>) -> Self {
        self.key = key;
        self
    }

    /// Who sealed it.
    pub fn scope(&self) -> &Scope {
        &self.scope
    }

    /// The code of the action that sealed it.
    pub fn action(&self) -> &'static str {
        self.action
    }

    /// What it is about.
    pub fn subject(&self) -> &Subject {
        &self.draft.subject
    }

    /// For backends: the rows of core's tables that it puts, in order.
    pub fn facts(&self) -> impl Iterator<Item = &Fact> {
        self.draft.puts.iter().filter_map(|put| put.fact.as_ref())
    }

    /// The rows of an embedder's own table that it puts, in order. Writing these and no others keeps the table a
    /// projection of the log: what the entry commits to and what the table says have one source.
    ///
    /// ```
    /// # use aurex_core::audit::{Change, Draft, Sealed, Subject};
    /// # aurex_core::action! { /// Put a medicine on the shelf.
    /// # pub struct StockUp = "medicine.stock"; owner }
    /// # aurex_core::record! { /// A medicine.
    /// #     pub struct Medicine in "medicine" { /// Its code.
    /// #         code: String = 1 [key], /// Pieces on hand.
    /// #         pieces: i64 = 2 } }
    /// # struct StockedUp(Medicine);
    /// # impl Change for StockedUp {
    /// #     type By = StockUp;
    /// #     fn subject(&self) -> Subject { Subject::new("medicine", &self.0.code) }
    /// #     fn record(self, draft: &mut Draft) { draft.insert_own(&self.0); }
    /// # }
    /// fn to_write(sealed: &Sealed) -> Vec<Medicine> {
    ///     sealed.own_rows::<Medicine>().cloned().collect()
    /// }
    /// # fn main() {}
    /// ```
    pub fn own_rows<R: Record>(&self) -> impl Iterator<Item = &R> {
        self.draft.puts.iter().filter_map(|put| put.own.as_deref()?.downcast_ref())
    }

    /// For backends: the commitments of earlier entries whose salts and contents become nothing with it.
    ///
    /// # Errors
    /// [`StoreError::ForeignSeal`] where something other than an erasure would empty any, or anything a body.
    pub fn erased(&self) -> Result<&[Erased], StoreError> {
        let is_erasure = super::erasure::ERASING.contains(&self.action);
        let of_fields = self.draft.erased.iter().all(|place| place.slot > 0);
        if self.draft.erased.is_empty() || (is_erasure && of_fields) {
            Ok(&self.draft.erased)
        } else {
            Err(StoreError::ForeignSeal)
        }
    }

    /// For backends: whether it opens a workspace. No other change may, whoever holds a founder's scope.
    pub fn is_founding(&self) -> bool {
        self.action == crate::identity::actions::OpenWorkspace::CODE
    }

    /// For backends: the idempotency key to keep with it.
    pub fn key(&self) -> Option<&KeptKey> {
        self.key.as_ref()
    }

    /// For backends: whether it states only what was observed, and puts no rows.
    pub fn is_observation(&self) -> bool {
        self.draft.observed.is_some()
    }
}
