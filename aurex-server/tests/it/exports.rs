//! Exports of the log, from the order to the file, on every store.

use std::process::Command;

use aurex_core::audit::note::VerifierKey;
use aurex_core::audit::statement::ExportStatement;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use crate::client::{Answer, Call, Person, sign_in};
use crate::shop::{Shop, address, id, join, stocked};
use crate::world::{World, on_every_store};

on_every_store!(
    asvs_v5_4_1_v5_4_2_an_export_is_ordered_written_down_and_fetched,
    asvs_v4_1_5_each_form_of_export_has_a_note_that_the_log_signed,
    asvs_v5_2_4_of_a_days_exports_ten_are_kept_and_no_eleventh_is_made,
    asvs_v1_2_10_an_exported_name_is_no_formula,
    asvs_v8_2_1_the_log_is_exported_by_those_who_read_it,
    asvs_v16_2_4_an_event_has_what_the_schema_requires,
    the_edit_log_has_each_change_of_a_voucher_with_old_and_new,
    p31_a_bundle_is_ordered_fetched_unpacked_and_verified,
);

async fn ordered(world: &World, who: &Person, body: Value) -> String {
    let order = who.send(world, &Call::post("/audit/exports", &body)).await.expect(202);
    assert_eq!(order["state"], "writing");
    assert_eq!(world.export().await, 1);
    id(&order)
}

async fn fetched(world: &World, who: &Person, export: &str) -> Answer {
    who.send(world, &Call::get(format!("/audit/exports/{export}/file"))).await
}

async fn file(world: &World, who: &Person, body: Value) -> String {
    let export = ordered(world, who, body).await;
    let answer = fetched(world, who, &export).await;
    answer.expect(200);
    answer.text
}

async fn asvs_v5_4_1_v5_4_2_an_export_is_ordered_written_down_and_fetched(world: World) {
    let Shop { owner, .. } = stocked(&world, "zaveri").await;
    let order = Call::post("/audit/exports", &json!({"format": "jsonl"}));
    let first = owner.send(&world, &order).await.expect(202);
    let export = id(&first);
    let again = owner.send(&world, &order).await;
    again.expect_problem(429, "rate.limited");
    fetched(&world, &owner, &export).await.expect_problem(409, "state.conflict");
    assert_eq!(world.export().await, 1);
    assert_eq!(world.export().await, 0, "it is written down once");
    let ready = owner.read(&world, &format!("/audit/exports/{export}")).await;
    assert_eq!((&ready["state"], &ready["written"]), (&json!("ready"), &ready["entries"]));
    assert!(owner.read(&world, "/audit/exports").await["items"].as_array().unwrap().contains(&ready));

    let whole = fetched(&world, &owner, &export).await;
    whole.expect(200);
    let digest: String = Sha256::digest(&whole.text).iter().map(|byte| format!("{byte:02x}")).collect();
    assert_eq!(ready["sha256"], digest);
    // The name is the server's: a slug, an id and the form's ending, nothing that anybody typed or has to be escaped.
    let named = format!("attachment; filename=\"zaveri-audit-{export}.jsonl\"");
    assert_eq!(whole.header("content-disposition"), Some(named.as_str()));
    let lines: Vec<Value> = whole.text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(u64::try_from(lines.len()).unwrap(), ready["entries"].as_u64().unwrap());
    let mut log = owner.read(&world, "/audit?limit=200").await["items"].as_array().unwrap().clone();
    log.reverse();
    assert_eq!(log[..lines.len()], lines, "as the list answers them, oldest first");

    // A download that broke off goes on, and a part of another file is none of this one.
    let path = format!("/audit/exports/{export}/file");
    let etag = whole.header("etag").unwrap();
    let rest = Call::get(&path).header("range", "bytes=100-").header("if-range", etag);
    let rest = owner.send(&world, &rest).await;
    assert_eq!((rest.status, rest.text.as_str()), (206, whole.text.split_at(100).1));
    let length = whole.text.len();
    assert_eq!(rest.header("content-range"), Some(format!("bytes 100-{}/{length}", length - 1).as_str()));
    let other = Call::get(&path).header("range", "bytes=100-").header("if-range", "\"other\"");
    assert_eq!(owner.send(&world, &other).await.expect(200), Value::Null);
    let beyond = Call::get(&path).header("range", format!("bytes={length}-"));
    owner.send(&world, &beyond).await.expect_problem(416, "range.unsatisfiable");

    // Who asked, what it came to, and who fetched it stand in the log.
    world.clock.advance(61);
    world.collect().await;
    let told = owner.read(&world, &format!("/audit?subject={export}")).await;
    let told: Vec<&Value> = told["items"].as_array().unwrap().iter().rev().collect();
    let codes: Vec<&str> = told.iter().map(|entry| entry["action"].as_str().unwrap()).collect();
    assert_eq!(codes, ["audit.export", "audit.export_ready", "audit.exported"]);
    assert_eq!((&told[0]["actor"]["kind"], &told[1]["actor"]["kind"]), (&json!("member"), &json!("job")));
    let said = |entry: &Value, field: &str| {
        let mut changes = entry["changes"].as_array().unwrap().iter();
        changes.find(|change| change["field"] == field).map(|change| change["after"].clone())
    };
    assert_eq!(said(told[1], "sha256"), Some(json!(digest)));
    assert_eq!(said(told[2], "count"), Some(json!(3)), "each fetching");

    // A day later it is gone.
    world.clock.advance(86_400);
    world.export().await;
    let answer = sign_in(&world, "zaveri", &address("zaveri", "owner"), crate::shop::PASSWORD).await;
    let owner = crate::client::session_of(&answer, "zaveri");
    fetched(&world, &owner, &export).await.expect_problem(404, "resource.unknown");
}

async fn asvs_v4_1_5_each_form_of_export_has_a_note_that_the_log_signed(world: World) {
    let Shop { owner, .. } = stocked(&world, "zaveri").await;
    let (_, cashier) = join(&world, &owner, "asha", "cashier").await;
    let order = Call::post("/audit/exports", &json!({"format": "jsonl"}));
    let waiting = id(&owner.send(&world, &order).await.expect(202));
    let note_of = |export: &str| Call::get(format!("/audit/exports/{export}/note"));
    owner.send(&world, &note_of(&waiting)).await.expect_problem(409, "state.conflict");
    world.export().await;
    world.publish().await;
    let keys = owner.read(&world, "/log/keys").await;
    let keys = keys["keys"].as_array().unwrap().iter().map(|key| key.as_str().unwrap().parse().unwrap());
    let keys: Vec<VerifierKey> = keys.collect();
    for format in ["jsonl", "csv", "ocsf", "fiscal-year"] {
        let year = if format == "fiscal-year" { json!(2026) } else { Value::Null };
        let export = ordered(&world, &owner, json!({"format": format, "financial_year": year})).await;
        let file = fetched(&world, &owner, &export).await;
        let note = owner.send(&world, &note_of(&export)).await;
        assert_eq!((note.status, note.header("content-type")), (200, Some("text/plain; charset=utf-8")));
        let said = ExportStatement::open(&note.text.parse().unwrap(), &keys).unwrap();
        let shown = owner.read(&world, &format!("/audit/exports/{export}")).await;
        assert_eq!(
            (said.format.as_str(), json!(said.entries.start), json!(said.entries.end)),
            (format, shown["first"].clone(), shown["end"].clone())
        );
        assert!(file.header("content-disposition").unwrap().contains(&said.file), "{}", said.file);
        let length = u64::try_from(file.text.len()).unwrap();
        assert_eq!(said.is_about(length, &Sha256::digest(&file.text).into()), Ok(()));
        let changed = file.text.replacen('"', "'", 1);
        assert!(said.is_about(length, &Sha256::digest(&changed).into()).is_err(), "{format}: a changed byte");
        cashier.send(&world, &note_of(&export)).await.expect_problem(403, "access.forbidden");
    }
}

/// A table that is brought is read and forgotten: exports are all the files that a workspace can fill a disk with.
async fn asvs_v5_2_4_of_a_days_exports_ten_are_kept_and_no_eleventh_is_made(world: World) {
    let Shop { owner, .. } = stocked(&world, "zaveri").await;
    let kept = async || owner.read(&world, "/audit/exports").await["items"].as_array().unwrap().len();
    for _ in kept().await..10 {
        ordered(&world, &owner, json!({"format": "jsonl"})).await;
    }
    let eleventh = Call::post("/audit/exports", &json!({"format": "csv"}));
    owner.send(&world, &eleventh).await.expect_problem(429, "rate.limited");
    assert_eq!(kept().await, 10);
}

async fn asvs_v1_2_10_an_exported_name_is_no_formula(world: World) {
    let Shop { owner, .. } = stocked(&world, "zaveri").await;
    let body = json!({"name": "=HYPERLINK(\"http://x\")", "state_code": "27"});
    let answer = owner.send(&world, &Call::post("/customers", &body)).await;
    answer.expect(201);
    for body in [json!({"format": "csv"}), json!({"format": "fiscal-year", "financial_year": 2026})] {
        let text = file(&world, &owner, body).await;
        assert!(text.starts_with("\"seq\",") || text.starts_with("\"Entry\","));
        // Every cell is quoted, so a cell begins behind a separator and a quote.
        for sign in ["=", "+", "-", "@"] {
            for cell in [format!(",\"{sign}"), format!("\n\"{sign}")] {
                assert!(!text.contains(&cell), "{cell}");
            }
        }
    }
}

async fn asvs_v8_2_1_the_log_is_exported_by_those_who_read_it(world: World) {
    let Shop { owner, export, .. } = stocked(&world, "zaveri").await;
    let order = Call::post("/audit/exports", &json!({"format": "csv"}));
    for (who, role, may) in [
        ("meera", "manager", false),
        ("ravi", "cashier", false),
        ("asha", "accountant", false),
        ("uma", "auditor", true),
        ("dev", "admin", true),
    ] {
        let (_, person) = join(&world, &owner, who, role).await;
        let answer = person.send(&world, &order).await;
        assert_eq!(answer.status, if may { 202 } else { 403 }, "{role}: {}", answer.text);
        assert_eq!(fetched(&world, &person, &export).await.status, if may { 200 } else { 403 }, "{role}");
        world.export().await;
    }
    // Only with a fresh proof.
    world.clock.advance(20 * 60);
    owner.send(&world, &order).await.expect_problem(403, "auth.step_up_required");
    let year = json!({"format": "fiscal-year"});
    let answer = sign_in(&world, "zaveri", &address("zaveri", "owner"), crate::shop::PASSWORD).await;
    let owner = crate::client::session_of(&answer, "zaveri");
    let answer = owner.send(&world, &Call::post("/audit/exports", &year)).await;
    assert_eq!(answer.fields(), [("/financial_year".to_owned(), "field.missing".to_owned())]);
    let both = json!({"format": "csv", "financial_year": 2026, "to": "2026-11-23T00:00:00Z"});
    let answer = owner.send(&world, &Call::post("/audit/exports", &both)).await;
    assert_eq!(answer.fields().first().map(|(pointer, _)| pointer.as_str()), Some("/to"));
}

/// What the schema requires of the class and of the objects that it uses: `events/application/api_activity.json`,
/// `events/base_event.json` and `objects/` of ocsf-schema; the constraints as lists of which one must be there.
async fn asvs_v16_2_4_an_event_has_what_the_schema_requires(world: World) {
    let Shop { owner, .. } = stocked(&world, "zaveri").await;
    sign_in(&world, "zaveri", &address("zaveri", "owner"), "not this one").await.expect(401);
    world.clock.advance(61);
    world.collect().await;
    let text = file(&world, &owner, json!({"format": "ocsf"})).await;
    let mut statuses = Vec::new();
    for line in text.lines() {
        let event: Value = serde_json::from_str(line).unwrap();
        for required in [
            "/activity_id",
            "/category_uid",
            "/class_uid",
            "/type_uid",
            "/severity_id",
            "/time",
            "/metadata/version",
            "/metadata/product/vendor_name",
            "/metadata/product/name",
            "/api/operation",
            "/actor/user",
            "/src_endpoint",
        ] {
            assert!(event.pointer(required).is_some_and(|value| !value.is_null()), "{required}: {event}");
        }
        let one_of = |at: &str, names: &[&str]| {
            let object = event.pointer(at).and_then(Value::as_object).unwrap();
            assert!(names.iter().any(|name| object.contains_key(*name)), "{at}: {event}");
        };
        one_of("/actor/user", &["account", "name", "uid"]);
        one_of("/src_endpoint", &["ip", "uid", "name", "hostname", "svc_name"]);
        let activity = event["activity_id"].as_i64().unwrap();
        assert!([1, 2, 3, 4, 99].contains(&activity));
        assert_eq!((&event["class_uid"], &event["category_uid"]), (&json!(6003), &json!(6)));
        assert_eq!(event["type_uid"], 600_300 + activity);
        assert!(event["time"].as_i64().unwrap() > 1_000_000_000_000, "milliseconds");
        statuses.push(event["status_id"].as_i64().unwrap());
    }
    assert!(statuses.contains(&1) && statuses.contains(&2), "done and refused");
}

/// The cells of a file whose cells hold no line breaks.
fn rows(text: &str) -> Vec<Vec<String>> {
    let cells = |line: &str| {
        let inside = line.strip_prefix('"').and_then(|line| line.strip_suffix('"')).unwrap();
        inside.split("\",\"").map(|cell| cell.replace("\"\"", "\"")).collect()
    };
    text.split_terminator("\r\n").map(cells).collect()
}

async fn the_edit_log_has_each_change_of_a_voucher_with_old_and_new(world: World) {
    let shop = stocked(&world, "zaveri").await;
    let owner = &shop.owner;
    let path = format!("/invoices/{}/cancel", shop.open_invoice);
    let cancelled =
        owner.send(&world, &Call::post(path, &json!({"reason": "Wrong piece"}))).await.expect(200);
    let year = json!({"format": "fiscal-year", "financial_year": 2026});
    let table = rows(&file(&world, owner, year).await);
    let (head, table) = table.split_first().unwrap();
    let column = |name: &str| head.iter().position(|column| column == name).unwrap();
    assert!(table.iter().all(|row| row.len() == head.len()));
    let of = |row: &Vec<String>, name: &str| row[column(name)].clone();
    let number = cancelled["number"].as_str().unwrap();
    let state: Vec<_> = table
        .iter()
        .filter(|row| of(row, "Voucher number") == number && of(row, "Field") == "state")
        .filter(|row| of(row, "Voucher type") == "Bill")
        .collect();
    let [issued, cancelled] = state[..] else { panic!("{} changes of its state", state.len()) };
    let what = |row| (of(row, "Change"), of(row, "Old value"), of(row, "New value"));
    assert_eq!(what(issued), ("created".into(), String::new(), "issued".into()));
    assert_eq!(what(cancelled), ("altered".into(), "issued".into(), "cancelled".into()));
    assert_eq!(of(cancelled, "User"), "Meena Zaveri");
    assert!(of(cancelled, "Date and time").starts_with("23 November 2026, 10:"), "{cancelled:?}");
    assert_eq!(of(cancelled, "Voucher date"), "2026-11-23");
    assert!(of(cancelled, "Time (UTC)").starts_with("2026-11-23T04:"));
    // Each kind of voucher, and none of another year.
    for kind in ["Bill", "Bill line", "Receipt", "Settlement", "Journal", "Posting"] {
        assert!(table.iter().any(|row| of(row, "Voucher type") == kind), "{kind}");
    }
    let before = json!({"format": "fiscal-year", "financial_year": 2025});
    assert_eq!(rows(&file(&world, owner, before).await).len(), 1, "its head alone");
}

async fn p31_a_bundle_is_ordered_fetched_unpacked_and_verified(world: World) {
    let Shop { owner, .. } = stocked(&world, "zaveri").await;
    let (_, auditor) = join(&world, &owner, "uma", "auditor").await;
    for field in ["from", "to"] {
        let part = json!({"format": "bundle", field: "2026-11-23T00:00:00Z"});
        let answer = owner.send(&world, &Call::post("/audit/exports", &part)).await;
        assert_eq!(answer.status, 422, "{}", answer.text);
        assert_eq!(answer.json()["errors"][0]["pointer"], format!("/{field}"));
    }
    world.publish().await;
    let export = ordered(&world, &auditor, json!({"format": "bundle"})).await;
    let ready = auditor.read(&world, &format!("/audit/exports/{export}")).await;
    assert_eq!((&ready["state"], &ready["first"]), (&json!("ready"), &json!(0)), "{ready}");
    let answer = fetched(&world, &auditor, &export).await;
    answer.expect(200);
    assert_eq!(answer.header("content-type"), Some("application/x-tar"));
    let digest: String = Sha256::digest(&answer.bytes).iter().map(|byte| format!("{byte:02x}")).collect();
    assert_eq!(ready["sha256"], digest);

    let folder = tempfile::tempdir().unwrap();
    let archive = folder.path().join("log.tar");
    std::fs::write(&archive, &answer.bytes).unwrap();
    let unpacked =
        Command::new("tar").arg("-xf").arg(&archive).arg("-C").arg(folder.path()).status().unwrap();
    assert!(unpacked.success());
    let bundle = folder.path().join("zaveri-audit");
    let verify = || {
        let verify = Command::new(env!("CARGO_BIN_EXE_aurex-server"))
            .env_clear()
            .args(["audit", "verify"])
            .arg(&bundle)
            .output();
        let verify = verify.unwrap();
        (verify.status.code(), String::from_utf8(verify.stdout).unwrap())
    };
    let (code, said) = verify();
    assert_eq!(code, Some(0), "{said}");
    assert!(said.ends_with("verdict: the operator's word only\n"), "{said}");
    let openings = bundle.join("openings");
    assert!(openings.is_dir());
    let newest = bundle.join("log/checkpoint");
    let mut altered = std::fs::read(&newest).unwrap();
    let middle = altered.len() / 2;
    altered[middle] ^= 1;
    std::fs::write(&newest, altered).unwrap();
    assert_eq!(verify().0, Some(1), "an altered one is refused");
}
