//! Files that are large, deep or hostile get a clear answer.

use std::fmt::Write as _;

use peribolos_org::{Code, Diagnostic, MAX_BYTES, parse};

fn errors(source: &str) -> Vec<Diagnostic> {
    match parse(source, "peribolos.yaml", None) {
        Ok(_) => Vec::new(),
        Err(diagnostics) => diagnostics,
    }
}

#[test]
fn ten_thousand_members_are_read() {
    let mut source = String::from("orgs:\n  acme:\n    admins: [alice]\n    members:\n");
    for number in 0..10_000 {
        let _ = writeln!(source, "    - user{number}");
    }
    let members = parse(&source, "f", None).map(|parsed| parsed.file.members.len());
    assert_eq!(members, Ok(10_000));
}

#[test]
fn a_hundred_levels_of_teams_are_read_and_a_thousand_refused() {
    let nested = |levels: usize| {
        let mut source = String::from("orgs:\n  acme:\n    admins: [alice]\n");
        for level in 0..levels {
            let indent = "  ".repeat(2 + 2 * level);
            let _ = writeln!(source, "{indent}teams:\n{indent}  t{level}:\n{indent}    members: []");
        }
        source
    };
    assert_eq!(errors(&nested(100)), []);
    assert_eq!(errors(&nested(1_000)).first().map(|found| found.code), Some(Code::TooLarge));
    let flow = "[".repeat(100_000);
    assert_eq!(errors(&flow).first().map(|found| found.code), Some(Code::TooLarge));
}

#[test]
fn aliases_that_expand_without_end_are_refused() {
    let mut source = String::from("orgs:\n  acme:\n    a0: &a0 [x, x, x, x, x, x, x, x, x]\n");
    for level in 1..10 {
        let below = level - 1;
        let items = vec![format!("*a{below}"); 9].join(", ");
        let _ = writeln!(source, "    a{level}: &a{level} [[{items}]]");
    }
    let found = errors(&source);
    assert_eq!(found.len(), 1);
    assert_eq!((found[0].code, found[0].line), (Code::TooLarge, 8), "{}", found[0]);
}

#[test]
fn an_alias_stands_for_what_it_names() {
    let source = "orgs:\n  acme:\n    admins: &owners [alice, bob]\n    teams:\n      core:\n        \
                  maintainers: *owners\n        repos: {}\n";
    let parsed = parse(source, "f", None);
    let maintainers = parsed.map(|parsed| parsed.file.teams[0].maintainers.len());
    assert_eq!(maintainers, Ok(2));
}

#[test]
fn a_file_over_the_limit_is_not_read() {
    let mut source = String::from("orgs:\n  acme:\n    admins: [alice]\n#");
    source.push_str(&"x".repeat(MAX_BYTES - source.len()));
    assert_eq!(errors(&source), []);
    source.push('x');
    assert_eq!(errors(&source).first().map(|found| found.code), Some(Code::TooLarge));
}

#[test]
fn a_file_of_nothing_but_mistakes_is_answered() {
    let mut source = String::from("orgs:\n  acme:\n    admins: [alice]\n    members:\n");
    for number in 0..20_000 {
        let _ = writeln!(source, "    - user{number}");
    }
    source.push_str("    teams:\n      core:\n        repos: {}\n        members:\n");
    for number in 0..20_000 {
        let _ = writeln!(source, "        - usre{number}");
    }
    let found = errors(&source);
    assert_eq!(found.len(), 51);
    assert!(found[50].message.starts_with("and 19950 more"), "{}", found[50]);
}

#[test]
fn null_is_never_taken_for_nothing_to_say() {
    let positions = [
        ("orgs:", Code::Empty),
        ("orgs: {acme: }", Code::MissingValue),
        ("orgs: {acme: {admins: [a], members: }}", Code::MissingValue),
        ("orgs: {acme: {admins: [a, ~]}}", Code::MissingValue),
        ("orgs: {acme: {admins: [a], name: null}}", Code::MissingValue),
        ("orgs: {acme: {admins: [a], teams: }}", Code::MissingValue),
        ("orgs: {acme: {admins: [a], teams: {t: }}}", Code::MissingValue),
        ("orgs: {acme: {admins: [a], teams: {t: {privacy: }}}}", Code::MissingValue),
        ("orgs: {acme: {admins: [a], teams: {t: {repos: {r: }}}}}", Code::MissingValue),
        ("orgs: {acme: {admins: [a], repos: {r: {has_wiki: }}}}", Code::MissingValue),
        ("orgs: {acme: {admins: [a], repos: {r: {on_create: }}}}", Code::MissingValue),
        ("orgs: {acme: {admins: [a], repos: {r: {collaborators: ~}}}}", Code::MissingValue),
        ("orgs: {acme: {admins: [a], ~: x}}", Code::UnsupportedYaml),
    ];
    for (source, code) in positions {
        assert_eq!(errors(source).first().map(|found| found.code), Some(code), "{source}");
    }
}
