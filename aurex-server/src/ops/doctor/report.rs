//! What was found, for people and for programs.

use std::fmt;

use serde::Serialize;

use super::catalogue::ALL;
use super::finding::{Finding, Level};

/// Everything that was found.
#[derive(Debug, Serialize)]
pub struct Report {
    /// How many errors.
    pub errors: usize,
    /// How many warnings.
    pub warnings: usize,
    /// How many notes.
    pub notes: usize,
    /// What was found, in the order of the page.
    pub findings: Vec<Finding>,
}

impl Report {
    /// A report of these findings.
    #[must_use]
    pub fn of(mut findings: Vec<Finding>) -> Self {
        findings.sort_by_key(|finding| ALL.iter().position(|ailment| ailment.id == finding.ailment.id));
        let of = |level| findings.iter().filter(|finding| finding.ailment.level == level).count();
        Self { errors: of(Level::Error), warnings: of(Level::Warning), notes: of(Level::Note), findings }
    }

    /// Whether nothing in it fails a deployment.
    #[must_use]
    pub const fn passes(&self, strict: bool) -> bool {
        self.errors == 0 && (!strict || self.warnings == 0)
    }

    /// `1 error, 2 warnings, no notes`.
    #[must_use]
    pub fn counts(&self) -> String {
        let count = |number: usize, noun: &str| match number {
            0 => format!("no {noun}s"),
            1 => format!("1 {noun}"),
            more => format!("{more} {noun}s"),
        };
        [count(self.errors, "error"), count(self.warnings, "warning"), count(self.notes, "note")].join(", ")
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut group = "";
        for finding in &self.findings {
            let ailment = finding.ailment;
            if ailment.group() != group {
                group = ailment.group();
                writeln!(f, "{group}")?;
            }
            write!(f, "  {:<7}  {}", ailment.level, ailment.id)?;
            if let Some(workspace) = &finding.workspace {
                write!(f, "  in {workspace}")?;
            }
            writeln!(f, "\n           {}", ailment.what)?;
            if let Some(evidence) = &finding.evidence {
                writeln!(f, "           seen: {}", evidence.escape_debug())?;
            }
            writeln!(f, "           do:   {}\n", ailment.remedy)?;
        }
        writeln!(f, "{}; docs/doctor.md explains each.", self.counts())
    }
}

#[cfg(test)]
mod tests {
    use super::super::catalogue::{CLOCK_BEHIND, KEYS_DUE, KEYS_MISSING, MAIL_STAYS, MEMBERS_DORMANT};
    use super::*;

    #[test]
    fn findings_are_grouped_counted_and_judged() {
        let report = Report::of(vec![
            MEMBERS_DORMANT.at("member_1, member_2").of("acme"),
            KEYS_DUE.at("pepper-3f9a0c12"),
            MAIL_STAYS.plain(),
        ]);
        assert_eq!(report.counts(), "no errors, 3 warnings, no notes");
        assert!(report.passes(false) && !report.passes(true));
        let text = report.to_string();
        let places = ["keys\n", "keys.due", "mail\n", "mail.stays", "members\n", "members.dormant  in acme"]
            .map(|part| text.find(part).unwrap_or_else(|| panic!("{part} in {text}")));
        assert!(places.is_sorted(), "{text}");
        assert!(text.contains("seen: member_1, member_2\n") && text.contains("do:   disable who"));
        assert!(!Report::of(vec![KEYS_MISSING.plain()]).passes(false));
        assert!(Report::of(Vec::new()).passes(true));
    }

    #[test]
    fn programs_read_flat_objects() {
        let report = Report::of(vec![CLOCK_BEHIND.at("2026-01-01").of("acme"), MAIL_STAYS.plain()]);
        let value = serde_json::to_value(&report).unwrap();
        assert_eq!(
            (&value["errors"], &value["warnings"], &value["notes"]),
            (&1.into(), &1.into(), &0.into())
        );
        let mail = value["findings"][0].as_object().unwrap();
        let keys: std::collections::BTreeSet<_> = mail.keys().map(String::as_str).collect();
        assert_eq!(keys, ["id", "level", "remedy", "what"].into());
        assert_eq!((&mail["id"], &mail["level"]), (&"mail.stays".into(), &"warning".into()));
        let clock = &value["findings"][1];
        assert_eq!((&clock["workspace"], &clock["evidence"]), (&"acme".into(), &"2026-01-01".into()));
    }

    #[test]
    fn what_was_seen_cannot_write_lines_of_its_own() {
        let text = Report::of(vec![KEYS_DUE.at("a\nmembers\u{1b}[2J")]).to_string();
        assert!(text.contains(r"a\nmembers\u{1b}[2J"), "{text}");
    }
}
