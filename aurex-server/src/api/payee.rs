//! Where the workspace's customers pay.

use aurex_core::identity::actions::ChangePayee;
use aurex_core::identity::payee::PayeePatch;
use aurex_core::service::access::{change_payee, payee};
use aurex_core::shop::print::PrintedPay;
use aurex_core::tenancy::{AccountNumber, Ifsc, PayeeDetails, Vpa, Workspace};
use aurex_core::text::Name;
use poem_openapi::{Object, OpenApi};

use super::parties::touched;
use super::signed::Signed;
use super::wire::Money;
use crate::http::answer::Document;
use crate::http::body::{Body, Patch, Replace, request};
use crate::http::etag::{ETag, IfMatch};
use crate::http::problem::Problem;

request! {
    /// A bank account.
    pub struct BankAccountBody {
        /// Its number: nine to eighteen digits.
        number: AccountNumber,
        /// The branch's code: four letters, a nought, six letters or figures.
        ifsc: Ifsc,
    }
}

request! {
    /// What shall be different about where customers pay. The first time the name has to be there.
    pub struct PayeePatchBody {
        /// Whose account it is, as a payer's app shows it.
        name: Replace<Name>,
        /// The UPI id, `meena@okbank`; `null` for none.
        upi_id: Patch<Vpa>,
        /// The bank account; `null` for none.
        bank: Patch<BankAccountBody>,
    }
}

/// A bank account.
#[derive(Debug, Clone, Object)]
pub struct BankAccountView {
    /// Its number.
    pub number: String,
    /// The branch's code.
    pub ifsc: String,
}

impl BankAccountView {
    fn of(number: Option<String>, ifsc: Option<String>) -> Option<Self> {
        number.zip(ifsc).map(|(number, ifsc)| Self { number, ifsc })
    }
}

/// Where the workspace's customers pay.
#[derive(Debug, Clone, Object)]
pub struct PayeeView {
    /// Whose account it is.
    pub name: Option<String>,
    /// The UPI id.
    pub upi_id: Option<String>,
    /// The bank account.
    pub bank: Option<BankAccountView>,
    /// The revision, for `If-Match`.
    pub etag: String,
}

/// How what is open on a bill is paid.
#[derive(Debug, Clone, Object)]
pub struct PayView {
    /// Whose account it is.
    pub name: String,
    /// What is open.
    pub amount: Money,
    /// The UPI id.
    pub upi_id: Option<String>,
    /// The link that a payer's app opens, or reads as a code: it has the amount and the bill's number in it.
    pub upi_link: Option<String>,
    /// The bank account.
    pub bank: Option<BankAccountView>,
}

impl From<PrintedPay> for PayView {
    fn from(pay: PrintedPay) -> Self {
        let PrintedPay { name, open, vpa, link, bank } = pay;
        let bank = bank.map(|(number, ifsc)| BankAccountView { number, ifsc });
        Self { name, amount: open.into(), upi_id: vpa, upi_link: link, bank }
    }
}

fn etag(workspace: &Workspace) -> ETag {
    ETag::of_revision(workspace.version.into())
}

impl From<Workspace> for PayeeView {
    fn from(workspace: Workspace) -> Self {
        let etag = etag(&workspace).as_str().to_owned();
        let Some(PayeeDetails { name, vpa, account, ifsc }) = workspace.payee else {
            return Self { name: None, upi_id: None, bank: None, etag };
        };
        let text = |label: Option<aurex_core::text::Label>| label.map(|label| label.to_string());
        let bank = BankAccountView::of(text(account), text(ifsc));
        Self { name: Some(name.to_string()), upi_id: text(vpa), bank, etag }
    }
}

/// Where the workspace's customers pay.
pub struct Payee;

#[OpenApi]
impl Payee {
    /// Shows where the workspace's customers pay, as its bills say it.
    #[oai(path = "/:w/payee", method = "get", operation_id = "showPayee")]
    async fn show(&self, w: Signed) -> Result<Document<PayeeView>, Problem> {
        let workspace = w.check(payee(w.road(), w.scope()).await).await?;
        Ok(Document { etag: etag(&workspace), value: workspace.into() })
    }

    /// Changes where customers pay. The owner's alone; needs a fresh proof; every owner is told by mail. From then on every
    /// bill on which something is open says it, bills of earlier days too.
    #[oai(path = "/:w/payee", method = "patch", operation_id = "changePayee")]
    async fn change(
        &self,
        w: Signed,
        #[oai(name = "If-Match")] if_match: IfMatch,
        body: Body<PayeePatchBody>,
    ) -> Result<Document<PayeeView>, Problem> {
        w.may::<ChangePayee>().await?;
        let expected = if_match.required()?.revision();
        let PayeePatchBody { name, upi_id, bank } = body.into_inner();
        let bank = touched(bank).map(|bank| bank.map(|bank| (bank.number, bank.ifsc)));
        let patch = PayeePatch { name: name.0, vpa: touched(upi_id), bank };
        let done = w.check(change_payee(w.road(), w.scope(), expected, patch).await).await?;
        Ok(Document { etag: etag(&done.value), value: done.value.into() })
    }
}
