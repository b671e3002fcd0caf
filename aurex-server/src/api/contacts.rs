//! The workspace's own addresses: for notices and for bills.

use aurex_core::identity::actions::{ChangeContacts, VerifyContact};
use aurex_core::service::access::{contacts, set_contact, verify_contact};
use aurex_core::tenancy::{Contact, ContactKind};
use aurex_core::text::Email;
use aurex_core::time::Timestamp;
use poem_openapi::{Object, OpenApi, payload::Json};

use super::signed::{InPath, Signed};
use crate::http::answer::Page;
use crate::http::body::{Body, Text, choice, request};
use crate::http::problem::Problem;

choice! {
    /// What an address is for.
    pub enum ContactWord {
        /// What the operator has to tell: a breach, a change of terms, the end of a service.
        Notices = "notices",
        /// Bills for the service.
        Billing = "billing",
    }
}

impl From<ContactWord> for ContactKind {
    fn from(word: ContactWord) -> Self {
        match word {
            ContactWord::Notices => Self::Notices,
            ContactWord::Billing => Self::Billing,
        }
    }
}

request! {
    /// An address of the workspace's.
    pub struct ContactBody {
        /// The address.
        email: Email,
    }
}

request! {
    /// What proves that an address is read.
    pub struct ContactCodeBody {
        /// The code from the last mail to it.
        code: Text<1, 64>,
    }
}

/// An address of the workspace's.
#[derive(Debug, Clone, Object)]
pub struct ContactView {
    /// What it is for: `notices` or `billing`.
    pub kind: String,
    /// The address.
    pub email: String,
    /// `unverified`; `verified`; `due` when the last proof is a year old; `bounced` when mail to it was refused since.
    pub state: String,
    /// When the last code was sent; it is good for a day.
    pub asked_at: String,
    /// When a code was last given.
    pub verified_at: Option<String>,
    /// When a mail to it was last refused for good.
    pub bounced_at: Option<String>,
    /// How many were since the last proof.
    pub bounces: u32,
}

fn view(contact: &Contact, now: Timestamp) -> ContactView {
    ContactView {
        kind: contact.kind.code().to_owned(),
        email: contact.email.as_str().to_owned(),
        state: contact.state(now).code().to_owned(),
        asked_at: contact.asked_at.to_string(),
        verified_at: contact.verified_at.map(|at| at.to_string()),
        bounced_at: contact.bounced_at.map(|at| at.to_string()),
        bounces: contact.bounces,
    }
}

/// The workspace's own addresses.
pub struct Contacts;

#[OpenApi]
impl Contacts {
    /// Lists the workspace's own addresses, and whether they reach anybody.
    #[oai(path = "/:w/contacts", method = "get", operation_id = "listContacts")]
    async fn list(&self, w: Signed) -> Result<Json<Page<ContactView>>, Problem> {
        let now = w.road().clock.now();
        let found = w.check(contacts(w.road(), w.scope()).await).await?;
        Ok(Json(Page { items: found.iter().map(|contact| view(contact, now)).collect(), next: None }))
    }

    /// Sets the address for notices or for bills, and sends it a code that is good for a day. The same address again has
    /// another code sent, for one that is lost or after a year. Needs a fresh proof.
    #[oai(path = "/:w/contacts/:kind", method = "post", operation_id = "setContact")]
    async fn set(
        &self,
        w: Signed,
        kind: InPath<ContactWord>,
        body: Body<ContactBody>,
    ) -> Result<Json<ContactView>, Problem> {
        w.may::<ChangeContacts>().await?;
        let email = body.into_inner().email;
        let done = w.check(set_contact(w.road(), w.scope(), (*kind).into(), email).await).await?;
        Ok(Json(view(&done.value, w.road().clock.now())))
    }

    /// Proves that an address is read, by the code in the last mail to it. Five tries a code.
    #[oai(path = "/:w/contacts/:kind/verify", method = "post", operation_id = "verifyContact")]
    async fn verify(
        &self,
        w: Signed,
        kind: InPath<ContactWord>,
        body: Body<ContactCodeBody>,
    ) -> Result<Json<ContactView>, Problem> {
        w.may::<VerifyContact>().await?;
        let code = body.into_inner().code;
        let done =
            w.check(verify_contact(w.sign_in(), w.scope(), (*kind).into(), code.as_str()).await).await?;
        Ok(Json(view(&done.value, w.road().clock.now())))
    }
}
