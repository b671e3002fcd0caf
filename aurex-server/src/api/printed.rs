//! A bill on paper: as a PDF, and as a page that a browser prints.

use askama::Template;
use aurex_core::service::{shop, transparency};
use aurex_core::shop::invoices::InvoiceId;
use aurex_core::shop::print::{BillCopy, PrintedBill};
use poem::http::header;
use poem::{IntoResponse, Response};
use poem_openapi::registry::{
    MetaMediaType, MetaResponse, MetaResponses, MetaSchema, MetaSchemaRef, Registry,
};
use poem_openapi::{ApiResponse, OpenApi};

use super::proofs::link;
use super::qr;
use super::signed::{InPath, Signed};
use crate::http::body::choice;
use crate::http::parameter::Query;
use crate::http::problem::{Code, Problem};
use crate::print::{Paper, PrintError, pdf};

choice! {
    /// What a bill is printed on.
    pub enum PaperWord {
        /// 210 by 297 mm.
        A4 = "a4",
        /// 148 by 210 mm.
        A5 = "a5",
        /// A till's roll, 80 mm wide.
        Roll = "roll",
    }
}

choice! {
    /// Whose copy of a bill it is.
    pub enum CopyWord {
        /// For whoever buys.
        Original = "original",
        /// For whoever carries the goods.
        Duplicate = "duplicate",
        /// For the shop.
        Triplicate = "triplicate",
    }
}

impl From<PaperWord> for Paper {
    fn from(word: PaperWord) -> Self {
        match word {
            PaperWord::A4 => Self::A4,
            PaperWord::A5 => Self::A5,
            PaperWord::Roll => Self::Roll,
        }
    }
}

impl From<CopyWord> for BillCopy {
    fn from(word: CopyWord) -> Self {
        match word {
            CopyWord::Original => Self::Original,
            CopyWord::Duplicate => Self::Duplicate,
            CopyWord::Triplicate => Self::Triplicate,
        }
    }
}

macro_rules! printed_as {
    ($(#[doc = $doc:literal])* $name:ident, $content_type:literal, $description:literal, $kind:literal, $format:expr) => {
        $(#[doc = $doc])*
        pub struct $name(Response);

        impl IntoResponse for $name {
            fn into_response(self) -> Response {
                self.0
            }
        }

        impl ApiResponse for $name {
            fn meta() -> MetaResponses {
                let schema = MetaSchema { format: $format, ..MetaSchema::new($kind) };
                let schema = MetaSchemaRef::Inline(Box::new(schema));
                let content = vec![MetaMediaType { content_type: $content_type, schema }];
                let (status, status_range, headers) = (Some(200), None, Vec::new());
                let response = MetaResponse { description: $description, status, status_range, content, headers };
                MetaResponses { responses: vec![response] }
            }

            fn register(_registry: &mut Registry) {}
        }
    };
}

printed_as! {
    /// A PDF.
    PdfFile, "application/pdf", "The file.", "string", Some("binary")
}

printed_as! {
    /// A page.
    BillPage, "text/html; charset=utf-8", "The page.", "string", None
}

printed_as! {
    /// An e-invoice.
    EInvoiceFile, "application/json; charset=utf-8", "The document.", "object", None
}

#[derive(Template)]
#[template(path = "web/bill.html")]
struct Shown<'a> {
    bill: &'a PrintedBill,
    paper: &'static str,
    /// How many columns stand between a line's number and its amount: on a roll the figures are below the description.
    span: u8,
    code: Option<&'a str>,
    pay_code: Option<&'a str>,
}

/// What is printed, and the link that its code says.
async fn printed(
    w: &Signed,
    id: InvoiceId,
    copy: Option<CopyWord>,
) -> Result<(PrintedBill, String), Problem> {
    let copy = copy.unwrap_or(CopyWord::Original).into();
    let bill = w.check(shop::printed_invoice(w.road(), w.scope(), id, copy).await).await?;
    let (named, leaf) = w.check(transparency::invoice_link(w.road(), w.scope(), id).await).await?;
    Ok((bill, link(w, &named, leaf)))
}

/// Bills on paper.
pub struct Printed;

#[OpenApi]
impl Printed {
    /// Prints a bill as a PDF: the same file for the same bill, with what the bill said on the day it was issued.
    ///
    /// It is offered as a download under the bill's number. What was received and is due is as of now, and so is where that is
    /// paid, with a code for a payer's app. The code at its
    /// foot leads to the page that says whether the bill is recorded and unchanged. 409 `invoice.letters_not_in_pdf` where
    /// a name is not in Latin letters; the page prints those.
    #[oai(path = "/:w/invoices/:id/pdf", method = "get", operation_id = "printInvoice")]
    async fn pdf(
        &self,
        w: Signed,
        id: InPath<InvoiceId>,
        paper: Query<Option<PaperWord>>,
        copy: Query<Option<CopyWord>>,
    ) -> Result<PdfFile, Problem> {
        let (bill, link) = printed(&w, *id, *copy).await?;
        let paper = paper.unwrap_or(PaperWord::A4).into();
        let file = pdf(&bill, Some(&link), paper).map_err(|error| match error {
            PrintError::Letters => Problem::new(Code::LettersNotInPdf),
            PrintError::Font => Problem::fault(error),
        })?;
        // A number has letters, figures, slashes and dashes.
        let name = bill.number.replace('/', "-");
        let response = Response::builder()
            .content_type("application/pdf")
            .header(header::CONTENT_DISPOSITION, format!("attachment; filename=\"{name}.pdf\""))
            .body(file);
        Ok(PdfFile(response))
    }

    /// Shows a bill as a page for a browser to print, in the letters of any script.
    #[oai(path = "/:w/invoices/:id/page", method = "get", operation_id = "showInvoicePage")]
    async fn page(
        &self,
        w: Signed,
        id: InPath<InvoiceId>,
        paper: Query<Option<PaperWord>>,
        copy: Query<Option<CopyWord>>,
    ) -> Result<BillPage, Problem> {
        let (bill, link) = printed(&w, *id, *copy).await?;
        let code = qr::svg(&link);
        let paper = paper.unwrap_or(PaperWord::A4);
        let span = if paper == PaperWord::Roll { 1 } else { 5 };
        let code = code.as_ref().map(|code| code.as_str());
        let pay_code = bill.pay.as_ref().and_then(|pay| qr::svg(pay.link.as_deref()?));
        let pay_code = pay_code.as_ref().map(|code| code.as_str());
        let shown = Shown { bill: &bill, paper: paper.as_str(), span, code, pay_code };
        let html = shown.render().map_err(Problem::fault)?;
        Ok(BillPage(Response::builder().content_type("text/html; charset=utf-8").body(html)))
    }

    /// Makes a bill's e-invoice: the JSON of Form GST INV-01, schema 1.1, as the registration portals take it.
    ///
    /// It is for bills to buyers with a GSTIN, and is sent nowhere: whether the shop's turnover makes it register its bills, and
    /// the registering itself, are the shop's. 409 `e_invoice.not_taxed`, `e_invoice.cancelled`,
    /// `e_invoice.buyer_not_registered`, `e_invoice.no_place` or `e_invoice.field` where there is none.
    #[oai(path = "/:w/invoices/:id/e-invoice", method = "get", operation_id = "showEInvoice")]
    async fn e_invoice(&self, w: Signed, id: InPath<InvoiceId>) -> Result<EInvoiceFile, Problem> {
        let made = w.check(shop::e_invoice(w.road(), w.scope(), *id).await).await?;
        let response = Response::builder().content_type("application/json; charset=utf-8");
        Ok(EInvoiceFile(response.body(made.json)))
    }
}
