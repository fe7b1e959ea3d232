//! YAML 1.1's implicit types of plain scalars, as PyYAML's resolver and constructors define them.

use super::Kind;

/// The value of a plain (unquoted) scalar.
///
/// Dates stay strings: Dagster removes PyYAML's timestamp resolver when it loads its files.
pub(super) fn plain(text: &str) -> Kind {
    if is_null(text) {
        return Kind::Null;
    }
    if let Some(value) = bool_value(text) {
        return Kind::Bool(value);
    }
    if let Some(value) = int_value(text) {
        return Kind::Int(value);
    }
    if let Some(value) = float_value(text) {
        return Kind::Float(value);
    }
    Kind::Str(text.to_owned())
}

/// Whether PyYAML's *dumper* must quote this string to keep it a string. Unlike Dagster's loader
/// the plain dumper knows timestamps, the merge key `<<` and the value key `=`.
pub(super) fn reads_as_something_else(text: &str) -> bool {
    !matches!(plain(text), Kind::Str(_))
        || overflowing_int(text)
        || text == "<<"
        || text == "="
        || is_timestamp(text)
}

fn is_null(text: &str) -> bool {
    matches!(text, "" | "~" | "null" | "Null" | "NULL")
}

fn bool_value(text: &str) -> Option<bool> {
    match text {
        "yes" | "Yes" | "YES" | "true" | "True" | "TRUE" | "on" | "On" | "ON" => Some(true),
        "no" | "No" | "NO" | "false" | "False" | "FALSE" | "off" | "Off" | "OFF" => Some(false),
        _ => None,
    }
}

fn split_sign(text: &str) -> (bool, &str) {
    match text.as_bytes().first() {
        Some(b'-') => (true, &text[1..]),
        Some(b'+') => (false, &text[1..]),
        _ => (false, text),
    }
}

fn digits_only(text: &str, allowed: impl Fn(u8) -> bool) -> bool {
    !text.is_empty() && text.bytes().all(|b| b == b'_' || allowed(b))
}

/// The radix and digits of an integer literal, if the text is one.
fn int_literal(body: &str) -> Option<(u32, &str)> {
    if let Some(bits) = body.strip_prefix("0b") {
        return digits_only(bits, |b| matches!(b, b'0' | b'1')).then_some((2, bits));
    }
    if let Some(hex) = body.strip_prefix("0x") {
        return digits_only(hex, |b| b.is_ascii_hexdigit()).then_some((16, hex));
    }
    if body == "0" {
        return Some((10, body));
    }
    if let Some(octal) = body.strip_prefix('0') {
        return digits_only(octal, |b| (b'0'..=b'7').contains(&b)).then_some((8, octal));
    }
    let starts_well = body.as_bytes().first().is_some_and(|b| (b'1'..=b'9').contains(b));
    (starts_well && digits_only(body, |b| b.is_ascii_digit())).then_some((10, body))
}

/// `[1-9][0-9_]*(:[0-5]?[0-9])+`
fn is_sexagesimal_int(body: &str) -> bool {
    let mut parts = body.split(':');
    let head = parts.next().unwrap_or_default();
    let starts_well = head.as_bytes().first().is_some_and(|b| (b'1'..=b'9').contains(b));
    let tail: Vec<&str> = parts.collect();
    starts_well
        && digits_only(head, |b| b.is_ascii_digit())
        && !tail.is_empty()
        && tail.iter().all(|part| is_base_sixty_digit(part))
}

fn is_base_sixty_digit(part: &str) -> bool {
    match part.as_bytes() {
        [d] => d.is_ascii_digit(),
        [t, d] => (b'0'..=b'5').contains(t) && d.is_ascii_digit(),
        _ => false,
    }
}

fn int_value(text: &str) -> Option<i128> {
    let (negative, body) = split_sign(text);
    let magnitude = if is_sexagesimal_int(body) {
        let mut total: i128 = 0;
        for part in body.split(':') {
            let digit: i128 = part.replace('_', "").parse().ok()?;
            total = total.checked_mul(60)?.checked_add(digit)?;
        }
        total
    } else {
        let (radix, digits) = int_literal(body)?;
        let digits = digits.replace('_', "");
        if digits.is_empty() { 0 } else { i128::from_str_radix(&digits, radix).ok()? }
    };
    Some(if negative { -magnitude } else { magnitude })
}

fn overflowing_int(text: &str) -> bool {
    let (_, body) = split_sign(text);
    int_literal(body).is_some()
}

fn float_value(text: &str) -> Option<f64> {
    let (negative, body) = split_sign(text);
    let signed = |value: f64| if negative { -value } else { value };
    if matches!(body, ".inf" | ".Inf" | ".INF") {
        return Some(signed(f64::INFINITY));
    }
    if matches!(text, ".nan" | ".NaN" | ".NAN") {
        return Some(f64::NAN);
    }
    if body.contains(':') {
        return sexagesimal_float(body).map(signed);
    }
    let (mantissa, exponent) = match body.find(['e', 'E']) {
        Some(at) => (&body[..at], Some(&body[at + 1..])),
        None => (body, None),
    };
    let (whole, fraction) = mantissa.split_once('.')?;
    let exponent_ok = exponent.is_none_or(|e| {
        matches!(e.as_bytes().first(), Some(b'+' | b'-'))
            && e.len() > 1
            && e[1..].bytes().all(|b| b.is_ascii_digit())
    });
    let fraction_ok = fraction.bytes().all(|b| b == b'_' || b.is_ascii_digit());
    let shape_ok = if whole.is_empty() {
        // `.5` takes no sign in PyYAML's pattern
        body.len() == text.len() && fraction.as_bytes().first().is_some_and(u8::is_ascii_digit)
    } else {
        whole.as_bytes()[0].is_ascii_digit() && digits_only(whole, |b| b.is_ascii_digit())
    };
    (exponent_ok && fraction_ok && shape_ok)
        .then(|| body.replace('_', "").parse().ok().map(signed))?
}

fn sexagesimal_float(body: &str) -> Option<f64> {
    let (head, fraction) = body.split_once('.')?;
    let mut parts = head.split(':');
    let first = parts.next()?;
    let well_formed = first.as_bytes().first().is_some_and(u8::is_ascii_digit)
        && digits_only(first, |b| b.is_ascii_digit())
        && parts.clone().count() > 0
        && parts.all(is_base_sixty_digit)
        && fraction.bytes().all(|b| b == b'_' || b.is_ascii_digit());
    if !well_formed {
        return None;
    }
    body.replace('_', "")
        .split(':')
        .try_fold(0.0, |total, part| part.parse::<f64>().ok().map(|digit| total * 60.0 + digit))
}

/// PyYAML's timestamp pattern: `2024-01-31`, or a date with a time of day.
fn is_timestamp(text: &str) -> bool {
    let bytes = text.as_bytes();
    let digits = |from: usize, to: usize| {
        bytes.get(from..to).is_some_and(|s| s.iter().all(u8::is_ascii_digit))
    };
    if bytes.len() == 10
        && digits(0, 4)
        && bytes[4] == b'-'
        && digits(5, 7)
        && bytes[7] == b'-'
        && digits(8, 10)
    {
        return true;
    }
    has_date_and_time(text).unwrap_or(false)
}

/// Cuts `least..=most` digits followed by `after` off the front.
fn cut_digits<'a>(text: &'a str, least: usize, most: usize, after: &str) -> Option<&'a str> {
    let run = text.bytes().take(most).take_while(u8::is_ascii_digit).count();
    if run < least { None } else { text[run..].strip_prefix(after) }
}

fn has_date_and_time(text: &str) -> Option<bool> {
    let date_end = cut_digits(cut_digits(cut_digits(text, 4, 4, "-")?, 1, 2, "-")?, 1, 2, "")?;
    let after_gap = date_end.trim_start_matches([' ', '\t']);
    let time = if after_gap.len() < date_end.len() {
        after_gap
    } else {
        date_end.strip_prefix(['T', 't'])?
    };
    let mut rest = cut_digits(cut_digits(cut_digits(time, 1, 2, ":")?, 2, 2, ":")?, 2, 2, "")?;
    if let Some(fraction) = rest.strip_prefix('.') {
        rest = fraction.trim_start_matches(|c: char| c.is_ascii_digit());
    }
    let zone = rest.trim_start_matches([' ', '\t']);
    if zone.is_empty() {
        return Some(rest.is_empty());
    }
    if zone == "Z" {
        return Some(true);
    }
    let zone = zone.strip_prefix(['+', '-'])?;
    let after_hours = cut_digits(zone, 1, 2, "")?;
    Some(after_hours.is_empty() || cut_digits(after_hours.strip_prefix(':')?, 2, 2, "")?.is_empty())
}
