use super::*;
use rstest::rstest;

fn json(text: &str) -> serde_json::Value {
    parse(text).unwrap().to_json()
}

#[rstest]
#[case("yes", Value::Bool(true))]
#[case("Off", Value::Bool(false))]
#[case("y", Value::String("y".into()))]
#[case("010", Value::Int(8))]
#[case("08", Value::String("08".into()))]
#[case("0o10", Value::String("0o10".into()))]
#[case("0x1F", Value::Int(31))]
#[case("1:30", Value::Int(90))]
#[case("1_000", Value::Int(1000))]
#[case("-12", Value::Int(-12))]
#[case("1e5", Value::String("1e5".into()))]
#[case("1.5e+3", Value::Float(1500.0))]
#[case(".5", Value::Float(0.5))]
#[case("1.", Value::Float(1.0))]
#[case("-.inf", Value::Float(f64::NEG_INFINITY))]
#[case("2024-01-02", Value::String("2024-01-02".into()))]
#[case("1.13.27", Value::String("1.13.27".into()))]
#[case("'yes'", Value::String("yes".into()))]
#[case("!!str 12", Value::String("12".into()))]
#[case("~", Value::Null)]
#[case("", Value::Null)]
fn scalars_resolve_as_pyyaml_resolves_them(#[case] text: &str, #[case] expected: Value) {
    assert_eq!(parse(text).unwrap().value, expected);
}

#[test]
fn anchors_aliases_and_merge_keys_expand() {
    let text = "base: &b {a: 1, c: 2}\nuse:\n  <<: *b\n  c: 3\nagain: *b\n";
    assert_eq!(
        json(text),
        serde_json::json!({"base": {"a": 1, "c": 2}, "use": {"a": 1, "c": 3}, "again": {"a": 1, "c": 2}})
    );
}

#[test]
fn a_repeated_key_keeps_the_last_value() {
    assert_eq!(json("a: 1\nb: 2\na: 3\n"), serde_json::json!({"a": 3, "b": 2}));
}

#[test]
fn every_node_knows_its_line() {
    let node =
        parse("# comment\nload_from:\n  - python_file: a.py\n  - grpc_server:\n      port: 1\n")
            .unwrap();
    let Value::List(items) = &node.get("load_from").unwrap().value else { panic!("list") };
    let (key, _) = &items[1].as_map().unwrap()[0];
    assert_eq!((key.line, key.column), (4, 5));
}

#[test]
fn text_which_is_not_yaml_names_the_line() {
    let error = parse("a: 1\nb: [1, 2\nc: 3\n").unwrap_err();
    assert!(error.line >= 2, "{error}");
}

#[test]
fn an_alias_bomb_is_refused() {
    let mut text = String::from("a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
    for level in 1..10 {
        let previous = vec![format!("*a{}", level - 1); 10].join(", ");
        text.push_str(&format!("a{level}: &a{level} [{previous}]\n"));
    }
    assert!(parse(&text).unwrap_err().message.contains("million"));
}
