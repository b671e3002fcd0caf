//! What browsers report: something on a page of ours was not allowed by the page's policy.
//!
//! It is a faulty release, a browser's extension, or somebody trying; the log shows which. Browsers send two forms, the
//! older by `report-uri` and the newer by `report-to`, and both are taken (CSP level 3, section 5).
//!
//! Anybody may send one, so nothing here is believed and little of it is kept: which directive, whose origin was
//! blocked, on which kind of page. A page's address without its query is still full of names and numbers; only its
//! plain words are logged. The cross-site rule does not hold here, because browsers send reports outside of any page,
//! some of them without saying where from; there is nothing to win by forging one, since it reads no cookie and changes
//! nothing.

use std::sync::Arc;

use poem::{Endpoint, IntoResponse as _, Request, Response, Result, http::StatusCode, http::header};
use serde_json::Value;
use tokio::io::AsyncReadExt as _;

use super::{
    body::READ_DEADLINE,
    limits::Limits,
    origin::Origin,
    problem::{Code, Problem},
    request::RequestMeta,
};

/// Where reports are sent.
pub const PATH: &str = "/csp-reports";

/// More than any browser sends at once.
const LONGEST: usize = 32 * 1024;
/// How many of one delivery are logged.
const AT_ONCE: usize = 5;

/// `POST /csp-reports`.
pub fn endpoint(limits: Limits) -> impl Endpoint + 'static {
    let limits = Arc::new(limits);
    poem::endpoint::make(move |request: Request| {
        let limits = Arc::clone(&limits);
        async move { take(request, &limits).await }
    })
}

async fn take(mut request: Request, limits: &Limits) -> Result<Response> {
    let meta = request.data::<RequestMeta>().cloned().ok_or_else(|| Problem::new(Code::ServerFault))?;
    limits.report(meta.client_ip)?;
    let kind = request.headers().get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
    let kind = kind.and_then(|kind| kind.split(';').next()).unwrap_or_default().trim().to_ascii_lowercase();
    if !matches!(kind.as_str(), "application/reports+json" | "application/csp-report") {
        return Err(Problem::new(Code::BodyUnsupportedType)
            .detail("Reports are sent as `application/reports+json` or `application/csp-report`.")
            .into());
    }
    let body = request.take_body().into_async_read();
    let bytes = tokio::time::timeout(READ_DEADLINE, bounded(body))
        .await
        .map_err(|_| Problem::new(Code::RequestTimeout))??;
    let sent: Value = serde_json::from_slice(&bytes).map_err(|_| Problem::new(Code::BodyMalformed))?;
    for seen in reports(&sent).into_iter().take(AT_ONCE) {
        let Seen { directive, blocked, page } = seen;
        tracing::warn!(
            target: "aurex::csp", directive, blocked, page, request_id = meta.request_id, "a page broke its policy"
        );
    }
    Ok(StatusCode::NO_CONTENT.into_response())
}

async fn bounded(body: impl tokio::io::AsyncRead + Unpin) -> Result<Vec<u8>, Problem> {
    let mut bytes = Vec::new();
    let one_more = u64::try_from(LONGEST).unwrap_or(u64::MAX).saturating_add(1);
    body.take(one_more).read_to_end(&mut bytes).await.map_err(|_| Problem::new(Code::RequestMalformed))?;
    if bytes.len() > LONGEST { Err(Problem::new(Code::BodyTooLarge)) } else { Ok(bytes) }
}

/// What is kept of a report.
#[derive(Debug, PartialEq, Eq)]
struct Seen {
    directive: String,
    blocked: String,
    page: String,
}

/// The violations in what was sent, in either form.
fn reports(sent: &Value) -> Vec<Seen> {
    let old = sent.get("csp-report").map(|report| {
        Seen::of(report, ["effective-directive", "violated-directive"], "blocked-uri", "document-uri")
    });
    let new = sent.as_array().into_iter().flatten().filter(|one| one["type"] == "csp-violation").map(|one| {
        Seen::of(&one["body"], ["effectiveDirective", "effectiveDirective"], "blockedURL", "documentURL")
    });
    old.into_iter().chain(new).collect()
}

impl Seen {
    fn of(report: &Value, directive: [&str; 2], blocked: &str, page: &str) -> Self {
        let text = |name: &str| report.get(name).and_then(Value::as_str).unwrap_or_default();
        let directive = directive.into_iter().map(text).find(|text| !text.is_empty()).unwrap_or_default();
        Self {
            directive: word(directive.split(' ').next().unwrap_or_default()),
            blocked: origin_of(text(blocked)),
            page: plain_path(text(page)),
        }
    }
}

/// A word of lower-case letters and hyphens, as directives, schemes and our own pages are; anything else is a star.
fn word(text: &str) -> String {
    let plain =
        (1..=32).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'-');
    if plain { text.to_owned() } else { "*".to_owned() }
}

/// The origin of an address; of what is none (`inline`, `eval`, `data:…`) the word in front.
fn origin_of(address: &str) -> String {
    let end = address.find("://").and_then(|scheme| {
        let after = address.get(scheme + 3..)?;
        Some(scheme + 3 + after.find(['/', '?', '#']).unwrap_or(after.len()))
    });
    match end.and_then(|end| address.get(..end)) {
        Some(origin) if origin.len() <= 128 => {
            origin.parse::<Origin>().map_or_else(|_| "*".to_owned(), |origin| origin.to_string())
        }
        Some(_) => "*".to_owned(),
        None => word(address.split(':').next().unwrap_or_default()),
    }
}

/// The path of an address, with a star for everything that is not a plain word.
fn plain_path(address: &str) -> String {
    let path = address.split(['?', '#']).next().unwrap_or_default();
    let path =
        path.split_once("://").map_or(path, |(_, rest)| rest.find('/').map_or("", |at| rest.split_at(at).1));
    let words: Vec<String> = path
        .split('/')
        .skip(1)
        .take(8)
        .map(|part| if part.is_empty() { String::new() } else { word(part) })
        .collect();
    format!("/{}", words.join("/"))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn seen(directive: &str, blocked: &str, page: &str) -> Seen {
        Seen { directive: directive.to_owned(), blocked: blocked.to_owned(), page: page.to_owned() }
    }

    #[test]
    fn both_forms_say_the_same() {
        let old = json!({"csp-report": {
            "document-uri": "https://acme.shops.example/invoices/inv_0190163d8694739b?q=asha#x",
            "violated-directive": "script-src 'self'", "effective-directive": "script-src-elem",
            "blocked-uri": "https://evil.example/x.js?stolen=hunter2",
        }});
        let new = json!([
            {"type": "deprecation", "body": {}},
            {"type": "csp-violation", "body": {
                "documentURL": "https://acme.shops.example/invoices/inv_0190163d8694739b?q=asha",
                "effectiveDirective": "script-src-elem", "blockedURL": "https://evil.example/x.js?stolen=hunter2",
            }},
        ]);
        let expected = [seen("script-src-elem", "https://evil.example", "/invoices/*")];
        assert_eq!(reports(&old), expected);
        assert_eq!(reports(&new), expected);
    }

    #[test]
    fn what_is_no_address_is_a_word_or_a_star() {
        for (blocked, kept) in [
            ("inline", "inline"),
            ("data:text/html,hunter2", "data"),
            ("https://user:hunter2@evil.example/", "*"),
            ("https://evil.example:8443?x", "https://evil.example:8443"),
            ("", "*"),
            ("hunter2\nERROR forged line", "*"),
        ] {
            assert_eq!(origin_of(blocked), kept, "{blocked}");
        }
        for (page, kept) in [
            ("https://acme.shops.example", "/"),
            ("https://acme.shops.example/", "/"),
            ("https://acme.shops.example/reset/8f3kQ92", "/reset/*"),
            ("/a/b?c", "/a/b"),
            ("about:blank", "/"),
            ("https://x.example/?q=hunter2", "/"),
        ] {
            assert_eq!(plain_path(page), kept, "{page}");
        }
        assert_eq!(reports(&json!({"csp-report": 7})), [seen("*", "*", "/")]);
        assert_eq!(reports(&json!([7, {"type": "csp-violation"}])), [seen("*", "*", "/")]);
        assert_eq!(reports(&json!("x")), []);
    }
}
