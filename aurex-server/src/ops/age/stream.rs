//! Content of any length, chunk by chunk: what is sealed and opened holds one chunk in memory.
//!
//! Each chunk is sealed by its number and by whether it is the last, so that none can be left out, put elsewhere or be the
//! end of what went on.

use std::io::{self, Read, Write};

use aurex_core::chance::{Entropy, draw};
use chacha20poly1305::ChaCha20Poly1305;
use chacha20poly1305::aead::Aead as _;

use super::{AgeError, FileKey, Identity, LONGEST, Recipient, TAG, cipher, derived, header, unwrap, wrap};

/// A header is a few hundred bytes a recipient.
const LONGEST_HEADER: usize = 256 * 1024;

/// The numbers of chunks, which are the nonces.
#[derive(Default)]
struct Counter(u64);

impl Counter {
    fn next(&mut self, is_last: bool) -> [u8; 12] {
        let mut nonce = [0; 12];
        let [.., a, b, c, d, e, f, g, h, last] = &mut nonce;
        for (to, byte) in [a, b, c, d, e, f, g, h].into_iter().zip(self.0.to_be_bytes()) {
            *to = byte;
        }
        *last = u8::from(is_last);
        self.0 = self.0.saturating_add(1);
        nonce
    }
}

/// Seals what is written to it, for several recipients each of whom can open it alone. Whoever does not call
/// [`Sealing::finish`] leaves a file that nobody opens to its end.
pub struct Sealing<W: Write> {
    out: W,
    cipher: ChaCha20Poly1305,
    counter: Counter,
    chunk: Vec<u8>,
}

impl<W: Write> Sealing<W> {
    /// Writes the header.
    ///
    /// # Errors
    /// [`AgeError::Recipient`] inside for a recipient that no secret belongs to; of the writer.
    pub fn begin(mut out: W, recipients: &[Recipient], entropy: &dyn Entropy) -> io::Result<Self> {
        let file_key = FileKey::new(draw(entropy));
        let stanzas = recipients
            .iter()
            .map(|to| wrap(&file_key, *to, &zeroize::Zeroizing::new(draw(entropy))))
            .collect::<Result<Vec<_>, _>>()
            .map_err(io::Error::other)?;
        out.write_all(header::write(&stanzas, &derived(&*file_key, b"", b"header")).as_bytes())?;
        let nonce: [u8; 16] = draw(entropy);
        out.write_all(&nonce)?;
        let cipher = cipher(&derived(&*file_key, &nonce, b"payload"));
        Ok(Self { out, cipher, counter: Counter::default(), chunk: Vec::with_capacity(LONGEST) })
    }

    fn put(&mut self, is_last: bool) -> io::Result<()> {
        let nonce = self.counter.next(is_last);
        let sealed = self.cipher.encrypt(&nonce.into(), self.chunk.as_slice());
        self.out.write_all(&sealed.map_err(|_| io::Error::other("a chunk could not be sealed"))?)?;
        self.chunk.clear();
        Ok(())
    }

    /// Seals the last chunk, and gives the writer back.
    ///
    /// # Errors
    /// Of the writer.
    pub fn finish(mut self) -> io::Result<W> {
        self.put(true)?;
        self.out.flush()?;
        Ok(self.out)
    }
}

impl<W: Write> Write for Sealing<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        // A full chunk waits for the next byte: only then it is known not to be the last.
        if self.chunk.len() == LONGEST && !bytes.is_empty() {
            self.put(false)?;
        }
        let room = LONGEST.saturating_sub(self.chunk.len()).min(bytes.len());
        self.chunk.extend(bytes.iter().take(room));
        Ok(room)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Opens a sealed file while it is read. A file without armor only.
pub struct Opening<R: Read> {
    input: R,
    cipher: ChaCha20Poly1305,
    counter: Counter,
    /// What was read and not opened yet.
    ahead: Vec<u8>,
    open: Vec<u8>,
    given: usize,
    ended: bool,
}

impl<R: Read> Opening<R> {
    /// Reads the header.
    ///
    /// # Errors
    /// [`AgeError`] inside; of the reader.
    pub fn begin(mut input: R, identities: &[Identity]) -> io::Result<Self> {
        let bytes = header_of(&mut input)?;
        let malformed = || io::Error::other(AgeError::Malformed);
        let (header, _) = header::read(&bytes).ok_or_else(malformed)?;
        let keys = identities.iter().flat_map(|one| header.stanzas.iter().map(move |stanza| (one, stanza)));
        let file_key = keys.filter_map(|(one, stanza)| unwrap(one, stanza)).next();
        let file_key = file_key.ok_or_else(|| io::Error::other(AgeError::NotForUs))?;
        if !header.is_by(&derived(&*file_key, b"", b"header")) {
            return Err(io::Error::other(AgeError::Changed));
        }
        let mut nonce = [0; 16];
        input.read_exact(&mut nonce)?;
        let cipher = cipher(&derived(&*file_key, &nonce, b"payload"));
        let mut opening = Self {
            input,
            cipher,
            counter: Counter::default(),
            ahead: Vec::new(),
            open: Vec::new(),
            given: 0,
            ended: false,
        };
        opening.ahead = opening.sealed_chunk()?;
        Ok(opening)
    }

    fn sealed_chunk(&mut self) -> io::Result<Vec<u8>> {
        let mut chunk = Vec::new();
        let most = u64::try_from(LONGEST + TAG).unwrap_or(0);
        (&mut self.input).take(most).read_to_end(&mut chunk)?;
        Ok(chunk)
    }

    fn next_chunk(&mut self) -> io::Result<()> {
        let next = self.sealed_chunk()?;
        let sealed = std::mem::replace(&mut self.ahead, next);
        let is_last = self.ahead.is_empty();
        let nonce = self.counter.next(is_last);
        let open = self.cipher.decrypt(&nonce.into(), sealed.as_slice());
        self.open = open.map_err(|_| io::Error::other(AgeError::Changed))?;
        (self.given, self.ended) = (0, is_last);
        Ok(())
    }
}

/// The header, up to the end of its last line and no further.
fn header_of(input: &mut impl Read) -> io::Result<Vec<u8>> {
    let (mut bytes, mut line) = (Vec::new(), 0);
    let mut byte = [0];
    while bytes.len() < LONGEST_HEADER {
        input.read_exact(&mut byte)?;
        bytes.extend(byte);
        if byte == *b"\n" {
            if bytes.get(line..).is_some_and(|line| line.starts_with(b"--- ")) {
                return Ok(bytes);
            }
            line = bytes.len();
        }
    }
    Err(io::Error::other(AgeError::Malformed))
}

impl<R: Read> Read for Opening<R> {
    fn read(&mut self, to: &mut [u8]) -> io::Result<usize> {
        while self.given == self.open.len() {
            if self.ended {
                return Ok(0);
            }
            self.next_chunk()?;
        }
        let rest = self.open.get(self.given..).unwrap_or_default();
        let given = rest.len().min(to.len());
        for (to, byte) in to.iter_mut().zip(rest) {
            *to = *byte;
        }
        self.given = self.given.saturating_add(given);
        Ok(given)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ops::machine::OsEntropy;

    fn identity() -> Identity {
        Identity::new(zeroize::Zeroizing::new(draw(&OsEntropy)))
    }

    fn sealed(content: &[u8], to: &Identity) -> Vec<u8> {
        let mut sealing = Sealing::begin(Vec::new(), &[to.recipient()], &OsEntropy).unwrap();
        sealing.write_all(content).unwrap();
        sealing.finish().unwrap()
    }

    fn opened(file: &[u8], by: Identity) -> io::Result<Vec<u8>> {
        let mut content = Vec::new();
        Opening::begin(file, &[by])?.read_to_end(&mut content).map(|_| content)
    }

    #[test]
    fn whatever_its_length_content_opens_to_what_it_was_and_only_for_whom_it_is() {
        for length in [0, 1, LONGEST - 1, LONGEST, LONGEST + 1, 3 * LONGEST] {
            let content: Vec<u8> = (0..=250).cycle().take(length).collect();
            let anne = identity();
            let file = sealed(&content, &anne);
            if length <= LONGEST {
                assert_eq!(*super::super::open(&file, &[Identity::new(anne.0.clone())]).unwrap(), content);
            }
            assert!(opened(&file, identity()).is_err(), "it is not sealed to somebody else");
            assert!(opened(&file, anne).unwrap() == content, "{length} bytes");
        }
    }

    #[test]
    fn a_chunk_that_is_changed_left_out_or_the_last_too_soon_is_refused() {
        let anne = identity();
        let of = |anne: &Identity| Identity::new(anne.0.clone());
        let file = sealed(&vec![7; 3 * LONGEST], &anne);
        let payload = file.len() - 3 * (LONGEST + TAG);
        let mut changed = file.clone();
        *changed.last_mut().unwrap() ^= 1;
        assert!(opened(&changed, of(&anne)).is_err());
        assert!(opened(file.get(..payload + 2 * (LONGEST + TAG)).unwrap(), of(&anne)).is_err());
        let mut without = file.clone();
        without.drain(payload..payload + LONGEST + TAG);
        assert!(opened(&without, of(&anne)).is_err());
        let mut longer = file;
        longer.extend([0; TAG]);
        assert!(opened(&longer, anne).is_err());
    }
}
