//! `Idempotency-Key`: the client's name for one attempt at one thing.
//!
//! Bare, as most clients send it, or quoted, as the IETF draft (a structured field string, RFC 8941) has it; both spell
//! the same key.

use poem::{Request, RequestBody, Result, http::HeaderMap};
use poem_openapi::{
    ApiExtractor, ApiExtractorType, ExtractParamOptions,
    registry::{MetaParamIn, MetaSchema, MetaSchemaRef},
};

use super::problem::{Code, Problem};

const HEADER: &str = "idempotency-key";
const LONGEST: usize = 255;

/// The key of a request, if it has one; an argument named `Idempotency-Key`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IdempotencyKey(Option<String>);

impl IdempotencyKey {
    /// The key of these headers.
    ///
    /// # Errors
    ///
    /// [`Code::IdempotencyKeyInvalid`] when there are several, or it is not 1 to 255 visible ASCII characters.
    pub fn of(headers: &HeaderMap) -> Result<Self, Problem> {
        let mut values = headers.get_all(HEADER).iter();
        match (values.next(), values.next()) {
            (None, _) => Ok(Self(None)),
            (Some(only), None) => match only.to_str().ok().and_then(key) {
                Some(key) => Ok(Self(Some(key))),
                None => Err(Problem::new(Code::IdempotencyKeyInvalid)),
            },
            (Some(_), Some(_)) => Err(Problem::new(Code::IdempotencyKeyInvalid)),
        }
    }

    /// The key.
    #[must_use]
    pub fn as_deref(&self) -> Option<&str> {
        self.0.as_deref()
    }
}

fn key(value: &str) -> Option<String> {
    let key = match value.trim().strip_prefix('"') {
        Some(quoted) => unquote(quoted.strip_suffix('"')?)?,
        None => value.trim().to_owned(),
    };
    let fits = (1..=LONGEST).contains(&key.len()) && key.bytes().all(|byte| byte.is_ascii_graphic());
    fits.then_some(key)
}

/// The contents of a structured field string: only `\"` and `\\` are escapes, and no quote stands bare.
fn unquote(quoted: &str) -> Option<String> {
    let mut characters = quoted.chars();
    let mut key = String::with_capacity(quoted.len());
    while let Some(character) = characters.next() {
        match character {
            '"' => return None,
            '\\' => key.push(characters.next().filter(|escaped| matches!(escaped, '"' | '\\'))?),
            other => key.push(other),
        }
    }
    Some(key)
}

impl<'a> ApiExtractor<'a> for IdempotencyKey {
    const TYPES: &'static [ApiExtractorType] = &[ApiExtractorType::Parameter];

    type ParamType = String;
    type ParamRawType = ();

    fn param_in() -> Option<MetaParamIn> {
        Some(MetaParamIn::Header)
    }

    fn param_schema_ref() -> Option<MetaSchemaRef> {
        let mut schema = MetaSchema::new("string");
        schema.min_length = Some(1);
        schema.max_length = Some(LONGEST);
        Some(MetaSchemaRef::Inline(Box::new(schema)))
    }

    async fn from_request(
        request: &'a Request,
        _body: &mut RequestBody,
        _options: ExtractParamOptions<String>,
    ) -> Result<Self> {
        Ok(Self::of(request.headers())?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bare_and_quoted_spell_the_same_key() {
        assert_eq!(key("8e03978e-40d5"), key("\"8e03978e-40d5\""));
        assert_eq!(key(r#""a\"b\\c""#).unwrap(), r#"a"b\c"#);
    }

    #[test]
    fn anything_else_is_no_key() {
        let long = "k".repeat(256);
        for wrong in ["", "\"\"", "\"", "\"a", "a b", "\"a\"b\"", "\"a\\x\"", "\"a\\\"", "é", &long] {
            assert_eq!(key(wrong), None, "{wrong:?}");
        }
        assert!(key(&"k".repeat(255)).is_some());
    }

    #[test]
    fn two_keys_are_none() {
        let mut headers = HeaderMap::new();
        assert_eq!(IdempotencyKey::of(&headers).unwrap().as_deref(), None);
        headers.append(HEADER, "a".parse().unwrap());
        assert_eq!(IdempotencyKey::of(&headers).unwrap().as_deref(), Some("a"));
        headers.append(HEADER, "a".parse().unwrap());
        assert_eq!(IdempotencyKey::of(&headers).unwrap_err().code(), Code::IdempotencyKeyInvalid);
    }
}
