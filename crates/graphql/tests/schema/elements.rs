//! A schema as a flat map, so that two can be compared element by element.

use std::collections::BTreeMap;

use async_graphql::{
    Positioned,
    parser::{
        parse_schema,
        types::{
            ConstDirective, FieldDefinition, InputValueDefinition, TypeKind, TypeSystemDefinition,
        },
    },
};

/// Element (`Run.stepStats`, `Run implements PipelineRun`…) to its form (type, default, deprecation).
pub(crate) type Elements = BTreeMap<String, String>;

/// The elements of a schema in the definition language.
pub(crate) fn elements(sdl: &str) -> Elements {
    let document = parse_schema(sdl).unwrap();
    let mut all = Elements::new();
    for definition in document.definitions {
        let TypeSystemDefinition::Type(definition) = definition else { continue };
        let definition = definition.node;
        let name = definition.name.node.to_string();
        let kind = match definition.kind {
            TypeKind::Scalar => "scalar",
            TypeKind::Object(object) => {
                add_fields(&mut all, &name, &object.fields);
                for interface in &object.implements {
                    all.insert(format!("{name} implements {}", interface.node), String::new());
                }
                "object"
            }
            TypeKind::Interface(interface) => {
                add_fields(&mut all, &name, &interface.fields);
                "interface"
            }
            TypeKind::Union(union) => {
                for member in &union.members {
                    all.insert(format!("{name} has {}", member.node), String::new());
                }
                "union"
            }
            TypeKind::Enum(values) => {
                for value in &values.values {
                    let value = &value.node;
                    let form = deprecation(&value.directives);
                    all.insert(format!("{name}.{}", value.value.node), form);
                }
                "enum"
            }
            TypeKind::InputObject(input) => {
                for field in &input.fields {
                    let key = format!("{name}.{}", field.node.name.node);
                    all.insert(key, input_form(&field.node));
                }
                "input"
            }
        };
        all.insert(name, kind.to_owned());
    }
    all
}

fn add_fields(all: &mut Elements, owner: &str, fields: &[Positioned<FieldDefinition>]) {
    for field in fields {
        let field = &field.node;
        let key = format!("{owner}.{}", field.name.node);
        for argument in &field.arguments {
            let argument = &argument.node;
            all.insert(format!("{key}({})", argument.name.node), input_form(argument));
        }
        let form = format!("{}{}", field.ty.node, deprecation(&field.directives));
        all.insert(key, form);
    }
}

fn input_form(input: &InputValueDefinition) -> String {
    let default = input.default_value.as_ref().map(|value| format!(" = {}", value.node));
    let deprecation = deprecation(&input.directives);
    format!("{}{}{deprecation}", input.ty.node, default.unwrap_or_default())
}

fn deprecation(directives: &[Positioned<ConstDirective>]) -> String {
    let deprecated = directives.iter().find(|directive| directive.node.name.node == "deprecated");
    let Some(directive) = deprecated else { return String::new() };
    let reason = directive.node.get_argument("reason").map(|reason| reason.node.to_string());
    format!(" deprecated {}", reason.unwrap_or_default())
}
