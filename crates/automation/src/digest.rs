//! The MD5 digests Dagster gives conditions and results (`non_secure_md5_hash_str`).
//!
//! A tick makes some of each for every node it evaluates: they are held as bytes, and hashed piece by piece.

use std::fmt;

use md5::{Digest as _, Md5};

/// A digest; shown in lower-case hex as Dagster stores it.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Digest([u8; 16]);

impl Digest {
    /// Of a text.
    #[cfg(test)]
    pub(crate) fn of(text: &str) -> Self {
        let mut hasher = Hasher::default();
        hasher.text(text);
        hasher.finish()
    }

    /// Reads the form Dagster stores; none for anything else.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let bytes: &[u8; 32] = text.as_bytes().try_into().ok()?;
        let digit = |byte: u8| match byte {
            b'0'..=b'9' => Some(byte - b'0'),
            b'a'..=b'f' => Some(byte - b'a' + 10),
            _ => None,
        };
        let mut digest = [0; 16];
        for (place, pair) in digest.iter_mut().zip(bytes.chunks_exact(2)) {
            *place = digit(pair[0])? << 4 | digit(pair[1])?;
        }
        Some(Self(digest))
    }

    /// Appends the form shown.
    pub(crate) fn write(self, out: &mut String) {
        // Hex digits are ASCII.
        out.push_str(std::str::from_utf8(&self.hex()).unwrap_or_default());
    }

    fn hex(self) -> [u8; 32] {
        const DIGITS: &[u8; 16] = b"0123456789abcdef";
        let mut hex = [0; 32];
        for (pair, byte) in hex.chunks_exact_mut(2).zip(self.0) {
            pair[0] = DIGITS[usize::from(byte >> 4)];
            pair[1] = DIGITS[usize::from(byte & 15)];
        }
        hex
    }
}

impl fmt::Display for Digest {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Hex digits are ASCII.
        formatter.write_str(std::str::from_utf8(&self.hex()).unwrap_or_default())
    }
}

impl fmt::Debug for Digest {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, formatter)
    }
}

impl PartialEq<str> for Digest {
    fn eq(&self, text: &str) -> bool {
        self.hex() == *text.as_bytes()
    }
}

/// Collects what a digest is of.
#[derive(Default)]
pub(crate) struct Hasher(Md5);

impl Hasher {
    pub(crate) fn text(&mut self, text: &str) {
        self.0.update(text);
    }

    pub(crate) fn digest(&mut self, digest: Digest) {
        self.0.update(digest.hex());
    }

    pub(crate) fn number(&mut self, number: i64) {
        let mut digits = [0_u8; 20];
        let mut at = digits.len();
        let mut left = number.unsigned_abs();
        loop {
            at -= 1;
            // A remainder by ten is a digit.
            digits[at] = b'0' + u8::try_from(left % 10).unwrap_or_default();
            left /= 10;
            if left == 0 {
                break;
            }
        }
        if number < 0 {
            self.text("-");
        }
        self.0.update(&digits[at..]);
    }

    pub(crate) fn finish(self) -> Digest {
        Digest(self.0.finalize().into())
    }
}

#[cfg(test)]
mod tests {
    use super::{Digest, Hasher};

    #[test]
    fn digests_are_written_and_read_as_dagster_does() {
        let digest = Digest::of("NEWLY_TRUE");
        let text = digest.to_string();
        assert_eq!(Digest::parse(&text), Some(digest));
        assert!(digest == *text.as_str());
        assert_eq!(Digest::of("").to_string(), "d41d8cd98f00b204e9800998ecf8427e");
        assert_eq!(Digest::parse("d41d8cd98f00b204e9800998ecf8427"), None);
        assert_eq!(Digest::parse("D41D8CD98F00B204E9800998ECF8427E"), None);
    }

    #[test]
    fn pieces_hash_as_their_text_does() {
        for number in [0, 7, -40, 1_704_067_200, i64::MIN] {
            let (mut pieces, id) = (Hasher::default(), Digest::of("a"));
            pieces.digest(id);
            pieces.number(number);
            pieces.text("x");
            assert_eq!(pieces.finish(), Digest::of(&format!("{id}{number}x")));
        }
    }
}
