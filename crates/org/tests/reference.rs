//! The reference, the JSON Schema and the parser say the same.
#![allow(clippy::unwrap_used, clippy::panic, reason = "tests end by panicking")]

use jsonschema::Validator;
use peribolos_org::reference::{json_schema, markdown};
use peribolos_org::{Code, parse};
use serde_json::{Value, json};

fn schema() -> Value {
    serde_json::from_str(&json_schema().unwrap()).unwrap()
}

fn validator() -> Validator {
    jsonschema::draft7::new(&schema()).unwrap()
}

fn read(yaml: &str) -> Value {
    serde_saphyr::from_str(yaml).unwrap()
}

/// Where the keys of each place stand in a file.
const PLACES: [(&str, &str); 4] = [
    ("/definitions/organization", "orgs: {acme: {KEY: VALUE, EXTRA}}"),
    ("/definitions/team", "orgs: {acme: {admins: [a], teams: {t: {KEY: VALUE}}}}"),
    ("/definitions/repository", "orgs: {acme: {admins: [a], repos: {r: {KEY: VALUE}}}}"),
    (
        "/definitions/repository/properties/on_create",
        "orgs: {acme: {admins: [a], repos: {r: {on_create: {KEY: VALUE}}}}}",
    ),
];

/// A value that the schema allows.
fn example(property: &Value) -> String {
    let word = property["enum"][0].as_str();
    let inner = &property["additionalProperties"];
    match (property["type"].as_str(), word, inner["enum"][0].as_str()) {
        (_, Some(word), _) => word.to_owned(),
        (Some("string"), ..) => "x".to_owned(),
        (Some("boolean"), ..) => "true".to_owned(),
        (Some("array"), ..) => "[x]".to_owned(),
        (Some("object"), _, Some(word)) => format!("{{x: {word}}}"),
        (Some("object"), ..) => "{}".to_owned(),
        _ => panic!("{property}"),
    }
}

#[test]
fn the_parser_knows_every_key_and_takes_its_kind_of_value() {
    let (schema, validator) = (schema(), validator());
    let mut keys = 0;
    for (place, file) in PLACES {
        let properties = schema.pointer(place).unwrap()["properties"].as_object().unwrap();
        for (key, property) in properties {
            keys += 1;
            let extra = if key == "admins" { "members: [z]" } else { "admins: [z]" };
            let yaml = file.replace("KEY", key).replace("VALUE", &example(property)).replace("EXTRA", extra);
            // Members of a team who are not the organization's are another matter.
            let found = parse(&yaml, "f", None).map_or_else(|found| found, |parsed| parsed.warnings);
            let harmless = [Code::NotAMember, Code::NoEffect, Code::Deprecated];
            let warned = [Code::TeamWithoutMembers, Code::TeamWithoutRepositories];
            for finding in found {
                let code = finding.code;
                assert!(harmless.contains(&code) || warned.contains(&code), "{yaml}\n{finding}");
            }
            let errors: Vec<String> =
                validator.iter_errors(&read(&yaml)).map(|error| error.to_string()).collect();
            assert_eq!(errors, Vec::<String>::new(), "{yaml}");
        }
    }
    assert_eq!(keys, 22 + 7 + 26 + 3, "of an organization, a team, a repository, on_create");
}

#[test]
fn a_key_that_is_not_in_the_reference_is_refused_by_both() {
    let validator = validator();
    for (_, file) in PLACES {
        let yaml = file.replace("KEY", "kez").replace("VALUE", "1").replace("EXTRA", "admins: [z]");
        let found = parse(&yaml, "f", None).err().unwrap_or_default();
        assert_eq!(found.first().map(|finding| finding.code), Some(Code::UnknownKey), "{yaml}");
        assert!(!validator.is_valid(&read(&yaml)), "{yaml}");
    }
}

#[test]
fn what_the_schema_refuses_is_no_good_file() {
    let validator = validator();
    let mistakes = [
        "{}",
        "orgs: {}",
        "orgs: {a: {admins: [x]}, b: {admins: [x]}}",
        "orgs: {acme: {name: Acme}}",
        "orgs: {acme: {admins: [x]}}\nother: 1",
        "orgs: {acme: {admins: x}}",
        "orgs: {acme: {admins: [1]}}",
        "orgs: {acme: {admins: ['@x']}}",
        "orgs: {acme: {admins: [x, x]}}",
        "orgs: {acme: {admins: [x], members: }}",
        "orgs: {acme: {admins: [x], name: null}}",
        "orgs: {acme: {admins: [x], default_repository_permission: pull}}",
        "orgs: {acme: {admins: [x], teams: {t: }}}",
        "orgs: {acme: {admins: [x], teams: {t: {privacy: visible}}}}",
        "orgs: {acme: {admins: [x], teams: {t: {repos: {r: push}}}}}",
        "orgs: {acme: {admins: [x], teams: {t: {teams: {u: {privacy: visible}}}}}}",
        "orgs: {acme: {admins: [x], repos: {'a b': {}}}}",
        "orgs: {acme: {admins: [x], repos: {r: {has_wiki: 'true'}}}}",
        "orgs: {acme: {admins: [x], repos: {r: {collaborators: {e: owner}}}}}",
        "orgs: {acme: {admins: [x], repos: {r: {on_create: {auto_init: 1}}}}}",
    ];
    for yaml in mistakes {
        assert!(!validator.is_valid(&read(yaml)), "{yaml}");
        assert!(parse(yaml, "f", None).is_err(), "{yaml}");
    }
}

#[test]
fn the_schema_is_one_and_editors_understand_it() {
    let schema = schema();
    jsonschema::meta::validate(&schema).unwrap();
    assert_eq!(schema["$schema"], json!("http://json-schema.org/draft-07/schema#"));
    // What an editor shows: each key says what it is, each word what it means.
    for (place, _) in PLACES {
        let properties = schema.pointer(place).unwrap()["properties"].as_object().unwrap();
        for (key, property) in properties {
            assert!(property["description"].as_str().is_some_and(|text| text.ends_with('.')), "{key}");
            if let Some(words) = property["enum"].as_array() {
                assert_eq!(property["enumDescriptions"].as_array().map(Vec::len), Some(words.len()), "{key}");
            }
        }
    }
    let private = &schema["definitions"]["repository"]["properties"]["private"];
    assert_eq!(private["deprecationMessage"], json!("Write `visibility` instead."));
}

#[test]
fn the_reference_has_a_row_for_each_key() {
    let (schema, reference) = (schema(), markdown());
    for (place, _) in PLACES {
        for key in schema.pointer(place).unwrap()["properties"].as_object().unwrap().keys() {
            assert!(reference.contains(&format!("\n| `{key}` | ")), "{key}");
        }
    }
    let rows: Vec<&str> = reference.lines().filter(|line| line.starts_with('|')).collect();
    assert!(rows.iter().all(|row| row.matches('|').count() == 4), "a cell breaks the table: {rows:#?}");
}
