//! What a relay was given, read the way a mail program reads it.

use aurex_server::mail::Message;

/// One mail as it arrived.
#[derive(Debug, Clone)]
pub struct Captured {
    /// Whether it came inside TLS.
    pub tls: bool,
    /// Who the client said it is.
    pub hello: String,
    /// User and password, if it signed in.
    pub signed_in: Option<(String, String)>,
    /// The envelope's sender.
    pub from: String,
    /// The envelope's recipients.
    pub to: Vec<String>,
    /// The message, dots taken back.
    pub data: Vec<u8>,
}

impl Captured {
    /// The header block's lines, folded ones joined: name and value.
    pub fn headers(&self) -> Vec<(String, String)> {
        headers(&self.data)
    }

    /// The value of the one header of this name.
    pub fn header(&self, name: &str) -> String {
        let mut found = self.headers().into_iter().filter(|(n, _)| n.eq_ignore_ascii_case(name));
        let (_, value) = found.next().unwrap_or_else(|| panic!("no {name}"));
        assert!(found.next().is_none(), "{name} stands twice");
        value
    }

    /// The text and the HTML.
    pub fn words(&self) -> (String, String) {
        let content_type = self.header("Content-Type");
        let boundary = content_type.split_once("boundary=\"").unwrap().1.split_once('"').unwrap().0;
        let whole = String::from_utf8(self.data.clone()).unwrap();
        let parts: Vec<&str> = whole.split(&format!("--{boundary}")).collect();
        assert_eq!(parts.len(), 4, "a header block, two parts and the end");
        let words =
            |part: &str| unquoted(part.split_once("\r\n\r\n").unwrap().1.strip_suffix("\r\n").unwrap());
        (words(parts[1]), words(parts[2]))
    }
}

fn headers(data: &[u8]) -> Vec<(String, String)> {
    let text = std::str::from_utf8(data).unwrap();
    let (block, _) = text.split_once("\r\n\r\n").expect("a header block ends in an empty line");
    let block = block.replace("\r\n ", " ").replace("\r\n\t", " ");
    assert!(!block.replace("\r\n", "").contains(['\r', '\n']), "a line break of its own in {block:?}");
    block
        .split("\r\n")
        .map(|line| line.split_once(": ").unwrap_or_else(|| panic!("no header: {line:?}")))
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect()
}

/// The headers of a message that was never sent.
pub fn headers_of(message: &Message) -> Vec<(String, String)> {
    headers(&message.to_bytes().unwrap())
}

/// Quoted-printable (RFC 2045, section 6.7), read back.
fn unquoted(text: &str) -> String {
    let text = text.replace("=\r\n", "");
    let mut bytes = Vec::new();
    let mut rest = text.as_bytes();
    while let Some((byte, after)) = rest.split_first() {
        rest = after;
        if *byte == b'=' {
            let (digits, after) = rest.split_at(2);
            bytes.push(u8::from_str_radix(std::str::from_utf8(digits).unwrap(), 16).unwrap());
            rest = after;
        } else {
            bytes.push(*byte);
        }
    }
    String::from_utf8(bytes).unwrap().replace("\r\n", "\n")
}

/// The link in a mail, which has one at most.
pub fn link_in(text: &str) -> Option<&str> {
    text.lines().find(|line| line.starts_with("http://") || line.starts_with("https://"))
}
