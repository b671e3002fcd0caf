//! Query and path parameters, read by the same types as bodies.
//!
//! They are called `Query` and `Path` because poem-openapi's macro tells path parameters by that name.

use std::ops::Deref;

use poem::{Request, RequestBody, Result};
use poem_openapi::{
    ApiExtractor, ApiExtractorType, ExtractParamOptions,
    registry::{MetaParamIn, MetaSchemaRef, Registry},
};

use super::{
    body::{Decode, Errors, Node},
    problem::{Code, FieldCode, Problem},
};

/// One query parameter. `Option` makes it optional; a repeated or wrong one is a 422 that names it.
pub struct Query<T>(pub T);

/// One parameter of the path. What cannot be an id is answered as an id that is not here: 404.
pub struct Path<T>(pub T);

/// The pairs of a request's query string, percent-decoded once, in their order.
///
/// # Errors
///
/// [`Code::QueryInvalid`] when it cannot be read.
pub fn pairs(request: &Request) -> Result<Vec<(String, String)>, Problem> {
    let unreadable = || Problem::new(Code::QueryInvalid).detail("the query string cannot be read");
    if !decodes(request.uri().query().unwrap_or_default()) {
        return Err(unreadable());
    }
    request.params().map_err(|_| unreadable())
}

/// Whether every `%` begins an escape and the escapes make UTF-8. The decoder behind takes what is neither: it leaves
/// a broken escape as it stands and puts U+FFFD for what is no UTF-8, an overlong form of a letter for example, so that
/// what was asked for is not what is answered.
fn decodes(query: &str) -> bool {
    let digit = |byte: Option<u8>| char::from(byte?).to_digit(16).and_then(|value| u8::try_from(value).ok());
    let (mut bytes, mut decoded) = (query.bytes(), Vec::with_capacity(query.len()));
    while let Some(byte) = bytes.next() {
        if byte == b'%' {
            let (Some(high), Some(low)) = (digit(bytes.next()), digit(bytes.next())) else { return false };
            decoded.push((high << 4) | low);
        } else {
            decoded.push(byte);
        }
    }
    std::str::from_utf8(&decoded).is_ok()
}

impl<T> Deref for Query<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.0
    }
}

impl<T> Deref for Path<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.0
    }
}

impl<'a, T: Decode + Send> ApiExtractor<'a> for Query<T> {
    const TYPES: &'static [ApiExtractorType] = &[ApiExtractorType::Parameter];

    type ParamType = T;
    type ParamRawType = ();

    fn register(registry: &mut Registry) {
        T::register(registry);
    }

    fn param_in() -> Option<MetaParamIn> {
        Some(MetaParamIn::Query)
    }

    fn param_schema_ref() -> Option<MetaSchemaRef> {
        Some(T::schema())
    }

    async fn from_request(
        request: &'a Request,
        _body: &mut RequestBody,
        options: ExtractParamOptions<T>,
    ) -> Result<Self> {
        let pairs = pairs(request)?;
        let mut values = pairs.iter().filter(|(name, _)| name == options.name).map(|(_, text)| text);
        let refuse = |code| Problem::new(Code::QueryInvalid).parameter(options.name, code);
        let value = match (values.next(), values.next()) {
            (Some(text), None) => {
                let mut errors = Errors::new();
                T::decode(&Node::Parameter(text.clone()), &mut errors).ok_or_else(|| {
                    refuse(errors.into_list().first().map_or(FieldCode::Invalid, |error| error.code))
                })?
            }
            (None, _) => options
                .default_value
                .map(|default| default())
                .or_else(T::absent)
                .ok_or_else(|| refuse(FieldCode::Missing))?,
            (Some(_), Some(_)) => return Err(refuse(FieldCode::Duplicate).into()),
        };
        Ok(Self(value))
    }
}

impl<'a, T: Decode + Send> ApiExtractor<'a> for Path<T> {
    const TYPES: &'static [ApiExtractorType] = &[ApiExtractorType::Parameter];
    const PARAM_IS_REQUIRED: bool = true;

    type ParamType = T;
    type ParamRawType = ();

    fn register(registry: &mut Registry) {
        T::register(registry);
    }

    fn param_in() -> Option<MetaParamIn> {
        Some(MetaParamIn::Path)
    }

    fn param_schema_ref() -> Option<MetaSchemaRef> {
        Some(T::schema())
    }

    async fn from_request(
        request: &'a Request,
        _body: &mut RequestBody,
        options: ExtractParamOptions<T>,
    ) -> Result<Self> {
        let text = request.raw_path_param(options.name).unwrap_or_default();
        T::decode(&Node::Parameter(text.to_owned()), &mut Errors::new())
            .map(Self)
            .ok_or_else(|| Problem::new(Code::ResourceUnknown).into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn asvs_v1_1_1_a_query_has_one_reading() {
        for sound in [
            "",
            "q=asha",
            "q=%41sha&limit=2",
            "q=%E0%A4%86%e0%a4%b6%E0%A4%BE",
            "q=100%25",
            "q=%2541",
            "q=a+b",
        ] {
            assert!(decodes(sound), "{sound}");
        }
        for broken in [
            "q=%",
            "q=%4",
            "q=%zz",
            "q=%+1",
            "q=%c1%a3",
            "q=%e0%81%a3",
            "q=%ff",
            "q=%ed%a0%80",
            "q=%e0%a4&%86",
        ] {
            assert!(!decodes(broken), "{broken}");
        }
    }
}
