//! The pages of a workspace: signing in, and what mails lead to.

use askama::Template;
use aurex_core::tenancy::Slug;
use poem::{Endpoint, Request, Response, endpoint::make_sync};

use crate::http::problem::{Code, Problem};

/// What a page is for. Its word stands in the path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Page {
    SignIn,
    Forgot,
    Reset,
    Join,
    Link,
}

impl Page {
    fn of(word: &str) -> Option<Self> {
        Some(match word {
            "sign-in" => Self::SignIn,
            "forgot" => Self::Forgot,
            "reset" => Self::Reset,
            "join" => Self::Join,
            "link" => Self::Link,
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
        }
    }
}

#[derive(Template)]
#[template(path = "web/workspace.html")]
struct Shown<'a> {
    slug: &'a str,
    page: Page,
}

/// `GET /w/{w}/{page}`. What stands behind the `#` never comes here, so looking at a page uses nothing up.
pub fn workspace_page() -> impl Endpoint + 'static {
    make_sync(|request: Request| -> poem::Result<Response> {
        let slug: Option<Slug> = request.raw_path_param("w").and_then(|slug| slug.parse().ok());
        let page = request.raw_path_param("page").and_then(Page::of);
        let (Some(slug), Some(page)) = (slug, page) else {
            return Err(Problem::new(Code::RouteUnknown).into());
        };
        let html = Shown { slug: slug.as_str(), page }.render().map_err(Problem::fault)?;
        Ok(Response::builder().content_type("text/html; charset=utf-8").body(html))
    })
}
