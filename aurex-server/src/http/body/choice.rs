//! One of a few words.

/// Declares an enum of words, each written as it stands in JSON. It is read from bodies and parameters, and it may
/// stand in answers too.
///
/// ```
/// use aurex_server::http::body::*;
///
/// choice! {
///     /// What a rate is for.
///     pub enum RateKind {
///         /// The shop sells.
///         Sell = "sell",
///         /// The shop buys.
///         Buy = "buy",
///     }
/// }
/// ```
#[macro_export]
macro_rules! choice {
    (
        $(#[doc = $doc:literal])*
        $vis:vis enum $name:ident {
            $( $(#[doc = $word_doc:literal])* $variant:ident = $word:literal ),+ $(,)?
        }
    ) => {
        $(#[doc = $doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        $vis enum $name {
            $( $(#[doc = $word_doc])* #[doc = concat!("(`", $word, "`)")] $variant ),+
        }

        impl $name {
            /// Every word, in the order of the documentation.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The word as it stands in JSON.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $word),+ }
            }
        }

        impl $crate::http::body::Decode for $name {
            fn decode(
                node: &$crate::http::body::Node,
                errors: &mut $crate::http::body::Errors,
            ) -> ::core::option::Option<Self> {
                match node.text() {
                    $(Some($word) => return Some(Self::$variant),)+
                    Some(_) => errors.push($crate::http::problem::FieldCode::ChoiceUnknown),
                    None => errors.push($crate::http::problem::FieldCode::WrongType),
                }
                None
            }

            fn schema() -> ::poem_openapi::registry::MetaSchemaRef {
                ::poem_openapi::registry::MetaSchemaRef::Reference(stringify!($name).to_owned())
            }

            fn register(registry: &mut ::poem_openapi::registry::Registry) {
                registry.create_schema::<Self, _>(stringify!($name).to_owned(), |_| {
                    let mut schema = ::poem_openapi::registry::MetaSchema::new("string");
                    let documentation = concat!($($doc, "\n",)* "").trim();
                    schema.description = (!documentation.is_empty()).then_some(documentation);
                    schema.enum_items = Self::ALL.iter().map(|word| word.as_str().into()).collect();
                    schema
                });
            }
        }

        impl ::poem_openapi::types::Type for $name {
            const IS_REQUIRED: bool = true;
            type RawValueType = Self;
            type RawElementValueType = Self;

            fn name() -> ::std::borrow::Cow<'static, str> {
                stringify!($name).into()
            }

            fn schema_ref() -> ::poem_openapi::registry::MetaSchemaRef {
                <Self as $crate::http::body::Decode>::schema()
            }

            fn register(registry: &mut ::poem_openapi::registry::Registry) {
                <Self as $crate::http::body::Decode>::register(registry);
            }

            fn as_raw_value(&self) -> Option<&Self::RawValueType> {
                Some(self)
            }

            fn raw_element_iter<'a>(
                &'a self,
            ) -> Box<dyn Iterator<Item = &'a Self::RawElementValueType> + 'a> {
                Box::new(self.as_raw_value().into_iter())
            }
        }

        impl ::poem_openapi::types::ToJSON for $name {
            fn to_json(&self) -> Option<::serde_json::Value> {
                Some(self.as_str().into())
            }
        }
    };
}

#[cfg(test)]
mod tests {
    use crate::http::{
        body::{Decode as _, Errors, Node},
        problem::FieldCode,
    };

    choice! {
        /// What a rate is for.
        pub enum ProbeKind {
            /// The shop sells.
            Sell = "sell",
            /// The shop buys.
            Buy = "buy",
        }
    }

    #[test]
    fn only_the_listed_words_are_read() {
        assert_eq!(ProbeKind::ALL.iter().map(|kind| kind.as_str()).collect::<Vec<_>>(), ["sell", "buy"]);
        let mut errors = Errors::new();
        assert_eq!(ProbeKind::decode(&Node::Text("buy".into()), &mut errors), Some(ProbeKind::Buy));
        assert_eq!(ProbeKind::decode(&Node::Parameter("sell".into()), &mut errors), Some(ProbeKind::Sell));
        assert!(errors.is_empty());
        assert_eq!(ProbeKind::decode(&Node::Text("Buy".into()), &mut errors), None);
        assert_eq!(ProbeKind::decode(&Node::Null, &mut errors), None);
        let codes: Vec<_> = errors.into_list().into_iter().map(|error| error.code).collect();
        assert_eq!(codes, [FieldCode::ChoiceUnknown, FieldCode::WrongType]);
    }
}
