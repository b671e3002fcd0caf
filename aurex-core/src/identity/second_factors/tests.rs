use uuid::Uuid;

use super::*;
use crate::chance::Entropy;
use crate::tenancy::Id as _;

struct Fixed;
impl Entropy for Fixed {
    fn fill(&self, bytes: &mut [u8]) {
        bytes.iter_mut().zip(1..).for_each(|(byte, n)| *byte = n);
    }
}

const NOW: Timestamp = Timestamp::from_micros(1_767_225_600_000_000);

fn factor() -> (SecondFactor, RecoveryCodes, TenantId) {
    let tenant = TenantId::from_directory_row(Uuid::from_u128(1));
    let member = MemberId::from_uuid(Uuid::from_u128(2));
    let codes = RecoveryCodes::generate(&Fixed);
    let factor = SecondFactor {
        member,
        seed: Some(Ciphertext::new(vec![1])),
        added_at: NOW,
        confirmed_at: Some(NOW),
        last_step: None,
        recovery: stored_codes(&codes, tenant, member),
        removed_at: None,
    };
    (factor, codes, tenant)
}

#[test]
fn asvs_v6_5_1_a_recovery_code_is_spent_and_its_row_remembers_when() {
    let (factor, codes, tenant) = factor();
    let seed = Seed::generate(&Fixed);
    // All codes are equal under this entropy: the first unused one is spent each time, and then none is left.
    let typed = codes.texts().next().unwrap();
    let mut now_factor = factor;
    for left in (0..10).rev() {
        let used = decide_use(now_factor, &seed, Proving::RecoveryCode(&typed), tenant, NOW).unwrap();
        now_factor = used.after;
        assert_eq!(now_factor.codes_left(), left);
    }
    assert!(decide_use(now_factor.clone(), &seed, Proving::RecoveryCode(&typed), tenant, NOW).is_none());
    assert!(now_factor.recovery.iter().all(|code| code.used_at == Some(NOW)));
    assert!(decide_use(now_factor, &seed, Proving::Password(&typed), tenant, NOW).is_none());
}

#[test]
fn asvs_v6_4_4_a_reset_from_the_shell_waits_three_days_and_using_the_factor_calls_it_off() {
    let (factor, ..) = factor();
    let at = |seconds| NOW.plus_seconds(seconds);
    assert_eq!(reset_stands(&factor, None, at(0)), ResetStands::NotAsked);
    let stands = |now| reset_stands(&factor, Some(at(60)), now);
    assert_eq!(stands(at(60)), ResetStands::Waits(at(60 + RESET_WAITS_SECONDS)));
    assert_eq!(stands(at(59 + RESET_WAITS_SECONDS)), ResetStands::Waits(at(60 + RESET_WAITS_SECONDS)));
    assert_eq!(stands(at(60 + RESET_WAITS_SECONDS)), ResetStands::Due);
    assert_eq!(stands(at(60 + RESET_LAPSES_SECONDS)), ResetStands::NotAsked);

    let later = at(60 + RESET_WAITS_SECONDS);
    let stepped = SecondFactor { last_step: Some(Step::at(at(120)).number()), ..factor.clone() };
    assert_eq!(reset_stands(&stepped, Some(at(60)), later), ResetStands::NotAsked);
    let mut recovered = factor.clone();
    recovered.recovery[3].used_at = Some(at(120));
    assert_eq!(reset_stands(&recovered, Some(at(60)), later), ResetStands::NotAsked);
    let anew = SecondFactor { added_at: at(120), ..factor };
    assert_eq!(reset_stands(&anew, Some(at(60)), later), ResetStands::NotAsked, "it is another factor");
}
