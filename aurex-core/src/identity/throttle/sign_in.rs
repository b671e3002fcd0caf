//! All counts that a sign-in answers to, decided together.

use std::num::NonZeroU32;

use super::bucket::{Bucket, Decision, ThrottlePolicy, decide};

/// The limits of a deployment. The default is the table in the [module's documentation](super).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SignInPolicies {
    /// One account in one workspace, tried by strangers.
    pub account: ThrottlePolicy,
    /// One address or network.
    pub address: ThrottlePolicy,
    /// One workspace.
    pub workspace: ThrottlePolicy,
    /// One person in all workspaces.
    pub person: ThrottlePolicy,
    /// One known device of an account.
    pub device: ThrottlePolicy,
    /// One member's number, at whatever shared till. Its tries come back by a password or another number, not by time.
    pub pin: ThrottlePolicy,
}

impl SignInPolicies {
    /// One code in a mail: five tries, and no more while it lives.
    pub const MAIL_CODE: ThrottlePolicy = match (NonZeroU32::new(5), NonZeroU32::new(600)) {
        (Some(burst), Some(interval)) => ThrottlePolicy::of(burst, interval),
        _ => ThrottlePolicy::of(NonZeroU32::MIN, NonZeroU32::MIN),
    };

    /// The limits of the table.
    pub const STANDARD: Self = {
        const fn of<const BURST: u32, const INTERVAL_SECONDS: u32>() -> ThrottlePolicy {
            match (NonZeroU32::new(BURST), NonZeroU32::new(INTERVAL_SECONDS)) {
                (Some(burst), Some(interval)) => ThrottlePolicy::of(burst, interval),
                _ => ThrottlePolicy::of(NonZeroU32::MIN, NonZeroU32::MIN),
            }
        }
        Self {
            account: of::<8, 300>(),
            address: of::<30, 20>(),
            workspace: of::<300, 3>(),
            person: of::<16, 150>(),
            device: of::<10, 60>(),
            // A century: nothing of it drains in a working life, so that five wrong numbers are the last.
            pin: of::<5, 3_155_760_000>(),
        }
    };
}

impl Default for SignInPolicies {
    fn default() -> Self {
        Self::STANDARD
    }
}

/// The buckets that one sign-in reads and writes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Buckets {
    /// The request proves that this member signed in from this device before: no other bucket counts.
    KnownDevice(Bucket),
    /// The request comes from a shared till, with a member's number: no other bucket counts.
    Pin(Bucket),
    /// Any other request.
    Stranger(StrangerBuckets),
}

/// What a stranger answers to. An absent bucket is the default, empty one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct StrangerBuckets {
    /// This account in this workspace.
    pub account: Bucket,
    /// This address or network.
    pub address: Bucket,
    /// This workspace.
    pub workspace: Bucket,
    /// This person in all workspaces.
    pub person: Bucket,
}

/// Decides about one sign-in before its password is hashed, and returns the buckets to store in the same step.
///
/// It goes on only if every bucket allows it, and only then is any of them charged: a stranger who waits for one limit
/// does not use up the others. The wait is the longest of those asked for.
pub fn decide_sign_in(buckets: Buckets, now_micros: i64, policies: &SignInPolicies) -> (Decision, Buckets) {
    match buckets {
        Buckets::KnownDevice(device) => {
            let (decision, device) = decide(device, now_micros, &policies.device);
            (decision, Buckets::KnownDevice(device))
        }
        Buckets::Pin(pin) => {
            let (decision, pin) = decide(pin, now_micros, &policies.pin);
            (decision, Buckets::Pin(pin))
        }
        Buckets::Stranger(before) => {
            let (account_says, account) = decide(before.account, now_micros, &policies.account);
            let (address_says, address) = decide(before.address, now_micros, &policies.address);
            let (workspace_says, workspace) = decide(before.workspace, now_micros, &policies.workspace);
            let (person_says, person) = decide(before.person, now_micros, &policies.person);
            let waits =
                [account_says, address_says, workspace_says, person_says].map(|decision| match decision {
                    Decision::Allow => 0,
                    Decision::RetryAfter(seconds) => seconds,
                });
            match waits.into_iter().max() {
                Some(seconds @ 1..) => (Decision::RetryAfter(seconds), buckets),
                _ => {
                    let charged = StrangerBuckets { account, address, workspace, person };
                    (Decision::Allow, Buckets::Stranger(charged))
                }
            }
        }
    }
}

impl Buckets {
    /// The buckets to store after the password (and the second factor, where one is asked for) was right. Give it the
    /// buckets as they are *then*, not as they were when the sign-in was decided.
    ///
    /// The account's or device's own bucket is emptied. The others get this sign-in's charge back and keep every
    /// other: whoever has an account of their own cannot wash an address or a workspace clean with it.
    #[must_use = "the buckets are to be stored"]
    pub fn after_success(self, now_micros: i64, policies: &SignInPolicies) -> Self {
        match self {
            Self::KnownDevice(_) => Self::KnownDevice(Bucket::default()),
            Self::Pin(_) => Self::Pin(Bucket::default()),
            Self::Stranger(now) => Self::Stranger(StrangerBuckets {
                account: Bucket::default(),
                address: now.address.handed_back(now_micros, &policies.address),
                workspace: now.workspace.handed_back(now_micros, &policies.workspace),
                person: now.person.handed_back(now_micros, &policies.person),
            }),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use proptest::prelude::*;

    use super::*;

    const NOW: i64 = 1_767_225_600_000_000;
    const MINUTE: i64 = 60_000_000;
    const POLICIES: SignInPolicies = SignInPolicies::STANDARD;

    /// A store of buckets under plain names, and sign-ins that use it as a server would.
    #[derive(Default)]
    struct World(HashMap<String, Bucket>);

    #[derive(Clone, Copy)]
    struct Who<'a> {
        workspace: &'a str,
        email: &'a str,
        address: &'a str,
        device: Option<&'a str>,
    }

    impl World {
        fn names(who: Who<'_>) -> [String; 4] {
            let Who { workspace, email, address, .. } = who;
            [
                format!("account {workspace} {email}"),
                format!("address {address}"),
                format!("workspace {workspace}"),
                format!("person {email}"),
            ]
        }

        fn read(&self, who: Who<'_>) -> Buckets {
            let read = |name: String| self.0.get(&name).copied().unwrap_or_default();
            match who.device {
                Some(device) => Buckets::KnownDevice(read(format!("device {device}"))),
                None => {
                    let [account, address, workspace, person] = Self::names(who).map(read);
                    Buckets::Stranger(StrangerBuckets { account, address, workspace, person })
                }
            }
        }

        fn write(&mut self, who: Who<'_>, buckets: Buckets) {
            match buckets {
                Buckets::KnownDevice(bucket) | Buckets::Pin(bucket) => {
                    self.0.insert(format!("device {}", who.device.unwrap()), bucket);
                }
                Buckets::Stranger(StrangerBuckets { account, address, workspace, person }) => {
                    self.0.extend(Self::names(who).into_iter().zip([account, address, workspace, person]));
                }
            }
        }

        fn fails(&mut self, who: Who<'_>, now: i64) -> Decision {
            let (decision, after) = decide_sign_in(self.read(who), now, &POLICIES);
            self.write(who, after);
            decision
        }

        fn succeeds(&mut self, who: Who<'_>, now: i64) -> Decision {
            let decision = self.fails(who, now);
            if decision == Decision::Allow {
                self.write(who, self.read(who).after_success(now, &POLICIES));
            }
            decision
        }
    }

    const ATTACKER: Who<'static> =
        Who { workspace: "zaveri", email: "owner@zaveri.example", address: "203.0.113.9", device: None };

    #[test]
    fn asvs_v6_3_1_one_account_from_a_thousand_addresses_is_throttled() {
        let mut world = World::default();
        let allowed = (0..1000)
            .filter(|from| {
                let address = from.to_string();
                world.fails(Who { address: &address, ..ATTACKER }, NOW) == Decision::Allow
            })
            .count();
        assert_eq!(allowed, 8);
    }

    #[test]
    fn asvs_v6_3_1_a_thousand_accounts_from_one_address_are_throttled() {
        let mut world = World::default();
        let allowed = (0..1000)
            .filter(|account| {
                let email = format!("{account}@zaveri.example");
                world.fails(Who { email: &email, ..ATTACKER }, NOW) == Decision::Allow
            })
            .count();
        assert_eq!(allowed, 30);
    }

    #[test]
    fn a_botnet_on_many_accounts_meets_the_workspaces_limit() {
        let mut world = World::default();
        let allowed = (0..1000)
            .filter(|n| {
                let (email, address) = (format!("{n}@zaveri.example"), n.to_string());
                world.fails(Who { email: &email, address: &address, ..ATTACKER }, NOW) == Decision::Allow
            })
            .count();
        assert_eq!(allowed, 300);
    }

    #[test]
    fn one_person_is_counted_across_workspaces() {
        let mut world = World::default();
        let allowed = (0..1000)
            .filter(|n| {
                let (workspace, address) = (n.to_string(), n.to_string());
                world.fails(Who { workspace: &workspace, address: &address, ..ATTACKER }, NOW)
                    == Decision::Allow
            })
            .count();
        assert_eq!(allowed, 16);
    }

    #[test]
    fn an_account_gets_twenty_guesses_in_the_worst_hour_and_296_in_the_worst_day() {
        assert_eq!(POLICIES.account.most_allowed_within(3_599), 8 + 11);
        assert_eq!(POLICIES.account.most_allowed_within(3_600), 20);
        assert_eq!(POLICIES.account.most_allowed_within(86_400), 296);

        let mut world = World::default();
        let each_second = 0..=3_600;
        let allowed = each_second
            .filter(|second| {
                let address = second.to_string();
                let who = Who { address: &address, ..ATTACKER };
                world.fails(who, NOW + second * 1_000_000) == Decision::Allow
            })
            .count();
        assert_eq!(allowed, 20);
    }

    #[test]
    fn the_longest_wait_of_all_is_five_minutes() {
        let policies =
            [POLICIES.account, POLICIES.address, POLICIES.workspace, POLICIES.person, POLICIES.device];
        assert_eq!(policies.iter().map(ThrottlePolicy::longest_wait_seconds).max(), Some(300));
    }

    #[test]
    fn a_shop_behind_one_address_is_never_slow_in_the_morning() {
        let mut world = World::default();
        for cashier in 0..200 {
            let email = format!("{cashier}@zaveri.example");
            let who = Who { email: &email, ..ATTACKER };
            assert_eq!(world.succeeds(who, NOW), Decision::Allow, "cashier {cashier}");
        }
    }

    #[test]
    fn an_account_of_ones_own_buys_no_guesses_at_others() {
        let mut world = World::default();
        let own = Who { email: "mallory@zaveri.example", ..ATTACKER };
        let mut allowed = 0;
        for account in 0..1000 {
            let email = format!("{account}@zaveri.example");
            if world.fails(Who { email: &email, ..ATTACKER }, NOW) == Decision::Allow {
                allowed += 1;
            }
            world.succeeds(own, NOW);
        }
        assert_eq!(allowed, 30);
    }

    #[test]
    fn success_from_a_known_device_leaves_the_strangers_bucket_alone() {
        let mut world = World::default();
        while world.fails(ATTACKER, NOW) == Decision::Allow {}
        let owner = Who { device: Some("till 1"), ..ATTACKER };
        assert_eq!(world.succeeds(owner, NOW), Decision::Allow);
        assert_ne!(world.fails(ATTACKER, NOW), Decision::Allow);
    }

    #[test]
    fn success_from_a_new_device_empties_the_accounts_own_bucket() {
        let mut world = World::default();
        for _ in 0..7 {
            assert_eq!(world.fails(ATTACKER, NOW), Decision::Allow);
        }
        assert_eq!(world.succeeds(ATTACKER, NOW), Decision::Allow);
        assert_eq!(world.fails(ATTACKER, NOW), Decision::Allow);
    }

    #[test]
    fn even_a_stolen_device_does_not_guess_freely() {
        let mut world = World::default();
        let thief = Who { device: Some("till 1"), ..ATTACKER };
        let allowed = (0..100).filter(|_| world.fails(thief, NOW) == Decision::Allow).count();
        assert_eq!(allowed, 10);
    }

    proptest! {
        #[test]
        fn no_stranger_ever_makes_a_known_device_wait(
            attacks in prop::collection::vec((0_u8..4, 0_u8..4, 0_u8..8, 0_i64..MINUTE), 0..400),
            same_address in any::<bool>(),
        ) {
            let mut world = World::default();
            let mut now = NOW;
            for (workspace, account, address, pause) in attacks {
                now += pause;
                let workspace = if workspace == 0 { "zaveri".to_owned() } else { workspace.to_string() };
                let email = if account == 0 { ATTACKER.email.to_owned() } else { account.to_string() };
                let address = if same_address { "198.51.100.1".to_owned() } else { address.to_string() };
                world.fails(Who { workspace: &workspace, email: &email, address: &address, device: None }, now);
            }
            let owner = Who { device: Some("till 1"), address: "198.51.100.1", ..ATTACKER };
            prop_assert_eq!(world.succeeds(owner, now), Decision::Allow);
        }

        #[test]
        fn a_refusal_charges_nobody(
            drains in prop::array::uniform4(0_i64..4_000_000_000),
        ) {
            let [account, address, workspace, person] =
                drains.map(|drains_in_micros| Bucket { drains_in_micros, updated_at_micros: NOW });
            let before = Buckets::Stranger(StrangerBuckets { account, address, workspace, person });
            let (decision, after) = decide_sign_in(before, NOW, &POLICIES);
            prop_assert_eq!(decision == Decision::Allow, after != before);
        }
    }
}
