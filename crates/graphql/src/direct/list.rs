//! Lists that are written straight where they can be.

use std::borrow::Cow;

use async_graphql::{
    ContextSelectionSet, Name, OutputType, Positioned, ServerResult, Value, indexmap::IndexMap,
    parser::types::Field, registry::Registry,
};

use super::{Selected, Write, Writer, plan::Source, write::TEXT};
use crate::context::RequestContext;

/// A list of objects; the same to clients as any other list of them.
#[derive(Clone)]
pub(crate) struct DirectList<T>(pub(crate) Vec<T>);

impl<T> FromIterator<T> for DirectList<T> {
    fn from_iter<I: IntoIterator<Item = T>>(items: I) -> Self {
        DirectList(items.into_iter().collect())
    }
}

impl<T: Write> DirectList<T> {
    /// The list as text, if its objects can be written and the text needs not be merged with another.
    fn text(&self, ctx: &ContextSelectionSet<'_>, field: &Positioned<Field>) -> Option<String> {
        let request = ctx.data_opt::<RequestContext>()?;
        if request.document.is_split(field.pos) {
            return None;
        }
        let selected = Selected::new(&ctx.item.node);
        let mut out = Writer::new(Source::of(ctx));
        self.0.write(&selected, &mut out).ok()?;
        String::from_utf8(out.text).ok()
    }
}

impl<T: OutputType + Write> OutputType for DirectList<T> {
    fn type_name() -> Cow<'static, str> {
        Vec::<T>::type_name()
    }

    fn qualified_type_name() -> String {
        Vec::<T>::qualified_type_name()
    }

    fn create_type_info(registry: &mut Registry) -> String {
        Vec::<T>::create_type_info(registry)
    }

    async fn resolve(
        &self,
        ctx: &ContextSelectionSet<'_>,
        field: &Positioned<Field>,
    ) -> ServerResult<Value> {
        match self.text(ctx, field) {
            Some(text) => {
                let written = (Name::new(TEXT), Value::String(text));
                Ok(Value::Object(IndexMap::from_iter([written])))
            }
            None => self.0.resolve(ctx, field).await,
        }
    }
}
