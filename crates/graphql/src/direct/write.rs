//! Values as JSON text.

use std::sync::Arc;

use async_graphql::{ID, Response, Value, resolver_utils::EnumType};
use rondel_model::origin::RemoteRepositoryOrigin;
use serde::Serialize;

use super::{
    Direct, Waits, Written,
    plan::{Selected, Source, Told},
};

/// The key under which a tree of values carries text that is JSON already: serde_json's, which async-graphql knows
/// too, so that a tree can be serialized by whoever has it.
pub(super) const TEXT: &str = "$serde_json::private::RawValue";

/// Something that can be written without waiting.
pub(crate) trait Write {
    /// Writes it as JSON; what was written before an error is worthless.
    fn write<'q>(&self, selected: &Selected<'q>, out: &mut Writer<'q>) -> Written;
}

/// The text being written.
pub(crate) struct Writer<'q> {
    pub(super) text: Vec<u8>,
    source: Source<'q>,
    origin_ids: Vec<(RemoteRepositoryOrigin, Arc<str>)>,
}

/// So many origins are remembered while a list is written.
const ORIGINS: usize = 16;

impl<'q> Writer<'q> {
    pub(super) fn new(source: Source<'q>) -> Self {
        Writer { text: Vec::new(), source, origin_ids: Vec::new() }
    }

    /// Writes an object's selected fields.
    pub(crate) fn object<T: Direct>(&mut self, object: &T, selected: &Selected<'q>) -> Written {
        let plan = selected.plan::<T>(self.source)?;
        self.text.push(b'{');
        for step in &plan.steps {
            self.text.extend_from_slice(&step.head);
            match step.told {
                Told::Typename => json(&mut self.text, T::NAME),
                Told::Field(place) => (T::FIELDS[place].1)(object, &step.selected, self)?,
            }
        }
        self.text.push(b'}');
        Ok(())
    }

    /// Writes the name of an enum's value.
    pub(crate) fn enum_value<T: EnumType>(&mut self, value: T) {
        json(&mut self.text, &T::items().iter().find(|item| item.value == value).map(|it| it.name));
    }

    /// The id of an origin: a hash of all it says, which is made once for many objects of the same origin.
    pub(crate) fn origin_id(&mut self, origin: &RemoteRepositoryOrigin) -> Arc<str> {
        if let Some((_, id)) = self.origin_ids.iter().find(|(known, _)| known == origin) {
            return Arc::clone(id);
        }
        let id: Arc<str> = origin.id().into();
        if self.origin_ids.len() < ORIGINS {
            self.origin_ids.push((origin.clone(), Arc::clone(&id)));
        }
        id
    }

    fn list<'v, T: Write + 'v>(
        &mut self,
        values: impl IntoIterator<Item = &'v T>,
        selected: &Selected<'q>,
    ) -> Written {
        self.text.push(b'[');
        for (place, value) in values.into_iter().enumerate() {
            if place > 0 {
                self.text.push(b',');
            }
            value.write(selected, self)?;
        }
        self.text.push(b']');
        Ok(())
    }
}

/// Texts, numbers and truth values, which cannot fail to be written; a number that JSON does not have is null.
fn json<T: Serialize + ?Sized>(text: &mut Vec<u8>, value: &T) {
    if serde_json::to_writer(&mut *text, value).is_err() {
        text.extend_from_slice(b"null");
    }
}

macro_rules! write_as_json {
    ($($type:ty),*) => {
        $(impl Write for $type {
            fn write<'q>(&self, _: &Selected<'q>, out: &mut Writer<'q>) -> Written {
                json(&mut out.text, self);
                Ok(())
            }
        })*
    };
}

write_as_json!(str, String, bool, f64, i32, i64, usize, ID);

impl<T: Write + ?Sized> Write for &T {
    fn write<'q>(&self, selected: &Selected<'q>, out: &mut Writer<'q>) -> Written {
        (**self).write(selected, out)
    }
}

impl<T: Write + ?Sized> Write for Arc<T> {
    fn write<'q>(&self, selected: &Selected<'q>, out: &mut Writer<'q>) -> Written {
        (**self).write(selected, out)
    }
}

impl<T: Write> Write for Option<T> {
    fn write<'q>(&self, selected: &Selected<'q>, out: &mut Writer<'q>) -> Written {
        match self {
            Some(value) => value.write(selected, out),
            None => {
                out.text.extend_from_slice(b"null");
                Ok(())
            }
        }
    }
}

impl<T: Write> Write for [T] {
    fn write<'q>(&self, selected: &Selected<'q>, out: &mut Writer<'q>) -> Written {
        out.list(self, selected)
    }
}

impl<T: Write> Write for Vec<T> {
    fn write<'q>(&self, selected: &Selected<'q>, out: &mut Writer<'q>) -> Written {
        out.list(self, selected)
    }
}

/// What cannot be read this way, or only with an error, is left to async-graphql.
impl<T: Write, E> Write for Result<T, E> {
    fn write<'q>(&self, selected: &Selected<'q>, out: &mut Writer<'q>) -> Written {
        self.as_ref().map_err(|_| Waits)?.write(selected, out)
    }
}

/// A response as it goes over the wire: as `Serialize` would write it, except that text which is JSON already is
/// copied without being looked at.
///
/// # Errors
/// When an error or an extension cannot be serialized.
pub(crate) fn response_text(response: &Response) -> Result<Vec<u8>, serde_json::Error> {
    let mut text = Vec::with_capacity(1024);
    text.extend_from_slice(b"{\"data\":");
    append(&mut text, &response.data)?;
    if !response.extensions.is_empty() {
        text.extend_from_slice(b",\"extensions\":");
        serde_json::to_writer(&mut text, &response.extensions)?;
    }
    if !response.errors.is_empty() {
        text.extend_from_slice(b",\"errors\":");
        serde_json::to_writer(&mut text, &response.errors)?;
    }
    text.push(b'}');
    Ok(text)
}

fn append(text: &mut Vec<u8>, value: &Value) -> Result<(), serde_json::Error> {
    match value {
        Value::List(items) => {
            text.push(b'[');
            for (place, item) in items.iter().enumerate() {
                if place > 0 {
                    text.push(b',');
                }
                append(text, item)?;
            }
            text.push(b']');
        }
        Value::Object(fields) => {
            if let Some(Value::String(written)) = fields.get(TEXT) {
                text.extend_from_slice(written.as_bytes());
                return Ok(());
            }
            text.push(b'{');
            for (place, (name, value)) in fields.iter().enumerate() {
                if place > 0 {
                    text.push(b',');
                }
                json(text, name.as_str());
                text.push(b':');
                append(text, value)?;
            }
            text.push(b'}');
        }
        Value::String(string) => json(text, string),
        Value::Enum(name) => json(text, name.as_str()),
        Value::Boolean(it) => json(text, it),
        Value::Null => text.extend_from_slice(b"null"),
        Value::Number(_) | Value::Binary(_) => serde_json::to_writer(text, value)?,
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use async_graphql::{ServerError, value};

    use super::*;

    #[test]
    fn a_response_is_written_as_serde_writes_it() {
        let data = value!({
            "text": "a\"b\\\u{1}é\u{1f600}", "list": [1, 1.0, 1e300, -3, true, null], "empty": {},
            "none": [], "deep": {"deeper": [{"a": "b"}]},
        });
        let plain = Response::new(data.clone());
        let failed = Response::new(data);
        let mut failed = failed.extension("e", value!({"x": 1}));
        failed.errors.push(ServerError::new("no", None));
        for response in [plain, failed, Response::from_errors(Vec::new())] {
            let text = String::from_utf8(response_text(&response).unwrap()).unwrap();
            assert_eq!(text, serde_json::to_string(&response).unwrap());
        }
    }

    #[test]
    fn text_that_is_json_already_is_copied() {
        let data = value!({"list": {(TEXT): "[{\"a\":1}]"}});
        let response = Response::new(data);
        let text = String::from_utf8(response_text(&response).unwrap()).unwrap();
        assert_eq!(text, "{\"data\":{\"list\":[{\"a\":1}]}}");
        assert_eq!(text, serde_json::to_string(&response).unwrap());
    }
}
