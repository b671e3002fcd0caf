//! What a finding is.

use std::fmt;

use serde::Serialize;

/// How bad it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Level {
    /// Something is open that must not be, or will not start.
    Error,
    /// Something is weaker than it should be.
    Warning,
    /// Something an operator should know of, and may well want so.
    Note,
}

impl fmt::Display for Level {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Error => "error",
            Self::Warning => "warning",
            Self::Note => "note",
        })
    }
}

/// A kind of finding: one entry of the catalogue.
#[derive(Debug, PartialEq, Eq)]
pub struct Ailment {
    /// Its name, which stays: `keys.due`. What stands before the dot is its group.
    pub id: &'static str,
    /// How bad it is.
    pub level: Level,
    /// What is wrong.
    pub what: &'static str,
    /// What to do.
    pub remedy: &'static str,
}

/// Something found on this deployment. It names workspaces by slug and members by id: never an address, a name or a
/// secret.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// What kind it is of.
    #[serde(flatten, serialize_with = "in_line")]
    pub ailment: &'static Ailment,
    /// The workspace it is about; none for what is about the deployment.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub workspace: Option<String>,
    /// Where it was seen: a path, a setting, ids.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub evidence: Option<String>,
}

#[derive(Serialize)]
struct InLine {
    id: &'static str,
    level: Level,
    what: &'static str,
    remedy: &'static str,
}

fn in_line<S: serde::Serializer>(ailment: &&'static Ailment, to: S) -> Result<S::Ok, S::Error> {
    let Ailment { id, level, what, remedy } = **ailment;
    InLine { id, level, what, remedy }.serialize(to)
}

impl Ailment {
    /// The group it is in: `keys` of `keys.due`.
    #[must_use]
    pub fn group(&self) -> &'static str {
        self.id.split_once('.').map_or(self.id, |(group, _)| group)
    }

    /// Found, without more to say.
    #[must_use]
    pub const fn plain(&'static self) -> Finding {
        Finding { ailment: self, workspace: None, evidence: None }
    }

    /// Found here.
    #[must_use]
    pub fn at(&'static self, evidence: impl fmt::Display) -> Finding {
        Finding { evidence: Some(evidence.to_string()), ..self.plain() }
    }

    /// Found where there are any of these.
    #[must_use]
    pub fn at_any<T: fmt::Display>(&'static self, all: impl IntoIterator<Item = T>) -> Option<Finding> {
        let all: Vec<String> = all.into_iter().map(|one| one.to_string()).collect();
        (!all.is_empty()).then(|| self.at(all.join(", ")))
    }
}

impl Finding {
    /// The same, in a workspace.
    #[must_use]
    pub fn of(mut self, workspace: impl fmt::Display) -> Self {
        self.workspace = Some(workspace.to_string());
        self
    }
}
