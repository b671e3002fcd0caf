//! Whole tables of facts, in the order of their keys: for reconciling, exporting and moving.

use aurex_core::store::{Fact, Read};

use crate::rows::{
    account, advance, api_token, approval, bill_note, bill_note_line, booking, business, credential,
    custom_role, invoice, invoice_line, invoice_parties, item, journal_entry, journal_voucher, lot, mail,
    member, metal_voucher, metal_voucher_line, party, payment, pin, posting, rate, read_all, receipt, refund,
    second_factor, sent_link, series, session, settlement, stock_movement, till, workspace,
};
use crate::turn::PostgresTurn;

impl PostgresTurn<'_> {
    pub(super) async fn facts_of(&mut self, table: &str) -> Read<Vec<Fact>> {
        let tenant = self.tenant.uuid();
        macro_rules! all {
            ($rows:expr) => {{
                let rows = read_all(self.held.all($rows).await?, self.tenant)?;
                Ok(rows.into_iter().map(Fact::from).collect())
            }};
        }
        match table {
            "workspace" => all!(workspace!("ORDER BY length(slug), slug", tenant)),
            "member" => all!(member!("ORDER BY id", tenant)),
            "credential" => all!(credential!("ORDER BY member", tenant)),
            "session" => all!(session!("ORDER BY id", tenant)),
            "api_token" => all!(api_token!("ORDER BY id", tenant)),
            "custom_role" => all!(custom_role!("ORDER BY id", tenant)),
            "second_factor" => all!(second_factor!("ORDER BY member", tenant)),
            "pin" => all!(pin!("ORDER BY member", tenant)),
            "till" => all!(till!("ORDER BY id", tenant)),
            "link" => all!(sent_link!("ORDER BY id", tenant)),
            "approval" => all!(approval!("ORDER BY id", tenant)),
            "mail" => all!(mail!("ORDER BY id", tenant)),
            "account" => all!(account!("ORDER BY id", tenant)),
            "journal_entry" => all!(journal_entry!("ORDER BY id", tenant)),
            "posting" => all!(posting!("ORDER BY entry, line", tenant)),
            // Text stands behind its length in a key's binary form.
            "series" => {
                all!(series!("ORDER BY length(kind), kind, octet_length(prefix), prefix, year", tenant))
            }
            "business" => all!(business!("", tenant)),
            "rate" => all!(rate!("ORDER BY id", tenant)),
            "party" => all!(party!("ORDER BY id", tenant)),
            "item" => all!(item!("ORDER BY id", tenant)),
            "lot" => all!(lot!("ORDER BY id", tenant)),
            "stock_movement" => all!(stock_movement!("ORDER BY id", tenant)),
            "invoice" => all!(invoice!("ORDER BY id", tenant)),
            "invoice_line" => all!(invoice_line!("ORDER BY invoice, line", tenant)),
            "invoice_parties" => all!(invoice_parties!("ORDER BY invoice", tenant)),
            "receipt" => all!(receipt!("ORDER BY id", tenant)),
            "settlement" => all!(settlement!("ORDER BY receipt, line", tenant)),
            "bill_note" => all!(bill_note!("ORDER BY id", tenant)),
            "bill_note_line" => all!(bill_note_line!("ORDER BY note, line", tenant)),
            "refund" => all!(refund!("ORDER BY id", tenant)),
            "metal_voucher" => all!(metal_voucher!("ORDER BY id", tenant)),
            "metal_voucher_line" => all!(metal_voucher_line!("ORDER BY voucher, line", tenant)),
            "payment" => all!(payment!("ORDER BY id", tenant)),
            "booking" => all!(booking!("ORDER BY id", tenant)),
            "advance" => all!(advance!("ORDER BY id", tenant)),
            "journal_voucher" => all!(journal_voucher!("ORDER BY id", tenant)),
            _ => Ok(Vec::new()),
        }
    }
}
