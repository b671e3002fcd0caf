//! The office: a list that is brought, a count with something missing, and the end of the month.

use aurex_core::identity::payee::PayeePatch;
use aurex_core::identity::plans::BillingPatch;
use aurex_core::money::{Currency, Money};
use aurex_core::rbac::Role;
use aurex_core::service::access::{billing, change_billing, change_payee};
use aurex_core::service::shop::{
    Imported, count_pieces, import_items, import_parties, items, lock_books, record_journal_voucher,
    write_off_stock,
};
use aurex_core::shop::accounts::{Chart, For, Office};
use aurex_core::shop::metal::{NewWriteOff, WrittenOff};
use aurex_core::shop::parties::{Customers, PARTY_COLUMNS};
use aurex_core::shop::stock::{ITEM_COLUMNS, ItemState};
use aurex_core::shop::vouchers::{EntrySide, NewJournalVoucher, NewVoucherLine, VoucherAccount};
use aurex_core::store::PageRequest;
use aurex_core::tenancy::{AccountNumber, Ifsc, Vpa};
use aurex_core::text::{Label, Name, Note};
use aurex_core::time::{Date, plus_days, return_period};

use super::shop::Shop;
use crate::cli::Failure;
use crate::import;

/// Pieces of the shop's other counter, as they stood in its spreadsheet.
const PIECES: &str = "\
tag,description,commodity,fineness,gross_g,less_g,making_percent,making_fixed,hsn,cost
OLD-0001,Ladies' ring 22K,gold,22K,3.390,,16,,71131911,\"38,500.00\"
OLD-0002,Nose pin 18K,gold,750,0.640,,,850,71131911,\"5,600.00\"
OLD-0003,Silver toe rings,silver,925,9.200,,,300,711311,\"1,150.00\"
";

/// Who owed something there.
const PEOPLE: &str = "\
name,phone,state,address,owes_us,we_owe
Vasant Chitale,9100000301,27,\"Laxmi Road, Pune 411030\",\"18,250.00\",
Hema Thakkar,9100000302,27,\"Tilak Road, Pune 411030\",,\"4,000.00\"
";

fn whole(imported: &Imported) -> Result<usize, Failure> {
    if imported.recorded { Ok(imported.rows) } else { Err("a list of the story's is wrong".into()) }
}

impl Shop<'_> {
    /// Pieces, and people with what stood open.
    pub(super) async fn bring_a_list(&mut self) -> Result<(), Failure> {
        let admin = self.staff.scope(Role::Admin, 0)?;
        let pieces = import::read(PIECES, ITEM_COLUMNS, 10).rows;
        let came = whole(&import_items(&self.road, &admin, &pieces, false).await?)?;
        self.year.pieces += came;
        self.year.on_shelf += came;
        self.clock.pass(120);
        let people = import::read(PEOPLE, PARTY_COLUMNS, 10).rows;
        self.year.customers +=
            whole(&import_parties::<Customers>(&self.road, &admin, &people, false).await?)?;
        Ok(())
    }

    /// All tags but one are scanned, and the missing piece is written off.
    pub(super) async fn count(&mut self) -> Result<(), Failure> {
        let floor = self.staff.scope(Role::Manager, 0)?;
        let in_stock = items(&self.road, &floor, Some(ItemState::InStock), PageRequest::first(1_000)).await?;
        let tags: Vec<Label> = in_stock.items.into_iter().map(|piece| piece.item.tag).skip(1).collect();
        let counted = count_pieces(&self.road, &floor, tags).await?;
        let Some(missing) = counted.missing.first() else { return Ok(()) };
        let new = NewWriteOff {
            lines: vec![WrittenOff::Piece(missing.id)],
            reason: Note::new("Not found at the count; the drawer was searched twice")?,
        };
        write_off_stock(&self.road, &self.staff.scope(Role::Admin, 0)?, None, &new).await?;
        let shown = self.shelf.len();
        self.shelf.retain(|piece| piece.id != missing.id);
        // One that came by a voucher or a list is counted apart from the shelf.
        self.year.on_shelf -= usize::from(shown == self.shelf.len());
        Ok(())
    }

    /// What no other paper says of the month: what the owner brought in, rent and wages, and what the bank kept.
    pub(super) async fn write_the_months_vouchers(&self) -> Result<(), Failure> {
        let office = self.staff.scope(Role::Accountant, 0)?;
        let accounts = self.road.store.reader(&office).await?.accounts_for(None).await?;
        let chart = Chart(&accounts);
        let vouchers = [
            ("Brought in by the owner", For::Bank, For::Office(Office::Capital), 250_000_000),
            ("Shop rent of the month", For::Office(Office::Rent), For::Bank, 8_500_000),
            ("Salaries of the month", For::Office(Office::Salaries), For::Bank, 14_000_000),
            ("Charges of the card machine", For::Office(Office::BankCharges), For::Bank, 118_000),
        ];
        for (remark, debit, credit, minor) in vouchers {
            let amount = Money::new(minor, Currency::INR)?;
            let line = |purpose, side| -> Result<_, Failure> {
                Ok(NewVoucherLine { on: VoucherAccount::Account(chart.of(purpose)?.id), side, amount })
            };
            let lines = vec![line(debit, EntrySide::Debit)?, line(credit, EntrySide::Credit)?];
            let new = NewJournalVoucher { date: None, remark: Note::new(remark)?, lines };
            record_journal_voucher(&self.road, &office, None, &new).await?;
        }
        Ok(())
    }

    /// The books are locked through the last day of the month before, and the owner says whom the service is to bill.
    pub(super) async fn close_the_month(&mut self, today: Date) -> Result<(), Failure> {
        let mut last = plus_days(today, -1);
        while return_period(last) == return_period(today) {
            last = plus_days(last, -1);
        }
        self.write_the_months_vouchers().await?;
        lock_books(&self.road, &self.staff.scope(Role::Accountant, 0)?, last).await?;
        self.year.locked_through = Some(last);
        let owner = self.staff.scope(Role::Owner, 0)?;
        let version = billing(&self.road, &owner).await?.version;
        let patch = BillingPatch {
            name: Some(Name::new("Meena Jewellers Private Limited")?),
            address: Some(Note::new("14 Ranade Road, Dadar West, Mumbai 400028")?),
            tax_id: None,
        };
        change_billing(&self.road, &owner, version, patch).await?;
        Ok(())
    }

    /// The owner says where customers pay.
    pub(super) async fn say_where_to_pay(&self) -> Result<(), Failure> {
        let owner = self.staff.scope(Role::Owner, 0)?;
        let version = billing(&self.road, &owner).await?.version;
        let bank = AccountNumber::parse("000012345678").zip(Ifsc::parse("ABCD0000000"));
        let patch = PayeePatch {
            name: Some(Name::new("Meena Jewellers")?),
            vpa: Some(Vpa::parse("meena.jewellers@example")),
            bank: Some(bank),
        };
        change_payee(&self.road, &owner, version, patch).await?;
        Ok(())
    }
}
