//! Lists of objects whose fields are in memory, written straight as JSON.
//!
//! async-graphql answers each field of each object by a task of its own and puts a tree of values together: for a
//! page of a thousand events that is most of the work. A [`DirectList`] finds out once what the selection means for
//! each type of object ([`plan`]) and has its objects write themselves ([`Direct`], [`Write`]). The text takes the
//! place of the list in the answer.
//!
//! What must wait, may fail or takes arguments is not written like this ([`Waits`]): one such field, and the list
//! is resolved as any other. So is a list which the document selects at several places, since texts cannot be
//! merged ([`split`]). Both ways give the same answer; a test compares them for every type.

mod list;
mod plan;
mod split;
mod write;

pub(crate) use list::DirectList;
pub(crate) use plan::Selected;
pub(crate) use split::split_fields;
pub(crate) use write::{Write, Writer, response_text};

/// Something cannot be written without waiting.
#[derive(Debug)]
pub(crate) struct Waits;

pub(crate) type Written = Result<(), Waits>;

/// Writes one field of an object.
pub(crate) type Reader<T> = for<'q> fn(&T, &Selected<'q>, &mut Writer<'q>) -> Written;

/// An object type of which fields can be written without waiting.
pub(crate) trait Direct: Sized + 'static {
    /// Its GraphQL name.
    const NAME: &'static str;
    /// The fields that can be written, by their GraphQL names.
    const FIELDS: &'static [(&'static str, Reader<Self>)];
}

/// Declares the fields of an object which can be written, each with how it is read.
macro_rules! direct {
    ($type:ty as $name:expr => { $(($field:literal, |$this:ident| $value:expr))* }) => {
        impl $crate::direct::Direct for $type {
            const NAME: &'static str = $name;
            const FIELDS: &'static [(&'static str, $crate::direct::Reader<Self>)] = &[
                $(($field, |$this, selected, out| {
                    $crate::direct::Write::write(&$value, selected, out)
                })),*
            ];
        }

        impl $crate::direct::Write for $type {
            fn write<'q>(
                &self,
                selected: &$crate::direct::Selected<'q>,
                out: &mut $crate::direct::Writer<'q>,
            ) -> $crate::direct::Written {
                out.object(self, selected)
            }
        }
    };
    // Fields that are named as the struct names them.
    ($type:ident { $($name:ident $field:literal),* $(,)? }) => {
        $crate::direct::direct!($type as stringify!($type) => {
            $(($field, |object| object.$name))*
        });
    };
}

/// Declares a union or interface of which every member can be written.
macro_rules! direct_union {
    ($type:ident { $($variant:ident),* $(,)? }) => {
        impl $crate::direct::Write for $type {
            fn write<'q>(
                &self,
                selected: &$crate::direct::Selected<'q>,
                out: &mut $crate::direct::Writer<'q>,
            ) -> $crate::direct::Written {
                match self {
                    $($type::$variant(object) => out.object(object, selected),)*
                }
            }
        }
    };
}

/// Declares enums which can be written.
macro_rules! direct_enums {
    ($($type:ident),* $(,)?) => {
        $(impl $crate::direct::Write for $type {
            fn write<'q>(
                &self,
                _: &$crate::direct::Selected<'q>,
                out: &mut $crate::direct::Writer<'q>,
            ) -> $crate::direct::Written {
                out.enum_value(*self);
                Ok(())
            }
        })*
    };
}

pub(crate) use {direct, direct_enums, direct_union};
