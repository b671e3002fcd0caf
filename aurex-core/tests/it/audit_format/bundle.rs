//! A bundle holds, and says so; one that was touched anywhere does not.

use aurex_core::audit::note::SignedNote;
use aurex_core::audit::policy::Policy;
use aurex_core::audit::tile::bundle_of;
use aurex_core::audit::tree::Frontier;
use aurex_core::audit::verifier::{LogVerifier, Standing, Verdict, verify_bundle};
use aurex_core::audit::{Appended, Entry, EntryTooLong};
use aurex_core::tenancy::TenantId;
use aurex_core::uuid::Uuid;

use super::book::{
    Book, Files, bundle, checkpoint, entries, fields, golden, guest, log_signer, origin, policy, witness,
};

fn verify(files: &Files) -> Verdict {
    verify_bundle(files, None).unwrap()
}

fn first(verdict: &Verdict) -> String {
    let first = &verdict.findings.kept()[0];
    format!("{} {}", first.code(), first.place())
}

#[test]
fn p31_a_log_that_nobody_touched_is_proven() {
    let verdict = verify(&bundle(&entries(300, true), &[1, 256, 300]));
    assert_eq!(verdict.standing(), Standing::Proven, "{verdict}");
    assert_eq!((verdict.entries, verdict.checkpoints, verdict.covered), (300, 3, 300));
    assert_eq!((verdict.fields, verdict.erased, verdict.witnessed), (1200, 43, Some(300)));
}

#[test]
fn p31_without_a_witness_it_is_the_operators_word_only() {
    let files = bundle(&entries(5, false), &[5]);
    let verdict = verify(&files);
    assert_eq!((verdict.standing(), verdict.witnessed), (Standing::OperatorsWord, None));
    assert!(verdict.to_string().ends_with("findings: 0\nverdict: the operator's word only\n"), "{verdict}");
    // Neither a policy that asks for nobody, nor a witness that the owner does not know, makes it more.
    assert_eq!(verify_bundle(&golden(), Some(&Policy::none())).unwrap().standing(), Standing::OperatorsWord);
    // An earlier checkpoint that was cosigned vouches up to there.
    let entries = entries(5, false);
    let notes = [checkpoint(&entries, 3, true), checkpoint(&entries, 5, false)];
    let keys = [log_signer(&origin(&entries)).verifier().clone()];
    let mut verifier = LogVerifier::new(&notes, &keys, &policy().parse().unwrap());
    entries.iter().for_each(|entry| _ = verifier.entry(&entry.bytes, None, Some(&fields(entry))));
    let verdict = verifier.finish();
    assert_eq!((verdict.standing(), verdict.witnessed, verdict.covered), (Standing::Proven, Some(3), 5));
}

#[test]
fn p31_one_flipped_byte_anywhere_is_found() {
    let golden = golden();
    assert_eq!(verify(&golden).standing(), Standing::Proven);
    for (path, bytes) in golden.iter().filter(|(path, _)| *path != "README") {
        // Text says everything in several characters; what is binary is flipped byte by byte.
        let step = if path.contains("tile") { 1 } else { 3 };
        let places = (0..bytes.len()).step_by(step).filter(|place| !is_whose_cosignature(bytes, *place));
        for place in places {
            let mut files = golden.clone();
            files.get_mut(path).unwrap()[place] ^= 1;
            assert_eq!(verify(&files).standing(), Standing::Broken, "{path}, byte {place}");
        }
    }
}

/// Whether the byte says who cosigned. With another name or key there it is a stranger's signature, which every reader
/// of notes passes over: the witness is lost then, and the log is no worse.
fn is_whose_cosignature(bytes: &[u8], place: usize) -> bool {
    let line = "\u{2014} witness.example/auditor ";
    let id_in_base64 = 6;
    let starts = bytes.windows(line.len()).enumerate().filter(|(_, part)| *part == line.as_bytes());
    starts.into_iter().any(|(start, _)| (start..start + line.len() + id_in_base64).contains(&place))
}

#[test]
fn p31_a_flipped_byte_is_named_by_its_entry_and_its_field() {
    let all = entries(300, false);
    let whole = bundle(&all, &[1, 256, 300]);
    let flipped = |path: &str, place: usize| {
        let mut files = whole.clone();
        files.get_mut(path).unwrap()[place] ^= 1;
        verify(&files)
    };
    // Behind the entries before it and their lengths: into the request's id.
    let before: usize = all[..70].iter().map(|entry| entry.bytes.len() + 2).sum();
    let within = all[70].bytes.windows(6).position(|part| part == b"req-70").unwrap();
    let verdict = flipped("log/tile/entries/000", before + 2 + within);
    assert_eq!((first(&verdict).as_str(), verdict.findings.count()), ("entry.leaf entry 70", 1), "{verdict}");

    let openings = String::from_utf8(whole["openings/001.p/44"].clone()).unwrap();
    for (slot, name) in [(0, "body"), (1, "request.ip"), (2, "request.user_agent"), (3, "guest.name")] {
        let line = openings.find(&format!("290 {slot} ")).unwrap();
        let verdict = flipped("openings/001.p/44", line + 10);
        assert_eq!(first(&verdict), format!("field.altered entry 290 field {name}"));
        assert_eq!(verdict.findings.count(), 1);
    }
    // The tree itself: a leaf, and a hash above.
    let verdict = flipped("log/tile/0/001.p/44", 32 * 9);
    assert_eq!(first(&verdict), "entry.leaf entry 265");
    assert!(verdict.findings.kept().iter().any(|finding| finding.code() == "checkpoint.root"));
    assert_eq!(first(&flipped("log/tile/1/000.p/1", 3)), "tile.wrong log/tile/1/000.p/1");
}

/// The files of a log whose entries somebody changed and whose tree they made anew, under the old checkpoints.
fn made_anew(change: impl FnOnce(&mut Vec<Appended>)) -> Verdict {
    let honest = entries(12, false);
    let notes = [checkpoint(&honest, 6, true), checkpoint(&honest, 12, true)];
    let keys = [log_signer(&origin(&honest)).verifier().clone()];
    let mut forged = honest;
    change(&mut forged);
    let mut verifier = LogVerifier::new(&notes, &keys, &policy().parse().unwrap());
    forged.iter().for_each(|entry| _ = verifier.entry(&entry.bytes, None, Some(&fields(entry))));
    verifier.finish()
}

#[test]
fn p31_whoever_makes_the_tree_anew_is_told_by_the_checkpoints() {
    assert_eq!(made_anew(|_| ()).standing(), Standing::Proven);
    let codes = |verdict: Verdict| -> Vec<String> {
        verdict
            .findings
            .kept()
            .iter()
            .map(|finding| format!("{} {}", finding.code(), finding.place()))
            .collect()
    };
    let gone = codes(made_anew(|log| _ = log.remove(8)));
    assert_eq!(gone[0], "entry.sequence entry 8");
    assert_eq!(gone.last().unwrap(), "log.cut_off entry 11");
    let swapped = codes(made_anew(|log| log.swap(8, 9)));
    assert_eq!(swapped[..2], ["entry.sequence entry 8", "entry.sequence entry 9"]);
    assert!(
        swapped.contains(&"entry.time entry 9".to_owned())
            && swapped.contains(&"checkpoint.root size 12".to_owned())
    );
    let shortened = codes(made_anew(|log| log.truncate(9)));
    assert_eq!(shortened, ["log.cut_off entry 9"]);
    let rewritten = codes(made_anew(|log| {
        let bytes = &mut log[3].bytes;
        let place = bytes.windows(5).position(|part| part == b"req-3").unwrap();
        bytes[place + 4] = b'9';
    }));
    assert_eq!(rewritten, ["checkpoint.root size 6", "checkpoint.root size 12"]);
    let from_the_start = codes(made_anew(|log| _ = log.remove(0)));
    assert_eq!(from_the_start[0], "log.origin entry 0");
    let another_shop = codes(made_anew(|log| {
        let mut entry = Entry::from_bytes(&log[5].bytes).unwrap();
        entry.tenant = TenantId::from_directory_row(Uuid::from_u128(9));
        log[5].bytes = entry.to_bytes();
    }));
    assert_eq!(another_shop[0], "entry.tenant entry 5");
    let unreadable = codes(made_anew(|log| log[5].bytes.push(0)));
    assert_eq!(unreadable[0], "entry.malformed entry 5");
}

#[test]
fn p31_a_verification_goes_on_where_the_last_one_stopped() {
    let log = entries(12, false);
    let notes = [checkpoint(&log, 6, true), checkpoint(&log, 12, true)];
    let keys = [log_signer(&origin(&log)).verifier().clone()];
    let from = |kept: usize, edge_of: &[Appended]| {
        let mut edge = Frontier::default();
        edge_of.iter().take(kept).for_each(|entry| _ = edge.append(entry.leaf));
        let mut verifier = LogVerifier::new(&notes, &keys, &policy().parse().unwrap()).resumed(edge);
        log.iter().skip(kept).for_each(|entry| _ = verifier.entry(&entry.bytes, None, Some(&fields(entry))));
        verifier.finish()
    };
    for kept in [0, 5, 6, 11, 12] {
        let verdict = from(kept, &log);
        assert_eq!((verdict.standing(), verdict.covered), (Standing::Proven, 12), "from {kept}");
    }
    // An edge that was kept of another history is told by the next checkpoint.
    let mut other = log.clone();
    other.swap(2, 3);
    assert_eq!(first(&from(5, &other)), "checkpoint.root size 6");
    assert_eq!(first(&from(8, &other)), "checkpoint.root size 12");
}

#[test]
fn p31_checkpoints_are_held_against_each_other() {
    let (one, keys) = (entries(8, false), [log_signer(&origin(&entries(1, false))).verifier().clone()]);
    let another: Vec<_> = {
        let mut other = entries(8, false);
        other.swap(6, 7);
        other
    };
    let first_of = |notes: &[SignedNote], policy: &str| {
        let mut verifier = LogVerifier::new(notes, &keys, &policy.parse().unwrap());
        one.iter().for_each(|entry| _ = verifier.entry(&entry.bytes, None, None));
        first(&verifier.finish())
    };
    let (four, eight) = (checkpoint(&one, 4, false), checkpoint(&one, 8, false));
    let none = "quorum none";
    assert_eq!(first_of(&[eight.clone(), four.clone()], none), "checkpoint.retracted size 4");
    assert_eq!(
        first_of(&[four.clone(), eight.clone(), checkpoint(&another, 8, false)], none),
        "checkpoint.forked size 8"
    );
    assert_eq!(first_of(&[checkpoint(&another, 8, false)], none), "checkpoint.root size 8");
    assert_eq!(first_of(&[], none), "checkpoint.none log");
    // The keys of a policy count, and those that came with the log do not.
    let stranger = log_signer(&"shops.example/log/other".parse().unwrap());
    assert_eq!(
        first_of(std::slice::from_ref(&eight), &format!("log {}\nquorum none", stranger.verifier())),
        "checkpoint.signature number 1"
    );
    // A cosignature that does not hold spoils its checkpoint.
    let mut forged = eight;
    forged.add(witness().signature(four.text(), 7));
    assert_eq!(first_of(&[four, forged], &policy()), "checkpoint.signature number 2");
}

#[test]
fn a_field_is_there_or_erased_and_a_body_is_never_erased() {
    let golden = golden();
    let openings = String::from_utf8(golden["openings/000.p/5"].clone()).unwrap();
    let with = |change: &dyn Fn(&str) -> Option<String>| {
        let lines: Vec<String> = openings.lines().filter_map(change).collect();
        let mut files = golden.clone();
        files.insert("openings/000.p/5".to_owned(), format!("{}\n", lines.join("\n")).into_bytes());
        verify(&files)
    };
    let keep = |line: &str| Some(line.to_owned());
    assert_eq!(with(&keep).standing(), Standing::Proven);
    let erased =
        with(&|line| if line.starts_with("1 3 ") { Some("1 3 erased".to_owned()) } else { keep(line) });
    assert_eq!((erased.standing(), erased.erased), (Standing::Proven, 2));
    let hidden = with(&|line| if line.starts_with("1 3 ") { None } else { keep(line) });
    assert_eq!(first(&hidden), "field.missing entry 1 field guest.name");
    let no_body =
        with(&|line| if line.starts_with("1 0 ") { Some("1 0 erased".to_owned()) } else { keep(line) });
    assert_eq!(first(&no_body), "field.missing entry 1 field body");
    let more =
        with(&|line| if line.starts_with("1 3 ") { Some(format!("{line}\n1 4 erased")) } else { keep(line) });
    assert_eq!(first(&more), "field.unknown entry 1 slot 4");
}

#[test]
fn a_missing_file_is_named() {
    let golden = golden();
    for path in golden.keys().filter(|path| *path != "README") {
        let mut files = golden.clone();
        files.remove(path);
        let verdict = verify(&files);
        assert_eq!(first(&verdict), format!("file.missing {path}"));
    }
}

#[test]
fn an_entry_always_fits_a_bundle() {
    let mut book = Book::new();
    let many = |count| (0..count).map(guest).collect::<Vec<_>>();
    let longest = book.write(many(1_000)).unwrap();
    assert!((50_000..=Entry::LONGEST).contains(&longest.bytes.len()), "{}", longest.bytes.len());
    assert!(bundle_of([longest.bytes.as_slice()]).is_ok());
    assert_eq!(book.write(many(1_500)).unwrap_err(), EntryTooLong);
    // What was refused left no trace: the next entry is the next.
    assert_eq!(book.write(many(1)).unwrap().entry.seq, 1);
}
