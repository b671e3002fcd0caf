//! Where people are signed in: one's own sessions, and for owners and admins everybody's.

use aurex_core::identity::actions::SignMemberOut;
use aurex_core::service::access::{
    ConcurrentUse, OpenSession, concurrent_use, end_other_sessions, end_own_session, member_sessions,
    own_sessions, sign_everybody_out, sign_member_out,
};
use aurex_core::tenancy::{MemberId, SessionId};
use poem_openapi::{Object, OpenApi, payload::Json};

use super::signed::{InPath, Signed};
use crate::http::answer::{Done, Page};
use crate::http::problem::Problem;

/// A session that can be used.
#[derive(Debug, Clone, Object)]
pub struct OpenSessionView {
    /// The id.
    pub id: String,
    /// Whether it is the one that asks.
    pub current: bool,
    /// What browser on what device, as far as it says so.
    pub device: Option<String>,
    /// The address that it was opened from.
    pub address: Option<String>,
    /// When it was opened.
    pub opened_at: String,
    /// When it was last used, to the minute.
    pub used_at: String,
    /// When it ends whatever happens.
    pub expires_at: String,
    /// How its holder proved who they are: `one_time_secret`, `pin`, `link`, `password` or `second_factor`.
    pub assurance: String,
    /// The shared till that it is on.
    pub till: Option<String>,
}

impl From<OpenSession> for OpenSessionView {
    fn from(open: OpenSession) -> Self {
        let session = open.session;
        Self {
            id: session.id.to_string(),
            current: open.is_current,
            device: session.agent.as_deref().map(device),
            address: session.address,
            opened_at: session.opened_at.to_string(),
            used_at: open.used_at.to_string(),
            expires_at: session.expires_at.to_string(),
            assurance: session.assurance.code().to_owned(),
            till: session.till.map(|till| till.to_string()),
        }
    }
}

/// Somebody whose sessions were used from several networks within the last hour.
#[derive(Debug, Clone, Object)]
pub struct ConcurrentUseView {
    /// The member's id.
    pub member_id: String,
    /// Their name.
    pub name: String,
    /// Their sessions that were used within the last hour, the last used first.
    pub sessions: Vec<OpenSessionView>,
}

impl From<ConcurrentUse> for ConcurrentUseView {
    fn from(found: ConcurrentUse) -> Self {
        Self {
            member_id: found.member.id.to_string(),
            name: found.member.name.to_string(),
            sessions: found.sessions.into_iter().map(OpenSessionView::from).collect(),
        }
    }
}

/// Names that browsers and systems go by in `User-Agent`. Most name others too, so the first that fits counts.
const BROWSERS: [(&str, &str); 6] = [
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser/", "Samsung Internet"),
    ("Firefox/", "Firefox"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
];
const SYSTEMS: [(&str, &str); 7] = [
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("Macintosh", "Mac"),
    ("CrOS", "ChromeOS"),
    ("Linux", "Linux"),
];

/// What somebody would call the device that says this of itself; the beginning of what it says where nobody would.
pub(super) fn device(agent: &str) -> String {
    let first = |names: &[(&str, &'static str)]| {
        names.iter().find(|(says, _)| agent.contains(says)).map(|(_, name)| *name)
    };
    match (first(&BROWSERS), first(&SYSTEMS)) {
        (Some(browser), Some(system)) => format!("{browser} on {system}"),
        (Some(browser), None) => browser.to_owned(),
        _ => agent.chars().take(60).collect(),
    }
}

fn whole<T: Into<U>, U: poem_openapi::types::Type + poem_openapi::types::ToJSON>(
    items: Vec<T>,
) -> Json<Page<U>> {
    Json(Page { items: items.into_iter().map(Into::into).collect(), next: None })
}

/// Where people are signed in.
pub struct Whereabouts;

#[OpenApi]
impl Whereabouts {
    /// Lists one's own sessions that can be used, the last used first.
    #[oai(path = "/:w/sessions", method = "get", operation_id = "listSessions")]
    async fn list(&self, w: Signed) -> Result<Json<Page<OpenSessionView>>, Problem> {
        Ok(whole(w.check(own_sessions(w.road(), w.scope()).await).await?))
    }

    /// Ends one's own sessions but the one that asks.
    #[oai(path = "/:w/sessions", method = "delete", operation_id = "endOtherSessions")]
    async fn end_others(&self, w: Signed) -> Result<Done, Problem> {
        w.check(end_other_sessions(w.road(), w.scope()).await).await?;
        Ok(Done)
    }

    /// Ends a session of one's own.
    #[oai(path = "/:w/sessions/:id", method = "delete", operation_id = "endSession")]
    async fn end(&self, w: Signed, id: InPath<SessionId>) -> Result<Done, Problem> {
        w.check(end_own_session(w.road(), w.scope(), *id).await).await?;
        Ok(Done)
    }

    /// Lists where a member is signed in, the last used session first.
    #[oai(path = "/:w/members/:id/sessions", method = "get", operation_id = "listMemberSessions")]
    async fn of_member(
        &self,
        w: Signed,
        id: InPath<MemberId>,
    ) -> Result<Json<Page<OpenSessionView>>, Problem> {
        Ok(whole(w.check(member_sessions(w.road(), w.scope(), *id).await).await?))
    }

    /// Signs a member out everywhere.
    #[oai(path = "/:w/members/:id/sessions", method = "delete", operation_id = "signMemberOut")]
    async fn sign_out(&self, w: Signed, id: InPath<MemberId>) -> Result<Done, Problem> {
        w.may::<SignMemberOut>().await?;
        w.check(sign_member_out(w.road(), w.scope(), *id).await).await?;
        Ok(Done)
    }

    /// Signs everybody out everywhere, but for the session that asks. For owners.
    #[oai(path = "/:w/member-sessions", method = "delete", operation_id = "signEverybodyOut")]
    async fn sign_everybody_out(&self, w: Signed) -> Result<Done, Problem> {
        w.check(sign_everybody_out(w.road(), w.scope()).await).await?;
        Ok(Done)
    }

    /// Lists the members whose sessions were used from several networks within the last hour: a login that is shared,
    /// or stolen, or somebody whose telephone changed its network. It is a hint, and nothing was refused.
    #[oai(path = "/:w/member-activity", method = "get", operation_id = "listConcurrentUse")]
    async fn concurrent(&self, w: Signed) -> Result<Json<Page<ConcurrentUseView>>, Problem> {
        Ok(whole(w.check(concurrent_use(w.road(), w.scope()).await).await?))
    }
}

#[cfg(test)]
mod tests {
    use super::device;

    #[test]
    fn a_device_is_called_what_people_call_it() {
        let chrome = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) \
                      Chrome/141.0.0.0 Safari/537.36";
        assert_eq!(device(chrome), "Chrome on Windows");
        assert_eq!(device(&format!("{chrome} Edg/141.0.0.0")), "Edge on Windows");
        let firefox = "Mozilla/5.0 (Android 15; Mobile; rv:144.0) Gecko/144.0 Firefox/144.0";
        assert_eq!(device(firefox), "Firefox on Android");
        assert_eq!(device("curl/8.15.0"), "curl/8.15.0");
        assert_eq!(device(&"x".repeat(256)).len(), 60);
    }
}
