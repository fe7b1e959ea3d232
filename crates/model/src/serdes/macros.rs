//! Declares classes, unions and enums of Dagster's serializer as plain Rust types.

use super::{Map, Value, to_text};

/// Fields of a newer Dagster which a record does not know; written back as they came.
///
/// Compared and hashed by their serialized text, so that keys may be records.
#[derive(Debug, Clone, Default)]
pub struct Extra(Option<Box<Map<Value>>>);

impl Extra {
    /// Keeps a field.
    pub fn insert(&mut self, key: String, value: Value) {
        self.0.get_or_insert_default().insert(key, value);
    }

    /// The kept fields.
    pub fn iter(&self) -> impl Iterator<Item = (&String, &Value)> {
        self.0.iter().flat_map(|map| map.iter())
    }

    /// A kept field.
    pub fn get(&self, key: &str) -> Option<&Value> {
        self.0.as_ref()?.get(key)
    }

    /// Takes a kept field out.
    pub fn remove(&mut self, key: &str) -> Option<Value> {
        self.0.as_mut()?.shift_remove(key)
    }

    fn text(&self) -> Option<String> {
        self.0.as_ref().filter(|map| !map.is_empty()).map(|map| to_text(map.as_ref()))
    }
}

impl PartialEq for Extra {
    fn eq(&self, other: &Self) -> bool {
        self.text() == other.text()
    }
}

impl Eq for Extra {}

impl std::hash::Hash for Extra {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        self.text().hash(state);
    }
}

impl PartialOrd for Extra {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Extra {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.text().cmp(&other.text())
    }
}

/// Declares a serialized class.
///
/// ```ignore
/// record! {
///     /// A run request.
///     #[derive(Default)]
///     pub struct RunRequest = "RunRequest" | "OldName" {
///         /// Stored under its own name; a missing `Option` or collection is empty.
///         run_key: Option<String>,
///         /// Stored under another name, also read from a former one.
///         job_name as "pipeline_name" | "older_name": String,
///         /// Left out when `None` (or `skip_empty`: when also an empty collection).
///         pool [skip_none]: Option<String>,
///         /// Used when the field is missing or null.
///         stale: bool = false,
///     }
///     old { "mode": Null }         // constant written for old readers, ignored when read
///     finish = fix_old_fields;     // fn(&mut RunRequest), called after reading
/// }
/// ```
#[macro_export]
macro_rules! record {
    (
        $(#[$meta:meta])*
        pub struct $name:ident = $class:literal $(| $old_class:literal)* {
            $(
                $(#[$field_meta:meta])*
                $field:ident $(as $stored:literal $(| $alias:literal)*)? $([$skip:ident])?
                    : $type:ty $(= $default:expr)?
            ),* $(,)?
        }
        $(old { $($old:literal : $old_value:ident $(($old_arg:expr))?),* $(,)? })?
        $(finish = $finish:path;)?
    ) => {
        $(#[$meta])*
        #[derive(Debug, Clone, PartialEq)]
        pub struct $name {
            $(
                $(#[$field_meta])*
                #[doc = concat!("Dagster's field `", stringify!($field), "`.")]
                pub $field: $type,
            )*
            /// Fields of a newer Dagster, kept as they came.
            pub extra: $crate::serdes::Extra,
        }

        impl $crate::serdes::Record for $name {
            const CLASS: &'static str = $class;

            fn is_class(name: &str) -> bool {
                matches!(name, $class $(| $old_class)*)
            }
        }

        impl $crate::serdes::Pack for $name {
            fn pack(&self, w: &mut $crate::serdes::Writer) {
                w.map(|map| {
                    map.entry("__class__", $class);
                    $($crate::record!(@pack map, self.$field,
                        $crate::record!(@stored $field $($stored)?), $($skip)?);)*
                    $($(map.entry($old, &$crate::serdes::Value::$old_value $(($old_arg))?);)*)?
                    for (key, value) in self.extra.iter() {
                        map.entry(key, value);
                    }
                });
            }
        }

        impl $crate::serdes::Unpack for $name {
            fn unpack(
                p: &mut $crate::serdes::Parser<'_>,
            ) -> ::std::result::Result<Self, $crate::serdes::SerdesError> {
                p.map_start()?;
                $(let mut $field: Option<$type> = None;)*
                let mut extra = $crate::serdes::Extra::default();
                let mut first = true;
                while let Some(key) = p.next_key(&mut first)? {
                    match key.as_ref() {
                        "__class__" => p.check_class::<Self>()?,
                        $(
                            $crate::record!(@stored $field $($stored)?) $($(| $alias)*)? => {
                                $crate::record!(@null p, $($default)?);
                                $field = Some(
                                    $crate::serdes::Unpack::unpack(p).map_err(|e| e.within(key))?,
                                );
                            }
                        )*
                        $($($old)|* => p.skip()?,)?
                        _ => extra.insert(key.into_owned(), $crate::serdes::Unpack::unpack(p)?),
                    }
                }
                #[allow(unused_mut)]
                let mut record = Self {
                    $($field: match $field {
                        Some(value) => value,
                        None => $crate::record!(@absent p, $class,
                            $crate::record!(@stored $field $($stored)?), $type, $($default)?),
                    },)*
                    extra,
                };
                $($finish(&mut record);)?
                Ok(record)
            }
        }
    };

    (@stored $field:ident) => { stringify!($field) };
    (@stored $field:ident $stored:literal) => { $stored };

    (@pack $map:ident, $value:expr, $key:expr,) => { $map.entry($key, &$value) };
    (@pack $map:ident, $value:expr, $key:expr, skip_none) => {
        if !$crate::serdes::Pack::is_none(&$value) {
            $map.entry($key, &$value);
        }
    };
    (@pack $map:ident, $value:expr, $key:expr, skip_empty) => {
        if !$crate::serdes::Pack::is_empty_value(&$value) {
            $map.entry($key, &$value);
        }
    };

    (@null $p:ident,) => {};
    (@null $p:ident, $default:expr) => {
        if $p.null() {
            continue;
        }
    };

    (@absent $p:ident, $class:literal, $stored:expr, $type:ty,) => {
        match <$type as $crate::serdes::Unpack>::absent() {
            Some(value) => value,
            None => return Err($p.missing($class, $stored)),
        }
    };
    (@absent $p:ident, $class:literal, $stored:expr, $type:ty, $default:expr) => { $default };
}

/// Declares a union of serialized classes, open to classes of a newer Dagster.
///
/// A known class which cannot be read (version skew) also becomes `Unknown`: one odd object must
/// not hide everything around it.
#[macro_export]
macro_rules! union {
    (
        $(#[$meta:meta])*
        pub enum $name:ident {
            $($(#[$variant_meta:meta])* $variant:ident($type:ty)),* $(,)?
        }
    ) => {
        $(#[$meta])*
        #[derive(Debug, Clone, PartialEq)]
        pub enum $name {
            $($(#[$variant_meta])* $variant($type),)*
            /// A class this version does not know, kept as it came.
            Unknown($crate::serdes::Value),
        }

        impl $crate::serdes::Pack for $name {
            fn pack(&self, w: &mut $crate::serdes::Writer) {
                match self {
                    $(Self::$variant(value) => value.pack(w),)*
                    Self::Unknown(value) => value.pack(w),
                }
            }
        }

        impl $crate::serdes::Unpack for $name {
            fn unpack(
                p: &mut $crate::serdes::Parser<'_>,
            ) -> ::std::result::Result<Self, $crate::serdes::SerdesError> {
                // Chosen first and called once: one frame per level, whatever the number of classes.
                type Read<T> = fn(
                    &mut $crate::serdes::Parser<'_>,
                ) -> ::std::result::Result<T, $crate::serdes::SerdesError>;
                let mut read: Option<Read<Self>> = None;
                if let Some(class) = p.peek_class()? {
                    $(if <$type as $crate::serdes::Record>::is_class(&class) {
                        read = Some(|p| $crate::serdes::Unpack::unpack(p).map(Self::$variant));
                    })*
                }
                if let Some(read) = read && let Some(value) = p.attempt(read) {
                    return Ok(value);
                }
                $crate::serdes::Unpack::unpack(p).map(Self::Unknown)
            }
        }

        impl $name {
            /// The stored class name.
            pub fn class_name(&self) -> &str {
                match self {
                    $(Self::$variant(_) => <$type as $crate::serdes::Record>::CLASS,)*
                    Self::Unknown(value) => value.class_name().unwrap_or_default(),
                }
            }
        }

        $(impl From<$type> for $name {
            fn from(value: $type) -> Self {
                Self::$variant(value)
            }
        })*
    };
}

/// Declares a serialized enum: `{"__enum__": "Class.MEMBER"}`.
#[macro_export]
macro_rules! py_enum {
    (
        $(#[$meta:meta])*
        pub enum $name:ident = $class:literal $(| $old_class:literal)* {
            $($(#[$member_meta:meta])* $member:ident = $text:literal $(| $alias:literal)*),* $(,)?
        }
        $(otherwise $fallback:ident;)?
    ) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum $name {
            $($(#[$member_meta])* #[doc = concat!("`", $text, "`")] $member,)*
        }

        impl $name {
            /// Every member, in Dagster's order.
            pub const ALL: &'static [Self] = &[$(Self::$member),*];

            /// The member's name in Python.
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$member => $text,)*
                }
            }

            /// The member of this name, also by a former name.
            #[allow(unreachable_code)]
            pub fn parse(name: &str) -> Option<Self> {
                match name {
                    $($text $(| $alias)* => Some(Self::$member),)*
                    _ => {
                        $(return Some(Self::$fallback);)?
                        None
                    }
                }
            }
        }

        impl ::std::fmt::Display for $name {
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                f.write_str(self.as_str())
            }
        }

        impl $crate::serdes::SortKey for $name {
            fn sort_key(&self) -> String {
                self.as_str().to_owned()
            }
        }

        impl $crate::serdes::Pack for $name {
            fn pack(&self, w: &mut $crate::serdes::Writer) {
                w.enumeration($class, self.as_str());
            }
        }

        impl $crate::serdes::Unpack for $name {
            fn unpack(
                p: &mut $crate::serdes::Parser<'_>,
            ) -> ::std::result::Result<Self, $crate::serdes::SerdesError> {
                p.enumeration($class, &[$($old_class),*], Self::parse)
            }
        }
    };
}

/// Declares a choice between a scalar and something else, told apart by the kind of JSON value.
#[macro_export]
macro_rules! either {
    (
        $(#[$meta:meta])*
        pub enum $name:ident {
            $kind:ident => $(#[$first_meta:meta])* $first:ident($first_type:ty),
            _ => $(#[$second_meta:meta])* $second:ident($second_type:ty) $(,)?
        }
    ) => {
        $(#[$meta])*
        #[derive(Debug, Clone, PartialEq)]
        pub enum $name {
            $(#[$first_meta])* $first($first_type),
            $(#[$second_meta])* $second($second_type),
        }

        impl $crate::serdes::Pack for $name {
            fn pack(&self, w: &mut $crate::serdes::Writer) {
                match self {
                    Self::$first(value) => value.pack(w),
                    Self::$second(value) => value.pack(w),
                }
            }
        }

        impl $crate::serdes::Unpack for $name {
            fn unpack(
                p: &mut $crate::serdes::Parser<'_>,
            ) -> ::std::result::Result<Self, $crate::serdes::SerdesError> {
                if p.kind()? == $crate::serdes::Kind::$kind {
                    $crate::serdes::Unpack::unpack(p).map(Self::$first)
                } else {
                    $crate::serdes::Unpack::unpack(p).map(Self::$second)
                }
            }
        }

        impl From<$first_type> for $name {
            fn from(value: $first_type) -> Self {
                Self::$first(value)
            }
        }

        impl From<$second_type> for $name {
            fn from(value: $second_type) -> Self {
                Self::$second(value)
            }
        }
    };
}
