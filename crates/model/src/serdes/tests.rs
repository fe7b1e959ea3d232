use rstest::rstest;

use super::*;

#[rstest]
#[case(1e16, "1e+16")]
#[case(1e-7, "1e-07")]
#[case(123456789012345680.0, "1.2345678901234568e+17")]
#[case(1234567890123456.0, "1234567890123456.0")]
#[case(0.0001, "0.0001")]
#[case(0.00001, "1e-05")]
#[case(1700000000.123456, "1700000000.123456")]
#[case(-0.0, "-0.0")]
#[case(5e-324, "5e-324")]
#[case(1.7976931348623157e308, "1.7976931348623157e+308")]
#[case(f64::NAN, "NaN")]
#[case(f64::NEG_INFINITY, "-Infinity")]
fn floats_are_written_as_python_writes_them(#[case] value: f64, #[case] text: &str) {
    assert_eq!(float_repr(value), text);
}

#[rstest]
#[case(r#"{"a": [1, 2.5, null, true], "b": {"c": "x\"\\\n\u00e9\ud83d\ude00\u007f"}}"#)]
#[case(r#"[123456789012345678901234567890, -1, NaN, Infinity, -Infinity, 1e-07, 1e+16]"#)]
#[case(r#"{"1": "a", "2": "b", "10": "c"}"#)]
#[case(r#"{}"#)]
#[case(r#""""#)]
fn any_value_survives_reading_and_writing(#[case] text: &str) {
    assert_eq!(to_text(&from_text::<Value>(text).unwrap()), text);
}

#[test]
fn keys_are_sorted_by_code_point_as_python_does() {
    let value = Value::from(serde_json::json!({"b": 1, "a": {"z": 1, "_": 2, "Z": 3}}));
    assert_eq!(to_text(&value), r#"{"a": {"Z": 3, "_": 2, "z": 1}, "b": 1}"#);
}

#[rstest]
#[case::alone(r#""a\ud800b""#)]
#[case::of_a_file_name(r#""caf\udce9""#)]
#[case::before_another_escape(r#""\ud800\n""#)]
#[case::in_the_wrong_order(r#""\udc00\ud800""#)]
#[case::a_pair(r#""\ud83d\ude00""#)]
#[case::a_high_half_before_a_pair(r#""\ud83d\ud83d\ude00""#)]
#[case::pairs_of_the_characters_that_stand_for_halves(r#""\udbf6\udc00\udbf7\udfff\udbf6""#)]
#[case::their_neighbours(r#""\udbf5\udfff\udbf8\udc00""#)]
fn halves_of_surrogate_pairs_survive_reading_and_writing(#[case] text: &str) {
    assert_eq!(to_text(&from_text::<String>(text).unwrap()), text);
}

#[test]
fn deep_nesting_is_refused() {
    let error = from_text::<Value>(&"[".repeat(100_000)).unwrap_err();
    assert_eq!(error.kind(), &SerdesErrorKind::TooDeep(256));
}

#[rstest]
#[case("{\"a\": }")]
#[case("[1, 2")]
#[case("\"abc")]
#[case("{\"a\" 1}")]
#[case("nul")]
#[case("1 2")]
#[case("\"\\u12\u{e9}\"")]
fn malformed_text_is_an_error(#[case] text: &str) {
    from_text::<Value>(text).unwrap_err();
}

crate::py_enum! {
    /// A test enum.
    pub enum Colour = "Colour" | "OldColour" { Red = "RED", Green = "GREEN" | "VERDANT" }
}

crate::record! {
    /// A test record.
    pub struct Thing = "StoredThing" | "OldThing" {
        /// Field.
        name as "stored_name" | "older_name": String,
        /// Field.
        colour: Option<Colour>,
        /// Field.
        pool [skip_none]: Option<String>,
        /// Field.
        tags [skip_empty]: Map<String>,
        /// Field.
        count: i64 = 7,
    }
    old { "mode": Null }
}

crate::record! {
    /// Another test record.
    pub struct Other = "Other" {}
}

crate::union! {
    /// A test union.
    pub enum Any { Thing(Thing), Other(Other) }
}

#[test]
fn a_record_keeps_fields_of_a_newer_version_in_sorted_place() {
    let text = r#"{"__class__": "StoredThing", "colour": {"__enum__": "Colour.RED"}, "count": 1, "extra_one": [1], "mode": null, "stored_name": "n", "tags": {"a": "b"}, "zzz": null}"#;
    let thing: Thing = from_text(text).unwrap();
    assert_eq!(thing.colour, Some(Colour::Red));
    assert_eq!(Colour::ALL.len(), 2);
    assert_eq!(to_text(&thing), text);
}

#[test]
fn a_record_reads_former_names_and_missing_fields() {
    let text = r#"{"older_name": "n", "__class__": "OldThing", "count": null, "mode": "default", "colour": {"__enum__": "OldColour.VERDANT"}}"#;
    let thing: Thing = from_text(text).unwrap();
    assert_eq!(thing.count, 7);
    assert_eq!(thing.colour, Some(Colour::Green));
    assert_eq!(
        to_text(&thing),
        r#"{"__class__": "StoredThing", "colour": {"__enum__": "Colour.GREEN"}, "count": 7, "mode": null, "stored_name": "n"}"#
    );
}

#[test]
fn a_wrong_class_or_missing_field_says_where() {
    let error = from_text::<Vec<Thing>>(r#"[{"__class__": "Other"}]"#).unwrap_err();
    assert_eq!(
        error.to_string(),
        "expected an object of class `StoredThing`, found `Other` at byte 22 in [0]"
    );
    let error = from_text::<Thing>(r#"{"__class__": "StoredThing"}"#).unwrap_err();
    assert!(error.to_string().contains("`StoredThing` lacks the field `stored_name`"));
}

#[test]
fn a_union_keeps_an_unknown_class() {
    let text = r#"[{"__class__": "Other"}, {"__class__": "FromTheFuture", "a": 1}, 5]"#;
    let items: Vec<Any> = from_text(text).unwrap();
    assert_eq!(items[1].class_name(), "FromTheFuture");
    assert!(matches!(items[..], [Any::Other(_), Any::Unknown(_), Any::Unknown(_)]));
    assert_eq!(to_text(&items), text);
}

#[test]
fn sets_are_sorted_and_odd_keyed_maps_keep_their_order() {
    let set: PySet<String> = ["b", "a", "b"].map(String::from).into_iter().collect();
    assert_eq!(to_text(&set), r#"{"__set__": ["a", "b"]}"#);
    let text = r#"{"__mapping_items__": [["b", 1], ["a", 2]]}"#;
    assert_eq!(to_text(&from_text::<ItemsMap<String, i64>>(text).unwrap()), text);
}

#[test]
fn raw_keeps_the_original_text() {
    let raw: Raw<Value> = Raw::parse(r#"{"b":1,  "a":2}"#).unwrap();
    assert_eq!(raw.text(), r#"{"b":1,  "a":2}"#);
    assert_eq!(raw.get("a"), Some(&Value::Int(2)));
}

proptest::proptest! {
    #[test]
    fn every_string_survives(text in ".*") {
        let written = to_text(text.as_str());
        proptest::prop_assert!(written.is_ascii());
        proptest::prop_assert_eq!(from_text::<String>(&written).unwrap(), text);
    }

    #[test]
    fn every_float_survives(value in proptest::num::f64::NORMAL) {
        proptest::prop_assert_eq!(from_text::<f64>(&to_text(&value)).unwrap(), value);
    }

    #[test]
    fn no_text_makes_the_parser_panic(text in ".*") {
        let _ = from_text::<Value>(&text);
    }
}
