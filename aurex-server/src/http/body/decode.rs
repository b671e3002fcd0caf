//! What a type must say to be read from a request.

use poem_openapi::registry::{MetaSchema, MetaSchemaRef, Registry};

use super::{Errors, Node};

/// A type that can be read from a body or a parameter, and that says in the OpenAPI document what it takes.
///
/// An implementation that returns `None` has noted why in `errors`; one that returns `Some` has noted nothing.
pub trait Decode: Sized {
    /// Reads one value.
    fn decode(node: &Node, errors: &mut Errors) -> Option<Self>;

    /// What an absent field means; `None` makes the field required.
    fn absent() -> Option<Self> {
        None
    }

    /// The schema: a reference for named types, else inline.
    fn schema() -> MetaSchemaRef;

    /// Puts the named schemas that this type needs into the document.
    fn register(_registry: &mut Registry) {}
}

/// One property of an object's schema.
pub struct Property {
    name: &'static str,
    required: bool,
    schema: MetaSchemaRef,
}

impl Property {
    /// The property that a field of type `T` is, with its documentation.
    #[must_use]
    pub fn of<T: Decode>(name: &'static str, documentation: &'static str) -> Self {
        let documentation = documentation.trim();
        let mut schema = T::schema();
        if !documentation.is_empty() {
            schema = schema.merge(MetaSchema { description: Some(documentation), ..MetaSchema::ANY });
        }
        Self { name, required: T::absent().is_none(), schema }
    }

    /// A union's tag: one fixed word.
    #[must_use]
    pub fn tag(name: &'static str, value: &'static str) -> Self {
        let mut schema = MetaSchema::new("string");
        schema.enum_items = vec![value.into()];
        Self { name, required: true, schema: MetaSchemaRef::Inline(Box::new(schema)) }
    }
}

/// The schema of an object with these properties and no others.
#[must_use]
pub fn object_schema(documentation: &'static str, properties: Vec<Property>) -> MetaSchema {
    let documentation = documentation.trim();
    let mut schema = MetaSchema::new("object");
    schema.description = (!documentation.is_empty()).then_some(documentation);
    schema.required =
        properties.iter().filter(|property| property.required).map(|property| property.name).collect();
    schema.properties = properties.into_iter().map(|property| (property.name, property.schema)).collect();
    schema.additional_properties = Some(Box::new(crate::http::openapi::nothing_else()));
    schema
}

/// A field's name without the mark of a raw identifier: `r#type` is called `type`.
#[must_use]
pub fn schema_name(identifier: &'static str) -> &'static str {
    identifier.strip_prefix("r#").unwrap_or(identifier)
}
