//! What the log says of the pharmacy, and that the tables say the same.

use std::collections::BTreeMap;

use aurex_core::audit::{Body, Record, Value};
use aurex_core::rbac::Role;
use aurex_core::store::PageRequest;
use aurex_pharmacy::rows::{Batch, Dispensing};
use aurex_pharmacy::service::{dispense, log};

use crate::world::{World, asked, on_every_store};

async fn an_entry_shows_the_pharmacys_fields_by_name(world: World) {
    let tenant = world.found("asha-pharmacy").await;
    let owner = world.scope(tenant, Role::Owner);
    let batch = world.batch(&owner, "AX-17").await;
    dispense(&world.pharmacy, &owner, None, asked(batch.id, 15)).await.unwrap();
    let last = log(&world.pharmacy, &owner, &Default::default(), PageRequest::first(1)).await.unwrap();
    let changes = &last.items.first().unwrap().changes;
    let of = |field: &str| {
        let change = changes.iter().find(|change| change.field == field);
        change.map(|change| (change.before.clone(), change.after.clone()))
    };
    assert_eq!(of("medicine_batch.on_hand"), Some((Some(Value::Int(40)), Some(Value::Int(25)))));
    assert_eq!(of("medicine_batch.medicine"), None, "it did not change");
    assert_eq!(of("dispensing.pieces"), Some((None, Some(Value::Int(15)))));
    assert_eq!(of("dispensing.patient"), Some((None, Some(Value::Text("Ravi Kumar".to_owned())))));
    assert!(changes.iter().all(|change| !change.field.contains('?')), "{changes:?}");
}

async fn a_patient_is_committed_to_apart_and_can_be_forgotten(world: World) {
    let tenant = world.found("asha-pharmacy").await;
    let owner = world.scope(tenant, Role::Owner);
    let batch = world.batch(&owner, "AX-17").await;
    dispense(&world.pharmacy, &owner, None, asked(batch.id, 15)).await.unwrap();
    let mut stored = world.entries(&owner).await.pop().unwrap();
    let personal = |name: &str| name == "dispensing.patient" || name == "dispensing.prescriber";
    assert!(stored.openings.iter().all(|opening| stored.entry.is_opened_by(opening)));
    assert_eq!(stored.openings.iter().filter(|opening| personal(&opening.name)).count(), 2);
    let name = "Ravi Kumar".as_bytes();
    let holds_the_name = |bytes: &[u8]| bytes.windows(name.len()).any(|window| window == name);
    assert!(!holds_the_name(&stored.bytes), "the entry itself holds no name");

    stored.openings.retain(|opening| !personal(&opening.name));
    assert!(stored.openings.iter().all(|opening| !holds_the_name(&opening.content)));
    let body = Body::from_openings(&stored.openings).unwrap();
    let row = body.puts.iter().find(|put| put.table == Dispensing::TABLE).unwrap();
    assert!(row.fields.iter().any(|(tag, value)| *tag == 4 && *value == Value::Int(15)), "the rest is there");
}

/// Row by row, as the last entry that put each left it.
fn rebuilt(world: &[aurex_core::store::StoredEntry], table: &str) -> BTreeMap<String, Vec<(u8, Value)>> {
    let mut rows = BTreeMap::new();
    for stored in world {
        for put in Body::from_openings(&stored.openings).unwrap().puts {
            if put.table == table {
                let key = put.fields.iter().find(|(tag, _)| *tag == 1).map(|(_, key)| format!("{key:?}"));
                rows.insert(key.unwrap(), put.fields);
            }
        }
    }
    rows
}

fn as_kept<R: Record>(rows: &[R]) -> BTreeMap<String, Vec<(u8, Value)>> {
    rows.iter().map(|row| (format!("{:?}", row.image().get(1)), row.image().fields)).collect()
}

async fn the_tables_are_what_the_log_says(world: World) {
    let tenant = world.found("asha-pharmacy").await;
    let owner = world.scope(tenant, Role::Owner);
    for number in ["AX-1", "AX-2", "AX-3"] {
        let batch = world.batch(&owner, number).await;
        for pieces in [1, 2, 3] {
            dispense(&world.pharmacy, &owner, None, asked(batch.id, pieces)).await.unwrap();
        }
    }
    let (batches, dispensings) = world.state(&owner).await;
    let entries = world.entries(&owner).await;
    assert_eq!((batches.len(), dispensings.len()), (3, 9));
    assert_eq!(rebuilt(&entries, Batch::TABLE), as_kept(&batches));
    assert_eq!(rebuilt(&entries, Dispensing::TABLE), as_kept(&dispensings));
}

on_every_store!(
    an_entry_shows_the_pharmacys_fields_by_name,
    a_patient_is_committed_to_apart_and_can_be_forgotten,
    the_tables_are_what_the_log_says,
);
