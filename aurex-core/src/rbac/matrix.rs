//! The role matrix on paper: who may do what, and how far, for a shop's owner to read.

use std::fmt::Write as _;

use super::{ActionInfo, Catalogue, Role};

impl Catalogue {
    /// The role matrix as a Markdown table: the golden table in the repository and the page in the docs.
    ///
    /// The meaning stands first because an owner reads it, the code last because a programmer looks for it.
    pub fn matrix(&self) -> String {
        let mut page = String::from("| who may |");
        for role in Role::ALL {
            let _ = write!(page, " {role} |");
        }
        page.push_str(" code |\n|---|");
        page.push_str(&"---|".repeat(Role::ALL.len().saturating_add(1)));
        for action in self.iter() {
            let _ = write!(page, "\n| {} |", meaning(action));
            for grant in &action.grants {
                let _ = write!(page, " {} |", extent(grant.as_deref()));
            }
            let _ = write!(page, " `{}` |", action.code);
        }
        page.push('\n');
        page
    }
}

/// The title as one line of a table, with what it asks of the person beyond the role.
fn meaning(action: &ActionInfo) -> String {
    let title: Vec<&str> = action.title.split_whitespace().collect();
    let title = cell(title.join(" ").trim_end_matches('.'));
    if action.process_only {
        format!("{title} (the process itself)")
    } else if action.step_up {
        format!("{title} (with a fresh second factor)")
    } else {
        title
    }
}

fn extent(grant: Option<&str>) -> String {
    match grant {
        None => "–".to_owned(),
        Some("Unlimited") => "yes".to_owned(),
        Some(limits) => cell(&limits.split(' ').map(plain).collect::<Vec<_>>().join(" ")),
    }
}

/// A word; where it is a figure, without the zeros that limits kept in millionths end in (`5.0000`).
fn plain(word: &str) -> &str {
    let is_decimal = word.contains('.') && word.ends_with(|last: char| last.is_ascii_digit());
    if is_decimal { word.trim_end_matches('0').trim_end_matches('.') } else { word }
}

/// An embedder's text must not break the table apart.
fn cell(text: &str) -> String {
    text.replace('|', "\\|")
}

#[cfg(test)]
mod tests {
    use super::*;

    crate::action! {
        /// Hand over a poison | a
        /// narcotic.
        struct Poison: &'static str = "poison.hand_over" (step_up);
        owner: "up to 12.5000 % of 100.0000 mg", cashier: "3.0 | 7 v2"
    }

    #[test]
    fn a_row_reads_as_a_sentence_and_stays_one_row() {
        let page = Catalogue::new().with::<Poison>().matrix();
        let row = page.lines().last().unwrap();
        assert!(
            row.starts_with("| Hand over a poison \\| a narcotic (with a fresh second factor) |"),
            "{row}"
        );
        assert!(row.ends_with("| – | – | `poison.hand_over` |"), "{row}");
        assert!(row.contains("\\| 7 v2"), "{row}");
        assert_eq!(page.lines().count(), 3, "{page}");
    }

    #[test]
    fn figures_lose_their_idle_zeros_and_nothing_else() {
        for (given, printed) in
            [("5.0000", "5"), ("12.5000", "12.5"), ("±0.0000", "±0"), ("100", "100"), ("days.", "days.")]
        {
            assert_eq!(plain(given), printed);
        }
    }
}
