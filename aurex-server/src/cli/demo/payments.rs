//! Payments: at once, later, in parts, bounced, or not yet. And the bills that are cancelled before any.

use aurex_core::rbac::Role;
use aurex_core::service::shop::{cancel_invoice, record_receipt, reverse_receipt};
use aurex_core::shop::invoices::{Invoice, InvoiceId};
use aurex_core::shop::parties::PartyId;
use aurex_core::shop::receipts::{NewReceipt, PaymentMode, ReceiptId};
use aurex_core::text::{Label, Note};
use aurex_core::time::{Date, plus_days, return_period};

use super::bills::Taken;
use super::rates::{RUPEE, inr};
use super::shop::Shop;
use crate::cli::Failure;

/// What is still to be done about a bill.
#[derive(Debug)]
pub(super) enum Due {
    Pay { bill: Owed, paise: i64 },
    Bounce { bill: Owed, cheque: ReceiptId, paise: i64 },
    Cancel { bill: InvoiceId, taken: Taken, role: Role },
}

/// A bill and who owes it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Owed {
    invoice: InvoiceId,
    party: PartyId,
}

/// Cash stays far below what section 186 of the Income-tax Act 2025 allows from a person in a day.
const CASH_UP_TO: i64 = 50_000 * RUPEE;
const SMALL: [PaymentMode; 6] = [
    PaymentMode::Cash,
    PaymentMode::Upi,
    PaymentMode::Upi,
    PaymentMode::Card,
    PaymentMode::Cash,
    PaymentMode::CashDeposit,
];
const LARGE: [PaymentMode; 4] =
    [PaymentMode::Card, PaymentMode::Bank, PaymentMode::ChequeAccountPayee, PaymentMode::Bank];

impl Shop<'_> {
    /// How one bill is settled. By its number, so that each fate occurs even in a short story.
    pub(super) async fn settle(
        &mut self,
        number: usize,
        bill: &Invoice,
        taken: Taken,
        today: Date,
    ) -> Result<(), Failure> {
        let owed = Owed { invoice: bill.id, party: bill.party };
        let payable = bill.payable.minor();
        let (fate, round) = (number * 7 % 25, number / 25);
        let part = payable * self.chance.between(20, 60) / 10_000 * 100;
        match fate {
            14 | 15 => self.later(today, 2, 25, Due::Pay { bill: owed, paise: payable }),
            16..=18 => {
                self.pay(owed, part, None).await?;
                self.later(today, 5, 45, Due::Pay { bill: owed, paise: payable - part });
            }
            19 | 20 => {
                self.pay(owed, part, None).await?;
            }
            21 => {}
            22 if round % 2 == 0 => {
                let role = Role::Manager;
                self.later(today, 0, 0, Due::Cancel { bill: bill.id, taken, role });
            }
            23 if round % 2 == 1 => {
                let on = plus_days(today, self.chance.between(1, 4));
                let days =
                    if return_period(on) == return_period(today) { (on - today).num_days() } else { 0 };
                self.later(today, days, days, Due::Cancel { bill: bill.id, taken, role: Role::Admin });
            }
            24 if round % 4 == 0 => {
                let cheque = self.pay(owed, payable, Some(PaymentMode::ChequeAccountPayee)).await?;
                self.later(today, 3, 6, Due::Bounce { bill: owed, cheque, paise: payable });
            }
            _ => {
                self.pay(owed, payable, None).await?;
            }
        }
        Ok(())
    }

    fn later(&mut self, today: Date, soonest: i64, latest: i64, due: Due) {
        let on = plus_days(today, self.chance.between(soonest, latest));
        self.due.entry(on).or_default().push(due);
    }

    /// Does what falls due on a day; what falls due after the year stays undone.
    pub(super) async fn attend_to_due(&mut self, today: Date) -> Result<(), Failure> {
        for due in self.due.remove(&today).unwrap_or_default() {
            match due {
                Due::Pay { bill, paise } => {
                    self.pay(bill, paise, None).await?;
                }
                Due::Bounce { bill, cheque, paise } => {
                    let office = self.staff.scope(Role::Accountant, 0)?;
                    let reason = Note::new("Cheque returned unpaid: funds insufficient")?;
                    reverse_receipt(&self.road, &office, None, cheque, reason).await?;
                    self.year.reversed += 1;
                    self.later(today, 2, 8, Due::Pay { bill, paise });
                }
                Due::Cancel { bill, taken, role } => {
                    let scope = self.staff.scope(role, 0)?;
                    let reason = self.chance.pick(&[
                        "Billed to the wrong customer",
                        "Customer changed their mind",
                        "Wrong piece scanned",
                    ]);
                    cancel_invoice(&self.road, &scope, None, bill, Note::new(reason)?).await?;
                    self.year.cancelled += 1;
                    self.put_back(taken);
                }
            }
            self.clock.pass(90);
        }
        Ok(())
    }

    async fn pay(&mut self, bill: Owed, paise: i64, mode: Option<PaymentMode>) -> Result<ReceiptId, Failure> {
        let usual = if paise <= CASH_UP_TO { self.chance.pick(&SMALL) } else { self.chance.pick(&LARGE) };
        let mode = mode.unwrap_or(usual);
        let amount = inr(paise)?;
        let reference = match mode {
            PaymentMode::Cash | PaymentMode::OldMetal | PaymentMode::Advance => None,
            PaymentMode::ChequeAccountPayee | PaymentMode::ChequeOther => {
                Some(Label::new(format!("CHQ {:06}", self.chance.between(100_000, 999_999)))?)
            }
            PaymentMode::CashDeposit | PaymentMode::Upi | PaymentMode::Card | PaymentMode::Bank => {
                Some(Label::new(format!("{:012}", self.chance.between(1, 999_999_999_999)))?)
            }
        };
        let new = NewReceipt {
            party: bill.party,
            mode,
            amount,
            reference,
            occasion: None,
            advance: None,
            allocations: vec![(bill.invoice, amount)],
            old_metal: None,
        };
        let till = self.staff.scope(Role::Cashier, self.year.receipts)?;
        self.clock.pass(60);
        let receipt = record_receipt(&self.road, &till, None, &new).await?.value.receipt.id;
        self.year.receipts += 1;
        Ok(receipt)
    }
}
