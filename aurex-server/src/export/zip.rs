//! ZIP archives as APPNOTE 6.3.10 has them, as few of its means as a spreadsheet needs: every file whole, none compressed,
//! all dated the first day that the format knows, so that the same report is the same bytes.

/// What the format calls the first of January 1980.
const FIRST_DAY: u16 = 0x0021;
/// The version needed to read it: 2.0.
const VERSION: u16 = 20;
/// Names are UTF-8 (bit 11).
const FLAGS: u16 = 0x0800;

/// The archive is larger than the format counts without its extensions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a file of an archive is larger than four gigabytes")]
pub struct TooLarge;

/// An archive being written.
#[derive(Debug, Default)]
pub struct Archive {
    bytes: Vec<u8>,
    directory: Vec<u8>,
    files: u16,
}

fn size(length: usize) -> Result<[u8; 4], TooLarge> {
    u32::try_from(length).map(u32::to_le_bytes).map_err(|_| TooLarge)
}

/// The CRC-32 of IEEE 802.3, bit by bit: a report is a few megabytes at most, and a table would be more to read.
fn crc32(bytes: &[u8]) -> u32 {
    const POLYNOMIAL: u32 = 0xEDB8_8320;
    let step = |crc: u32| if crc & 1 == 1 { (crc >> 1) ^ POLYNOMIAL } else { crc >> 1 };
    !bytes.iter().fold(u32::MAX, |crc, byte| (0..8).fold(crc ^ u32::from(*byte), |crc, _| step(crc)))
}

impl Archive {
    /// Adds a file.
    ///
    /// # Errors
    /// [`TooLarge`].
    pub fn add(&mut self, name: &str, content: &[u8]) -> Result<(), TooLarge> {
        let offset = size(self.bytes.len())?;
        let length = size(content.len())?;
        let name_length = u16::try_from(name.len()).map_err(|_| TooLarge)?.to_le_bytes();
        let mut header = Vec::new();
        for word in [VERSION, FLAGS, 0, 0, FIRST_DAY] {
            header.extend_from_slice(&word.to_le_bytes());
        }
        header.extend_from_slice(&crc32(content).to_le_bytes());
        header.extend_from_slice(&length);
        header.extend_from_slice(&length);
        header.extend_from_slice(&name_length);
        header.extend_from_slice(&[0; 2]);

        self.bytes.extend_from_slice(b"PK\x03\x04");
        self.bytes.extend_from_slice(&header);
        self.bytes.extend_from_slice(name.as_bytes());
        self.bytes.extend_from_slice(content);

        self.directory.extend_from_slice(b"PK\x01\x02");
        self.directory.extend_from_slice(&VERSION.to_le_bytes());
        self.directory.extend_from_slice(&header);
        // No comment, the first disk, no attributes.
        self.directory.extend_from_slice(&[0; 10]);
        self.directory.extend_from_slice(&offset);
        self.directory.extend_from_slice(name.as_bytes());
        self.files = self.files.checked_add(1).ok_or(TooLarge)?;
        Ok(())
    }

    /// The archive's bytes.
    ///
    /// # Errors
    /// [`TooLarge`].
    pub fn finish(self) -> Result<Vec<u8>, TooLarge> {
        let Self { mut bytes, directory, files } = self;
        let (offset, length) = (size(bytes.len())?, size(directory.len())?);
        bytes.extend_from_slice(&directory);
        bytes.extend_from_slice(b"PK\x05\x06");
        bytes.extend_from_slice(&[0; 4]);
        bytes.extend_from_slice(&files.to_le_bytes());
        bytes.extend_from_slice(&files.to_le_bytes());
        bytes.extend_from_slice(&length);
        bytes.extend_from_slice(&offset);
        bytes.extend_from_slice(&[0; 2]);
        Ok(bytes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_checksum_has_the_published_check_value() {
        // The value of "123456789" in the catalogue of parametrised CRC algorithms, CRC-32/ISO-HDLC.
        assert_eq!(crc32(b"123456789"), 0xCBF4_3926);
        assert_eq!(crc32(b""), 0);
    }

    #[test]
    fn the_directory_leads_to_every_file() {
        let mut archive = Archive::default();
        archive.add("a.xml", b"first").unwrap();
        archive.add("b.xml", b"second").unwrap();
        let bytes = archive.finish().unwrap();
        let end = bytes.len() - 22;
        assert_eq!(&bytes[end..end + 4], b"PK\x05\x06");
        assert_eq!(&bytes[end + 8..end + 12], &[2, 0, 2, 0]);
        let word =
            |at: usize| usize::try_from(u32::from_le_bytes(bytes[at..at + 4].try_into().unwrap())).unwrap();
        let (length, mut at) = (word(end + 12), word(end + 16));
        assert_eq!(at + length, end);
        for (name, content) in [("a.xml", &b"first"[..]), ("b.xml", b"second")] {
            assert_eq!(&bytes[at..at + 4], b"PK\x01\x02");
            assert_eq!(word(at + 16), usize::try_from(crc32(content)).unwrap());
            assert_eq!((word(at + 20), word(at + 24)), (content.len(), content.len()));
            assert_eq!(&bytes[at + 46..at + 46 + name.len()], name.as_bytes());
            let local = word(at + 42);
            assert_eq!(&bytes[local..local + 4], b"PK\x03\x04");
            let start = local + 30 + name.len();
            assert_eq!(&bytes[start..start + content.len()], content);
            at += 46 + name.len();
        }
        assert_eq!(at, end);
    }
}
