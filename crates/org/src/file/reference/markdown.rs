//! The file as a reference for people: the part of docs/peribolos-yaml.md that is generated.

use std::fmt::Write as _;

use super::{FILE, Holds, Key, Name, ON_CREATE, ORGANIZATION, Place, REPOSITORY, TEAM};

/// The reference as Markdown: a section for each place, a part for each key.
pub fn markdown() -> String {
    let mut text = String::new();
    for (title, place) in [
        ("The file", &FILE),
        ("An organization", &ORGANIZATION),
        ("A team", &TEAM),
        ("A repository", &REPOSITORY),
        ("`on_create` of a repository", &ON_CREATE),
    ] {
        section(&mut text, title, place);
    }
    text
}

fn section(text: &mut String, title: &str, place: &Place) {
    // Writing to a String can't fail.
    let _ = writeln!(text, "\n### {title}\n");
    if !place.about.is_empty() {
        let _ = writeln!(text, "{}\n", place.about);
    }
    let _ = writeln!(text, "| key | is | |\n|---|---|---|");
    for key in place.keys {
        let _ = writeln!(text, "| `{}` | {} | {} |", key.name, kind(key.holds), about(key));
    }
}

fn about(key: &Key) -> String {
    let mut about = key.about.to_owned();
    if let Some(instead) = key.deprecated {
        let _ = write!(about, " Deprecated: write `{instead}`.");
    }
    if let Holds::Word(words) | Holds::NamedWords(_, words) = key.holds {
        for (word, meaning) in words {
            let _ = write!(about, "<br>`{word}`: {meaning}");
        }
    }
    if !key.upstream {
        about.push_str(" Upstream peribolos ignores it.");
    }
    for trap in key.traps {
        let _ = write!(about, "<br>⚠ {trap}");
    }
    about
}

fn kind(holds: Holds) -> String {
    match holds {
        Holds::Text => "a text".to_owned(),
        Holds::Flag => "`true` or `false`".to_owned(),
        Holds::Word(_) => "a word".to_owned(),
        Holds::Topics => "a list of topics".to_owned(),
        Holds::List(name) => format!("a list of {}", names(name)),
        Holds::Place(_) => "a mapping".to_owned(),
        Holds::Places(Name::Organization, _) => "a mapping with one login".to_owned(),
        Holds::Places(name, place) => format!("a mapping from {} to {} each", names(name), place.name),
        Holds::NamedWords(name, _) => format!("a mapping from {} to a word each", names(name)),
    }
}

const fn names(name: Name) -> &'static str {
    match name {
        Name::Organization | Name::Person => "logins",
        Name::Team => "names of teams",
        Name::Repository => "names of repositories",
    }
}
