//! Halves of surrogate pairs that stand alone, which Python strings can have (file names that are not UTF-8)
//! and Rust's cannot.
//!
//! A half U+D800..=U+DFFF is held as the private character U+10D800..=U+10DFFF and written as the half again.
//! So that these characters themselves survive too, their pairs are read as two halves: every text that
//! Python wrote, which escapes them all, is written as it was.

/// From a half to the character that stands for it.
const OFFSET: u32 = 0x10_0000;

/// The first halves of the pairs of those characters.
const FIRST_HALVES: std::ops::RangeInclusive<u32> = 0xdbf6..=0xdbf7;

/// The character of a pair.
pub(super) fn pair(high: u32, low: u32) -> char {
    let code = 0x1_0000 + ((high - 0xd800) << 10) + (low - 0xdc00);
    char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER)
}

/// Whether pairs with this first half are read as two halves.
pub(super) fn is_taken(high: u32) -> bool {
    FIRST_HALVES.contains(&high)
}

/// The character that stands for a half.
pub(super) fn lone(half: u32) -> char {
    char::from_u32(OFFSET + half).unwrap_or(char::REPLACEMENT_CHARACTER)
}

/// The half that a character stands for.
pub(super) fn half(c: char) -> Option<u32> {
    let half = u32::from(c).checked_sub(OFFSET)?;
    (0xd800..0xe000).contains(&half).then_some(half)
}
