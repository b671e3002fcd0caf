//! The columns of the tables that a change writes, in the order in which the tables declare them.
//!
//! PostgreSQL takes a row in binary form column by column, each with its type: names are of no help to it, so the order
//! stands here, and tests hold it against the records and the tables. The tenant is every table's first column and is
//! left out.

use self::Kind::{Bool, Bytes, Date, Id, Int, Text};

/// What a column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Bool,
    Bytes,
    Date,
    Id,
    Int,
    Text,
}

impl Kind {
    /// The type's number, the same in every database (`pg_type.dat` in PostgreSQL's source).
    pub(super) const fn oid(self) -> u32 {
        match self {
            Bool => 16,
            Bytes => 17,
            Int => 20,
            Text => 25,
            Date => 1082,
            Id => 2950,
        }
    }
}

/// One table.
#[derive(Debug)]
pub(super) struct Layout {
    pub(super) table: &'static str,
    /// For tables whose rows later ones replace: how many columns after the tenant are the key.
    pub(super) replaced_by: Option<usize>,
    pub(super) columns: &'static [(&'static str, Kind)],
}

/// The layout of a table.
pub(super) fn layout_of(table: &str) -> Option<&'static Layout> {
    LAYOUTS.iter().find(|layout| layout.table == table)
}

#[rustfmt::skip]
pub(super) const LAYOUTS: &[Layout] = &[
    Layout { table: "audit_opening", replaced_by: None, columns: &[
        ("seq", Int), ("slot", Int), ("name", Text), ("salt", Bytes), ("content", Bytes),
    ] },
    Layout { table: "idempotency_key", replaced_by: None, columns: &[
        ("holder", Id), ("action", Text), ("key", Text), ("fields", Bytes), ("resource", Text), ("at", Int),
    ] },
    Layout { table: "journal_entry", replaced_by: None, columns: &[
        ("id", Id), ("effective", Date), ("recorded_at", Int), ("source_kind", Text), ("source_id", Text),
        ("narration", Text), ("reverses", Id),
    ] },
    Layout { table: "posting", replaced_by: None, columns: &[
        ("entry", Id), ("line", Int), ("account", Id), ("commodity", Text), ("amount", Int),
        ("effective", Date),
    ] },
    Layout { table: "series", replaced_by: Some(3), columns: &[
        ("kind", Text), ("prefix", Text), ("year", Int), ("next", Int), ("last_date", Date),
    ] },
    Layout { table: "item", replaced_by: Some(1), columns: &[
        ("id", Id), ("tag", Text), ("description", Text), ("huid", Text), ("metal", Text),
        ("fineness", Int), ("gross", Int), ("less", Int), ("stones", Bytes), ("making", Bytes),
        ("hsn", Text), ("currency", Text), ("cost", Int), ("state", Text), ("created_at", Int),
        ("version", Int),
    ] },
    Layout { table: "lot", replaced_by: Some(1), columns: &[
        ("id", Id), ("description", Text), ("metal", Text), ("fineness", Int), ("created_at", Int),
        ("kind", Text),
    ] },
    Layout { table: "stock_movement", replaced_by: None, columns: &[
        ("id", Id), ("entry", Id), ("item", Id), ("lot", Id), ("pieces", Int), ("mass", Int), ("fine", Int),
        ("currency", Text), ("cost", Int), ("effective", Date),
    ] },
    Layout { table: "invoice", replaced_by: Some(1), columns: &[
        ("id", Id), ("kind", Text), ("number", Text), ("party", Id), ("business_date", Date),
        ("issued_at", Int), ("place_of_supply", Text), ("currency", Text), ("taxable", Int), ("cgst", Int),
        ("sgst", Int), ("igst", Int), ("total", Int), ("round_off", Int), ("payable", Int),
        ("pricing_policy", Text), ("entry", Id), ("state", Text), ("cancel_reason", Text),
        ("cancelled_at", Int), ("revision", Int), ("version", Int), ("credited", Int), ("debited", Int),
    ] },
    Layout { table: "invoice_line", replaced_by: None, columns: &[
        ("invoice", Id), ("line", Int), ("item", Id), ("lot", Id), ("description", Text), ("metal", Text),
        ("hsn", Text), ("gross", Int), ("less", Int), ("rate_id", Id), ("currency", Text),
        ("rate_amount", Int), ("rate_per", Int), ("fineness", Int), ("wastage", Bytes), ("making", Bytes),
        ("stones", Bytes), ("other_charges", Bytes), ("net", Int), ("wastage_mass", Int),
        ("chargeable", Int), ("fine", Int), ("metal_value", Int), ("wastage_value", Int),
        ("making_value", Int), ("stones_value", Int), ("other_value", Int), ("gross_value", Int),
        ("discount", Int), ("bill_discount", Int), ("taxable", Int), ("tax_rate", Int), ("cgst", Int),
        ("sgst", Int), ("igst", Int), ("huid", Text), ("lock", Bytes),
    ] },
    Layout { table: "invoice_parties", replaced_by: Some(1), columns: &[
        ("invoice", Id), ("party", Id), ("seller_name", Text), ("seller_address", Text),
        ("seller_gstin", Text), ("seller_state", Text), ("scheme", Text), ("buyer_name", Text),
        ("buyer_phone", Text), ("buyer_gstin", Text), ("buyer_state", Text), ("buyer_address", Text),
    ] },
    Layout { table: "receipt", replaced_by: Some(1), columns: &[
        ("id", Id), ("number", Text), ("party", Id), ("mode", Text), ("currency", Text), ("amount", Int),
        ("reference", Text), ("business_date", Date), ("recorded_at", Int), ("entry", Id), ("state", Text),
        ("reverse_reason", Text), ("reversed_at", Int), ("version", Int), ("old_metal", Id), ("advance", Id),
        ("occasion", Text),
    ] },
    Layout { table: "settlement", replaced_by: None, columns: &[
        ("receipt", Id), ("line", Int), ("invoice", Id), ("currency", Text), ("amount", Int),
    ] },
    Layout { table: "workspace", replaced_by: Some(1), columns: &[
        ("slug", Text), ("name", Text), ("currency", Text), ("zone", Text), ("created_at", Int),
        ("version", Int), ("magic_links", Bool), ("second_factor_for", Bytes), ("access_rules", Bytes), ("contacts", Bytes),
        ("ends_at", Int),
        ("plan", Text), ("billing", Bytes),
        ("books_locked_through", Date), ("payee", Bytes),
    ] },
    Layout { table: "member", replaced_by: Some(1), columns: &[
        ("id", Id), ("name", Text), ("email", Text), ("role", Text), ("disabled", Bool),
        ("created_at", Int), ("version", Int), ("custom_role", Id), ("leaves_at", Int),
    ] },
    Layout { table: "credential", replaced_by: Some(1), columns: &[
        ("member", Id), ("hash", Text), ("one_time", Bool), ("set_at", Int),
    ] },
    Layout { table: "session", replaced_by: Some(1), columns: &[
        ("id", Id), ("member", Id), ("token_hash", Bytes), ("opened_at", Int), ("expires_at", Int),
        ("idle_seconds", Int), ("one_time", Bool), ("closed_at", Int), ("assurance", Text), ("proved_at", Int),
        ("address", Text), ("agent", Text), ("till", Id),
    ] },
    Layout { table: "api_token", replaced_by: Some(1), columns: &[
        ("id", Id), ("member", Id), ("name", Text), ("token_hash", Bytes), ("permissions", Bytes),
        ("created_at", Int), ("expires_at", Int), ("revoked_at", Int), ("prefix", Text),
    ] },
    Layout { table: "custom_role", replaced_by: Some(1), columns: &[
        ("id", Id), ("name", Text), ("base", Text), ("withheld", Bytes), ("caps", Bytes), ("retired", Bool),
        ("created_at", Int), ("version", Int),
    ] },
    Layout { table: "second_factor", replaced_by: Some(1), columns: &[
        ("member", Id), ("seed", Bytes), ("added_at", Int), ("confirmed_at", Int), ("last_step", Int),
        ("recovery", Bytes), ("removed_at", Int),
    ] },
    Layout { table: "pin", replaced_by: Some(1), columns: &[
        ("member", Id), ("hash", Text), ("set_at", Int), ("removed_at", Int),
    ] },
    Layout { table: "till", replaced_by: Some(1), columns: &[
        ("id", Id), ("name", Text), ("token_hash", Bytes), ("enrolled_by", Id), ("enrolled_at", Int),
        ("revoked_at", Int),
    ] },
    Layout { table: "link", replaced_by: Some(1), columns: &[
        ("id", Id), ("member", Id), ("purpose", Text), ("token_hash", Bytes), ("code_hash", Text),
        ("browser", Bytes), ("made_at", Int), ("expires_at", Int), ("used_at", Int),
    ] },
    Layout { table: "approval", replaced_by: Some(1), columns: &[
        ("id", Id), ("action", Text), ("subject", Text), ("command", Text), ("digest", Bytes),
        ("asked_by", Id), ("session", Id), ("asked_at", Int), ("expires_at", Int), ("state", Text),
        ("decided_by", Id), ("decided_at", Int), ("reason", Text),
    ] },
    Layout { table: "mail", replaced_by: Some(1), columns: &[
        ("id", Id), ("kind", Text), ("member", Id), ("recipient", Text), ("content", Bytes),
        ("queued_at", Int),
    ] },
    Layout { table: "business", replaced_by: Some(0), columns: &[
        ("state", Text), ("legal_name", Text), ("address", Text), ("gstin", Text), ("scheme", Text),
        ("version", Int), ("rate_move", Int),
    ] },
    Layout { table: "rate", replaced_by: None, columns: &[
        ("id", Id), ("metal", Text), ("fineness", Int), ("kind", Text), ("currency", Text), ("amount", Int),
        ("per", Int), ("business_date", Date), ("effective_from", Int), ("supersedes", Id),
        ("basis", Text), ("multiple", Int), ("reason", Text),
    ] },
    Layout { table: "party", replaced_by: Some(1), columns: &[
        ("id", Id), ("kind", Text), ("name", Text), ("phone", Text), ("email", Text), ("gstin", Text),
        ("pan", Bytes), ("state", Text), ("address", Text), ("created_at", Int), ("version", Int),
        ("identity", Bytes),
    ] },
    Layout { table: "account", replaced_by: Some(1), columns: &[
        ("id", Id), ("code", Text), ("name", Text), ("class", Text), ("commodity", Text), ("purpose", Text),
        ("party", Id), ("state", Text), ("opened_at", Int),
    ] },
    Layout { table: "bill_note", replaced_by: Some(1), columns: &[
        ("id", Id), ("kind", Text), ("number", Text), ("invoice", Id), ("invoice_number", Text),
        ("invoice_date", Date), ("party", Id), ("business_date", Date), ("issued_at", Int),
        ("place_of_supply", Text), ("reason_code", Text), ("reason", Text), ("tax_effect", Bool),
        ("currency", Text), ("taxable", Int), ("cgst", Int), ("sgst", Int), ("igst", Int), ("total", Int),
        ("round_off", Int), ("payable", Int), ("entry", Id), ("state", Text), ("cancel_reason", Text),
        ("cancelled_at", Int), ("version", Int),
    ] },
    Layout { table: "bill_note_line", replaced_by: None, columns: &[
        ("note", Id), ("line", Int), ("invoice_line", Int), ("item", Id), ("lot", Id), ("description", Text),
        ("metal", Text), ("hsn", Text), ("fineness", Int), ("pieces", Int), ("net", Int), ("fine", Int),
        ("currency", Text), ("cost", Int), ("metal_value", Int), ("wastage_value", Int), ("making_value", Int),
        ("stones_value", Int), ("other_value", Int), ("discount", Int), ("bill_discount", Int),
        ("taxable", Int), ("tax_rate", Int), ("cgst", Int), ("sgst", Int), ("igst", Int),
    ] },
    Layout { table: "refund", replaced_by: Some(1), columns: &[
        ("id", Id), ("number", Text), ("party", Id), ("mode", Text), ("currency", Text), ("amount", Int),
        ("reference", Text), ("note", Id), ("reason", Text), ("over_cash_limit", Bool), ("business_date", Date),
        ("recorded_at", Int), ("entry", Id), ("state", Text), ("reverse_reason", Text), ("reversed_at", Int),
        ("version", Int), ("advance", Id),
    ] },
    Layout { table: "booking", replaced_by: Some(1), columns: &[
        ("id", Id), ("number", Text), ("party", Id), ("metal", Text), ("fineness", Int), ("weight", Int),
        ("rate_id", Id), ("currency", Text), ("rate_amount", Int), ("rate_per", Int), ("policy", Text),
        ("least_advance", Int), ("expires", Date), ("advanced", Int), ("used", Int), ("business_date", Date),
        ("booked_at", Int), ("state", Text), ("cancel_reason", Text), ("cancelled_at", Int), ("version", Int),
    ] },
    Layout { table: "advance", replaced_by: Some(1), columns: &[
        ("id", Id), ("number", Text), ("party", Id), ("mode", Text), ("currency", Text), ("amount", Int),
        ("reference", Text), ("booking", Id), ("used", Int), ("business_date", Date), ("recorded_at", Int),
        ("entry", Id), ("state", Text), ("reverse_reason", Text), ("reversed_at", Int), ("version", Int),
        ("occasion", Text),
    ] },
    Layout { table: "metal_voucher", replaced_by: Some(1), columns: &[
        ("id", Id), ("kind", Text), ("number", Text), ("party", Id), ("business_date", Date),
        ("recorded_at", Int), ("reference", Text), ("reference_date", Date), ("reference_year", Int),
        ("declared", Bool), ("place_of_supply", Text), ("currency", Text), ("value", Int), ("cgst", Int),
        ("sgst", Int), ("igst", Int), ("round_off", Int), ("total", Int), ("settled", Int),
        ("reason", Text), ("entry", Id), ("state", Text), ("cancel_reason", Text), ("cancelled_at", Int),
        ("version", Int), ("rate_kind", Text),
    ] },
    Layout { table: "metal_voucher_line", replaced_by: None, columns: &[
        ("voucher", Id), ("line", Int), ("role", Text), ("item", Id), ("lot", Id), ("description", Text),
        ("metal", Text), ("fineness", Int), ("gross", Int), ("less", Int), ("net", Int), ("fine", Int),
        ("hsn", Text), ("rate_id", Id), ("currency", Text), ("rate_amount", Int), ("rate_per", Int),
        ("value", Int), ("labour", Int), ("tax_rate", Int), ("cgst", Int), ("sgst", Int), ("igst", Int),
        ("cost", Int),
    ] },
    Layout { table: "payment", replaced_by: Some(1), columns: &[
        ("id", Id), ("number", Text), ("party", Id), ("mode", Text), ("currency", Text), ("amount", Int),
        ("reference", Text), ("voucher", Id), ("business_date", Date), ("recorded_at", Int), ("entry", Id),
        ("over_cash_limit", Bool), ("state", Text), ("reverse_reason", Text), ("reversed_at", Int),
        ("version", Int),
    ] },
    Layout { table: "journal_voucher", replaced_by: Some(1), columns: &[
        ("id", Id), ("number", Text), ("remark", Text), ("currency", Text), ("total", Int),
        ("business_date", Date), ("recorded_at", Int), ("entry", Id), ("state", Text),
        ("reverse_reason", Text), ("reversed_at", Int), ("version", Int),
    ] },
];

#[cfg(test)]
mod tests {
    use aurex_core::audit::Class;
    use aurex_core::store::{TABLES, TableKind};

    use super::*;

    #[test]
    fn every_field_of_every_table_of_facts_has_its_column() {
        for table in TABLES.iter().filter(|table| !table.fields.is_empty()) {
            let layout = layout_of(table.name).unwrap_or_else(|| panic!("{} has no layout", table.name));
            let fields: Vec<_> = table.fields.iter().map(|field| field.name).collect();
            let (columns, rest): (Vec<_>, Vec<_>) =
                layout.columns.iter().map(|(name, _)| *name).partition(|name| fields.contains(name));
            assert_eq!(columns, fields, "{}", table.name);
            // What is beside the fields is the currency of the row's amounts.
            assert!(rest.is_empty() || rest == ["currency"], "{}: {rest:?}", table.name);
        }
    }

    #[test]
    fn the_columns_stand_in_the_order_of_the_tables() {
        let sql = concat!(
            include_str!("../../migrations/0004_tables.sql"),
            include_str!("../../migrations/0009_notes.sql"),
            include_str!("../../migrations/0010_metal.sql"),
            include_str!("../../migrations/0012_bookings.sql"),
            include_str!("../../migrations/0014_invoice_parties.sql"),
            include_str!("../../migrations/0015_journal_vouchers.sql"),
        );
        for layout in LAYOUTS {
            let (_, table) = sql.split_once(&format!("CREATE TABLE aurex.{} (\n", layout.table)).unwrap();
            let (columns, _) = table.split_once("    PRIMARY KEY").unwrap();
            let columns: Vec<_> = columns
                .lines()
                .map(|line| {
                    let mut words = line.split_whitespace();
                    (words.next().unwrap(), words.next().unwrap().trim_end_matches(','))
                })
                .collect();
            let word = |kind| match kind {
                Bool => "BOOLEAN",
                Bytes => "BYTEA",
                Date => "DATE",
                Id => "UUID",
                Int => "BIGINT",
                Text => "TEXT",
            };
            let ours = layout.columns.iter().map(|(name, kind)| (*name, word(*kind)));
            let ours: Vec<_> = std::iter::once(("tenant_id", "UUID")).chain(ours).collect();
            assert_eq!(ours, columns, "{}", layout.table);
        }
    }

    #[test]
    fn state_is_replaced_by_its_key_and_what_is_append_only_never() {
        for table in TABLES.iter().filter(|table| !table.fields.is_empty()) {
            let keys = table.fields.iter().take_while(|field| field.class == Class::Key).count();
            let replaced_by = (table.kind == TableKind::State).then_some(keys);
            assert_eq!(layout_of(table.name).unwrap().replaced_by, replaced_by, "{}", table.name);
        }
    }
}
