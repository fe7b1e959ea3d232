//! The selection language, by recursive descent: `or` binds weakest, then `and`, then `not`, then the traversals
//! `2+…` and `…+2` around an attribute, a function call or a parenthesis.

use super::{
    Attribute, Selection, Sources,
    lexer::{self, ATTRIBUTES, Kind, Problem, Token},
};

/// Nesting beyond this is refused instead of exhausting the stack.
const DEPTH_LIMIT: usize = 200;

pub(super) fn parse(text: &str, sources: Sources) -> Result<Selection, Problem> {
    let tokens = lexer::tokenize(text)?;
    let mut parser = Parser { tokens, next: 0, sources, depth: 0 };
    let selection = parser.any()?;
    match parser.peek() {
        Kind::End => Ok(selection),
        _ => Err(parser.unexpected("`and`, `or` or the end")),
    }
}

struct Parser {
    tokens: Vec<Token>,
    next: usize,
    sources: Sources,
    depth: usize,
}

impl Parser {
    fn token(&self) -> &Token {
        &self.tokens[self.next.min(self.tokens.len() - 1)]
    }

    fn peek(&self) -> Kind {
        self.token().kind
    }

    fn peek_second(&self) -> Kind {
        self.tokens.get(self.next + 1).map_or(Kind::End, |token| token.kind)
    }

    fn take(&mut self) -> Token {
        let token = self.token().clone();
        self.next += 1;
        token
    }

    fn unexpected(&self, wanted: &str) -> Problem {
        let token = self.token();
        let found = if token.kind == Kind::End {
            "the end".to_owned()
        } else {
            format!("{:?}", token.text)
        };
        Problem {
            position: token.position,
            problem: format!("found {found} where {wanted} must stand"),
        }
    }

    fn expect(&mut self, kind: Kind, wanted: &str) -> Result<Token, Problem> {
        if self.peek() == kind { Ok(self.take()) } else { Err(self.unexpected(wanted)) }
    }

    fn any(&mut self) -> Result<Selection, Problem> {
        let mut selection = self.all()?;
        while self.peek() == Kind::Or {
            self.take();
            selection = selection.or(self.all()?);
        }
        Ok(selection)
    }

    fn all(&mut self) -> Result<Selection, Problem> {
        let mut selection = self.negation()?;
        while self.peek() == Kind::And {
            self.take();
            selection = selection.and(self.negation()?);
        }
        Ok(selection)
    }

    fn negation(&mut self) -> Result<Selection, Problem> {
        self.depth += 1;
        if self.depth > DEPTH_LIMIT {
            return Err(Problem {
                position: self.token().position,
                problem: format!("nested more than {DEPTH_LIMIT} levels deep"),
            });
        }
        let selection = match self.peek() {
            Kind::Not => {
                self.take();
                let operand = self.negation()?;
                Selection::Subtract(Box::new(Selection::All(self.sources)), Box::new(operand))
            }
            Kind::Star => {
                self.take();
                Selection::All(self.sources)
            }
            _ => self.traversal()?,
        };
        self.depth -= 1;
        Ok(selection)
    }

    fn traversal(&mut self) -> Result<Selection, Problem> {
        let upstream = match (self.peek(), self.peek_second()) {
            (Kind::Plus, _) => {
                self.take();
                Some(None)
            }
            (Kind::Digits, Kind::Plus) => {
                let digits = self.take();
                self.take();
                Some(Some(depth_of(&digits)))
            }
            _ => None,
        };
        let child = Box::new(self.primary()?);
        let downstream = if self.peek() == Kind::Plus {
            self.take();
            if self.peek() == Kind::Digits {
                Some(Some(depth_of(&self.take())))
            } else {
                Some(None)
            }
        } else {
            None
        };
        Ok(match (upstream, downstream) {
            (None, None) => *child,
            (Some(depth), None) => Selection::Upstream { child, depth, include_self: true },
            (None, Some(depth)) => Selection::Downstream { child, depth, include_self: true },
            (Some(up), Some(down)) => {
                Selection::Upstream { child: child.clone(), depth: up, include_self: true }
                    .or(Selection::Downstream { child, depth: down, include_self: true })
            }
        })
    }

    fn primary(&mut self) -> Result<Selection, Problem> {
        match self.peek() {
            Kind::Open => {
                self.take();
                let inner = self.any()?;
                self.expect(Kind::Close, "`)`, `and` or `or`")?;
                Ok(inner)
            }
            Kind::Sinks | Kind::Roots => {
                let function = self.take();
                self.expect(Kind::Open, "`(`")?;
                let inner = Box::new(self.any()?);
                self.expect(Kind::Close, "`)`, `and` or `or`")?;
                Ok(if function.kind == Kind::Sinks {
                    Selection::Sinks(inner)
                } else {
                    Selection::Roots(inner)
                })
            }
            Kind::Attribute => self.attribute(),
            Kind::Name => {
                let mut problem = self.unexpected("an attribute such as `key:`");
                if let Some(near) = nearest_attribute(&self.token().text) {
                    problem.problem.push_str(&format!("; did you mean `{near}:`?"));
                }
                Err(problem)
            }
            _ => Err(self
                .unexpected("an attribute such as `key:`, `sinks(`, `roots(`, `(`, `not` or `*`")),
        }
    }

    fn attribute(&mut self) -> Result<Selection, Problem> {
        let attribute = self.take();
        self.expect(Kind::Colon, "`:`")?;
        let position = self.token().position;
        let sources = self.sources;
        Ok(match attribute.text.as_str() {
            "key" => Selection::KeyPattern(self.key_value()?),
            "tag" | "column_tag" => {
                let key = self.value()?.ok_or_else(|| Problem {
                    position,
                    problem: "a tag needs a name, `<null>` is none".to_owned(),
                })?;
                let value = if self.peek() == Kind::Equal {
                    self.take();
                    self.value()?.unwrap_or_default()
                } else {
                    String::new()
                };
                if attribute.text == "tag" {
                    Selection::Tag(key, value, sources)
                } else {
                    Selection::OutsideGraph {
                        attribute: "column_tag",
                        value: Some(format!("{key}={value}")),
                    }
                }
            }
            "owner" => Selection::Owner(self.value()?),
            "group" => match self.value()?.filter(|group| !group.is_empty()) {
                None => Selection::Groups(Vec::new(), sources),
                Some(pattern) if pattern.contains('*') => Selection::GroupPattern(pattern, sources),
                Some(group) => Selection::Groups(vec![group], sources),
            },
            "kind" => Selection::Kind(self.value()?, sources),
            "is" => match self.value()?.as_deref() {
                Some("external") => Selection::Is(Attribute::External),
                Some("materializable") => Selection::Is(Attribute::Materializable),
                _ => {
                    return Err(Problem {
                        position,
                        problem: "`is:` takes `external` or `materializable`".to_owned(),
                    });
                }
            },
            "code_location" => Selection::CodeLocation(self.value()?),
            "partitions" => Selection::Partitions(self.value()?),
            "sensor" => Selection::Sensor(self.value()?),
            "schedule" => Selection::Schedule(self.value()?),
            "job" => Selection::Job(self.value()?),
            other => {
                let attribute =
                    ATTRIBUTES.iter().find(|name| **name == other).copied().unwrap_or("status");
                Selection::OutsideGraph { attribute, value: self.value()? }
            }
        })
    }

    fn key_value(&mut self) -> Result<String, Problem> {
        match self.peek() {
            Kind::Quoted => Ok(unquote(&self.take().text)),
            Kind::Name | Kind::Pattern => Ok(self.take().text),
            _ => {
                Err(self
                    .unexpected("a key (quote it when it is a keyword or has special characters)"))
            }
        }
    }

    fn value(&mut self) -> Result<Option<String>, Problem> {
        match self.peek() {
            Kind::Quoted => Ok(Some(unquote(&self.take().text))),
            Kind::Name => Ok(Some(self.take().text)),
            Kind::Null => {
                self.take();
                Ok(None)
            }
            Kind::Attribute
                if matches!(self.token().text.as_str(), "sensor" | "schedule" | "job") =>
            {
                Ok(Some(self.take().text))
            }
            _ => Err(self
                .unexpected("a value (quote it when it is a keyword or has special characters)")),
        }
    }
}

/// More steps than any graph has when the number is too large to read.
fn depth_of(digits: &Token) -> usize {
    digits.text.parse().unwrap_or(usize::MAX)
}

fn unquote(text: &str) -> String {
    text.trim_matches('"').to_owned()
}

fn nearest_attribute(word: &str) -> Option<&'static str> {
    let distance = |name: &str| {
        let (a, b): (Vec<char>, Vec<char>) = (word.chars().collect(), name.chars().collect());
        let mut row: Vec<usize> = (0..=b.len()).collect();
        for (i, x) in a.iter().enumerate() {
            let mut corner = row[0];
            row[0] = i + 1;
            for (j, y) in b.iter().enumerate() {
                let cost = if x == y { corner } else { corner + 1 };
                corner = row[j + 1];
                row[j + 1] = cost.min(row[j] + 1).min(corner + 1);
            }
        }
        row[b.len()]
    };
    ATTRIBUTES
        .into_iter()
        .map(|name| (distance(name), name))
        .filter(|(d, _)| *d <= 2)
        .min()
        .map(|(_, name)| name)
}
