//! What a request may look like on the wire, and what an answer does: one reading of where each begins and ends.

use super::sockets::{Running, start};
use super::*;
use crate::http::acceptor::Deadlines;

/// A bill, framed in ways that two readers could read differently. `{host}` is put in.
const SMUGGLED: [(&str, &str, &str); 18] = [
    ("two lengths", "Content-Length: 5\r\nContent-Length: 6", "hello"),
    ("two lengths in one", "Content-Length: 5, 6", "hello"),
    ("a length with a sign", "Content-Length: +5", "hello"),
    ("a negative length", "Content-Length: -5", "hello"),
    ("a length in hexadecimal", "Content-Length: 0x5", "hello"),
    ("a length that is none", "Content-Length: five", "hello"),
    ("a length beyond all numbers", "Content-Length: 99999999999999999999999", "hello"),
    ("a length with a space inside", "Content-Length: 1 2", "hello"),
    ("a space before the colon", "Content-Length : 5", "hello"),
    ("chunks that are not the last coding", "Transfer-Encoding: chunked, identity", "0\r\n\r\n"),
    ("an unknown coding", "Transfer-Encoding: xchunked", "0\r\n\r\n"),
    ("a coding in a vertical tab", "Transfer-Encoding: \x0bchunked", "0\r\n\r\n"),
    ("a header folded over two lines", "X-One: a\r\n Content-Length: 5", "hello"),
    ("a line without a name", ": 5\r\nContent-Length: 5", "hello"),
    ("a name with a control character", "Content-\x01Length: 5", "hello"),
    ("a bare carriage return in a value", "X-One: a\rContent-Length: 5", "hello"),
    ("a NUL in a value", "X-One: a\0b\r\nContent-Length: 5", "hello"),
    ("a chunk with a size that is none", "Transfer-Encoding: chunked", "zz\r\nhello\r\n0\r\n\r\n"),
];

/// A second request, hidden where the body of the first might be taken to end.
fn smuggled(host: impl std::fmt::Display) -> String {
    format!("GET /smuggled HTTP/1.1\r\nHost: {host}\r\n\r\n")
}

#[tokio::test]
async fn asvs_v4_2_1_ambiguous_framing_is_refused() {
    let running = start(Deadlines::default()).await;
    let host = running.address;
    for (why, framing, body) in SMUGGLED {
        let request = format!(
            "POST {BILLS} HTTP/1.1\r\nHost: {host}\r\nContent-Type: application/json\r\n{framing}\r\n\r\n{body}{}",
            smuggled(host)
        );
        let answer = running.exchange(request.as_bytes()).await;
        assert!(answer.is_empty() || answer.starts_with("HTTP/1.1 400 "), "{why}: {answer}");
        assert!(!answer.contains("route.unknown"), "{why}: the hidden request was read: {answer}");
    }
    assert_eq!(running.issued.load(Ordering::SeqCst), 0);
    running.stop().await;
}

#[tokio::test]
async fn asvs_v4_2_1_a_length_beside_chunks_hides_no_second_request() {
    let running = start(Deadlines::default()).await;
    let host = running.address;
    for (one, other) in [
        ("Content-Length: 4", "Transfer-Encoding: chunked"),
        ("Transfer-Encoding: chunked", "Content-Length: 4"),
    ] {
        // By its length the body ends within the chunk; by its chunks a second request follows.
        let hidden = smuggled(host);
        let request = format!(
            "POST {BILLS} HTTP/1.1\r\nHost: {host}\r\nContent-Type: application/json\r\n{one}\r\n{other}\r\n\r\n\
             {:x}\r\n{hidden}\r\n0\r\n\r\n",
            hidden.len()
        );
        let answer = running.exchange(request.as_bytes()).await;
        assert!(answer.is_empty() || answer.starts_with("HTTP/1.1 400 "), "{answer}");
        assert!(!answer.contains("route.unknown"), "{answer}");
    }
    running.stop().await;
}

/// Reads one answer from its first byte, as a strict client does; the rest of the bytes is returned.
fn framed<'b>(bytes: &'b str, head_only: bool, of: &str) -> &'b str {
    let (head, rest) = bytes.split_once("\r\n\r\n").unwrap_or_else(|| panic!("{of}: no end of the head"));
    let named = |name: &str| -> Vec<String> {
        let lines = head.lines().skip(1).filter_map(|line| line.split_once(':'));
        lines
            .filter(|(found, _)| found.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.trim().to_owned())
            .collect()
    };
    let (lengths, codings) = (named("content-length"), named("transfer-encoding"));
    assert!(lengths.len() + codings.len() <= 1, "{of}: {head}");
    let status = head.split(' ').nth(1).unwrap();
    if head_only || status == "204" || status == "304" {
        assert!(codings.is_empty(), "{of}: {head}");
        return rest;
    }
    assert_eq!(lengths.len(), 1, "{of}: {head}");
    let length: usize = lengths[0].parse().unwrap();
    rest.get(length..).unwrap_or_else(|| panic!("{of}: shorter than it says"))
}

#[tokio::test]
async fn asvs_v4_2_2_every_answer_has_one_length() {
    let running: Running = start(Deadlines::default()).await;
    let host = running.address;
    let requests = [
        format!("GET {BILLS} HTTP/1.1\r\nHost: {host}\r\n\r\n"),
        format!("HEAD {BILLS} HTTP/1.1\r\nHost: {host}\r\n\r\n"),
        format!("HEAD /page HTTP/1.1\r\nHost: {host}\r\n\r\n"),
        format!("GET /nowhere HTTP/1.1\r\nHost: {host}\r\n\r\n"),
        format!("HEAD /nowhere HTTP/1.1\r\nHost: {host}\r\n\r\n"),
        format!("DELETE {BILLS} HTTP/1.1\r\nHost: {host}\r\n\r\n"),
        format!("GET /page HTTP/1.1\r\nHost: {host}\r\nAccept-Encoding: gzip, br\r\n\r\n"),
        format!("GET /healthz HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n"),
    ];
    // One connection, one request after the other: a wrong length would shift every answer behind it.
    let answers = running.exchange(requests.concat().as_bytes()).await;
    let mut rest = answers.as_str();
    for request in &requests {
        assert!(rest.starts_with("HTTP/1.1 "), "{request}: {rest}");
        rest = framed(rest, request.starts_with("HEAD"), request);
    }
    assert_eq!(rest, "");
    running.stop().await;
}
