//! Tables that a shop brings when it begins: customers, suppliers, goldsmiths, pieces.

use aurex_core::service::ServiceError;
use aurex_core::service::shop::{self, Imported};
use aurex_core::shop::parties::{Customers, Goldsmiths, Kept, PARTY_COLUMNS, Suppliers};
use aurex_core::shop::stock::ITEM_COLUMNS;
use aurex_core::shop::tables::{Cells, Column};
use poem_openapi::{Object, OpenApi, payload::Json};

use super::rates::RowProblemView;
use super::signed::Signed;
use crate::http::body::{Body, Contents, request};
use crate::http::problem::Problem;
use crate::import::{self, Brought};

request! {
    /// A table to be brought.
    pub struct TableBody {
        /// Comma-separated text. Its first line names the columns, in any order. At most 500 rows.
        csv: Contents<1, 65536>,
        /// Whether to look at it only.
        dry_run: Option<bool>,
    }
}

/// What became of a table.
#[derive(Debug, Clone, Object)]
pub struct TableView {
    /// How many of its rows can be recorded.
    pub rows: u64,
    /// Whether they are recorded now. They are not after a dry run, or where anything is wrong with the table.
    pub recorded: bool,
    /// Everything that is wrong with the table, by line.
    pub problems: Vec<RowProblemView>,
}

/// How many rows come in one transaction. Longer lists come as several tables.
const MOST_ROWS: usize = 500;

/// A table as it was read, and what to do with it.
struct Table {
    brought: Brought,
    dry_run: bool,
}

impl Table {
    fn of(body: Body<TableBody>, columns: &'static [Column]) -> Self {
        let body = body.into_inner();
        let brought = import::read(body.csv.as_str(), columns, MOST_ROWS);
        let dry_run = body.dry_run.unwrap_or(false) || !brought.problems.is_empty();
        Self { brought, dry_run }
    }

    fn rows(&self) -> &[Cells] {
        &self.brought.rows
    }

    async fn told(
        self,
        w: &Signed,
        done: Result<Imported, ServiceError>,
    ) -> Result<Json<TableView>, Problem> {
        let Imported { rows, recorded, problems } = w.check(done).await?;
        let mut all = self.brought.problems;
        all.extend(problems);
        all.sort_by_key(|problem| problem.line);
        Ok(Json(TableView {
            rows: u64::try_from(rows).unwrap_or(u64::MAX),
            recorded,
            problems: all.into_iter().map(RowProblemView::from).collect(),
        }))
    }
}

async fn bring<K: Kept>(w: &Signed, body: Body<TableBody>) -> Result<Json<TableView>, Problem> {
    let table = Table::of(body, PARTY_COLUMNS);
    let done = shop::import_parties::<K>(w.road(), w.scope(), table.rows(), table.dry_run).await;
    table.told(w, done).await
}

/// What a shop brings.
pub struct Imports;

#[OpenApi]
impl Imports {
    /// Records a table of customers, with what stood open: all of them, or none where anything is wrong with it. The
    /// columns are `name`, and where there is something to say `phone`, `email`, `gstin`, `pan`, `state`, `address`,
    /// `owes_us`, `we_owe`. Who is on record already is a problem, so that the same table twice records nobody twice. What
    /// stood open takes `party.open_balance` as well.
    #[oai(path = "/:w/customers/import", method = "post", operation_id = "importCustomers")]
    async fn customers(&self, w: Signed, body: Body<TableBody>) -> Result<Json<TableView>, Problem> {
        bring::<Customers>(&w, body).await
    }

    /// Records a table of suppliers, with what stood open; as that of customers.
    #[oai(path = "/:w/suppliers/import", method = "post", operation_id = "importSuppliers")]
    async fn suppliers(&self, w: Signed, body: Body<TableBody>) -> Result<Json<TableView>, Problem> {
        bring::<Suppliers>(&w, body).await
    }

    /// Records a table of goldsmiths, with what stood open; as that of customers.
    #[oai(path = "/:w/goldsmiths/import", method = "post", operation_id = "importGoldsmiths")]
    async fn goldsmiths(&self, w: Signed, body: Body<TableBody>) -> Result<Json<TableView>, Problem> {
        bring::<Goldsmiths>(&w, body).await
    }

    /// Records a table of pieces and posts them as opening stock: all of them, or none where anything is wrong with it. The
    /// columns are `tag`, `description`, `commodity`, `fineness`, `gross_g`, `hsn`, and where there is something to say
    /// `huid`, `less_g`, `cost` and one of `making_percent`, `making_per_gram`, `making_fixed`. Pieces with stones are
    /// recorded one by one.
    #[oai(path = "/:w/items/import", method = "post", operation_id = "importItems")]
    async fn items(&self, w: Signed, body: Body<TableBody>) -> Result<Json<TableView>, Problem> {
        let table = Table::of(body, ITEM_COLUMNS);
        let done = shop::import_items(w.road(), w.scope(), table.rows(), table.dry_run).await;
        table.told(&w, done).await
    }
}
