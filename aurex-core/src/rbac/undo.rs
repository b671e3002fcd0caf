//! How what an action did is taken back, as a table: of every action that changes something, the action that undoes it or
//! the reason why nothing does.
//!
//! Nothing is ever removed: the undo is an action of its own, with its own entry beside the first. The conformance kit walks
//! the table on every store; [`Catalogue::without_undo`] finds what a table forgets.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use super::Catalogue;

/// One action's row in the table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Undo {
    /// The code of the action.
    pub action: &'static str,
    /// The code of the action that takes it back; `None` where nothing does.
    pub by: Option<&'static str>,
    /// What stays behind, or why nothing takes it back; for people.
    pub note: &'static str,
}

impl Undo {
    /// An action that another takes back.
    pub const fn by(action: &'static str, by: &'static str, note: &'static str) -> Self {
        Self { action, by: Some(by), note }
    }

    /// An action that is taken back by doing it again, the other way round.
    pub const fn again(action: &'static str, note: &'static str) -> Self {
        Self::by(action, action, note)
    }

    /// An action that nothing takes back, and why.
    pub const fn never(action: &'static str, why: &'static str) -> Self {
        Self { action, by: None, note: why }
    }
}

/// Core's own table, the shop's rows included.
pub fn core_undos() -> Vec<Undo> {
    let mut undos = crate::identity::undo::UNDOS.to_vec();
    #[cfg(feature = "shop")]
    undos.extend_from_slice(crate::shop::undo::UNDOS);
    undos
}

impl Catalogue {
    /// What is wrong with a table of undos beside this catalogue, a sentence each: an action that changes something and has
    /// no row or several, a row of no such action, an undo that is none, a row without a word.
    pub fn without_undo(&self, undos: &[Undo]) -> Vec<String> {
        let changing: BTreeSet<&str> =
            self.iter().filter(|action| !action.reads).map(|action| action.code).collect();
        let rows = |code: &str| undos.iter().filter(|undo| undo.action == code).count();
        let forgotten = changing.iter().filter(|code| rows(code) != 1);
        let mut faults: Vec<String> =
            forgotten.map(|code| format!("{code} has {} rows and not one", rows(code))).collect();
        for undo in undos {
            if !changing.contains(undo.action) {
                faults.push(format!("{} is no action that changes something", undo.action));
            }
            if undo.by.is_some_and(|by| !changing.contains(by)) {
                faults.push(format!("{} is undone by no such action", undo.action));
            }
            if undo.note.is_empty() {
                faults.push(format!("{} has no note", undo.action));
            }
        }
        faults
    }

    /// The table as Markdown, in the order of the catalogue.
    pub fn undo_table(&self, undos: &[Undo]) -> String {
        let mut page = String::from(
            "| what was done | code | undone by | what stays, or why nothing undoes it |\n|---|---|---|---|\n",
        );
        for action in self.iter() {
            for undo in undos.iter().filter(|undo| undo.action == action.code) {
                let by = match undo.by {
                    Some(by) if by == undo.action => "doing it again".to_owned(),
                    Some(by) => format!("`{by}`"),
                    None => "–".to_owned(),
                };
                let title = action.title.split_whitespace().collect::<Vec<_>>().join(" ");
                let title = title.trim_end_matches('.').replace('|', "\\|");
                let _ = writeln!(page, "| {title} | `{}` | {by} | {} |", undo.action, undo.note);
            }
        }
        page
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    crate::action! { /// Hand a | over.
    struct Hand = "thing.hand"; owner }
    crate::action! { /// Look at it.
    struct Look = "thing.look" (reads); owner }

    #[test]
    fn every_action_that_changes_something_has_its_undo_or_the_reason_why_not() {
        assert_eq!(Catalogue::core().without_undo(&core_undos()), Vec::<String>::new());
    }

    #[test]
    fn a_new_action_without_a_row_is_found_and_so_is_every_other_fault() {
        let catalogue = Catalogue::new().with::<Hand>().with::<Look>();
        let faults = |undos: &[Undo]| catalogue.without_undo(undos);
        assert_eq!(faults(&[]), ["thing.hand has 0 rows and not one"]);
        assert_eq!(faults(&[Undo::again("thing.hand", "nothing")]), Vec::<String>::new());
        let twice = [Undo::again("thing.hand", "nothing"), Undo::never("thing.hand", "")];
        assert_eq!(faults(&twice), ["thing.hand has 2 rows and not one", "thing.hand has no note"]);
        let wrong = [Undo::by("thing.hand", "thing.take", "x"), Undo::never("thing.look", "it is seen")];
        assert_eq!(
            faults(&wrong),
            ["thing.hand is undone by no such action", "thing.look is no action that changes something"]
        );
    }

    #[test]
    fn a_title_does_not_break_the_table() {
        let page = Catalogue::new().with::<Hand>().undo_table(&[Undo::again("thing.hand", "a trace")]);
        assert!(page.ends_with("| Hand a \\| over | `thing.hand` | doing it again | a trace |\n"), "{page}");
    }
}
