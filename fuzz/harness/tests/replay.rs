//! Every seed and every past crasher, through the function that the fuzzer runs.

#![expect(clippy::unwrap_used, reason = "an input that cannot be read fails the test that wants it")]

use std::{fs, path::PathBuf};

use aurex_core::audit::Entry;
use aurex_core::audit::note::SignedNote;
use aurex_core::audit::policy::Policy;
use aurex_core::audit::receipt::TlogProof;
use aurex_core::audit::tile::entries_in;
use aurex_core::audit::witness::AddCheckpoint;
use aurex_core::shop::pricing::price;
use aurex_fuzz_harness::{TARGETS, bill, shop};

fn fuzz_folder(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).parent().unwrap().join(name)
}

/// The inputs in a folder of a folder; none where it does not exist.
fn inputs(kind: &str, target: &str) -> Vec<(PathBuf, Vec<u8>)> {
    let Ok(entries) = fs::read_dir(fuzz_folder(kind).join(target)) else { return Vec::new() };
    let paths = entries.map(|entry| entry.unwrap().path());
    paths.filter(|path| path.is_file()).map(|path| (path.clone(), fs::read(path).unwrap())).collect()
}

#[test]
fn asvs_v1_5_2_every_seed_and_every_past_crasher_obeys_the_laws() {
    for (target, check) in TARGETS {
        let seeds = inputs("seeds", target);
        assert!(!seeds.is_empty(), "{target} has no seeds");
        for (path, data) in seeds.into_iter().chain(inputs("crashers", target)) {
            let outcome = std::panic::catch_unwind(|| check(&data));
            assert!(outcome.is_ok(), "{} fails", path.display());
        }
    }
}

#[test]
fn no_folder_of_inputs_is_forgotten() {
    for kind in ["seeds", "crashers"] {
        let Ok(folders) = fs::read_dir(fuzz_folder(kind)) else { continue };
        for folder in folders.map(|folder| folder.unwrap()).filter(|folder| folder.path().is_dir()) {
            let name = folder.file_name().into_string().unwrap();
            assert!(TARGETS.iter().any(|(target, _)| *target == name), "{kind}/{name} belongs to no target");
        }
    }
}

/// A seed that decodes to nothing teaches the fuzzer nothing, and would pass the replay all the same.
#[test]
fn the_seeds_are_what_their_names_say() {
    let worked = fs::read(fuzz_folder("seeds/pricing/worked_bill")).unwrap();
    assert_eq!(price(&bill::read(&worked).0).unwrap().totals.payable.minor(), 5_184_500);

    let entry = fs::read(fuzz_folder("seeds/audit_bytes/entry")).unwrap();
    assert_eq!(Entry::from_bytes(&entry).unwrap().action, "rate.post");
    let text = |name| fs::read_to_string(fuzz_folder("seeds/audit_bytes").join(name)).unwrap();
    assert_eq!(text("note").parse::<SignedNote>().unwrap().signatures().len(), 2);
    assert_eq!(text("receipt").parse::<TlogProof>().unwrap().index, 3);
    assert_eq!(text("add_checkpoint").parse::<AddCheckpoint>().unwrap().old, 4);
    assert_eq!(text("policy").parse::<Policy>().unwrap().witnesses().len(), 1);
    assert_eq!(entries_in(&fs::read(fuzz_folder("seeds/audit_bytes/bundle")).unwrap()).unwrap().len(), 5);

    for (name, least) in [
        ("sold_paid_reversed_cancelled", 5),
        ("loose_metal", 3),
        ("one_key_thrice", 1),
        ("described", 2),
        ("a_turn_is_held", 1),
        ("people", 5),
        ("tokens", 3),
        ("settings_and_looks", 2),
        ("greatest_lot", 1),
    ] {
        let day = fs::read(fuzz_folder("seeds/shop_operations").join(name)).unwrap();
        assert!(shop::changes(&day) >= least, "{name} made {} changes", shop::changes(&day));
    }
}

/// Each type of body has a seed under its name, which chooses that type and is accepted.
#[test]
fn asvs_v1_5_2_every_body_has_a_seed_that_it_accepts() {
    for (at, (name, read)) in (0..).zip(aurex_server::api::fuzzing::BODIES) {
        let seed = fs::read(fuzz_folder("seeds/request_bodies").join(name)).unwrap();
        let (choice, body) = seed.split_first().unwrap();
        assert_eq!(*choice, at, "{name}");
        assert!(
            read(body).is_ok(),
            "{name}: {:?}",
            read(body).err().map(|problem| problem.errors().to_vec())
        );
    }
}

#[test]
fn a_bill_written_is_the_bill_read() {
    for (path, data) in inputs("seeds", "pricing") {
        let (read, target) = bill::read(&data);
        assert_eq!(bill::read(&bill::write(&read, target)), (read, target), "{}", path.display());
    }
}
