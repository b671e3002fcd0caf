//! Revisions of documents: `ETag` on the way out, `If-Match` on the way in (RFC 9110, sections 8.8.3 and 13.1.1).

use poem::{
    Request, RequestBody, Result,
    http::{HeaderMap, header},
};
use poem_openapi::{
    ApiExtractor, ApiExtractorType, ExtractParamOptions,
    registry::{MetaParamIn, MetaSchema, MetaSchemaRef},
};

use super::problem::{Code, Problem};

/// A strong entity tag, quotes included.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ETag(String);

impl ETag {
    /// The tag of a document's revision.
    #[must_use]
    pub fn of_revision(revision: u64) -> Self {
        Self(format!("\"{revision}\""))
    }

    /// The tag of a document whose revision is a text.
    #[must_use]
    pub fn of_text(revision: &str) -> Self {
        Self(format!("\"{revision}\""))
    }

    /// The tag as it stands in a header or in an item's `etag`.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether the client has this revision already (`If-None-Match`, by weak comparison): then 304 is the answer.
    #[must_use]
    pub fn is_held_by(&self, headers: &HeaderMap) -> bool {
        tags(headers.get_all(header::IF_NONE_MATCH).iter())
            .iter()
            .any(|tag| tag == "*" || tag.strip_prefix("W/").unwrap_or(tag) == self.0)
    }
}

/// The `If-Match` of a request, as an argument named `If-Match`.
///
/// Reading it refuses nothing: form and permission are answered before it. [`IfMatch::required`] asks for it where its
/// turn is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IfMatch(Vec<String>);

impl IfMatch {
    /// The `If-Match` of these headers.
    #[must_use]
    pub fn of(headers: &HeaderMap) -> Self {
        Self(tags(headers.get_all(header::IF_MATCH).iter()))
    }

    /// The revision that the client expects.
    ///
    /// # Errors
    ///
    /// [`Code::RevisionRequired`] (428) when there is none; `*` names none.
    pub fn required(&self) -> Result<Expected<'_>, Problem> {
        if self.0.is_empty() || self.0.iter().any(|tag| tag == "*") {
            Err(Problem::new(Code::RevisionRequired))
        } else {
            Ok(Expected(&self.0))
        }
    }
}

/// The revisions one of which the client takes for the current one.
#[derive(Clone, Copy, Debug)]
pub struct Expected<'a>(&'a [String]);

impl<'a> Expected<'a> {
    /// The first tag without its quotes: what a use case compares with the revision it finds.
    #[must_use]
    pub fn text(self) -> &'a str {
        let tag = self.0.first().map_or("", String::as_str);
        tag.strip_prefix('"').and_then(|tag| tag.strip_suffix('"')).unwrap_or("")
    }

    /// The same as a number; 0, which no document has, for any other text. Tags are compared character by character
    /// (RFC 9110, section 8.8.3.2), so `"07"` is not `"7"`.
    #[must_use]
    pub fn revision(self) -> u32 {
        let number: u32 = self.text().parse().unwrap_or(0);
        if number.to_string() == self.text() { number } else { 0 }
    }

    /// Compares with the current revision, strongly: a weak tag matches nothing.
    ///
    /// # Errors
    ///
    /// [`Code::RevisionStale`] (412).
    pub fn check(self, current: &ETag) -> Result<(), Problem> {
        if self.0.contains(&current.0) { Ok(()) } else { Err(Problem::new(Code::RevisionStale)) }
    }
}

/// Our tags hold no comma, so a list splits at commas; another server's tag then simply matches nothing.
fn tags<'h>(lines: impl Iterator<Item = &'h poem::http::HeaderValue>) -> Vec<String> {
    lines
        .flat_map(|line| line.to_str().unwrap_or("\u{0}").split(','))
        .map(|tag| tag.trim().to_owned())
        .filter(|tag| !tag.is_empty())
        .collect()
}

impl<'a> ApiExtractor<'a> for IfMatch {
    const TYPES: &'static [ApiExtractorType] = &[ApiExtractorType::Parameter];
    const PARAM_IS_REQUIRED: bool = true;

    type ParamType = String;
    type ParamRawType = ();

    fn param_in() -> Option<MetaParamIn> {
        Some(MetaParamIn::Header)
    }

    fn param_schema_ref() -> Option<MetaSchemaRef> {
        let mut schema = MetaSchema::new("string");
        schema.max_length = Some(200);
        Some(MetaSchemaRef::Inline(Box::new(schema)))
    }

    async fn from_request(
        request: &'a Request,
        _body: &mut RequestBody,
        _options: ExtractParamOptions<String>,
    ) -> Result<Self> {
        Ok(Self::of(request.headers()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn if_match(lines: &[&str]) -> IfMatch {
        let mut headers = HeaderMap::new();
        for line in lines {
            headers.append(header::IF_MATCH, line.parse().unwrap());
        }
        IfMatch::of(&headers)
    }

    fn outcome(lines: &[&str]) -> Result<(), Code> {
        let if_match = if_match(lines);
        let expected = if_match.required().map_err(|problem| problem.code())?;
        expected.check(&ETag::of_revision(7)).map_err(|problem| problem.code())
    }

    #[test]
    fn the_current_revision_passes_alone_or_in_a_list() {
        assert_eq!(outcome(&["\"7\""]), Ok(()));
        assert_eq!(outcome(&["\"6\", \"7\""]), Ok(()));
    }

    #[test]
    fn none_is_asked_for_and_any_other_is_stale() {
        assert_eq!(outcome(&[]), Err(Code::RevisionRequired));
        assert_eq!(outcome(&["*"]), Err(Code::RevisionRequired));
        for stale in ["\"6\"", "W/\"7\"", "7", "\"77\""] {
            assert_eq!(outcome(&[stale]), Err(Code::RevisionStale), "{stale}");
        }
    }

    #[test]
    fn a_revision_is_spelt_as_it_was_given_out() {
        let revision = |line| if_match(&[line]).required().unwrap().revision();
        assert_eq!(revision("\"7\""), 7);
        for other in ["\"07\"", "\"+7\"", "\" 7\"", "7", "W/\"7\"", "\"0\""] {
            assert_eq!(revision(other), 0, "{other}");
        }
    }

    #[test]
    fn what_the_client_holds_need_not_be_sent() {
        let mut headers = HeaderMap::new();
        assert!(!ETag::of_revision(7).is_held_by(&headers));
        headers.insert(header::IF_NONE_MATCH, "\"6\", W/\"7\"".parse().unwrap());
        assert!(ETag::of_revision(7).is_held_by(&headers) && !ETag::of_revision(8).is_held_by(&headers));
    }
}
