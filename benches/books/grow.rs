//! The statements that repeat a shop's bills. Each bill brings its entry, postings, lines and parties; kept balances are
//! then made the sums of the postings, which is what the store's own turns keep them.

/// How a database says what the two say differently.
pub struct Dialect {
    /// Before a table's name.
    pub schema: &'static str,
    /// The numbers below `{}`, as a relation `place (n)`.
    pub places: &'static str,
    /// An id that nothing else has, later ones with later days as the store makes them.
    pub id: &'static str,
    /// So many days (`n % 365`) before the bill's own date.
    pub date: &'static str,
    /// The number, its digits at the end replaced by `n + 1001`, above those of its own bills.
    pub number: &'static str,
    /// The shop, in the condition of a statement.
    pub tenant: String,
}

impl Dialect {
    /// PostgreSQL's.
    pub fn postgres(tenant: &str) -> Self {
        Self {
            schema: "aurex.",
            places: "generate_series(0, {} - 1) AS place (n)",
            id: "(lpad(to_hex((364 - n % 365)::int), 8, '0') || right(md5(random()::text), 24))::uuid",
            date: "bill.business_date - (n % 365)::int",
            number: "left(bill.number, length(bill.number) - 6) || lpad((n + 1001)::text, 6, '0')",
            tenant: format!("'{tenant}'"),
        }
    }

    /// SQLite's.
    pub fn sqlite(tenant: &str) -> Self {
        Self {
            schema: "",
            places: "(WITH RECURSIVE place (n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM place WHERE n + 1 < {}) \
                     SELECT n FROM place) AS place",
            id: "CAST(printf('%08d', 364 - n % 365) || hex(randomblob(4)) AS BLOB)",
            date: "date(bill.business_date, '-' || (n % 365) || ' days')",
            number: "substr(bill.number, 1, length(bill.number) - 6) || printf('%06d', n + 1001)",
            tenant: format!("unhex('{}')", tenant.replace('-', "")),
        }
    }

    /// The year's bills by what they are made of: `columns` says which columns a table has.
    pub fn growing(&self, bills: u32, columns: impl Fn(&str) -> Vec<String>) -> Vec<String> {
        let (schema, tenant) = (self.schema, &self.tenant);
        let places = self.places.replace("{}", &bills.to_string());
        let mut all = vec![format!(
            "CREATE TABLE made AS SELECT n, bill.id AS bill, bill.entry AS entry, {id} AS new_bill, {id} AS new_entry,
                 {date} AS date, {number} AS number
             FROM {places}
             JOIN (SELECT row_number() OVER (ORDER BY id) - 1 AS k, count(*) OVER () AS had, i.*
                   FROM {schema}invoice AS i WHERE tenant_id = {tenant}) AS bill ON bill.k = n % bill.had",
            id = self.id,
            date = self.date,
            number = self.number,
        )];
        // One bill in ten is a business's.
        let gstin = "CASE WHEN n % 10 = 0 THEN '29AABCF8078M1C8' ELSE of.buyer_gstin END";
        type Instead<'a> = &'a [(&'a str, &'a str)];
        let with: [(&str, &str, Instead<'_>); 5] = [
            ("journal_entry", "id = made.entry", &[("id", "new_entry"), ("effective", "made.date")]),
            ("posting", "entry = made.entry", &[("entry", "new_entry"), ("effective", "made.date")]),
            (
                "invoice",
                "id = made.bill",
                &[
                    ("id", "new_bill"),
                    ("entry", "new_entry"),
                    ("business_date", "made.date"),
                    ("number", "made.number"),
                ],
            ),
            ("invoice_line", "invoice = made.bill", &[("invoice", "new_bill")]),
            ("invoice_parties", "invoice = made.bill", &[("invoice", "new_bill"), ("buyer_gstin", gstin)]),
        ];
        for (table, of, instead) in with {
            let columns = columns(table);
            let said = columns.iter().map(|column| {
                let other = instead.iter().find(|(name, _)| name == column);
                other.map_or_else(|| format!("of.{column}"), |(_, expression)| (*expression).to_owned())
            });
            let said: Vec<String> = said.collect();
            all.push(format!(
                "INSERT INTO {schema}{table} ({}) SELECT {} FROM {schema}{table} AS of
                 JOIN made ON of.tenant_id = {tenant} AND of.{of}",
                columns.join(", "),
                said.join(", "),
            ));
        }
        let sum = |side: &str| {
            format!(
                "(SELECT coalesce(sum({side}), 0) FROM {schema}posting AS p
                  WHERE p.tenant_id = {schema}balance.tenant_id AND p.account = {schema}balance.account)",
            )
        };
        let [debit, credit] = [
            sum("CASE WHEN p.amount > 0 THEN p.amount ELSE 0 END"),
            sum("CASE WHEN p.amount < 0 THEN -p.amount ELSE 0 END"),
        ];
        all.push(format!(
            "UPDATE {schema}balance SET debit = {debit}, credit = {credit} WHERE tenant_id = {tenant}"
        ));
        all.push("DROP TABLE made".to_owned());
        all
    }

    /// Every account's postings summed: what a trial balance is without kept balances.
    pub fn sums(&self) -> String {
        let (schema, tenant) = (self.schema, &self.tenant);
        format!(
            "SELECT account, sum(amount) FROM {schema}posting WHERE tenant_id = {tenant} GROUP BY account"
        )
    }

    /// The taxable value of all lines by code and rate: the least that a return's summary reads.
    pub fn by_code(&self) -> String {
        let (schema, tenant) = (self.schema, &self.tenant);
        format!(
            "SELECT l.hsn, l.tax_rate, i.place_of_supply, s.buyer_gstin IS NULL, sum(l.net), sum(l.taxable), sum(l.cgst),
                 sum(l.sgst), sum(l.igst)
             FROM {schema}invoice AS i
             JOIN {schema}invoice_parties AS s ON s.tenant_id = i.tenant_id AND s.invoice = i.id
             JOIN {schema}invoice_line AS l ON l.tenant_id = i.tenant_id AND l.invoice = i.id
             WHERE i.tenant_id = {tenant} AND i.state <> 'cancelled'
             GROUP BY l.hsn, l.tax_rate, i.place_of_supply, s.buyer_gstin IS NULL"
        )
    }
}
