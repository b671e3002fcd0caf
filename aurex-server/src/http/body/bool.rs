//! Yes and no.

use poem_openapi::registry::{MetaSchema, MetaSchemaRef};

use super::{Decode, Errors, Node};
use crate::http::problem::FieldCode;

impl Decode for bool {
    fn decode(node: &Node, errors: &mut Errors) -> Option<Self> {
        match node {
            Node::Bool(value) => Some(*value),
            Node::Parameter(text) if text == "true" => Some(true),
            Node::Parameter(text) if text == "false" => Some(false),
            _ => {
                errors.push(FieldCode::WrongType);
                None
            }
        }
    }

    fn schema() -> MetaSchemaRef {
        MetaSchemaRef::Inline(Box::new(MetaSchema::new("boolean")))
    }
}
