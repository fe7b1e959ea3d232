//! The Markdown that notebooks mostly have: headings, lists, fenced code, quotes, emphasis, code,
//! links. Anything else stays the text it is.

use super::escape;

/// Markdown as HTML.
pub(super) fn html(text: &str) -> String {
    let mut out = String::new();
    let mut open = Block::None;
    let mut lines = text.lines();
    while let Some(line) = lines.next() {
        let trimmed = line.trim();
        if trimmed.starts_with("```") {
            open.close(&mut out);
            let code: Vec<&str> =
                lines.by_ref().take_while(|line| !line.trim().starts_with("```")).collect();
            out.push_str(&format!("<pre><code>{}</code></pre>\n", escape(&code.join("\n"))));
            continue;
        }
        let (block, content) = classify(trimmed);
        if block != open {
            open.close(&mut out);
            block.open(&mut out);
            open = block;
        }
        match block {
            Block::None => {
                if let Some((level, title)) = heading(trimmed) {
                    out.push_str(&format!("<h{level}>{}</h{level}>\n", inline(title)));
                }
            }
            Block::Bullets | Block::Numbers => {
                out.push_str(&format!("<li>{}</li>\n", inline(content)));
            }
            Block::Paragraph | Block::Quote => {
                out.push_str(&inline(content));
                out.push('\n');
            }
        }
    }
    open.close(&mut out);
    out
}

/// What consecutive lines make together.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Block {
    /// Nothing: an empty line or a heading.
    None,
    Paragraph,
    Bullets,
    Numbers,
    Quote,
}

impl Block {
    fn tag(self) -> Option<&'static str> {
        match self {
            Block::None => None,
            Block::Paragraph => Some("p"),
            Block::Bullets => Some("ul"),
            Block::Numbers => Some("ol"),
            Block::Quote => Some("blockquote"),
        }
    }

    fn open(self, out: &mut String) {
        if let Some(tag) = self.tag() {
            out.push_str(&format!("<{tag}>"));
        }
    }

    fn close(self, out: &mut String) {
        if let Some(tag) = self.tag() {
            out.push_str(&format!("</{tag}>\n"));
        }
    }
}

fn classify(line: &str) -> (Block, &str) {
    if line.is_empty() || heading(line).is_some() {
        return (Block::None, line);
    }
    for mark in ["- ", "* ", "+ "] {
        if let Some(item) = line.strip_prefix(mark) {
            return (Block::Bullets, item);
        }
    }
    if let Some(quoted) = line.strip_prefix('>') {
        return (Block::Quote, quoted.trim_start());
    }
    if let Some((number, item)) = line.split_once(". ")
        && !number.is_empty()
        && number.bytes().all(|byte| byte.is_ascii_digit())
    {
        return (Block::Numbers, item);
    }
    (Block::Paragraph, line)
}

fn heading(line: &str) -> Option<(usize, &str)> {
    let title = line.trim_start_matches('#');
    let level = line.len() - title.len();
    ((1..=6).contains(&level) && title.starts_with(' ')).then(|| (level, title.trim()))
}

/// A line's code, emphasis and links.
fn inline(line: &str) -> String {
    let mut out = String::new();
    // Every second part lies between backticks.
    for (at, part) in line.split('`').enumerate() {
        if at % 2 == 1 {
            out.push_str(&format!("<code>{}</code>", escape(part)));
        } else {
            let text = links(&escape(part));
            let text = paired(&text, "**", "strong");
            out.push_str(&paired(&text, "*", "em"));
        }
    }
    out
}

/// `mark`ed text in a tag; a mark without a partner stays.
fn paired(text: &str, mark: &str, tag: &str) -> String {
    let parts: Vec<&str> = text.split(mark).collect();
    let mut out = String::new();
    for (at, part) in parts.iter().enumerate() {
        let is_inside = at % 2 == 1;
        if !is_inside {
            out.push_str(part);
        } else if at + 1 < parts.len() {
            out.push_str(&format!("<{tag}>{part}</{tag}>"));
        } else {
            out.push_str(mark);
            out.push_str(part);
        }
    }
    out
}

/// `[text](https://…)` as a link, in text that is escaped already.
fn links(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some(start) = rest.find('[') {
        let link = rest[start..].split_once("](").and_then(|(label, after)| {
            let (address, after) = after.split_once(')')?;
            let label = &label[1..];
            let is_web = address.starts_with("https://") || address.starts_with("http://");
            (is_web && !label.contains('[')).then_some((label, address, after))
        });
        let Some((label, address, after)) = link else { break };
        out.push_str(&rest[..start]);
        out.push_str(&format!("<a href=\"{address}\" rel=\"noreferrer\">{label}</a>"));
        rest = after;
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_usual_marks_become_tags() {
        assert_eq!(html("# A `b`"), "<h1>A <code>b</code></h1>\n");
        assert_eq!(html("- x\n- **y**"), "<ul><li>x</li>\n<li><strong>y</strong></li>\n</ul>\n");
        assert_eq!(html("```\n<a>\n```"), "<pre><code>&lt;a&gt;</code></pre>\n");
        let link = html("see [it](https://example.com)");
        assert!(link.contains("<a href=\"https://example.com\""), "{link}");
    }

    #[test]
    fn nothing_of_the_text_is_taken_for_html() {
        let page = html("<script>x</script> [a](javascript:x) 2 * 3");
        assert!(!page.contains("<script>") && !page.contains("<a "), "{page}");
        assert!(page.contains("2 * 3"), "{page}");
    }
}
