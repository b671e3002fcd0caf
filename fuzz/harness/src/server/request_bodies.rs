//! Bodies of requests, of every type that the API takes.

use aurex_server::{
    api::fuzzing::BODIES,
    http::{
        body::{Errors, Node, json},
        problem::{Code, FieldCode},
    },
};
use serde_json::Value;

/// More errors than this are not told.
const MOST_ERRORS: usize = 64;

/// The first byte chooses the type, the rest is the body.
///
/// The strict reader accepts nothing that a general one refuses, and reads the same. What it refuses, the general one
/// refuses too, or it is too deep or has a name twice. Every refusal has a code and places. What is accepted is accepted
/// in any order of its names and any spelling, with the same flat view; with one name twice it never is.
pub fn request_bodies(data: &[u8]) {
    let Some((choice, body)) = data.split_first() else { return };
    let mut errors = Errors::new();
    let parsed = json::parse(body, &mut errors);
    let repeated = errors.into_list();
    assert!(repeated.iter().all(|error| error.code == FieldCode::Duplicate));
    let general = serde_json::from_slice::<Value>(body);
    match &parsed {
        Ok(node) => {
            match &general {
                Ok(value) => assert!(!repeated.is_empty() || is_same(node, value), "read differently"),
                // Beyond the range of floating point, which only the general reader minds.
                Err(_) => assert!(has_number(node), "accepted what is not JSON"),
            }
            assert!(depth(node) <= json::MAX_DEPTH);
            let mut none = Errors::new();
            assert!(json::parse(print(node, Order::AsIs).as_bytes(), &mut none) == Ok(node.clone()));
            assert!(none.is_empty());
        }
        Err(json::Malformed::Depth) => {}
        Err(_) => assert!(general.is_err(), "refused what is JSON"),
    }

    let Some((name, read)) = BODIES.get(usize::from(*choice) % BODIES.len()) else { return };
    match (read(body), parsed) {
        (Ok(leaves), Ok(node)) => {
            assert!(repeated.is_empty(), "{name} with a name twice");
            for order in [Order::AsIs, Order::Backwards] {
                let again = read(print(&node, order).as_bytes());
                assert!(again.is_ok_and(|again| again == leaves), "{name} in another order or spelling");
            }
            if node.members().is_some_and(|members| !members.is_empty()) {
                let problem = read(print(&node, Order::FirstTwice).as_bytes()).err();
                assert!(problem.is_some_and(|problem| problem.code() == Code::BodyInvalid), "{name}");
            }
        }
        (Err(problem), Err(_)) => assert_eq!(problem.code(), Code::BodyMalformed),
        (Err(problem), Ok(_)) => {
            assert_eq!(problem.code(), Code::BodyInvalid);
            assert!((1..=MOST_ERRORS).contains(&problem.errors().len()), "{name}");
            for error in problem.errors() {
                assert!(error.pointer.is_empty() || error.pointer.starts_with('/'), "{name}");
                assert!(FieldCode::ALL.contains(&error.code), "{name}");
            }
        }
        (Ok(_), Err(_)) => unreachable!("{name} was read from what is not JSON"),
    }
}

fn is_same(node: &Node, value: &Value) -> bool {
    match (node, value) {
        (Node::Null, Value::Null) => true,
        (Node::Bool(ours), Value::Bool(theirs)) => ours == theirs,
        (Node::Integer(ours), Value::Number(theirs)) => Some(*ours) == theirs.as_i64(),
        // Spelt with fraction or exponent, a zero with a sign, or beyond 64 bits.
        (Node::Number(_), Value::Number(theirs)) => theirs.as_i64().is_none(),
        (Node::Text(ours), Value::String(theirs)) => ours == theirs,
        (Node::List(ours), Value::Array(theirs)) => {
            ours.len() == theirs.len() && ours.iter().zip(theirs).all(|(node, value)| is_same(node, value))
        }
        (Node::Object(ours), Value::Object(theirs)) => {
            ours.len() == theirs.len()
                && ours.iter().all(|(key, node)| theirs.get(key).is_some_and(|value| is_same(node, value)))
        }
        _ => false,
    }
}

fn has_number(node: &Node) -> bool {
    match node {
        Node::Number(_) => true,
        Node::List(items) => items.iter().any(has_number),
        Node::Object(members) => members.iter().any(|(_, node)| has_number(node)),
        _ => false,
    }
}

fn depth(node: &Node) -> usize {
    match node {
        Node::List(items) => 1 + items.iter().map(depth).max().unwrap_or(0),
        Node::Object(members) => 1 + members.iter().map(|(_, node)| depth(node)).max().unwrap_or(0),
        _ => 0,
    }
}

/// How names are put when a tree is printed.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Order {
    AsIs,
    Backwards,
    /// The first of the outermost object twice.
    FirstTwice,
}

fn print(node: &Node, order: Order) -> String {
    match node {
        Node::Null => "null".to_owned(),
        Node::Bool(value) => value.to_string(),
        Node::Integer(value) => value.to_string(),
        Node::Number(spelt) => spelt.clone(),
        Node::Text(text) | Node::Parameter(text) => print_text(text),
        Node::List(items) => {
            let items: Vec<_> = items.iter().map(|item| print(item, inner(order))).collect();
            format!("[{}]", items.join(","))
        }
        Node::Object(members) => {
            let mut members: Vec<_> = members.iter().collect();
            match order {
                Order::AsIs => {}
                Order::Backwards => members.reverse(),
                Order::FirstTwice => members.extend(members.first().copied()),
            }
            let member = |(key, value): &&(String, Node)| {
                format!("{}:{}", print_text(key), print(value, inner(order)))
            };
            format!("{{{}}}", members.iter().map(member).collect::<Vec<_>>().join(" , "))
        }
    }
}

const fn inner(order: Order) -> Order {
    match order {
        Order::FirstTwice => Order::AsIs,
        order => order,
    }
}

/// Every character as an escape: another spelling of the same text.
fn print_text(text: &str) -> String {
    let units: String = text.encode_utf16().map(|unit| format!("\\u{unit:04x}")).collect();
    format!("\"{units}\"")
}
