//! One SQL text for both dialects.
//!
//! Statements are written once with `?` for each argument. [`Sql`] turns it into `$n`, which both
//! drivers understand, and knows the one construct that differs: `IN ?` with a list becomes
//! `= ANY($n)` on PostgreSQL and `IN (SELECT value FROM json_each($n))` on SQLite. A list is thus
//! one argument, whatever its length: the text stays constant, so prepared statements are reused
//! and no bind limit is met.

use crate::timestamp::Timestamp;

/// The two databases spoken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Dialect {
    Postgres,
    Sqlite,
}

/// An argument of a statement.
#[derive(Clone, Debug)]
pub(crate) enum Arg {
    Text(Option<String>),
    Int(Option<i64>),
    Float(Option<f64>),
    Bool(bool),
    Time(Option<Timestamp>),
    Bytes(Vec<u8>),
    Texts(Vec<String>),
    Ints(Vec<i64>),
}

macro_rules! arg_from {
    ($($type:ty => |$value:ident| $arg:expr),* $(,)?) => {
        $(impl From<$type> for Arg {
            fn from($value: $type) -> Self {
                $arg
            }
        })*
    };
}

arg_from! {
    &str => |v| Arg::Text(Some(v.to_owned())),
    String => |v| Arg::Text(Some(v)),
    &String => |v| Arg::Text(Some(v.clone())),
    Option<&str> => |v| Arg::Text(v.map(str::to_owned)),
    Option<String> => |v| Arg::Text(v),
    i64 => |v| Arg::Int(Some(v)),
    Option<i64> => |v| Arg::Int(v),
    f64 => |v| Arg::Float(Some(v)),
    Option<f64> => |v| Arg::Float(v),
    bool => |v| Arg::Bool(v),
    Timestamp => |v| Arg::Time(Some(v)),
    Option<Timestamp> => |v| Arg::Time(v),
    Vec<u8> => |v| Arg::Bytes(v),
    Vec<String> => |v| Arg::Texts(v),
    &[String] => |v| Arg::Texts(v.to_vec()),
    Vec<i64> => |v| Arg::Ints(v),
    &[i64] => |v| Arg::Ints(v.to_vec()),
}

/// A statement under construction.
#[derive(Clone, Debug)]
pub(crate) struct Sql {
    dialect: Dialect,
    pub(super) text: String,
    pub(super) args: Vec<Arg>,
    /// Whether the prepared statement is worth keeping (its text recurs).
    pub(super) reusable: bool,
}

/// Arguments of one fragment: `args![a, b]`.
macro_rules! args {
    ($($arg:expr),* $(,)?) => {
        [$($crate::db::Arg::from($arg)),*]
    };
}
pub(crate) use args;

impl Sql {
    pub(crate) fn new(dialect: Dialect) -> Self {
        Self { dialect, text: String::with_capacity(256), args: Vec::new(), reusable: true }
    }

    /// Appends a fragment; each `?` in it takes the next of `args`.
    pub(crate) fn add(&mut self, fragment: &str, args: impl IntoIterator<Item = Arg>) -> &mut Self {
        let mut args = args.into_iter();
        let mut pieces = fragment.split('?');
        self.text.push_str(pieces.next().unwrap_or_default());
        for piece in pieces {
            match args.next() {
                Some(arg) => self.arg(arg),
                None => debug_assert!(false, "more ? than arguments in {fragment:?}"),
            }
            self.text.push_str(piece);
        }
        debug_assert!(args.next().is_none(), "more arguments than ? in {fragment:?}");
        self
    }

    /// Appends text without arguments.
    pub(crate) fn push(&mut self, text: &str) -> &mut Self {
        self.text.push_str(text);
        self
    }

    /// `INSERT … VALUES` rows, each of the same arity. Such a text seldom recurs: it is not kept.
    pub(crate) fn values<R>(&mut self, rows: impl IntoIterator<Item = R>) -> &mut Self
    where
        R: IntoIterator<Item = Arg>,
    {
        self.push(" VALUES ");
        for (index, row) in rows.into_iter().enumerate() {
            if index > 0 {
                self.reusable = false;
            }
            self.push(if index == 0 { "(" } else { ", (" });
            for (column, arg) in row.into_iter().enumerate() {
                if column > 0 {
                    self.push(", ");
                }
                self.arg(arg);
            }
            self.push(")");
        }
        self
    }

    /// A table of two columns, each filled from a list of the same length: `FROM` it or join it.
    pub(crate) fn pairs(
        &mut self,
        table: &str,
        (first, firsts): (&str, Vec<String>),
        (second, seconds): (&str, impl Into<Arg>),
    ) -> &mut Self {
        let seconds = seconds.into();
        let (one, two) = (self.args.len() + 1, self.args.len() + 2);
        let kind = if matches!(seconds, Arg::Ints(_)) { "bigint" } else { "text" };
        self.args.extend([Arg::Texts(firsts), seconds]);
        self.text.push_str(&match self.dialect {
            Dialect::Postgres => {
                format!("unnest(${one}::text[], ${two}::{kind}[]) AS {table}({first}, {second})")
            }
            Dialect::Sqlite => format!(
                "(SELECT a.value AS {first}, b.value AS {second} FROM json_each(${one}) a \
                 JOIN json_each(${two}) b ON b.key = a.key) AS {table}"
            ),
        });
        self
    }

    fn arg(&mut self, arg: Arg) {
        let number = self.args.len() + 1;
        let is_list = matches!(arg, Arg::Texts(_) | Arg::Ints(_));
        self.args.push(arg);
        if !is_list {
            self.text.push_str(&format!("${number}"));
            return;
        }
        let placeholder = match self.dialect {
            Dialect::Sqlite => format!("(SELECT value FROM json_each(${number}))"),
            Dialect::Postgres => {
                let (operator, suffix) = if self.text.ends_with("NOT IN ") {
                    ("<> ALL", "NOT IN ")
                } else {
                    ("= ANY", "IN ")
                };
                debug_assert!(self.text.ends_with(suffix), "a list argument follows IN");
                self.text.truncate(self.text.len() - suffix.len());
                format!("{operator}(${number})")
            }
        };
        self.text.push_str(&placeholder);
    }
}

/// Escapes `LIKE` wildcards of `prefix` (escape character `\`) and appends `%`.
pub(crate) fn like_prefix(prefix: &str) -> String {
    let mut pattern = String::with_capacity(prefix.len() + 1);
    for character in prefix.chars() {
        if matches!(character, '%' | '_' | '\\') {
            pattern.push('\\');
        }
        pattern.push(character);
    }
    pattern.push('%');
    pattern
}

#[cfg(test)]
mod tests {
    use super::{Dialect, Sql, like_prefix};

    #[test]
    fn a_list_is_one_argument_in_both_dialects() {
        let keys = vec!["a".to_owned(), "b".to_owned()];
        let mut postgres = Sql::new(Dialect::Postgres);
        postgres.add("SELECT 1 FROM t WHERE a = ? AND k IN ?", args!["x", keys.clone()]);
        assert_eq!(postgres.text, "SELECT 1 FROM t WHERE a = $1 AND k = ANY($2)");
        let mut sqlite = Sql::new(Dialect::Sqlite);
        sqlite.add("SELECT 1 FROM t WHERE k NOT IN ?", args![keys]);
        assert_eq!(sqlite.text, "SELECT 1 FROM t WHERE k NOT IN (SELECT value FROM json_each($1))");
    }

    #[test]
    fn a_prefix_matches_literally() {
        assert_eq!(like_prefix(r"50%_\"), r"50\%\_\\%");
    }
}
