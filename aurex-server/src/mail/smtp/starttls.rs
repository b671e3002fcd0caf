//! The few words before TLS (RFC 3207), and none too many.
//!
//! Whoever sits between us and the relay can write what they like before the handshake. So nothing said then is
//! believed, not even the list of what the relay can; and a byte that came ahead of the handshake ends the conversation,
//! because read afterwards it would pass for the relay's own word.

use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};

use crate::mail::MailError;

/// No honest answer in this part is longer.
const LONGEST: usize = 16 * 1024;

/// Asks the relay at the other end of `stream` for TLS. When it returns, the next byte is the handshake's.
pub(super) async fn ask<S: AsyncRead + AsyncWrite + Unpin>(
    stream: &mut S,
    hello: &str,
) -> Result<(), MailError> {
    let mut unread = Vec::new();
    accepted(&answer(stream, &mut unread).await?, 220)?;
    say(stream, &format!("EHLO {hello}\r\n")).await?;
    let offered = answer(stream, &mut unread).await?;
    accepted(&offered, 250)?;
    if !offered.lines.iter().skip(1).any(|line| line.trim().eq_ignore_ascii_case("STARTTLS")) {
        return Err(MailError::NoTls);
    }
    say(stream, "STARTTLS\r\n").await?;
    // Whatever it says but yes, there is no TLS.
    if answer(stream, &mut unread).await?.code != 220 {
        return Err(MailError::NoTls);
    }
    if unread.is_empty() { Ok(()) } else { Err(MailError::Broken) }
}

struct Answer {
    code: u16,
    lines: Vec<String>,
}

/// A relay that is not at our service yet may be later, whatever its first digit says: no mail is lost for it.
fn accepted(answer: &Answer, wanted: u16) -> Result<(), MailError> {
    if answer.code == wanted { Ok(()) } else { Err(MailError::Postponed { code: answer.code }) }
}

async fn say<S: AsyncWrite + Unpin>(stream: &mut S, words: &str) -> Result<(), MailError> {
    stream.write_all(words.as_bytes()).await.map_err(|_| MailError::Broken)
}

/// Reads one answer of one or more lines; what comes after it stays in `unread`.
async fn answer<S: AsyncRead + Unpin>(stream: &mut S, unread: &mut Vec<u8>) -> Result<Answer, MailError> {
    let mut lines = Vec::new();
    loop {
        while let Some(end) = unread.iter().position(|byte| *byte == b'\n') {
            let line: Vec<u8> = unread.drain(..=end).collect();
            let line = String::from_utf8_lossy(&line).trim_end().to_owned();
            let (code, rest) = line.split_at_checked(3).ok_or(MailError::Broken)?;
            let code = code.parse().map_err(|_| MailError::Broken)?;
            lines.push(rest.get(1..).unwrap_or_default().to_owned());
            if !rest.starts_with('-') {
                return Ok(Answer { code, lines });
            }
        }
        if unread.len() > LONGEST || lines.len() > 200 {
            return Err(MailError::Broken);
        }
        if stream.read_buf(unread).await.map_err(|_| MailError::Broken)? == 0 {
            return Err(MailError::Broken);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What comes of a relay that says all of `words` at once.
    async fn asked(words: &str) -> Result<(), MailError> {
        let (mut ours, mut theirs) = tokio::io::duplex(64 * 1024);
        theirs.write_all(words.as_bytes()).await.unwrap();
        theirs.shutdown().await.unwrap();
        let asked = ask(&mut ours, "shop.example").await;
        drop(ours);
        asked
    }

    #[tokio::test]
    async fn a_relay_is_asked_for_tls_before_anything_else_is_said() {
        asked("220-relay\r\n220 ready\r\n250-relay\r\n250-SIZE 10\r\n250 StartTLS\r\n220 go\r\n")
            .await
            .unwrap();
    }

    #[tokio::test]
    async fn without_tls_there_is_no_conversation() {
        for words in [
            "220 r\r\n250-STARTTLS\r\n250 AUTH PLAIN\r\n",
            "220 r\r\n250-r\r\n250 XSTARTTLS\r\n",
            "220 r\r\n250-r\r\n250 STARTTLS\r\n454 not now\r\n",
            "220 r\r\n250-r\r\n250 STARTTLS\r\n502 no\r\n",
        ] {
            assert!(matches!(asked(words).await, Err(MailError::NoTls)), "{words}");
        }
        for (words, code) in [("554 no\r\n", 554), ("421 busy\r\n", 421), ("220 r\r\n550 you?\r\n", 550)] {
            let error = asked(words).await.unwrap_err();
            assert!(matches!(error, MailError::Postponed { code: said } if said == code), "{words}");
            assert!(!error.is_permanent());
        }
    }

    #[tokio::test]
    async fn words_that_came_ahead_of_the_handshake_are_never_the_relays() {
        let ahead = "220 r\r\n250-r\r\n250 STARTTLS\r\n220 go\r\n250-r\r\n250 AUTH PLAIN\r\n";
        assert!(matches!(asked(ahead).await, Err(MailError::Broken)));
        assert!(matches!(asked(&format!("{}\r\n", ahead.trim_end())).await, Err(MailError::Broken)));
    }

    #[tokio::test]
    async fn what_is_no_answer_or_never_ends_is_broken_off() {
        for words in ["", "220", "22é r\r\n", "abc r\r\n", "\r\n"] {
            assert!(matches!(asked(words).await, Err(MailError::Broken)), "{words:?}");
        }
        assert!(matches!(asked(&"2".repeat(40_000)).await, Err(MailError::Broken)));
        assert!(matches!(asked(&"220-r\r\n".repeat(5_000)).await, Err(MailError::Broken)));
    }
}
