//! A notebook's cells and their outputs as a page.

use serde::Deserialize;
use serde_json::{Map, Value};

use super::{escape, markdown};

const STYLE: &str = "body{font-family:system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;\
line-height:1.5;color:#1c1b22}pre{overflow:auto;margin:0;white-space:pre-wrap}\
.code{background:#f4f4f6;border:1px solid #e2e2e8;border-radius:6px;padding:.6rem .8rem;margin:.8rem 0 .3rem}\
.output{padding:.3rem .8rem;margin:0 0 .8rem;overflow:auto}.error{background:#fdecec;border-radius:6px}\
img{max-width:100%}table{border-collapse:collapse}td,th{border:1px solid #ddd;padding:.2rem .5rem}";

#[derive(Deserialize)]
struct Notebook {
    nbformat: u32,
    #[serde(default)]
    cells: Vec<Cell>,
}

#[derive(Deserialize)]
struct Cell {
    cell_type: String,
    #[serde(default)]
    source: Text,
    #[serde(default)]
    outputs: Vec<Output>,
}

#[derive(Deserialize)]
struct Output {
    output_type: String,
    #[serde(default)]
    text: Text,
    #[serde(default)]
    data: Map<String, Value>,
    #[serde(default)]
    traceback: Vec<String>,
}

/// Text, whole or in lines.
#[derive(Deserialize)]
#[serde(untagged)]
enum Text {
    Whole(String),
    Lines(Vec<String>),
}

impl Default for Text {
    fn default() -> Self {
        Text::Whole(String::new())
    }
}

impl Text {
    fn joined(&self) -> String {
        match self {
            Text::Whole(text) => text.clone(),
            Text::Lines(lines) => lines.concat(),
        }
    }
}

/// The notebook as a page.
pub(super) fn page(title: &str, content: &[u8]) -> Result<String, serde_json::Error> {
    let notebook: Notebook = serde_json::from_slice(content)?;
    if notebook.nbformat != 4 {
        let found = format!("its format is {}", notebook.nbformat);
        return Err(serde::de::Error::custom(found));
    }
    let cells: String = notebook.cells.iter().map(cell).collect();
    Ok(format!(
        "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><title>{}</title>\
         <style>{STYLE}</style></head><body>{cells}</body></html>",
        escape(title)
    ))
}

fn cell(cell: &Cell) -> String {
    let source = cell.source.joined();
    match cell.cell_type.as_str() {
        "markdown" => format!("<section>{}</section>", markdown::html(&source)),
        "code" => {
            let outputs: String = cell.outputs.iter().map(output).collect();
            format!(
                "<div class=\"code\"><pre><code>{}</code></pre></div>{outputs}",
                escape(&source)
            )
        }
        _ => format!("<pre>{}</pre>", escape(&source)),
    }
}

fn output(output: &Output) -> String {
    match output.output_type.as_str() {
        "stream" => preformatted(&output.text.joined(), ""),
        "error" => preformatted(&output.traceback.join("\n"), " error"),
        _ => rich(&output.data),
    }
}

fn preformatted(text: &str, class: &str) -> String {
    format!("<div class=\"output{class}\"><pre>{}</pre></div>", escape(&without_colors(text)))
}

/// The richest form that an output has.
fn rich(data: &Map<String, Value>) -> String {
    let text = |kind: &str| match data.get(kind)? {
        Value::String(text) => Some(text.clone()),
        Value::Array(lines) => Some(lines.iter().filter_map(Value::as_str).collect()),
        other => Some(other.to_string()),
    };
    for kind in ["image/png", "image/jpeg"] {
        if let Some(encoded) = text(kind) {
            let encoded: String = encoded.chars().filter(|c| is_base64(*c)).collect();
            let image = format!("<img src=\"data:{kind};base64,{encoded}\" alt=\"\">");
            return format!("<div class=\"output\">{image}</div>");
        }
    }
    if let Some(html) = text("text/html").or_else(|| text("image/svg+xml")) {
        return format!("<div class=\"output\">{html}</div>");
    }
    if let Some(marked) = text("text/markdown") {
        return format!("<div class=\"output\">{}</div>", markdown::html(&marked));
    }
    text("text/plain").map(|plain| preformatted(&plain, "")).unwrap_or_default()
}

fn is_base64(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '+' | '/' | '=')
}

/// Text without the escape sequences that colour a terminal.
fn without_colors(text: &str) -> String {
    let mut parts = text.split("\u{1b}[");
    let mut out = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let end = part.find(|c: char| c.is_ascii_alphabetic());
        out.push_str(end.map_or("", |end| &part[end + 1..]));
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn code_output_and_errors_are_shown() {
        let notebook = serde_json::json!({"nbformat": 4, "cells": [
            {"cell_type": "markdown", "source": ["# T\n", "text"]},
            {"cell_type": "code", "source": "a < b", "outputs": [
                {"output_type": "stream", "name": "stdout", "text": ["1\n", "2"]},
                {"output_type": "display_data", "data": {"image/png": "aGk=\n", "text/plain": "x"}},
                {"output_type": "error", "traceback": ["\u{1b}[31mboom\u{1b}[0m"]},
            ]},
        ]});
        let page = page("n.ipynb", notebook.to_string().as_bytes()).unwrap();
        for part in ["<h1>T</h1>", "a &lt; b", "1\n2", "data:image/png;base64,aGk=\"", ">boom<"] {
            assert!(page.contains(part), "{part} in {page}");
        }
    }

    #[test]
    fn what_is_no_notebook_is_refused() {
        assert!(page("n", b"{}").is_err());
        assert!(page("n", br#"{"nbformat": 3}"#).unwrap_err().to_string().contains("3"));
    }
}
