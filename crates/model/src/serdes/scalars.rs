//! How Python's scalars are written, and what merely wraps another value.

use std::sync::Arc;

use super::parser::ParsedNumber;
use super::{Pack, Parser, Record, SerdesError, Unpack, Writer};

impl Pack for bool {
    fn pack(&self, w: &mut Writer) {
        w.bool(*self);
    }
}

impl Unpack for bool {
    fn unpack(p: &mut Parser<'_>) -> Result<Self, SerdesError> {
        p.bool()
    }
}

macro_rules! integers {
    ($($int:ty),*) => {$(
        impl Pack for $int {
            fn pack(&self, w: &mut Writer) {
                w.verbatim(&self.to_string());
            }
        }

        impl Unpack for $int {
            fn unpack(p: &mut Parser<'_>) -> Result<Self, SerdesError> {
                let wrong = || "an integer in range";
                match p.number()? {
                    ParsedNumber::Int(value) => {
                        <$int>::try_from(value).map_err(|_| p.expected(wrong()))
                    }
                    ParsedNumber::BigInt(digits) => digits.parse().map_err(|_| p.expected(wrong())),
                    ParsedNumber::Float(value) if value.fract() == 0.0 && value.abs() < 9e15 => {
                        <$int>::try_from(value as i64).map_err(|_| p.expected(wrong()))
                    }
                    ParsedNumber::Float(_) => Err(p.expected("an integer")),
                }
            }
        }
    )*};
}

integers!(i32, i64, u16, u32, u64, usize);

impl Pack for f64 {
    fn pack(&self, w: &mut Writer) {
        w.float(*self);
    }
}

impl Unpack for f64 {
    fn unpack(p: &mut Parser<'_>) -> Result<Self, SerdesError> {
        Ok(Number::unpack(p)?.as_f64())
    }
}

/// A number which Python may hold as `int` or as `float`; which one it was is remembered.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Number {
    /// `int`
    Int(i64),
    /// `float`
    Float(f64),
}

impl Number {
    /// The value as a float.
    pub fn as_f64(self) -> f64 {
        match self {
            Self::Int(value) => value as f64,
            Self::Float(value) => value,
        }
    }
}

impl Default for Number {
    fn default() -> Self {
        Self::Int(0)
    }
}

impl From<f64> for Number {
    fn from(value: f64) -> Self {
        Self::Float(value)
    }
}

impl From<i64> for Number {
    fn from(value: i64) -> Self {
        Self::Int(value)
    }
}

impl Pack for Number {
    fn pack(&self, w: &mut Writer) {
        match self {
            Self::Int(value) => w.int(*value),
            Self::Float(value) => w.float(*value),
        }
    }
}

impl Unpack for Number {
    fn unpack(p: &mut Parser<'_>) -> Result<Self, SerdesError> {
        Ok(match p.number()? {
            ParsedNumber::Int(value) => Self::Int(value),
            ParsedNumber::BigInt(digits) => Self::Float(digits.parse().unwrap_or(f64::NAN)),
            ParsedNumber::Float(value) => Self::Float(value),
        })
    }
}

impl Pack for str {
    fn pack(&self, w: &mut Writer) {
        w.string(self);
    }
}

impl Pack for String {
    fn pack(&self, w: &mut Writer) {
        w.string(self);
    }
}

impl Unpack for String {
    fn unpack(p: &mut Parser<'_>) -> Result<Self, SerdesError> {
        p.string().map(std::borrow::Cow::into_owned)
    }
}

impl Pack for Arc<str> {
    fn pack(&self, w: &mut Writer) {
        w.string(self);
    }
}

impl Unpack for Arc<str> {
    fn unpack(p: &mut Parser<'_>) -> Result<Self, SerdesError> {
        p.string().map(Into::into)
    }
}

impl<T: Pack + ?Sized> Pack for &T {
    fn pack(&self, w: &mut Writer) {
        (**self).pack(w);
    }

    fn is_none(&self) -> bool {
        (**self).is_none()
    }

    fn is_empty_value(&self) -> bool {
        (**self).is_empty_value()
    }
}

impl<T: Pack> Pack for Option<T> {
    fn pack(&self, w: &mut Writer) {
        match self {
            Some(value) => value.pack(w),
            None => w.null(),
        }
    }

    fn is_none(&self) -> bool {
        self.is_none()
    }

    fn is_empty_value(&self) -> bool {
        self.as_ref().is_none_or(Pack::is_empty_value)
    }
}

impl<T: Unpack> Unpack for Option<T> {
    fn unpack(p: &mut Parser<'_>) -> Result<Self, SerdesError> {
        if p.null() { Ok(None) } else { T::unpack(p).map(Some) }
    }

    fn absent() -> Option<Self> {
        Some(None)
    }
}

macro_rules! pointers {
    ($($pointer:ident),*) => {$(
        impl<T: Pack> Pack for $pointer<T> {
            fn pack(&self, w: &mut Writer) {
                (**self).pack(w);
            }

            fn is_none(&self) -> bool {
                (**self).is_none()
            }

            fn is_empty_value(&self) -> bool {
                (**self).is_empty_value()
            }
        }

        impl<T: Unpack> Unpack for $pointer<T> {
            fn unpack(p: &mut Parser<'_>) -> Result<Self, SerdesError> {
                T::unpack(p).map($pointer::new)
            }

            fn absent() -> Option<Self> {
                T::absent().map($pointer::new)
            }
        }

        impl<T: Record> Record for $pointer<T> {
            const CLASS: &'static str = T::CLASS;

            fn is_class(name: &str) -> bool {
                T::is_class(name)
            }
        }
    )*};
}

pointers!(Box, Arc);
