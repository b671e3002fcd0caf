//! After a bill: it is paid in three ways, something comes back and is paid back, and something was forgotten.

use aurex_core::rbac::Role;
use aurex_core::service::shop::{issue_credit_note, issue_debit_note, pay_refund};
use aurex_core::shop::notes::{
    Goods, NewCreditLine, NewCreditNote, NewDebitLine, NewDebitNote, NoteCharge, NoteReason,
};
use aurex_core::shop::receipts::PaymentMode;
use aurex_core::shop::refunds::NewRefund;
use aurex_core::text::{Label, Note};

use super::episodes::With;
use super::rates::{RUPEE, inr};
use super::shop::Shop;
use crate::cli::Failure;

impl Shop<'_> {
    /// A chain and a coin, paid in cash, by UPI and by card.
    pub(super) async fn sell_for_a_wedding(&mut self) -> Result<(), Failure> {
        let girish = self
            .guest("Girish Karnik", "9100000205", "18 Hindu Colony, Dadar East, Mumbai 400014", "2297")
            .await?;
        let (chain, _) = self.line_of(0, 8_000).await?;
        let (coin, _) = self.line_of(3, 2_000).await?;
        let bill = self.bill(girish, vec![chain, coin]).await?;
        let (cash, upi) = (inr(20_000 * RUPEE)?, inr(50_000 * RUPEE)?);
        self.take(&bill, With::Money(PaymentMode::Cash, None), cash).await?;
        self.take(&bill, With::Money(PaymentMode::Upi, Some("634400917713")), upi).await?;
        let rest = bill.payable.checked_sub(cash)?.checked_sub(upi)?;
        self.take(&bill, With::Money(PaymentMode::Card, Some("117406")), rest).await?;
        self.threads.wedding = Some(bill);
        Ok(())
    }

    /// The coin comes back, and its money goes.
    pub(super) async fn take_something_back(&mut self) -> Result<(), Failure> {
        let bill = self.threads.wedding.as_ref().ok_or("nothing was sold")?;
        let line = NewCreditLine { line: 2, goods: Goods::Returned, returned: None, taxable: None };
        let new = NewCreditNote {
            invoice: bill.id,
            reason_code: NoteReason::SalesReturn,
            reason: Some(Note::new("Two coins were given by two uncles")?),
            without_tax: false,
            lines: vec![line],
        };
        let floor = self.staff.scope(Role::Manager, 0)?;
        let note = issue_credit_note(&self.road, &floor, None, &new).await?.value.note;
        self.clock.pass(120);
        let refund = NewRefund {
            party: bill.party,
            mode: PaymentMode::Bank,
            amount: note.payable,
            reference: Some(Label::new("NEFT 90117")?),
            note: Some(note.id),
            advance: None,
            reason: None,
        };
        pay_refund(&self.road, &floor, None, &refund).await?;
        Ok(())
    }

    /// The clasp was not charged; it is asked for, and not paid yet.
    pub(super) async fn ask_for_more(&mut self) -> Result<(), Failure> {
        let bill = self.threads.wedding.as_ref().ok_or("nothing was sold")?;
        let line = NewDebitLine { line: 1, charge: NoteCharge::Making, taxable: inr(1_200 * RUPEE)? };
        let new = NewDebitNote {
            invoice: bill.id,
            reason_code: NoteReason::Correction,
            reason: Some(Note::new("The safety clasp was left out of the making")?),
            lines: vec![line],
        };
        issue_debit_note(&self.road, &self.staff.scope(Role::Manager, 0)?, None, &new).await?;
        Ok(())
    }
}
