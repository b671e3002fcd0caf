//! The pages of a workspace: signing in, what mails lead to, and what somebody signed in looks after by themselves.

use askama::Template;
use aurex_core::tenancy::Slug;
use poem::{Endpoint, IntoEndpoint as _, Request, Response, endpoint::make_sync};

use super::next::next;
use crate::http::limits::Limits;
use crate::http::origin::Place;
use crate::http::problem::{Code, Problem};
use crate::http::strict::Methods;

/// What a page is for. Its word stands in the path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Page {
    SignIn,
    Forgot,
    Reset,
    Join,
    Link,
    Account,
    SecondFactor,
    Approvals,
    Digest,
}

impl Page {
    fn of(word: &str) -> Option<Self> {
        Some(match word {
            "sign-in" => Self::SignIn,
            "forgot" => Self::Forgot,
            "reset" => Self::Reset,
            "join" => Self::Join,
            "link" => Self::Link,
            "account" => Self::Account,
            "second-factor" => Self::SecondFactor,
            "approvals" => Self::Approvals,
            "digest" => Self::Digest,
            _ => return None,
        })
    }

    const fn title(self) -> &'static str {
        match self {
            Self::SignIn => "Sign in",
            Self::Forgot => "Forgotten password",
            Self::Reset => "Set a new password",
            Self::Join => "Join",
            Self::Link => "Sign in by mail",
            Self::Account => "Your account",
            Self::SecondFactor => "Second factor",
            Self::Approvals => "What waits for approval",
            Self::Digest => "The week in the log",
        }
    }

    /// Whether it is of use to somebody who is signed in alone.
    const fn is_for_members(self) -> bool {
        matches!(self, Self::Account | Self::SecondFactor | Self::Approvals | Self::Digest)
    }
}

/// What both templates set.
#[derive(Clone, Copy)]
struct Frame<'a> {
    slug: &'a str,
    page: Page,
    /// In front of the words of the pages: nothing where the workspace has an origin of its own.
    base: &'a str,
    /// Where to go on, as it came and was allowed.
    next: Option<&'a str>,
    /// By which it is known when the page was made; nothing on the pages of members.
    form: &'a str,
}

#[derive(Template)]
#[template(path = "web/stranger.html")]
struct ForStrangers<'a> {
    frame: Frame<'a>,
}

#[derive(Template)]
#[template(path = "web/member.html")]
struct ForMembers<'a> {
    frame: Frame<'a>,
}

/// `GET /w/{w}/{page}`. What stands behind the `#` never comes here, so looking at a page uses nothing up.
pub fn workspace_page(limits: Limits) -> impl Endpoint + 'static {
    make_sync(move |request: Request| {
        let slug = request.raw_path_param("w").unwrap_or_default().to_owned();
        shown(&request, &slug, &limits)
    })
}

/// `GET /{page}`, where the workspace has an origin of its own. Every other path there, and every path of one word
/// elsewhere, is unknown whatever is done to it.
pub fn own_page(limits: Limits) -> impl Endpoint + 'static {
    let page = make_sync(move |request: Request| {
        let slug = request.data::<Place>().and_then(Place::workspace).unwrap_or_default().to_owned();
        shown(&request, &slug, &limits)
    });
    OwnPage(Methods::get(page).into_endpoint())
}

struct OwnPage<E>(E);

impl<E: Endpoint> Endpoint for OwnPage<E> {
    type Output = E::Output;

    async fn call(&self, request: Request) -> poem::Result<Self::Output> {
        let has_one = request.data::<Place>().is_some_and(|place| place.workspace().is_some());
        let is_page = request.raw_path_param("page").and_then(Page::of).is_some();
        if has_one && is_page {
            self.0.call(request).await
        } else {
            Err(Problem::new(Code::RouteUnknown).into())
        }
    }
}

fn shown(request: &Request, slug: &str, limits: &Limits) -> poem::Result<Response> {
    let page = request.raw_path_param("page").and_then(Page::of);
    let place = request.data::<Place>();
    // The edge has refused every other place already; here it cannot be forgotten.
    let place = place.filter(|place| place.holds(slug));
    let (Ok(slug), Some(page), Some(place)) = (slug.parse::<Slug>(), page, place) else {
        return Err(Problem::new(Code::RouteUnknown).into());
    };
    let base = place.page(slug.as_str(), "");
    let next = next(request.uri().query());
    let base = base.trim_end_matches('/');
    let form = if page.is_for_members() { String::new() } else { limits.form_stamp(slug.as_str()) };
    let frame = Frame { slug: slug.as_str(), page, base, next: next.as_deref(), form: &form };
    let html =
        if page.is_for_members() { ForMembers { frame }.render() } else { ForStrangers { frame }.render() };
    let html = html.map_err(Problem::fault)?;
    Ok(Response::builder().content_type("text/html; charset=utf-8").body(html))
}
