//! Writes a [`Node`] as PyYAML's `yaml.dump(value, default_flow_style=False)` does: sorted keys,
//! block style, lines folded after 80 columns, strings quoted only where they would read as
//! something else. The output is part of the serialized instance reference, so it must match to
//! the byte.

use super::{Kind, Node, resolve};

const BEST_WIDTH: usize = 80;
const INDENT_STEP: usize = 2;

/// The YAML text of a value, ending in a line break.
pub fn dump(node: &Node) -> String {
    emit(node, KeyOrder::Sorted)
}

/// The YAML text of a value, its keys in their own order (`sort_keys=False`).
pub fn dump_in_order(node: &Node) -> String {
    emit(node, KeyOrder::Given)
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum KeyOrder {
    Sorted,
    Given,
}

fn emit(node: &Node, order: KeyOrder) -> String {
    let mut emitter = Emitter {
        out: String::new(),
        column: 0,
        indent: None,
        whitespace: true,
        indention: true,
        order,
    };
    emitter.node(node, Context::Root);
    emitter.indent = None;
    emitter.write_indent();
    if let Kind::Null | Kind::Bool(_) | Kind::Int(_) | Kind::Float(_) = node.kind {
        emitter.out.push_str("...\n");
    }
    emitter.out
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Context {
    Root,
    MappingValue,
    SequenceItem,
    SimpleKey,
}

struct Emitter {
    out: String,
    column: usize,
    indent: Option<usize>,
    /// Whether the last character written was a space or the start of a line.
    whitespace: bool,
    /// Whether only indentation and indicators stand on the current line so far.
    indention: bool,
    order: KeyOrder,
}

impl Emitter {
    fn node(&mut self, node: &Node, context: Context) {
        match &node.kind {
            Kind::Map(entries) if entries.is_empty() => self.empty("{", "}"),
            Kind::Seq(items) if items.is_empty() => self.empty("[", "]"),
            Kind::Map(entries) => self.mapping(entries),
            Kind::Seq(items) => self.sequence(items, context),
            _ => self.scalar(node, context),
        }
    }

    fn empty(&mut self, open: &str, close: &str) {
        self.write_indicator(open, true, true, false);
        self.write_indicator(close, false, false, false);
    }

    fn mapping(&mut self, entries: &[(Node, Node)]) {
        let outer = self.increase_indent(Nesting::Block);
        let entries = match self.order {
            KeyOrder::Sorted => sorted(entries),
            KeyOrder::Given => entries.iter().collect(),
        };
        for (key, value) in entries {
            self.write_indent();
            if is_simple_key(key) {
                self.node(key, Context::SimpleKey);
                self.write_indicator(":", false, false, false);
            } else {
                self.write_indicator("?", true, false, true);
                self.node(key, Context::MappingValue);
                self.write_indent();
                self.write_indicator(":", true, false, true);
            }
            self.node(value, Context::MappingValue);
        }
        self.indent = outer;
    }

    fn sequence(&mut self, items: &[Node], context: Context) {
        let indentless = context == Context::MappingValue && !self.indention;
        let outer =
            self.increase_indent(if indentless { Nesting::Indentless } else { Nesting::Block });
        for item in items {
            self.write_indent();
            self.write_indicator("-", true, false, true);
            self.node(item, Context::SequenceItem);
        }
        self.indent = outer;
    }

    fn scalar(&mut self, node: &Node, context: Context) {
        let outer = self.increase_indent(Nesting::Flow);
        let split = context != Context::SimpleKey;
        match &node.kind {
            Kind::Str(text) => match string_style(text, context) {
                Style::Plain => self.write_plain(text, split),
                Style::SingleQuoted => self.write_single_quoted(text, split),
                Style::DoubleQuoted => self.write_double_quoted(text, split),
            },
            Kind::Bool(value) => self.write_plain(if *value { "true" } else { "false" }, split),
            Kind::Int(value) => self.write_plain(&value.to_string(), split),
            Kind::Float(value) => self.write_plain(&float_text(*value), split),
            _ => self.write_plain("null", split),
        }
        self.indent = outer;
    }

    fn increase_indent(&mut self, nesting: Nesting) -> Option<usize> {
        let outer = self.indent;
        self.indent = match (outer, nesting) {
            (None, Nesting::Flow) => Some(INDENT_STEP),
            (None, _) => Some(0),
            (Some(indent), Nesting::Indentless) => Some(indent),
            (Some(indent), _) => Some(indent + INDENT_STEP),
        };
        outer
    }

    fn write_indent(&mut self) {
        let indent = self.indent.unwrap_or(0);
        if !self.indention || self.column > indent || (self.column == indent && !self.whitespace) {
            self.write_line_break();
        }
        if self.column < indent {
            self.whitespace = true;
            self.out.extend(std::iter::repeat_n(' ', indent - self.column));
            self.column = indent;
        }
    }

    fn write_line_break(&mut self) {
        self.whitespace = true;
        self.indention = true;
        self.column = 0;
        self.out.push('\n');
    }

    fn write_indicator(
        &mut self,
        indicator: &str,
        need_whitespace: bool,
        whitespace: bool,
        indention: bool,
    ) {
        if !self.whitespace && need_whitespace {
            self.put(" ");
        }
        self.whitespace = whitespace;
        self.indention = self.indention && indention;
        self.put(indicator);
    }

    fn put(&mut self, text: &str) {
        self.column += text.chars().count();
        self.out.push_str(text);
    }

    fn write_plain(&mut self, text: &str, split: bool) {
        if text.is_empty() {
            return;
        }
        if !self.whitespace {
            self.put(" ");
        }
        self.whitespace = false;
        self.indention = false;
        for run in runs(text, |c| c == ' ') {
            let fold = run == " " && self.column > BEST_WIDTH && split;
            if fold {
                self.write_indent();
                self.whitespace = false;
                self.indention = false;
            } else {
                self.put(run);
            }
        }
    }

    fn write_single_quoted(&mut self, text: &str, split: bool) {
        self.write_indicator("'", true, false, false);
        let mut consumed = 0;
        for run in runs(text, |c| c == ' ' || is_break(c)) {
            let at_edge = consumed == 0 || consumed + run.len() == text.len();
            consumed += run.len();
            if run.starts_with(' ') {
                if run == " " && self.column > BEST_WIDTH && split && !at_edge {
                    self.write_indent();
                } else {
                    self.put(run);
                }
            } else if run.starts_with(is_break) {
                if run.starts_with('\n') {
                    self.write_line_break();
                }
                for c in run.chars() {
                    self.write_line_break();
                    if c != '\n' {
                        self.out.pop();
                        self.out.push(c);
                    }
                }
                self.write_indent();
            } else {
                self.put(&run.replace('\'', "''"));
            }
        }
        self.write_indicator("'", false, false, false);
    }

    fn write_double_quoted(&mut self, text: &str, split: bool) {
        self.write_indicator("\"", true, false, false);
        let chars: Vec<char> = text.chars().collect();
        let (mut start, mut end) = (0, 0);
        while end <= chars.len() {
            let current = chars.get(end).copied();
            if current.is_none_or(|c| matches!(c, '"' | '\\') || !(' '..='~').contains(&c)) {
                if start < end {
                    self.put(&chars[start..end].iter().collect::<String>());
                    start = end;
                }
                if let Some(c) = current {
                    self.put(&escape(c));
                    start = end + 1;
                }
            }
            let inside = 0 < end && end + 1 < chars.len();
            if inside
                && (current == Some(' ') || start >= end)
                && self.column + end.saturating_sub(start) > BEST_WIDTH
                && split
            {
                let mut tail: String = chars.get(start..end).unwrap_or_default().iter().collect();
                tail.push('\\');
                if start < end {
                    start = end;
                }
                self.put(&tail);
                self.write_indent();
                self.whitespace = false;
                self.indention = false;
                if chars[start] == ' ' {
                    self.put("\\");
                }
            }
            end += 1;
        }
        self.write_indicator("\"", false, false, false);
    }
}

#[derive(Clone, Copy)]
enum Nesting {
    Flow,
    Block,
    Indentless,
}

enum Style {
    Plain,
    SingleQuoted,
    DoubleQuoted,
}

/// Python's `sorted(mapping.items())`: by key where all keys compare, else in their own order.
fn sorted(entries: &[(Node, Node)]) -> Vec<&(Node, Node)> {
    let mut ordered: Vec<&(Node, Node)> = entries.iter().collect();
    if entries.iter().all(|(key, _)| key.as_str().is_some()) {
        ordered.sort_by(|a, b| a.0.as_str().cmp(&b.0.as_str()));
    } else if entries.iter().all(|(key, _)| number(key).is_some()) {
        ordered.sort_by(|a, b| {
            number(&a.0).partial_cmp(&number(&b.0)).unwrap_or(std::cmp::Ordering::Equal)
        });
    }
    ordered
}

fn number(key: &Node) -> Option<f64> {
    match key.kind {
        Kind::Int(value) => Some(value as f64),
        Kind::Float(value) => Some(value),
        Kind::Bool(value) => Some(f64::from(u8::from(value))),
        _ => None,
    }
}

fn is_simple_key(key: &Node) -> bool {
    match &key.kind {
        Kind::Str(text) => text.chars().count() < 128 && !text.chars().any(is_break),
        Kind::Map(entries) => entries.is_empty(),
        Kind::Seq(items) => items.is_empty(),
        _ => true,
    }
}

fn float_text(value: f64) -> String {
    if value.is_nan() {
        return ".nan".to_owned();
    }
    if value.is_infinite() {
        return if value > 0.0 { ".inf" } else { "-.inf" }.to_owned();
    }
    // Python's repr: shortest digits, exponent form outside 1e-4..1e16, two exponent digits at least
    let scientific = format!("{value:e}");
    let (mantissa, exponent) = scientific.split_once('e').unwrap_or((&scientific, "0"));
    let exponent: i32 = exponent.parse().unwrap_or(0);
    if (-4..16).contains(&exponent) || value == 0.0 {
        return format!("{value:?}");
    }
    let sign = if exponent < 0 { '-' } else { '+' };
    let mantissa =
        if mantissa.contains('.') { mantissa.to_owned() } else { format!("{mantissa}.0") };
    format!("{mantissa}e{sign}{:02}", exponent.abs())
}

fn is_break(c: char) -> bool {
    matches!(c, '\n' | '\u{85}' | '\u{2028}' | '\u{2029}')
}

fn is_blank(c: char) -> bool {
    is_break(c) || matches!(c, '\0' | ' ' | '\t' | '\r')
}

/// PyYAML's `analyze_scalar` and `choose_scalar_style` for a string in block context.
fn string_style(text: &str, context: Context) -> Style {
    if text.is_empty() {
        return Style::SingleQuoted;
    }
    let chars: Vec<char> = text.chars().collect();
    let blank_at = |index: usize| chars.get(index).is_none_or(|&c| is_blank(c));
    let mut indicators = text.starts_with("---") || text.starts_with("...");
    let (mut special, mut multiline) = (false, false);
    let (mut break_space, mut space_break) = (false, false);
    for (index, &c) in chars.iter().enumerate() {
        indicators |= if index == 0 {
            "#,[]{}&*!|>'\"%@`".contains(c) || (matches!(c, '?' | ':' | '-') && blank_at(1))
        } else {
            (c == ':' && blank_at(index + 1)) || (c == '#' && is_blank(chars[index - 1]))
        };
        multiline |= is_break(c);
        special |= c != '\n' && !(' '..='~').contains(&c);
        if index > 0 {
            break_space |= c == ' ' && is_break(chars[index - 1]);
            space_break |= is_break(c) && chars[index - 1] == ' ';
        }
    }
    let edge = |c: char| c == ' ' || is_break(c);
    let edged = edge(chars[0]) || edge(chars[chars.len() - 1]);
    let plain = !indicators && !special && !multiline && !edged;
    if plain && !resolve::reads_as_something_else(text) {
        return Style::Plain;
    }
    let multiline_key = context == Context::SimpleKey && multiline;
    let needs_double = break_space || space_break || special || multiline_key;
    if !needs_double { Style::SingleQuoted } else { Style::DoubleQuoted }
}

fn escape(c: char) -> String {
    let short = match c {
        '\0' => '0',
        '\u{7}' => 'a',
        '\u{8}' => 'b',
        '\t' => 't',
        '\n' => 'n',
        '\u{b}' => 'v',
        '\u{c}' => 'f',
        '\r' => 'r',
        '\u{1b}' => 'e',
        '"' => '"',
        '\\' => '\\',
        '\u{85}' => 'N',
        '\u{a0}' => '_',
        '\u{2028}' => 'L',
        '\u{2029}' => 'P',
        _ => {
            return match u32::from(c) {
                code @ 0..=0xff => format!("\\x{code:02X}"),
                code @ 0x100..=0xffff => format!("\\u{code:04X}"),
                code => format!("\\U{code:08X}"),
            };
        }
    };
    format!("\\{short}")
}

/// Splits into maximal runs of equal class: separators of one kind (spaces, breaks) or other text.
fn runs(text: &str, separator: impl Fn(char) -> bool) -> Vec<&str> {
    let class = |c: char| {
        if !separator(c) {
            0
        } else if c == ' ' {
            1
        } else {
            2
        }
    };
    let mut pieces = Vec::new();
    let mut start = 0;
    let mut previous = None;
    for (index, c) in text.char_indices() {
        if previous.is_some_and(|p| p != class(c)) {
            pieces.push(&text[start..index]);
            start = index;
        }
        previous = Some(class(c));
    }
    if start < text.len() {
        pieces.push(&text[start..]);
    }
    pieces
}
