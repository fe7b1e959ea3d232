//! Composes the parser's events into [`Node`]s: anchors, merge keys and explicit tags included.

use std::collections::HashMap;

use granit_parser::{ErrorKind, Event, Parser, ScalarStyle, Span, Tag};
use thiserror::Error;

use super::{Kind, Node, Position, resolve};

/// The text is not YAML, or says something YAML 1.1 forbids.
#[derive(Debug, Error, PartialEq, Eq)]
#[error("{reason}")]
pub struct ParseError {
    /// Where the parser stopped.
    pub at: Position,
    /// What it found.
    pub reason: String,
    /// At which stage.
    pub stage: Stage,
}

/// The stages of reading YAML, each of which PyYAML fails at with an exception of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// Characters make no token.
    Scan,
    /// Tokens stand in an order that means nothing.
    Parse,
    /// Values refer to what is not there, or there is a second document.
    Compose,
    /// A value does not fit its tag.
    Construct,
}

impl Stage {
    /// The class of PyYAML's exception.
    #[must_use]
    pub fn exception(self) -> &'static str {
        match self {
            Self::Scan => "yaml.scanner.ScannerError",
            Self::Parse => "yaml.parser.ParserError",
            Self::Compose => "yaml.composer.ComposerError",
            Self::Construct => "yaml.constructor.ConstructorError",
        }
    }

    /// Where PyYAML would have failed.
    fn of(error: &ErrorKind) -> Self {
        match error {
            ErrorKind::UnknownAnchor => Self::Compose,
            ErrorKind::UnexpectedEofFlowSequence
            | ErrorKind::UnexpectedEofFlowMapping
            | ErrorKind::UnexpectedEofImplicitFlowMapping
            | ErrorKind::UnexpectedEofBlockSequence
            | ErrorKind::UnexpectedEofBlockMapping
            | ErrorKind::UnexpectedEof
            | ErrorKind::ExpectedStreamStart
            | ErrorKind::DuplicateVersionDirective
            | ErrorKind::UnsupportedYamlMajorVersion
            | ErrorKind::DuplicateTagDirective
            | ErrorKind::ExpectedDocumentStart
            | ErrorKind::MissingDocumentEndBeforeDirective
            | ErrorKind::ExpectedNodeContent
            | ErrorKind::ExpectedBlockMappingKey
            | ErrorKind::ExpectedFlowMappingSeparator
            | ErrorKind::ExpectedFlowSequenceSeparator
            | ErrorKind::ExpectedBlockSequenceEntry
            | ErrorKind::UndeclaredTagHandle
            | ErrorKind::MisplacedFlowCollectionEnd
            | ErrorKind::MismatchedFlowCollectionEnd { .. }
            | ErrorKind::UnclosedFlowCollection { .. }
            | ErrorKind::InvalidTrailingSingleQuotedScalar
            | ErrorKind::InvalidTrailingDoubleQuotedScalar => Self::Parse,
            _ => Self::Scan,
        }
    }
}

/// An explicit tag of the core schema; other tags are refused as PyYAML's safe loader does.
#[derive(Clone, Copy)]
enum CoreTag {
    None,
    Str,
    Int,
    Float,
    Bool,
    Null,
}

/// More values than any configuration file has; stops alias bombs.
const MAX_NODES: usize = 1_000_000;

/// Parses one YAML document. `None` when the text holds nothing but comments.
///
/// # Errors
/// Bad syntax, an unknown tag, a merge of something other than mappings, or a second document.
pub fn parse(text: &str) -> Result<Option<Node>, ParseError> {
    let mut composer =
        Composer { parser: Parser::new_from_str(text), anchors: HashMap::new(), nodes: 0 };
    let mut root = None;
    while let Some((event, span)) = composer.next()? {
        match event {
            Event::StreamStart
            | Event::DocumentStart(..)
            | Event::DocumentEnd
            | Event::StreamEnd => {}
            other if root.is_none() => root = Some(composer.node(other, &span)?),
            _ => {
                return Err(ParseError {
                    at: position(&span),
                    reason: "expected a single document in the file, found another one".to_owned(),
                    stage: Stage::Compose,
                });
            }
        }
    }
    Ok(root)
}

struct Composer<'a> {
    parser: Parser<'a, granit_parser::StrInput<'a>>,
    anchors: HashMap<usize, Node>,
    nodes: usize,
}

impl<'a> Composer<'a> {
    /// The next event that is not a comment or anchor metadata.
    fn next(&mut self) -> Result<Option<(Event<'a>, Span)>, ParseError> {
        loop {
            match self.parser.next() {
                None => return Ok(None),
                Some(Err(error)) => {
                    let mark = error.marker();
                    return Err(ParseError {
                        at: Position { line: mark.line(), column: mark.col() + 1 },
                        reason: error.info(),
                        stage: Stage::of(error.kind()),
                    });
                }
                Some(Ok((Event::Comment(..) | Event::Anchor(..), _))) => {}
                Some(Ok(pair)) => return Ok(Some(pair)),
            }
        }
    }

    fn expect_next(&mut self, after: &Span) -> Result<(Event<'a>, Span), ParseError> {
        self.next()?.ok_or_else(|| ParseError {
            at: position(after),
            reason: "the document ends too early".to_owned(),
            stage: Stage::Parse,
        })
    }

    fn node(&mut self, event: Event<'a>, span: &Span) -> Result<Node, ParseError> {
        let at = position(span);
        self.count(1, at)?;
        let (kind, anchor) = match event {
            Event::Scalar(text, style, anchor, tag) => {
                let tag = core_tag(tag.as_deref(), at)?;
                (scalar(&text, style, tag, at)?, anchor)
            }
            Event::SequenceStart(_, anchor, _) => {
                let mut items = Vec::new();
                loop {
                    match self.expect_next(span)? {
                        (Event::SequenceEnd, _) => break,
                        (inner, inner_span) => items.push(self.node(inner, &inner_span)?),
                    }
                }
                (Kind::Seq(items), anchor)
            }
            Event::MappingStart(_, anchor, _) => (Kind::Map(self.mapping(span)?), anchor),
            Event::Alias(id) => {
                let target = self.anchors.get(&id).cloned();
                let target = target.ok_or_else(|| ParseError {
                    at,
                    reason: "an alias refers to the value that contains it".to_owned(),
                    stage: Stage::Compose,
                })?;
                self.count(nodes_in(&target), at)?;
                return Ok(target);
            }
            other => {
                let reason = format!("unexpected {other:?}");
                return Err(ParseError { at, reason, stage: Stage::Parse });
            }
        };
        let node = Node { at, kind };
        if anchor != 0 {
            self.anchors.insert(anchor, node.clone());
        }
        Ok(node)
    }

    fn count(&mut self, nodes: usize, at: Position) -> Result<(), ParseError> {
        self.nodes = self.nodes.saturating_add(nodes);
        if self.nodes > MAX_NODES {
            let reason = format!("more than {MAX_NODES} values, aliases counted as what they name");
            return Err(ParseError { at, reason, stage: Stage::Compose });
        }
        Ok(())
    }

    fn mapping(&mut self, start: &Span) -> Result<Vec<(Node, Node)>, ParseError> {
        let mut merged: Vec<(Node, Node)> = Vec::new();
        let mut own: Vec<(Node, Node)> = Vec::new();
        loop {
            let (key_event, key_span) = self.expect_next(start)?;
            if matches!(key_event, Event::MappingEnd) {
                break;
            }
            let is_merge =
                matches!(&key_event, Event::Scalar(text, ScalarStyle::Plain, ..) if text == "<<");
            let key = self.node(key_event, &key_span)?;
            let (value_event, value_span) = self.expect_next(&key_span)?;
            let value = self.node(value_event, &value_span)?;
            if is_merge { merge_into(&mut merged, value)? } else { own.push((key, value)) }
        }
        merged.append(&mut own);
        Ok(last_value_wins(merged))
    }
}

fn nodes_in(node: &Node) -> usize {
    match &node.kind {
        Kind::Seq(items) => 1 + items.iter().map(nodes_in).sum::<usize>(),
        Kind::Map(entries) => {
            1 + entries.iter().map(|(key, value)| nodes_in(key) + nodes_in(value)).sum::<usize>()
        }
        _ => 1,
    }
}

fn merge_into(merged: &mut Vec<(Node, Node)>, value: Node) -> Result<(), ParseError> {
    let refuse = |node: &Node| ParseError {
        at: node.at,
        reason: format!(
            "expected a mapping or a list of mappings to merge (<<), found {}",
            node.describe()
        ),
        stage: Stage::Construct,
    };
    match value.kind {
        Kind::Map(entries) => merged.extend(entries),
        Kind::Seq(items) => {
            // earlier mappings of the list take precedence, hence come last
            for item in items.into_iter().rev() {
                match item.kind {
                    Kind::Map(entries) => merged.extend(entries),
                    _ => return Err(refuse(&item)),
                }
            }
        }
        _ => return Err(refuse(&value)),
    }
    Ok(())
}

/// A Python dict keeps the place of the first occurrence of a key and the value of the last.
fn last_value_wins(entries: Vec<(Node, Node)>) -> Vec<(Node, Node)> {
    let mut seen: HashMap<String, usize> = HashMap::new();
    let mut kept: Vec<(Node, Node)> = Vec::with_capacity(entries.len());
    for (key, value) in entries {
        let identity =
            format!("{}{}", if key.as_str().is_some() { "s" } else { "o" }, key.key_text());
        match seen.get(&identity) {
            Some(&index) => kept[index] = (key, value),
            None => {
                seen.insert(identity, kept.len());
                kept.push((key, value));
            }
        }
    }
    kept
}

fn core_tag(tag: Option<&Tag>, at: Position) -> Result<CoreTag, ParseError> {
    let Some(tag) = tag else { return Ok(CoreTag::None) };
    match tag.core_suffix() {
        Some("str") => Ok(CoreTag::Str),
        Some("int") => Ok(CoreTag::Int),
        Some("float") => Ok(CoreTag::Float),
        Some("bool") => Ok(CoreTag::Bool),
        Some("null") => Ok(CoreTag::Null),
        _ if tag.handle().is_empty() && tag.suffix() == "!"
            || tag.handle() == "!" && tag.suffix().is_empty() =>
        {
            Ok(CoreTag::Str)
        }
        _ => Err(ParseError {
            at,
            reason: format!(
                "the tag {}{} is not understood here; remove it",
                tag.original_handle(),
                tag.suffix()
            ),
            stage: Stage::Construct,
        }),
    }
}

fn scalar(text: &str, style: ScalarStyle, tag: CoreTag, at: Position) -> Result<Kind, ParseError> {
    let resolved = resolve::plain(text);
    let mismatch = |what: &str| ParseError {
        at,
        reason: format!("{text:?} is not {what}"),
        stage: Stage::Construct,
    };
    match tag {
        CoreTag::Str => Ok(Kind::Str(text.to_owned())),
        CoreTag::None if style == ScalarStyle::Plain => Ok(resolved),
        CoreTag::None => Ok(Kind::Str(text.to_owned())),
        CoreTag::Null => Ok(Kind::Null),
        CoreTag::Int => match resolved {
            Kind::Int(_) => Ok(resolved),
            _ => Err(mismatch("an integer")),
        },
        CoreTag::Bool => match resolved {
            Kind::Bool(_) => Ok(resolved),
            _ => Err(mismatch("a boolean")),
        },
        CoreTag::Float => match resolved {
            Kind::Float(_) => Ok(resolved),
            Kind::Int(value) => Ok(Kind::Float(value as f64)),
            _ => Err(mismatch("a number")),
        },
    }
}

fn position(span: &Span) -> Position {
    Position { line: span.start.line(), column: span.start.col() + 1 }
}
