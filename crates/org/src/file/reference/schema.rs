//! The file as a JSON Schema, for editors.
//!
//! Draft 7, which every editor knows (VS Code's YAML extension among them). It says less than the parser: an editor
//! completes and underlines, `validate` decides.

use super::json::{Json, Object};
use super::{FILE, Holds, Key, Name, Place, Words};
use crate::settings::{MAX_TOPIC_CHARS, MAX_TOPICS, TOPIC_PATTERN};

/// Where the schema is found, for the line that names it in a file.
pub const SCHEMA_URL: &str =
    "https://raw.githubusercontent.com/peribolos-operator/peribolos-operator/main/docs/peribolos.schema.json";

/// The comment by which editors find the schema of this version: the first line of a file.
pub const EDITOR_LINE: &str = concat!(
    "yaml-language-server: $schema=https://raw.githubusercontent.com/peribolos-operator/peribolos-operator/v",
    env!("CARGO_PKG_VERSION"),
    "/docs/peribolos.schema.json"
);

/// The JSON Schema of `peribolos.yaml`, as text that ends with a line break.
///
/// # Errors
/// Only if JSON can't hold a value, which none of these types lets happen.
pub fn json_schema() -> Result<String, serde_json::Error> {
    let mut definitions = Definitions::default();
    let file = definitions.mapping(&FILE);
    let mut shared = Object::default();
    for (name, definition) in definitions.0 {
        shared = shared.with(name, definition.unwrap_or_default());
    }
    let schema = Object::default()
        .with("$schema", "http://json-schema.org/draft-07/schema#")
        .with("$id", SCHEMA_URL)
        .with("title", "peribolos.yaml");
    let schema = file.into_iter().fold(schema, |schema, (key, value)| schema.with(&key, value));
    Ok(serde_json::to_string_pretty(&schema.with("definitions", shared))? + "\n")
}

/// Mappings that are named, each once: teams are made of teams.
#[derive(Default)]
struct Definitions(Vec<(&'static str, Option<Object>)>);

impl Definitions {
    /// A mapping by its name, or as it is.
    fn place(&mut self, place: &'static Place) -> Object {
        let Some(name) = place.definition else { return self.mapping(place) };
        if !self.0.iter().any(|(known, _)| *known == name) {
            // It is there before it is done: it may be a part of itself.
            self.0.push((name, None));
            let mapping = self.mapping(place);
            if let Some((_, definition)) = self.0.iter_mut().find(|(known, _)| *known == name) {
                *definition = Some(mapping);
            }
        }
        Object::default().with("$ref", format!("#/definitions/{name}"))
    }

    fn mapping(&mut self, place: &'static Place) -> Object {
        let properties = place.keys.iter().fold(Object::default(), |properties, key| {
            let value = self.key(key);
            properties.with(key.name, value)
        });
        let mut mapping = Object::default();
        if !place.about.is_empty() {
            mapping = mapping.with("description", place.about);
        }
        mapping = mapping.with("type", "object").with("additionalProperties", false);
        mapping = mapping.with("properties", properties);
        match place.name {
            name if name == FILE.name => mapping.with("required", vec!["orgs"]),
            name if name == super::ORGANIZATION.name => {
                let needs = |key: &str| Object::default().with("required", vec![key]);
                mapping.with("anyOf", vec![needs("admins"), needs("members")])
            }
            _ => mapping,
        }
    }

    fn key(&mut self, key: &'static Key) -> Object {
        let mut text = key.about.to_owned();
        for trap in key.traps {
            text.push_str("\n\n");
            text.push_str(trap);
        }
        let mut value = Object::default().with("description", text);
        if let Some(instead) = key.deprecated {
            // VS Code's own; draft 7 has no keyword for it.
            value = value.with("deprecationMessage", format!("Write `{instead}` instead."));
        }
        match key.holds {
            Holds::Text => value.with("type", "string"),
            Holds::Flag => value.with("type", "boolean"),
            Holds::Word(words) => with_words(value, words),
            Holds::Topics => {
                let topic = Object::default().with("type", "string").with("pattern", TOPIC_PATTERN);
                let topic = topic.with("maxLength", number(MAX_TOPIC_CHARS));
                value.with("type", "array").with("items", topic).with("maxItems", number(MAX_TOPICS))
            }
            Holds::List(name) => {
                value.with("type", "array").with("items", named(name)).with("uniqueItems", true)
            }
            Holds::Place(place) => {
                let place = self.mapping(place).without("description");
                place.into_iter().fold(value, |value, (key, part)| value.with(&key, part))
            }
            Holds::Places(name, place) => {
                let place = self.place(place);
                let value = value.with("type", "object").with("propertyNames", named(name));
                let value = value.with("additionalProperties", place);
                if name == Name::Organization {
                    value.with("minProperties", 1).with("maxProperties", 1)
                } else {
                    value
                }
            }
            Holds::NamedWords(name, words) => value
                .with("type", "object")
                .with("propertyNames", named(name))
                .with("additionalProperties", with_words(Object::default(), words)),
        }
    }
}

fn number(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}

fn with_words(value: Object, words: Words) -> Object {
    let (words, meanings): (Vec<Json>, Vec<Json>) =
        words.iter().map(|(word, meaning)| (Json::from(*word), Json::from(*meaning))).unzip();
    // The second is VS Code's own.
    value.with("enum", Json::List(words)).with("enumDescriptions", Json::List(meanings))
}

/// A name, as far as a pattern can say what it is.
fn named(name: Name) -> Object {
    let text = Object::default().with("type", "string").with("minLength", 1);
    match name {
        Name::Organization | Name::Person => text.with("maxLength", 100).with("pattern", "^[A-Za-z0-9_-]+$"),
        Name::Repository => text.with("maxLength", 100).with("pattern", "^[A-Za-z0-9._-]+$"),
        Name::Team => text.with("maxLength", 255),
    }
}
