//! `examples/verify_log.py` shares no line and no library with ours. Both are given the same folders, good and bad, and
//! have to say the same.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use aurex_core::audit::verifier::verify_bundle;

use super::book::{Files, bundle, entries, golden};

const ALL: &str = "
import contextlib, io, json, os, sys
sys.path.insert(0, sys.argv[1])
import verify_log
for folder in sorted(os.listdir(sys.argv[2]), key=int):
    with contextlib.redirect_stdout(io.StringIO()) as said:
        verify_log.main(os.path.join(sys.argv[2], folder))
    print(folder, json.dumps(said.getvalue(), ensure_ascii=False), flush=True)
";

/// A folder that is gone when the test is over.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("{name}-{}", std::process::id()));
        _ = fs::remove_dir_all(&folder);
        fs::create_dir_all(&folder).unwrap();
        Self(folder)
    }

    fn put(&self, nth: usize, files: &Files) {
        for (path, bytes) in files {
            let path = self.0.join(nth.to_string()).join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, bytes).unwrap();
        }
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        _ = fs::remove_dir_all(&self.0);
    }
}

/// What either verifier says of each bundle has to be the same.
fn both_say_the_same(name: &str, bundles: &[(String, Files)]) -> Vec<String> {
    let folder = Folder::new(name);
    bundles.iter().enumerate().for_each(|(nth, (_, files))| folder.put(nth, files));
    let scripts = Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples");
    let run = Command::new("python3").args(["-B", "-c", ALL]).arg(scripts).arg(&folder.0).output().unwrap();
    assert!(run.status.success(), "{}", String::from_utf8_lossy(&run.stderr));
    let said = String::from_utf8(run.stdout).unwrap();
    let said: Vec<&str> = said.lines().collect();
    assert_eq!(said.len(), bundles.len());
    let verdicts = bundles.iter().map(|(_, files)| verify_bundle(files, None).unwrap().to_string());
    for ((verdict, said), (what, _)) in verdicts.clone().zip(said).zip(bundles) {
        assert_eq!(said.split_once(' ').unwrap().1, format!("{verdict:?}"), "{what}");
    }
    verdicts.collect()
}

#[test]
fn p31_an_independent_verifier_says_the_same_of_every_kind_of_byte() {
    let golden = golden();
    let mut bundles = vec![("untouched".to_owned(), golden.clone())];
    for (path, bytes) in golden.iter().filter(|(path, _)| *path != "README") {
        // In the entries every kind of value within the first entry; elsewhere a dozen places over the file.
        let step = if path.contains("entries") { 19 } else { bytes.len().div_ceil(12) };
        for place in (0..bytes.len()).step_by(step) {
            let mut files = golden.clone();
            files.get_mut(path).unwrap()[place] ^= 1 << (place % 8);
            bundles.push((format!("{path}, byte {place}"), files));
        }
        let mut files = golden.clone();
        files.remove(path);
        bundles.push((format!("without {path}"), files));
        let mut files = golden.clone();
        files.get_mut(path).unwrap().pop();
        bundles.push((format!("{path}, cut short"), files));
    }
    let verdicts = both_say_the_same("python-golden", &bundles);
    assert!(verdicts[0].ends_with("verdict: proven\n"), "{}", verdicts[0]);
    // What becomes of a changed byte in the checkpoints is told beside the other tests of bundles; the last line of a
    // policy needs no end.
    for (verdict, (what, _)) in verdicts
        .iter()
        .zip(&bundles)
        .skip(1)
        .filter(|(_, (of, _))| !of.contains("checkpoint") && !of.contains("policy.txt, cut"))
    {
        assert!(verdict.ends_with("verdict: broken\n"), "{what}: {verdict}");
    }
}

#[test]
fn p31_an_independent_verifier_says_the_same_of_a_log_with_two_levels_of_tiles() {
    let whole = bundle(&entries(300, true), &[1, 256, 300]);
    let mut bundles = vec![("untouched".to_owned(), whole.clone())];
    bundles.push(("the operator's word only".to_owned(), bundle(&entries(260, false), &[260])));
    bundles.push(("retracted".to_owned(), bundle(&entries(300, false), &[300, 7, 300])));
    bundles.push(("cut off".to_owned(), {
        let mut files = bundle(&entries(300, false), &[1, 300]);
        files.remove("log/tile/entries/001.p/44");
        files
    }));
    for (path, bytes) in whole.iter().filter(|(path, _)| *path != "README") {
        let mut files = whole.clone();
        files.get_mut(path).unwrap()[bytes.len() / 2] ^= 1;
        bundles.push((format!("{path}, the byte in the middle"), files));
    }
    let verdicts = both_say_the_same("python-whole", &bundles);
    assert!(verdicts[0].ends_with("verdict: proven\n"), "{}", verdicts[0]);
    assert!(verdicts[1].ends_with("findings: 0\nverdict: the operator's word only\n"), "{}", verdicts[1]);
    for (verdict, (what, _)) in
        verdicts.iter().zip(&bundles).skip(2).filter(|(_, (of, _))| !of.starts_with("checkpoints"))
    {
        assert!(verdict.ends_with("verdict: broken\n"), "{what}: {verdict}");
    }
}
