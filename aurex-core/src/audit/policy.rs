//! Whom an owner trusts to have watched a log: keys of logs, keys of witnesses, and how many of them it takes. Exactly
//! C2SP `tlog-policy`.
//!
//! ```text
//! log <key>
//! witness auditor <key>
//! witness brother <key>
//! group either any auditor brother
//! quorum either
//! ```
//!
//! Source: <https://c2sp.org/tlog-policy>.

use std::str::FromStr;

use super::note::{KeyTextError, SignatureKind, VerifierKey};

/// More lines of one sort than anybody has; the specification asks for 32 at least.
const MOST: usize = 256;

/// A trust policy, read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Policy {
    logs: Vec<VerifierKey>,
    witnesses: Vec<VerifierKey>,
    named: Vec<(String, Rule)>,
    quorum: Option<usize>,
}

/// What has to cosign: names stand for the place of an earlier rule.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Rule {
    Witness(usize),
    Group { least: usize, members: Vec<usize> },
}

/// Why a text is no policy.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("line {line} of the policy: {reason}")]
pub struct PolicyError {
    /// The line, from 1; 0 for the whole.
    pub line: usize,
    /// What is wrong with it.
    pub reason: PolicyFault,
}

/// What is wrong with a line of a policy.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PolicyFault {
    /// The line is none of the four.
    #[error("not a log, a witness, a group or a quorum")]
    Form,
    /// A name is used twice, or is not there yet.
    #[error("a name is taken, or not defined before this line")]
    Name,
    /// A key cannot be used, is of the other sort, or stands there twice.
    #[error("the key is not one for this, or is there twice")]
    Key,
    /// More members are asked for than there are, or none.
    #[error("a group needs at least one of its members and at most all")]
    Threshold,
    /// There is no quorum line, or a second one.
    #[error("there must be exactly one quorum line")]
    Quorum,
    /// Far more lines than anybody has.
    #[error("too many lines")]
    TooLong,
}

impl From<KeyTextError> for PolicyFault {
    fn from(_: KeyTextError) -> Self {
        Self::Key
    }
}

impl Policy {
    /// The policy that asks for nobody: `quorum none`.
    pub const fn none() -> Self {
        Self { logs: Vec::new(), witnesses: Vec::new(), named: Vec::new(), quorum: None }
    }

    /// The keys of the logs that are accepted; none where the log is known otherwise.
    pub fn logs(&self) -> &[VerifierKey] {
        &self.logs
    }

    /// The keys of the witnesses.
    pub fn witnesses(&self) -> &[VerifierKey] {
        &self.witnesses
    }

    /// Whether it asks for any witness at all.
    pub const fn asks_for_witnesses(&self) -> bool {
        self.quorum.is_some()
    }

    /// Whether enough of its witnesses are among `cosigners`. Nobody is never enough: a policy that asks for none is
    /// met by none, and says so with `false`, because then nobody but the operator vouches for the log.
    pub fn is_met_by(&self, cosigners: &[&VerifierKey]) -> bool {
        self.quorum.is_some_and(|quorum| self.holds(quorum, cosigners))
    }

    /// Rules name only earlier ones, so this ends.
    fn holds(&self, rule: usize, cosigners: &[&VerifierKey]) -> bool {
        match self.named.get(rule) {
            Some((_, Rule::Witness(nth))) => {
                self.witnesses.get(*nth).is_some_and(|witness| cosigners.contains(&witness))
            }
            Some((_, Rule::Group { least, members })) => {
                members.iter().filter(|member| self.holds(**member, cosigners)).count() >= *least
            }
            None => false,
        }
    }

    fn read(&mut self, words: &[&str]) -> Result<(), PolicyFault> {
        match words {
            ["log", key, url @ ..] if url.len() <= 1 => add_key(&mut self.logs, key, SignatureKind::Log),
            ["witness", name, key, url @ ..] if url.len() <= 1 => {
                let nth = self.witnesses.len();
                add_key(&mut self.witnesses, key, SignatureKind::Cosignature)?;
                self.name(name, Rule::Witness(nth))
            }
            ["group", name, least, members @ ..] => {
                let mut places = Vec::new();
                for member in members {
                    let place = self.place(member)?;
                    // A witness counts once, in one way only.
                    let counts_elsewhere = |(_, rule): &(String, Rule)| matches!(rule, Rule::Group { members, .. } if members.contains(&place));
                    if places.contains(&place) || self.named.iter().any(counts_elsewhere) {
                        return Err(PolicyFault::Name);
                    }
                    places.push(place);
                }
                let least = match *least {
                    "any" => 1,
                    "all" => places.len(),
                    number => super::note::from_decimal(number)
                        .and_then(|number| usize::try_from(number).ok())
                        .ok_or(PolicyFault::Form)?,
                };
                if !(1..=places.len()).contains(&least) {
                    return Err(PolicyFault::Threshold);
                }
                self.name(name, Rule::Group { least, members: places })
            }
            _ => Err(PolicyFault::Form),
        }
    }

    fn place(&self, name: &str) -> Result<usize, PolicyFault> {
        self.named.iter().position(|(of, _)| of == name).ok_or(PolicyFault::Name)
    }

    fn name(&mut self, name: &str, rule: Rule) -> Result<(), PolicyFault> {
        if name == "none" || self.place(name).is_ok() {
            return Err(PolicyFault::Name);
        }
        self.named.push((name.to_owned(), rule));
        Ok(())
    }
}

fn add_key(keys: &mut Vec<VerifierKey>, text: &str, kind: SignatureKind) -> Result<(), PolicyFault> {
    let key: VerifierKey = text.parse()?;
    if key.kind() != kind || keys.iter().any(|of| of.public() == key.public()) {
        return Err(PolicyFault::Key);
    }
    keys.push(key);
    Ok(())
}

impl FromStr for Policy {
    type Err = PolicyError;

    fn from_str(text: &str) -> Result<Self, PolicyError> {
        let (mut policy, mut has_quorum) = (Self::none(), false);
        for (line, nth) in text.split('\n').zip(1_usize..) {
            let fault = |reason| PolicyError { line: nth, reason };
            if line.contains(|c: char| c.is_control() && c != '\t') {
                return Err(fault(PolicyFault::Form));
            }
            if nth > 4 * MOST {
                return Err(fault(PolicyFault::TooLong));
            }
            let words: Vec<&str> = line.split([' ', '\t']).filter(|word| !word.is_empty()).collect();
            match words.as_slice() {
                [] => {}
                [first, ..] if first.starts_with('#') => {}
                ["quorum", _] if has_quorum => return Err(fault(PolicyFault::Quorum)),
                ["quorum", "none"] => has_quorum = true,
                ["quorum", name] => {
                    policy.quorum = Some(policy.place(name).map_err(fault)?);
                    has_quorum = true;
                }
                words => policy.read(words).map_err(fault)?,
            }
        }
        if has_quorum { Ok(policy) } else { Err(PolicyError { line: 0, reason: PolicyFault::Quorum }) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audit::note::NoteSigner;

    fn key(name: &str, kind: SignatureKind, seed: u8) -> VerifierKey {
        NoteSigner::new(name, kind, &[seed; 32]).unwrap().verifier().clone()
    }

    fn witness(seed: u8) -> VerifierKey {
        key("w.example", SignatureKind::Cosignature, seed)
    }

    /// The specification's example: two of three X, and any Y.
    fn example() -> Policy {
        let mut text = format!("# of the specification\nlog {}\n\n", key("l", SignatureKind::Log, 9));
        for (name, seed) in [("X1", 1), ("X2", 2), ("X3", 3)] {
            text += &format!("\twitness {name} {} https://w.example/\n", witness(seed));
        }
        text += "group X-witnesses 2 X1 X2 X3\n";
        for (name, seed) in [("Y1", 4), ("Y2", 5), ("Y3", 6)] {
            text += &format!("witness {name}  {} \n", witness(seed));
        }
        text += "group Y-witnesses any Y1 Y2 Y3\ngroup X-and-Y all X-witnesses Y-witnesses\nquorum X-and-Y\n";
        text.parse().unwrap()
    }

    #[test]
    fn the_example_of_the_specification_is_met_by_two_and_one() {
        let policy = example();
        assert_eq!((policy.logs().len(), policy.witnesses().len()), (1, 6));
        let all: Vec<VerifierKey> = (1..=7).map(witness).collect();
        let met =
            |seeds: &[usize]| policy.is_met_by(&seeds.iter().map(|seed| &all[seed - 1]).collect::<Vec<_>>());
        for enough in [vec![1, 2, 4], vec![3, 1, 6], vec![1, 2, 3, 4, 5, 6]] {
            assert!(met(&enough), "{enough:?}");
        }
        for short in [vec![], vec![1, 4], vec![1, 2], vec![1, 1, 4], vec![4, 5, 6], vec![1, 2, 7]] {
            assert!(!met(&short), "{short:?}");
        }
    }

    #[test]
    fn asking_for_nobody_is_met_by_nobody() {
        let policy: Policy = "quorum none".parse().unwrap();
        assert_eq!(policy, Policy::none());
        assert!(!policy.asks_for_witnesses());
        assert!(!policy.is_met_by(&[]));
        assert!(!policy.is_met_by(&[&witness(1)]));
    }

    #[test]
    fn every_fault_is_named_with_its_line() {
        let w = |name: &str, seed| format!("witness {name} {}\n", witness(seed));
        let log = key("l", SignatureKind::Log, 9);
        for (text, line, reason) in [
            (String::new(), 0, PolicyFault::Quorum),
            ("quorum none\nquorum none".to_owned(), 2, PolicyFault::Quorum),
            ("quorum a".to_owned(), 1, PolicyFault::Name),
            ("logs".to_owned(), 1, PolicyFault::Form),
            ("quorum none\r\n".to_owned(), 1, PolicyFault::Form),
            (format!("log {log}\nlog {log}"), 2, PolicyFault::Key),
            (format!("log {}", witness(1)), 1, PolicyFault::Key),
            (format!("witness a {log}"), 1, PolicyFault::Key),
            (format!("{}{}", w("a", 1), w("b", 1)), 2, PolicyFault::Key),
            (format!("{}{}", w("a", 1), w("a", 2)), 2, PolicyFault::Name),
            (w("none", 1), 1, PolicyFault::Name),
            (format!("{}group g 2 a", w("a", 1)), 2, PolicyFault::Threshold),
            (format!("{}group g 0 a", w("a", 1)), 2, PolicyFault::Threshold),
            ("group g all".to_owned(), 1, PolicyFault::Threshold),
            (format!("{}group g any a a", w("a", 1)), 2, PolicyFault::Name),
            (format!("{}group g any a\ngroup h any a", w("a", 1)), 3, PolicyFault::Name),
            (format!("{}group g any b", w("a", 1)), 2, PolicyFault::Name),
            (format!("{}group g some a", w("a", 1)), 2, PolicyFault::Form),
        ] {
            assert_eq!(text.parse::<Policy>(), Err(PolicyError { line, reason }), "{text}");
        }
    }
}
