#![allow(clippy::unwrap_used)]

use serde_json::json;

use super::*;

fn read(text: &str) -> Value {
    parse(text).unwrap().unwrap().to_json()
}

#[test]
fn words_and_numbers_follow_yaml_1_1() {
    let read = read(
        "{a: yes, b: Off, c: 010, d: 0x1f, e: 1:30, f: 1e3, g: '010', h: 0o10, i: 1_000, j: 1.5e+3, k: ~}",
    );
    assert_eq!(
        read,
        json!({"a": true, "b": false, "c": 8, "d": 31, "e": 90, "f": "1e3", "g": "010", "h": "0o10", "i": 1000, "j": 1500.0, "k": null})
    );
}

#[test]
fn dates_stay_strings() {
    assert_eq!(read("d: 2024-01-31"), json!({"d": "2024-01-31"}));
}

#[test]
fn merge_keys_are_overridden_by_own_keys_whatever_their_order() {
    assert_eq!(
        read("base: &b {x: 1, y: 2}\nuse:\n  y: 3\n  <<: *b\n")["use"],
        json!({"x": 1, "y": 3})
    );
}

#[test]
fn the_last_of_repeated_keys_wins() {
    assert_eq!(read("a: 1\nb: 2\na: 3\n"), json!({"a": 3, "b": 2}));
}

#[test]
fn explicit_tags_override_the_implicit_type() {
    assert_eq!(
        read("{a: !!str 010, b: !!float 1, c: ! yes}"),
        json!({"a": "010", "b": 1.0, "c": "yes"})
    );
}

#[test]
fn a_syntax_error_names_its_line() {
    let error = parse("a: 1\nb: [1, 2\nc: 3\n").unwrap_err();
    assert!(error.at.line >= 2, "{error:?}");
}

#[test]
fn unknown_tags_and_second_documents_are_refused() {
    assert!(parse("a: !!python/object:os.system x").is_err());
    assert!(parse("a: 1\n---\nb: 2\n").is_err());
}

#[test]
fn an_empty_file_is_no_value() {
    assert!(parse("# only a comment\n").unwrap().is_none());
}

#[test]
fn an_alias_bomb_is_refused() {
    let mut text = String::from("a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
    for level in 1..10 {
        let previous = vec![format!("*a{}", level - 1); 10].join(", ");
        text.push_str(&format!("a{level}: &a{level} [{previous}]\n"));
    }
    assert!(parse(&text).unwrap_err().reason.contains("1000000"));
}

/// The classes are those that PyYAML raised for these texts.
#[test]
fn malformed_text_fails_at_the_stage_at_which_pyyaml_fails() {
    for (text, class) in [
        ("{\"foo\": {{{{", "yaml.parser.ParserError"),
        ("[1, 2", "yaml.parser.ParserError"),
        ("a:\n  - b\n c", "yaml.parser.ParserError"),
        ("a: [1,2]]", "yaml.parser.ParserError"),
        ("[}", "yaml.parser.ParserError"),
        ("\"a\" \"b\"", "yaml.parser.ParserError"),
        ("- - a\n - b", "yaml.parser.ParserError"),
        ("a: \"b", "yaml.scanner.ScannerError"),
        ("a: b: c", "yaml.scanner.ScannerError"),
        ("@x", "yaml.scanner.ScannerError"),
        ("- a\nb", "yaml.scanner.ScannerError"),
        ("\"\\q\"", "yaml.scanner.ScannerError"),
        ("key: *x", "yaml.composer.ComposerError"),
        ("--- a\n--- b", "yaml.composer.ComposerError"),
        ("a: !!int b", "yaml.constructor.ConstructorError"),
    ] {
        let error = parse(text).unwrap_err();
        assert_eq!(error.stage.exception(), class, "{text:?}: {error}");
    }
}
