//! Objects that come in kinds.

/// Declares an object that comes in kinds, each with its own fields, under the same guarantees as `request!`.
///
/// `by "kind"`: a field of that name says which. `by presence`: the kind is the first whose marked field is there.
///
/// ```
/// use aurex_server::http::body::*;
///
/// request! {
///     /// A sum.
///     pub struct Money {
///         minor: i64,
///     }
/// }
/// union! {
///     /// What the making costs.
///     pub enum Making by "kind" {
///         /// So much for a mass.
///         PerMass = "per_mass" { amount: Money, per_mg: Int<1, 1_000_000> },
///         Fixed = "fixed" { amount: Money },
///     }
/// }
/// union! {
///     /// A stone.
///     pub enum Stone by presence {
///         Weighed = "mass_mct" { description: Text<0, 99>, mass_mct: Int<1, 9999>, per_carat: Money },
///         Counted = "count" { description: Text<0, 99>, count: Int<1, 999>, per_piece: Money },
///     }
/// }
/// ```
#[macro_export]
macro_rules! union {
    (
        $(#[doc = $doc:literal])*
        $vis:vis enum $name:ident by $by:tt {
            $(
                $(#[doc = $kind_doc:literal])*
                $variant:ident = $mark:literal {
                    $( $(#[doc = $field_doc:literal])* $field:ident : $kind:ty ),* $(,)?
                }
            ),+ $(,)?
        }
    ) => {
        $(#[doc = $doc])*
        #[derive(Clone, Debug, PartialEq, Eq)]
        $vis enum $name {
            $(
                $(#[doc = $kind_doc])*
                #[doc = concat!("(`", $mark, "`)")]
                $variant {
                    $( $(#[doc = $field_doc])* #[doc = concat!("(`", stringify!($field), "`)")] $field: $kind ),*
                }
            ),+
        }

        impl $crate::http::body::Decode for $name {
            fn decode(
                node: &$crate::http::body::Node,
                errors: &mut $crate::http::body::Errors,
            ) -> ::core::option::Option<Self> {
                let mut fields = errors.object(node)?;
                let mark = $crate::http::body::union!(@mark $by, node, fields, errors, [$($mark),+])?;
                match mark {
                    $($mark => {
                        $(let $field = fields.take::<$kind>(
                            $crate::http::body::schema_name(stringify!($field)), errors);)*
                        fields.finish(errors);
                        Some(Self::$variant { $($field: $field?),* })
                    })+
                    _ => None,
                }
            }

            fn schema() -> ::poem_openapi::registry::MetaSchemaRef {
                ::poem_openapi::registry::MetaSchemaRef::Reference(stringify!($name).to_owned())
            }

            fn register(registry: &mut ::poem_openapi::registry::Registry) {
                // Each kind is a schema of its own; its marker type keeps two unions from claiming one name.
                $({
                    struct $variant;
                    registry.create_schema::<$variant, _>(
                        concat!(stringify!($name), stringify!($variant)).to_owned(),
                        |registry| {
                            $(<$kind as $crate::http::body::Decode>::register(registry);)*
                            let _ = &registry;
                            let tag: Option<$crate::http::body::Property> =
                                $crate::http::body::union!(@tag $by, $mark);
                            let fields = vec![$($crate::http::body::Property::of::<$kind>(
                                $crate::http::body::schema_name(stringify!($field)),
                                concat!($($field_doc, "\n",)* ""),
                            )),*];
                            $crate::http::body::object_schema(
                                concat!($($kind_doc, "\n",)* ""),
                                tag.into_iter().chain(fields).collect(),
                            )
                        },
                    );
                })+
                registry.create_schema::<Self, _>(stringify!($name).to_owned(), |_| {
                    let kinds = [$(($mark, concat!(stringify!($name), stringify!($variant)))),+];
                    $crate::http::body::union_schema(
                        concat!($($doc, "\n",)* ""),
                        $crate::http::body::union!(@property $by),
                        &kinds,
                    )
                });
            }
        }
    };

    (@mark presence, $node:ident, $fields:ident, $errors:ident, $marks:expr) => {
        $crate::http::body::mark_by_presence($node, &$marks, $errors)
    };
    (@mark $tag:literal, $node:ident, $fields:ident, $errors:ident, $marks:expr) => {
        $crate::http::body::mark_by_tag($tag, &mut $fields, $node, &$marks, $errors)
    };
    (@tag presence, $mark:literal) => { None };
    (@tag $tag:literal, $mark:literal) => { Some($crate::http::body::Property::tag($tag, $mark)) };
    (@property presence) => { None };
    (@property $tag:literal) => { Some($tag) };
}

use poem_openapi::registry::{MetaDiscriminatorObject, MetaSchema, MetaSchemaRef};

use super::{Errors, Fields, Node};
use crate::http::problem::FieldCode;
/// Which kind the tag names; a wrong or missing tag is noted at the tag.
pub fn mark_by_tag(
    tag: &'static str,
    fields: &mut Fields<'_>,
    node: &Node,
    marks: &[&'static str],
    errors: &mut Errors,
) -> Option<&'static str> {
    fields.know(tag);
    let code = match node.member(tag) {
        None => FieldCode::Missing,
        Some(Node::Text(word)) => match marks.iter().find(|mark| *mark == word) {
            Some(mark) => return Some(mark),
            None => FieldCode::ChoiceUnknown,
        },
        Some(_) => FieldCode::WrongType,
    };
    errors.within(tag, |errors| errors.push(code));
    None
}

/// Which kind the members name; none is noted at the object, and the other kind's members are then unknown ones.
pub fn mark_by_presence(node: &Node, marks: &[&'static str], errors: &mut Errors) -> Option<&'static str> {
    let found = marks.iter().copied().find(|mark| node.member(mark).is_some());
    if found.is_none() {
        errors.push(FieldCode::Ambiguous);
    }
    found
}

/// The schema of one of several objects: by a discriminator, where there is a tag.
#[must_use]
pub fn union_schema(
    documentation: &'static str,
    tag: Option<&'static str>,
    kinds: &[(&'static str, &'static str)],
) -> MetaSchema {
    let documentation = documentation.trim();
    let mut schema = MetaSchema::new("object");
    schema.description = (!documentation.is_empty()).then_some(documentation);
    schema.one_of = kinds.iter().map(|(_, name)| MetaSchemaRef::Reference((*name).to_owned())).collect();
    schema.discriminator = tag.map(|property_name| MetaDiscriminatorObject {
        property_name,
        mapping: kinds
            .iter()
            .map(|(mark, name)| ((*mark).to_owned(), format!("#/components/schemas/{name}")))
            .collect(),
    });
    schema
}

#[cfg(test)]
mod tests {
    use poem_openapi::registry::Registry;

    use super::*;
    use crate::http::body::{Decode, Int, json};

    union! {
        /// What the making costs.
        pub enum ProbeMaking by "kind" {
            /// So much for a mass.
            PerMass = "per_mass" { amount: Int<0, 99>, per_mg: Int<1, 99> },
            /// One sum.
            Fixed = "fixed" { amount: Int<0, 99> },
        }
    }

    union! {
        /// A stone.
        pub enum ProbeStone by presence {
            Weighed = "mass_mct" { mass_mct: Int<1, 99> },
            Counted = "count" { count: Int<1, 99> },
        }
    }

    fn read<T: Decode>(text: &str) -> Result<T, Vec<(String, FieldCode)>> {
        let mut errors = Errors::new();
        let node = json::parse(text.as_bytes(), &mut errors).unwrap();
        T::decode(&node, &mut errors)
            .filter(|_| errors.is_empty())
            .ok_or_else(|| errors.into_list().into_iter().map(|error| (error.pointer, error.code)).collect())
    }

    #[test]
    fn the_tag_says_which_fields_there_are() {
        let fixed = read::<ProbeMaking>(r#"{"amount":7,"kind":"fixed"}"#).unwrap();
        assert_eq!(fixed, ProbeMaking::Fixed { amount: Int::new(7).unwrap() });
        let wrong = read::<ProbeMaking>(r#"{"kind":"fixed","per_mg":1,"amount":-1}"#).unwrap_err();
        assert_eq!(
            wrong,
            [("/amount".into(), FieldCode::NumberOutOfRange), ("/per_mg".into(), FieldCode::Unknown)]
        );
    }

    #[test]
    fn a_wrong_tag_is_named_at_the_tag() {
        for (text, code) in [
            (r#"{"kind":"free"}"#, FieldCode::ChoiceUnknown),
            (r#"{"kind":1}"#, FieldCode::WrongType),
            ("{}", FieldCode::Missing),
        ] {
            assert_eq!(read::<ProbeMaking>(text).unwrap_err(), [("/kind".into(), code)]);
        }
        assert_eq!(read::<ProbeMaking>("[]").unwrap_err(), [(String::new(), FieldCode::WrongType)]);
    }

    #[test]
    fn presence_of_the_marked_field_decides() {
        let counted = read::<ProbeStone>(r#"{"count":2}"#).unwrap();
        assert_eq!(counted, ProbeStone::Counted { count: Int::new(2).unwrap() });
        assert_eq!(read::<ProbeStone>("{}").unwrap_err(), [(String::new(), FieldCode::Ambiguous)]);
        let both = read::<ProbeStone>(r#"{"count":2,"mass_mct":3}"#).unwrap_err();
        assert_eq!(both, [("/count".into(), FieldCode::Unknown)]);
    }

    #[test]
    fn the_document_has_one_schema_a_kind_and_a_discriminator() {
        let mut registry = Registry::new();
        ProbeMaking::register(&mut registry);
        ProbeStone::register(&mut registry);
        assert_eq!(registry.schemas["ProbeMaking"].one_of.len(), 2);
        assert_eq!(registry.schemas["ProbeMakingFixed"].required, ["kind", "amount"]);
        let discriminator = registry.schemas["ProbeMaking"].discriminator.as_ref().unwrap();
        assert_eq!(discriminator.property_name, "kind");
        assert!(registry.schemas["ProbeStone"].discriminator.is_none());
    }
}
