//! Objects.

/// Declares a request object: the struct, how it is read and its schema, from one list of fields.
///
/// Fields are public and may be documented; unknown fields are refused; every error is collected. `Option`, `Patch` and
/// `Replace` may be left out.
///
/// ```
/// use aurex_server::http::body::*;
///
/// request! {
///     /// A new customer.
///     pub struct NewCustomer {
///         /// The name on bills.
///         name: Text<1, 200>,
///         phone: Option<Text<1, 20>>,
///     }
/// }
/// ```
#[macro_export]
macro_rules! request {
    (
        $(#[doc = $doc:literal])*
        $vis:vis struct $name:ident {
            $( $(#[doc = $field_doc:literal])* $field:ident : $kind:ty ),+ $(,)?
        }
    ) => {
        $(#[doc = $doc])*
        #[derive(Clone, Debug, PartialEq, Eq)]
        $vis struct $name {
            $(
                $(#[doc = $field_doc])*
                #[doc = concat!("(`", stringify!($field), "`)")]
                pub $field: $kind
            ),*
        }

        impl $crate::http::body::Decode for $name {
            fn decode(
                node: &$crate::http::body::Node,
                errors: &mut $crate::http::body::Errors,
            ) -> ::core::option::Option<Self> {
                let mut fields = errors.object(node)?;
                // All fields are read before any `?`, so that all their errors are collected.
                $(let $field = fields.take::<$kind>($crate::http::body::schema_name(stringify!($field)), errors);)*
                fields.finish(errors);
                Some(Self { $($field: $field?),* })
            }

            fn schema() -> ::poem_openapi::registry::MetaSchemaRef {
                ::poem_openapi::registry::MetaSchemaRef::Reference(stringify!($name).to_owned())
            }

            fn register(registry: &mut ::poem_openapi::registry::Registry) {
                registry.create_schema::<Self, _>(stringify!($name).to_owned(), |registry| {
                    $(<$kind as $crate::http::body::Decode>::register(registry);)*
                    $crate::http::body::object_schema(
                        concat!($($doc, "\n",)* ""),
                        vec![$($crate::http::body::Property::of::<$kind>(
                            $crate::http::body::schema_name(stringify!($field)),
                            concat!($($field_doc, "\n",)* ""),
                        )),*],
                    )
                });
            }
        }
    };
}

#[cfg(test)]
mod tests {
    use poem_openapi::registry::Registry;

    use crate::http::{
        body::{Decode, Errors, Int, List, Text, json},
        problem::FieldCode,
    };

    request! {
        /// A line of a bill.
        pub struct ProbeLine {
            /// In milligrams.
            gross_mg: Int<1, 1_000_000>,
            r#type: Option<Text<1, 5>>,
        }
    }

    request! {
        /// A bill.
        pub struct ProbeBill {
            customer_id: Text<1, 36>,
            lines: List<ProbeLine, 1, 3>,
        }
    }

    fn read(text: &str) -> Result<ProbeBill, Vec<(String, FieldCode)>> {
        let mut errors = Errors::new();
        let node = json::parse(text.as_bytes(), &mut errors).unwrap();
        ProbeBill::decode(&node, &mut errors)
            .filter(|_| errors.is_empty())
            .ok_or_else(|| errors.into_list().into_iter().map(|error| (error.pointer, error.code)).collect())
    }

    #[test]
    fn a_fitting_body_is_read() {
        let bill = read(r#"{"customer_id":"c1","lines":[{"gross_mg":5,"type":"ring"}]}"#).unwrap();
        assert_eq!(bill.customer_id.as_str(), "c1");
        assert_eq!(bill.lines.as_slice()[0].gross_mg.get(), 5);
        assert_eq!(bill.lines.as_slice()[0].r#type.as_ref().map(Text::as_str), Some("ring"));
    }

    #[test]
    fn every_error_is_collected_with_its_pointer() {
        let found =
            read(r#"{"lines":[{"gross_mg":1.5},{"gross_mg":1,"colour":"red"},{}],"total":1,"total":2}"#);
        let mut found = found.unwrap_err();
        found.sort_by(|a, b| a.0.cmp(&b.0).then(a.1.as_str().cmp(b.1.as_str())));
        assert_eq!(
            found,
            [
                ("/customer_id".into(), FieldCode::Missing),
                ("/lines/0/gross_mg".into(), FieldCode::NumberNotInteger),
                ("/lines/1/colour".into(), FieldCode::Unknown),
                ("/lines/2/gross_mg".into(), FieldCode::Missing),
                ("/total".into(), FieldCode::Duplicate),
                ("/total".into(), FieldCode::Unknown),
            ]
        );
    }

    #[test]
    fn the_schema_says_what_the_decoder_takes() {
        let mut registry = Registry::new();
        ProbeBill::register(&mut registry);
        let line = &registry.schemas["ProbeLine"];
        assert_eq!(line.required, ["gross_mg"]);
        assert_eq!(line.description, Some("A line of a bill."));
        let gross = line.properties[0].1.unwrap_inline();
        assert_eq!(
            (gross.minimum, gross.maximum, gross.description),
            (Some(1.0), Some(1e6), Some("In milligrams."))
        );
        assert_eq!(line.properties[1].0, "type");
        assert!(registry.schemas["ProbeBill"].additional_properties.is_some());
    }
}
