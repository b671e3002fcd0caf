//! Deeds that put a bill right after it was issued, played.

use super::deeds::Deed;
use super::player::{Player, picked};
use super::till::*;
use crate::service::{Presented, shop as service};
use crate::shop::notes::{Goods, NewCreditLine, NewCreditNote};
use crate::shop::refunds::NewRefund;
use crate::tenancy::Scope;
use crate::text::Note;

impl Player {
    /// Plays one of them.
    pub(super) async fn amend(&mut self, scope: &Scope, presented: Option<&Presented>, deed: Deed) {
        let road = self.shop.road.clone();
        let reason = || Note::new("Wrong paper").unwrap();
        match deed {
            Deed::Credit { bill, lines, without_tax, preview } => {
                let lines: Vec<_> = lines
                    .iter()
                    .map(|of| NewCreditLine {
                        line: of.line,
                        goods: if of.back { Goods::Returned } else { Goods::Kept },
                        returned: of.mg.filter(|_| of.back).map(mg),
                        taxable: of.paise.map(paise),
                    })
                    .collect();
                let new = NewCreditNote { without_tax, ..credit_of(picked(&self.bills, bill), &lines) };
                if preview {
                    let answer = service::preview_credit_note(&road, scope, &new).await;
                    self.read("credit_note.preview", answer.map(|note| note.lines.len()));
                }
                let answer = service::issue_credit_note(&road, scope, presented, &new).await;
                let made = self.noted("credit_note.issue", answer);
                self.credit_notes.extend(made.map(|made| made.note.id));
            }
            Deed::Debit { bill, line, paise } => {
                let new = debit_of(picked(&self.bills, bill), line, paise);
                let answer = service::issue_debit_note(&road, scope, presented, &new).await;
                let made = self.noted("debit_note.issue", answer);
                self.debit_notes.extend(made.map(|made| made.note.id));
            }
            Deed::CancelNote { note, debit: true } => {
                let id = picked(&self.debit_notes, note);
                let answer = service::cancel_debit_note(&road, scope, presented, id, reason()).await;
                self.noted("debit_note.cancel", answer);
            }
            Deed::CancelNote { note, debit: false } => {
                let id = picked(&self.credit_notes, note);
                let answer = service::cancel_credit_note(&road, scope, presented, id, reason()).await;
                self.noted("credit_note.cancel", answer);
            }
            Deed::PayBack { party, note, mode, total } => {
                let note = note.map(|note| picked(&self.credit_notes, note));
                let new = NewRefund { note, ..refund_of(picked(&self.parties, party), mode, total) };
                let answer = service::pay_refund(&road, scope, presented, &new).await;
                let made = self.noted("refund.pay", answer);
                self.refunds.extend(made.map(|made| made.id));
            }
            Deed::ReverseRefund { refund } => {
                let id = picked(&self.refunds, refund);
                let answer = service::reverse_refund(&road, scope, presented, id, reason()).await;
                self.noted("refund.reverse", answer);
            }
            other => unreachable!("{other:?} is played elsewhere"),
        }
    }
}
