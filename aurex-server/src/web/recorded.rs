//! What the link on a printed bill leads to: whether it is recorded and unchanged, and nothing else.
//!
//! Anybody may ask, as often as strangers may ask anything. A link that is wrong in any way is answered as one that never
//! was, whatever workspace it names.

use askama::Template;
use aurex_core::audit::tree::Hash;
use aurex_core::service::transparency::{Recorded, is_recorded};
use aurex_core::store::RecordedId;
use aurex_core::tenancy::Slug;
use aurex_core::time::Timestamp;
use poem::http::StatusCode;
use poem::{Endpoint, Request, Response, Result, endpoint::make};

use crate::api::App;
use crate::api::refuse::problem;
use crate::http::origin::Place;
use crate::http::problem::{Code, Problem};
use crate::http::request::RequestMeta;

#[derive(Template)]
#[template(path = "web/recorded.html")]
struct Shown {
    recorded: Option<(Timestamp, bool)>,
}

/// Thirty-two lower-case hexadecimal digits.
fn id(text: &str) -> Option<RecordedId> {
    let plain = text.len() == 32 && text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
    plain.then(|| u128::from_str_radix(text, 16).ok()).flatten().map(u128::to_be_bytes)
}

/// `GET /w/{w}/recorded/{id}/{leaf}`.
pub fn recorded_page(app: App) -> impl Endpoint<Output = Response> {
    make(move |request: Request| {
        let app = app.clone();
        async move {
            let found = look(&app, &request).await?;
            let recorded = found.map(|found| (found.at, found.published));
            let status = if recorded.is_some() { StatusCode::OK } else { StatusCode::NOT_FOUND };
            let html = Shown { recorded }.render().map_err(Problem::fault)?;
            Ok::<Response, poem::Error>(
                Response::builder().status(status).content_type("text/html; charset=utf-8").body(html),
            )
        }
    })
}

async fn look(app: &App, request: &Request) -> Result<Option<Recorded>, Problem> {
    let meta = request.data::<RequestMeta>().ok_or_else(|| Problem::new(Code::ServerFault))?;
    // Ids cannot be guessed; asking is charged all the same, because it makes the store read.
    app.limits.stranger(meta.client_ip)?;
    let text = |name| request.raw_path_param(name).unwrap_or_default();
    let (slug, id, leaf) = (text("w").parse::<Slug>(), id(text("id")), text("leaf").parse::<Hash>());
    let (Ok(slug), Some(id), Ok(leaf)) = (slug, id, leaf) else { return Ok(None) };
    if !request.data::<Place>().is_some_and(|place| place.holds(slug.as_str())) {
        return Ok(None);
    }
    let road = &app.road;
    let door = road.store.door(&slug).await.map_err(|error| problem(error.into()))?;
    let Some(door) = door else { return Ok(None) };
    is_recorded(road, &app.recorded, door.tenant, id, leaf).await.map_err(problem)
}
