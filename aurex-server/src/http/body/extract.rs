//! A body as a handler's argument.
//!
//! It is the last argument of its handler: extractors run in order, and nobody's JSON is parsed before it is known who
//! sent it.

use std::{ops::Deref, time::Duration};

use poem::{Request, RequestBody, Result, http::header};
use poem_openapi::{
    ApiExtractor, ApiExtractorType, ExtractParamOptions,
    registry::{MetaMediaType, MetaRequest, Registry},
};
use tokio::io::AsyncReadExt as _;

use super::{Decode, Errors, Leaves, json};
use crate::http::problem::{Code, Problem};

/// How many bytes a body may have unless a call says otherwise: 256 KiB.
pub const DEFAULT_LIMIT: usize = 256 * 1024;

/// How long a client may take to send a body once its head has arrived.
pub const READ_DEADLINE: Duration = Duration::from_secs(30);

/// A JSON body of at most `LIMIT` bytes, decoded.
pub struct Body<T, const LIMIT: usize = DEFAULT_LIMIT> {
    value: T,
    leaves: Leaves,
}

impl<T, const LIMIT: usize> Body<T, LIMIT> {
    /// What was sent.
    pub fn into_inner(self) -> T {
        self.value
    }

    /// What was sent, and its flat view for an idempotency fingerprint.
    pub fn into_parts(self) -> (T, Leaves) {
        (self.value, self.leaves)
    }

    /// The flat view for an idempotency fingerprint.
    pub fn leaves(&self) -> &Leaves {
        &self.leaves
    }
}

impl<T, const LIMIT: usize> Deref for Body<T, LIMIT> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.value
    }
}

impl<'a, T: Decode + Send, const LIMIT: usize> ApiExtractor<'a> for Body<T, LIMIT> {
    const TYPES: &'static [ApiExtractorType] = &[ApiExtractorType::RequestObject];

    type ParamType = ();
    type ParamRawType = ();

    fn register(registry: &mut Registry) {
        T::register(registry);
    }

    fn request_meta() -> Option<MetaRequest> {
        Some(MetaRequest {
            description: None,
            content: vec![MetaMediaType { content_type: "application/json", schema: T::schema() }],
            required: true,
        })
    }

    async fn from_request(
        request: &'a Request,
        body: &mut RequestBody,
        _options: ExtractParamOptions<Self::ParamType>,
    ) -> Result<Self> {
        check_type(request)?;
        let bytes = tokio::time::timeout(READ_DEADLINE, read::<LIMIT>(request, body))
            .await
            .map_err(|_| Problem::new(Code::RequestTimeout))??;
        Ok(decode(&bytes)?)
    }
}

/// Decodes a body that has already been read.
///
/// # Errors
///
/// [`Code::BodyMalformed`] when it is not JSON, [`Code::BodyInvalid`] with every field that is wrong.
pub(crate) fn decode<T: Decode, const LIMIT: usize>(bytes: &[u8]) -> Result<Body<T, LIMIT>, Problem> {
    let mut errors = Errors::new();
    let tree = json::parse(bytes, &mut errors)
        .map_err(|malformed| Problem::new(Code::BodyMalformed).detail(malformed.to_string()))?;
    let value = T::decode(&tree, &mut errors);
    match value {
        Some(value) if errors.is_empty() => Ok(Body { value, leaves: Leaves::of(&tree) }),
        _ => Err(Problem::new(Code::BodyInvalid).fields(errors.into_list())),
    }
}

fn check_type(request: &Request) -> Result<(), Problem> {
    let mut types = request.headers().get_all(header::CONTENT_TYPE).iter();
    let json = match (types.next(), types.next()) {
        (Some(only), None) => only.to_str().is_ok_and(is_json),
        _ => false,
    };
    let plain = request.headers().get_all(header::CONTENT_ENCODING).iter().all(|coding| coding == "identity");
    if json && plain { Ok(()) } else { Err(Problem::new(Code::BodyUnsupportedType)) }
}

/// `application/json`, alone or with `charset=utf-8`. Nothing that a form or a plain cross-site request can send.
fn is_json(value: &str) -> bool {
    let mut parts = value.split(';').map(str::trim);
    let essence = parts.next().is_some_and(|kind| kind.eq_ignore_ascii_case("application/json"));
    essence
        && parts.all(|parameter| {
            parameter.eq_ignore_ascii_case("charset=utf-8")
                || parameter.eq_ignore_ascii_case("charset=\"utf-8\"")
        })
}

async fn read<const LIMIT: usize>(request: &Request, body: &mut RequestBody) -> Result<Vec<u8>, Problem> {
    let too_large = || Problem::new(Code::BodyTooLarge);
    let malformed = || Problem::new(Code::RequestMalformed);
    // The announced length only ever shortens the work; what arrives is counted all the same.
    let announced =
        request.headers().get(header::CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.parse().ok());
    if announced.is_some_and(|length: u64| u64::try_from(LIMIT).is_ok_and(|limit| length > limit)) {
        return Err(too_large());
    }
    let reader = body.take().map_err(Problem::fault)?.into_async_read();
    let one_more = u64::try_from(LIMIT).unwrap_or(u64::MAX).saturating_add(1);
    let mut bytes = Vec::new();
    reader.take(one_more).read_to_end(&mut bytes).await.map_err(|_| malformed())?;
    if bytes.len() > LIMIT { Err(too_large()) } else { Ok(bytes) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_json_in_utf_8_is_json() {
        for yes in
            ["application/json", "Application/JSON; charset=UTF-8", "application/json;charset=\"utf-8\""]
        {
            assert!(is_json(yes), "{yes}");
        }
        for no in [
            "",
            "text/plain",
            "application/json; charset=latin-1",
            "application/json-patch+json",
            "application/jsonx",
        ] {
            assert!(!is_json(no), "{no}");
        }
    }
}
