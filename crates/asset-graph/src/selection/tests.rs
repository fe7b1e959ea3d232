//! Tests of the language by itself; `tests/against_dagster.rs` compares it with Dagster.

use rstest::rstest;

use super::*;

#[rstest]
#[case("key:", 4, "found the end where a key")]
#[case("key:a and", 9, "found the end")]
#[case("kee:a", 0, "did you mean `key:`?")]
#[case("key:a key:b", 6, "`and`, `or` or the end")]
#[case("(key:a", 6, "`)`")]
#[case("key:\"a", 4, "not closed")]
#[case("owner:a@b", 7, "quote values")]
#[case("is:odd", 3, "`external` or `materializable`")]
fn an_error_says_where_and_what(
    #[case] text: &str,
    #[case] position: usize,
    #[case] problem: &str,
) {
    let error = Selection::parse(text, Sources::Exclude).unwrap_err();
    assert_eq!(error.position, position);
    assert!(error.problem.contains(problem), "{error}");
}

#[test]
fn and_binds_tighter_than_or_and_not_tighter_than_and() {
    let parsed =
        Selection::parse("not is:external and group:a or group:b", Sources::Include).unwrap();
    assert_eq!(parsed.to_text().unwrap(), "((not is:external) and group:\"a\") or group:\"b\"");
}

#[test]
fn deep_nesting_is_refused_instead_of_exhausting_the_stack() {
    let text = format!("{}*{}", "(".repeat(100_000), ")".repeat(100_000));
    assert!(Selection::parse(&text, Sources::Exclude).is_err());
}

#[rstest]
#[case("a*c", "abbc", true)]
#[case("a*c", "ab", false)]
#[case("*b*", "abc", true)]
#[case("a*a", "a", false)]
#[case("**", "", true)]
#[case("abc", "abcd", false)]
fn a_star_stands_for_any_text(#[case] pattern: &str, #[case] text: &str, #[case] matches: bool) {
    assert_eq!(resolve::glob(pattern, text), matches);
}
