//! Words of the selection language.
//!
//! As in Dagster's generated lexer the longest word wins, and among words of one length the keyword wins over
//! the name; hence `key:sensor` is refused while `key:"sensor"` and `key:sensors` are fine.

/// A word and where it starts, in characters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Token {
    pub(super) kind: Kind,
    pub(super) text: String,
    pub(super) position: usize,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Equal,
    And,
    Or,
    Not,
    Star,
    Plus,
    Digits,
    Colon,
    Open,
    Close,
    Comma,
    /// An attribute name such as `key` or `column_tag`.
    Attribute,
    Sinks,
    Roots,
    Quoted,
    Name,
    Pattern,
    Null,
    End,
}

pub(super) const ATTRIBUTES: [&str; 17] = [
    "key",
    "owner",
    "group",
    "tag",
    "kind",
    "is",
    "code_location",
    "status",
    "column",
    "table_name",
    "column_tag",
    "changed_in_branch",
    "partitions",
    "automation_type",
    "sensor",
    "schedule",
    "job",
];

/// What went wrong and where, in characters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Problem {
    pub(super) position: usize,
    pub(super) problem: String,
}

pub(super) fn tokenize(text: &str) -> Result<Vec<Token>, Problem> {
    let chars: Vec<char> = text.chars().collect();
    let mut tokens = Vec::new();
    let mut position = 0;
    while let Some(&first) = chars.get(position) {
        if matches!(first, ' ' | '\t' | '\r' | '\n') {
            position += 1;
            continue;
        }
        let (kind, length) = word(&chars, position)?;
        let text = chars[position..position + length].iter().collect();
        tokens.push(Token { kind, text, position });
        position += length;
    }
    tokens.push(Token { kind: Kind::End, text: String::new(), position });
    Ok(tokens)
}

fn word(chars: &[char], position: usize) -> Result<(Kind, usize), Problem> {
    let rest = &chars[position..];
    let first = rest[0];
    let fixed = match first {
        '=' => Some(Kind::Equal),
        '+' => Some(Kind::Plus),
        ':' => Some(Kind::Colon),
        '(' => Some(Kind::Open),
        ')' => Some(Kind::Close),
        ',' => Some(Kind::Comma),
        _ => None,
    };
    if let Some(kind) = fixed {
        return Ok((kind, 1));
    }
    match first {
        '0'..='9' => Ok((Kind::Digits, length_while(rest, |c| c.is_ascii_digit()))),
        '"' => {
            let inner = length_while(&rest[1..], |c| !matches!(c, '"' | '\\' | '\r' | '\n'));
            match rest.get(inner + 1) {
                Some('"') => Ok((Kind::Quoted, inner + 2)),
                Some('\\') => Err(Problem {
                    position: position + inner + 1,
                    problem: "a backslash cannot stand in a quoted value".to_owned(),
                }),
                _ => {
                    Err(Problem { position, problem: "the quoted value is not closed".to_owned() })
                }
            }
        }
        '<' if rest.starts_with(&['<', 'n', 'u', 'l', 'l', '>']) => Ok((Kind::Null, 6)),
        '*' | '_' | 'a'..='z' | 'A'..='Z' => Ok(name(rest)),
        other => Err(Problem {
            position,
            problem: format!("{other:?} cannot start a word; quote values with special characters"),
        }),
    }
}

/// A name, a pattern (a name with `*`), a keyword or the lone `*`.
fn name(rest: &[char]) -> (Kind, usize) {
    let in_name = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '/');
    let with_stars = length_while(rest, |c| in_name(c) || c == '*');
    let text: String = rest[..with_stars].iter().collect();
    if text == "*" {
        return (Kind::Star, 1);
    }
    if text.contains('*') {
        return (Kind::Pattern, with_stars);
    }
    let kind = match text.as_str() {
        "and" | "AND" => Kind::And,
        "or" | "OR" => Kind::Or,
        "not" | "NOT" => Kind::Not,
        "sinks" => Kind::Sinks,
        "roots" => Kind::Roots,
        word if ATTRIBUTES.contains(&word) => Kind::Attribute,
        _ => Kind::Name,
    };
    (kind, with_stars)
}

fn length_while(chars: &[char], holds: impl Fn(char) -> bool) -> usize {
    chars.iter().take_while(|&&c| holds(c)).count()
}
