//! What is counted. A row sets itself up, then calls one thing so many times.

use std::hint::black_box;

use aurex_benches::{bill, rupees};
use aurex_core::audit::{Change, Draft, Entry, Head, Sealed, Subject};
use aurex_core::chance::Entropy;
use aurex_core::measure::{Fineness, Mass, Rate};
use aurex_core::money::{Currency, Grouping, Money, Rounding, allocate};
use aurex_core::rbac::{Catalogue, Role};
use aurex_core::shop::actions::{CancelInvoice, IssueInvoice};
use aurex_core::shop::identifiers::Gstin;
use aurex_core::shop::pricing::price;
use aurex_core::tenancy::{
    Assurance, Authority, Id as _, MemberId, Proof, Reach, RequestFacts, Scope, Slug, TenantId,
};
use aurex_core::time::Timestamp;
use aurex_core::uuid::Uuid;

use crate::Failure;

type Row = fn(u64) -> Result<(), Failure>;

/// Every row by its name.
pub const ROWS: &[(&str, Row)] = &[
    // What the loop around each of the others costs; it is in their counts too.
    ("nothing", nothing),
    ("permit, allowed", permit_allowed),
    ("permit, denied", permit_denied),
    ("permit, shell of six grants", permit_narrowed),
    ("policy, token of six grants", policy_of_a_token),
    ("money, add", money_add),
    ("weight × rate", weight_times_rate),
    ("allocate over 3", allocate_over_3),
    ("price a bill of 10 lines", price_10_lines),
    ("seal a change of 10 rows", seal_10_rows),
    ("append its entry to the log", append),
    ("read its entry's bytes", read_entry),
    ("parse a slug", parse_slug),
    ("parse a GSTIN", parse_gstin),
    ("parse an amount", parse_amount),
];

const TENANT: TenantId = TenantId::from_directory_row(Uuid::from_u128(1));
const GRANTED: [&str; 6] =
    ["customer.read", "customer.record", "rate.read", "stock.read", "invoice.preview", "invoice.issue"];

/// Calls `what` so many times, and lets nobody see that its answer is not used.
fn repeat<T>(times: u64, mut what: impl FnMut() -> T) -> Result<(), Failure> {
    for _ in 0..times {
        black_box(what());
    }
    Ok(())
}

fn nothing(times: u64) -> Result<(), Failure> {
    repeat(times, || ())
}

fn cashier() -> Scope {
    let member = MemberId::from_uuid(Uuid::from_u128(2));
    Authority::establish().0.split().trusted.vouch_for(TENANT, member, Role::Cashier, RequestFacts::default())
}

fn permit_allowed(times: u64) -> Result<(), Failure> {
    let scope = cashier();
    let _permit = scope.permit::<IssueInvoice>()?;
    repeat(times, || black_box(&scope).permit::<IssueInvoice>().is_ok())
}

fn permit_denied(times: u64) -> Result<(), Failure> {
    let scope = cashier();
    if scope.permit::<CancelInvoice>().is_ok() {
        return Err("a cashier may cancel".into());
    }
    repeat(times, || black_box(&scope).permit::<CancelInvoice>().is_ok())
}

fn permit_narrowed(times: u64) -> Result<(), Failure> {
    let shell = Authority::establish().0.split().cli.scope(TENANT, &GRANTED, RequestFacts::default());
    let _permit = shell.permit::<IssueInvoice>()?;
    repeat(times, || black_box(&shell).permit::<IssueInvoice>().is_ok())
}

/// By the policy itself, because only a sign-in makes a token's scope.
fn policy_of_a_token(times: u64) -> Result<(), Failure> {
    let granted = Reach::Granted(GRANTED.iter().map(|code| (*code).to_owned()).collect());
    let catalogue = Catalogue::core();
    let issue = catalogue.iter().find(|action| action.code == "invoice.issue").ok_or("nobody issues")?;
    issue.answer(Role::Cashier, &granted, Proof::standing(Assurance::Token))?;
    repeat(times, || {
        issue.answer(black_box(Role::Cashier), black_box(&granted), Proof::standing(Assurance::Token))
    })
}

fn money_add(times: u64) -> Result<(), Failure> {
    let (a, b) = (rupees(4_339_200)?, rupees(694_272)?);
    repeat(times, || black_box(a).checked_add(black_box(b)))
}

fn weight_times_rate(times: u64) -> Result<(), Failure> {
    let rate = Rate::new(rupees(1_280_000)?, Mass::new(1_000)?, Fineness::new(916_000)?)?;
    let mass = Mass::new(3_390)?;
    repeat(times, || black_box(rate).price_of(black_box(mass), Rounding::HalfAwayFromZero))
}

fn allocate_over_3(times: u64) -> Result<(), Failure> {
    repeat(times, || allocate(black_box(100_000), black_box(&[50, 30, 21])))
}

fn price_10_lines(times: u64) -> Result<(), Failure> {
    let bill = bill(10)?;
    price(&bill)?;
    repeat(times, || price(black_box(&bill)))
}

aurex_core::action! {
    /// Put medicines on the shelf.
    struct Shelve = "medicine.shelve";
    owner, cashier
}

aurex_core::record! {
    /// A medicine on the shelf.
    struct Medicine in "medicine" {
        /// Its number.
        number: i64 = 1 [key],
        /// What stands on the box.
        name: String = 2,
        /// Where it stands.
        shelf: String = 3,
        /// Pieces on hand.
        pieces: i64 = 4,
        /// What one costs.
        price: Money = 5,
    }
}

struct Shelved(Vec<Medicine>);

impl Change for Shelved {
    type By = Shelve;

    fn subject(&self) -> Subject {
        Subject::new("medicine", self.0.len())
    }

    fn record(self, draft: &mut Draft) {
        self.0.iter().for_each(|medicine| draft.insert_own(medicine));
    }
}

/// The same bytes every time: what they are does not change what hashing them costs.
struct Sevens;

impl Entropy for Sevens {
    fn fill(&self, bytes: &mut [u8]) {
        bytes.fill(7);
    }
}

fn medicines() -> Result<Vec<Medicine>, Failure> {
    let medicine = |number| {
        Ok(Medicine {
            number,
            name: "Paracetamol 500 mg, strip of ten".to_owned(),
            shelf: "Counter, second drawer".to_owned(),
            pieces: 40 + number,
            price: rupees(3_150)?,
        })
    };
    (0..10).map(medicine).collect()
}

fn sealed(scope: &Scope) -> Result<Sealed, Failure> {
    Ok(scope.permit::<Shelve>()?.seal(Shelved(medicines()?), &Sevens))
}

fn seal_10_rows(times: u64) -> Result<(), Failure> {
    let scope = cashier();
    repeat(times, || sealed(black_box(&scope)).is_ok())
}

fn append(times: u64) -> Result<(), Failure> {
    let scope = cashier();
    let sealed = sealed(&scope)?;
    let mut head = Head::empty();
    repeat(times, || head.append(TENANT, Timestamp::from_micros(1), black_box(&sealed)))
}

fn read_entry(times: u64) -> Result<(), Failure> {
    let scope = cashier();
    let bytes = Head::empty().append(TENANT, Timestamp::from_micros(1), &sealed(&scope)?)?.bytes;
    Entry::from_bytes(&bytes)?;
    repeat(times, || Entry::from_bytes(black_box(&bytes)))
}

fn parse_slug(times: u64) -> Result<(), Failure> {
    "meena-jewellers".parse::<Slug>()?;
    repeat(times, || black_box("meena-jewellers").parse::<Slug>())
}

fn parse_gstin(times: u64) -> Result<(), Failure> {
    Gstin::parse("29AABCF8078M1C8")?;
    repeat(times, || Gstin::parse(black_box("29AABCF8078M1C8")))
}

fn parse_amount(times: u64) -> Result<(), Failure> {
    Money::parse("12800.00", Currency::INR, Grouping::International)?;
    repeat(times, || Money::parse(black_box("12800.00"), Currency::INR, Grouping::International))
}
