//! What the workspace's plan lets happen, and who says how it stands.

use super::till::*;
use super::{Shop, World};
use crate::identity::actions::ChangePlan;
use crate::identity::plans::BillingPatch;
use crate::rbac::{Action as _, Role};
use crate::service::ServiceError;
use crate::service::access as service;
use crate::service::shop::{import_parties, issue_invoice, post_rate, record_party};
use crate::shop::parties::{Customers, PARTY_COLUMNS};
use crate::shop::tables::Cells;
use crate::tenancy::{ContactKind, PlanState, RequestFacts, Workspace};
use crate::text::{Email, Label, Name, Note};

async fn stands(world: &World, shop: &Shop, state: PlanState) -> Workspace {
    shop.tick();
    let scope = world.entrances.cli.scope(shop.tenant, &[ChangePlan::CODE], RequestFacts::default());
    let reason = Note::new("The bill of October").unwrap();
    service::set_plan(&shop.road, &scope, state, reason).await.unwrap().value
}

/// Read-only, a shop sells nothing, records nobody and imports nothing, whoever asks; it reads, sees to its bill, and
/// nothing of what was refused is anywhere. Active again, all goes on.
pub async fn a_read_only_workspace_writes_nothing_new_and_still_reads_and_pays(world: &World) {
    let shop = world.shop("meena").await;
    let rupa = world.shop("rupa").await;
    shop.rate(1_270_000).await;
    let asha = shop.customer("Asha Devi").await;
    let item = shop.item("R-1").await;
    assert_eq!(shop.reader().await.workspace().await.unwrap().plan, PlanState::Active);
    stands(world, &shop, PlanState::PastDue).await;
    shop.sell(asha.id, "R-2").await;

    stands(world, &shop, PlanState::ReadOnly).await;
    let before = shop.reader().await.head().await.unwrap();
    for role in [Role::Owner, Role::Cashier] {
        let scope = shop.scope(role).await;
        let bill = issue_invoice(&shop.road, &scope, None, &bill_of(asha.id, &[item.id])).await;
        assert_eq!(code(bill), "plan.read_only");
    }
    let owner = shop.owner().await;
    let recorded = record_party::<Customers>(&shop.road, &owner, None, customer("Ravi Shah")).await;
    assert_eq!(code(recorded), "plan.read_only");
    assert_eq!(code(post_rate(&shop.road, &owner, None, gold_rate(1_280_000)).await), "plan.read_only");
    let table = [Cells::of(PARTY_COLUMNS, 2, [("name", "Bina Shah")])];
    let imported = import_parties::<Customers>(&shop.road, &owner, &table, false).await;
    assert_eq!(code(imported), "plan.read_only");
    assert_eq!(shop.reader().await.head().await.unwrap(), before, "none of it left a trace");

    assert!(shop.owes(asha.id).await > 0, "it still reads");
    let email = Email::new("books@meena.example").unwrap();
    service::set_contact(&shop.road, &owner, ContactKind::Billing, email).await.unwrap();
    rupa.rate(1_270_000).await;

    stands(world, &shop, PlanState::Closed).await;
    let billing = BillingPatch { name: Name::new("Meena").ok(), ..BillingPatch::default() };
    let workspace = shop.reader().await.workspace().await.unwrap();
    assert!(matches!(
        service::change_billing(&shop.road, &owner, workspace.version, billing).await,
        Err(ServiceError::Refused(refusal)) if refusal.code() == "billing.incomplete"
    ));
    let billing = whole();
    let refused = service::change_billing(&shop.road, &owner, workspace.version, billing).await;
    assert_eq!(code(refused), "plan.closed");
    assert_eq!(code(post_rate(&shop.road, &owner, None, gold_rate(1_280_000)).await), "plan.closed");

    stands(world, &shop, PlanState::Active).await;
    shop.issue(&bill_of(asha.id, &[item.id])).await;
}

fn whole() -> BillingPatch {
    BillingPatch {
        name: Name::new("Meena Jewellers LLP").ok(),
        address: Note::new("12 Avenue Road, Bengaluru").ok(),
        tax_id: Some(Label::new("29AABCF8078M1C8").ok()),
    }
}

/// Billing details are the owner's to change and held against the version that was read; the plan is nobody's in the
/// workspace, and both are told to every owner.
pub async fn billing_details_and_plan_are_changed_by_whom_they_are_and_told_to_owners(world: &World) {
    let shop = world.shop("meena").await;
    let owner = shop.owner().await;
    let reason = || Note::new("I would rather not pay").unwrap();
    let own = service::set_plan(&shop.road, &owner, PlanState::Closed, reason()).await;
    assert_eq!(code(own), "permission.not_granted");
    let admin = shop.scope(Role::Admin).await;
    let theirs = service::change_billing(&shop.road, &admin, 1, whole()).await;
    assert_eq!(code(theirs), "permission.denied");

    let mails = async || {
        let page = shop.reader().await.mails(crate::store::PageRequest::first(200)).await.unwrap();
        page.items.into_iter().map(|mail| mail.kind.code()).collect::<Vec<_>>()
    };
    assert!(mails().await.is_empty());
    let changed = service::change_billing(&shop.road, &owner, 1, whole()).await.unwrap();
    assert_eq!(changed.value.version, 2);
    let kept = shop.reader().await.workspace().await.unwrap();
    assert_eq!(kept, changed.value);
    assert_eq!(kept.billing.unwrap().tax_id, Label::new("29AABCF8078M1C8").ok());
    let again = service::change_billing(&shop.road, &owner, 2, whole()).await.unwrap();
    assert_eq!(again.receipt, None, "nothing is different");
    let stale = service::change_billing(&shop.road, &owner, 1, whole()).await;
    assert_eq!(code(stale), "resource.stale");
    let none = BillingPatch { tax_id: Some(None), ..BillingPatch::default() };
    let without = service::change_billing(&shop.road, &owner, 2, none).await.unwrap();
    assert_eq!(without.value.billing.unwrap().tax_id, None);

    assert_eq!(stands(world, &shop, PlanState::Trial).await.plan, PlanState::Trial);
    stands(world, &shop, PlanState::Trial).await;
    assert_eq!(mails().await, ["billing_changed", "billing_changed", "plan_changed"]);
    assert_eq!(service::billing(&shop.road, &owner).await.unwrap().plan, PlanState::Trial);
    let cashier = shop.cashier().await;
    assert_eq!(code(service::billing(&shop.road, &cashier).await), "permission.denied");
}
