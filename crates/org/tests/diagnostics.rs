//! What a person reads about a mistake.

use std::fmt::Write as _;

use peribolos_org::{Style, parse, render_diagnostic};

/// Everything that is said about a file, as a terminal without colours shows it.
fn report(source: &str) -> String {
    let diagnostics = match parse(source, "peribolos.yaml", Some("acme")) {
        Ok(parsed) => parsed.warnings,
        Err(diagnostics) => diagnostics,
    };
    let drawn: Vec<String> =
        diagnostics.iter().map(|diagnostic| render_diagnostic(diagnostic, source, Style::Plain)).collect();
    drawn.join("\n")
}

macro_rules! mistakes {
    ($($name:ident: $source:expr;)*) => {$(
        #[test]
        fn $name() {
            insta::assert_snapshot!(stringify!($name), report($source));
        }
    )*};
}

mistakes! {
    empty_file: "# nothing yet\n";
    no_organization: "orgs: {}\n";
    null_orgs: "orgs:\n";
    no_people: "orgs:\n  acme:\n    name: Acme\n";
    another_organization: "orgs:\n  other:\n    admins: [alice, bob]\n";
    several_organizations: "orgs:\n  acme:\n    admins: [alice]\n  other:\n    admins: [alice]\n";
    upstream_snippet_without_orgs: "admins: [alice]\nmembers: [bob]\n";
    misspelt_key: "orgs:\n  acme:\n    admins: [alice]\n    memebers:\n    - bob\n";
    misplaced_key: "orgs:\n  acme:\n    admins: [alice]\n    privacy: closed\n";
    unknown_team_key: "orgs:\n  acme:\n    admins: [alice]\n    teams:\n      core:\n        maintainer: [alice]\n        members: []\n        repos: {}\n";
    duplicate_key: "orgs:\n  acme:\n    admins: [alice]\n    members: [bob]\n    members: [carol]\n";
    duplicate_login: "orgs:\n  acme:\n    admins:\n    - alice\n    members:\n    - bob\n    - Alice\n";
    duplicate_login_in_team: "orgs:\n  acme:\n    admins: [alice]\n    teams:\n      core:\n        maintainers: [alice]\n        members: [ALICE]\n        repos: {}\n";
    not_a_member: "orgs:\n  acme:\n    admins: [alice]\n    members: [carol]\n    teams:\n      core:\n        maintainers: [alice]\n        members: [carrol, eve]\n        repos: {}\n";
    nested_not_a_member: "orgs:\n  acme:\n    admins: [alice]\n    teams:\n      core:\n        maintainers: [alice]\n        repos: {}\n        teams:\n          inner:\n            members: [bob]\n            repos: {}\n";
    two_teams_of_one_slug: "orgs:\n  acme:\n    admins: [alice]\n    teams:\n      Core Team: {members: [], repos: {}}\n      core-team: {members: [], repos: {}}\n";
    team_named_as_it_was: "orgs:\n  acme:\n    admins: [alice]\n    teams:\n      new: {previously: [old], members: [], repos: {}}\n      old: {members: [], repos: {}}\n";
    repository_twice: "orgs:\n  acme:\n    admins: [alice]\n    repos:\n      site: {}\n      Site: {}\n";
    repository_under_both_names: "orgs:\n  acme:\n    admins: [alice]\n    teams:\n      core: {maintainers: [alice], repos: {site: read, web: write}}\n    repos:\n      web: {previously: [site]}\n";
    invalid_permission: "orgs:\n  acme:\n    admins: [alice]\n    teams:\n      core:\n        maintainers: [alice]\n        repos:\n          site: push\n          docs: wriet\n          blog: owner\n";
    invalid_privacy: "orgs:\n  acme:\n    admins: [alice]\n    teams:\n      core: {privacy: visible, maintainers: [alice], repos: {}}\n";
    private_and_visibility: "orgs:\n  acme:\n    admins: [alice]\n    repos:\n      site:\n        private: true\n        visibility: private\n";
    old_boolean: "orgs:\n  acme:\n    admins: [alice]\n    repos:\n      site:\n        has_wiki: yes\n        has_issues: \"true\"\n        has_projects: 1\n";
    number_as_login: "orgs:\n  acme:\n    admins: [alice, 1234]\n    members: [on, 2001-12-14]\n";
    at_sign_login: "orgs:\n  acme:\n    admins:\n    - \"@alice\"\n    - bob smith\n";
    null_list_and_team: "orgs:\n  acme:\n    admins: [alice]\n    members:\n    teams:\n      core:\n";
    list_instead_of_mapping: "orgs:\n  acme:\n    admins: [alice]\n    teams:\n    - core\n    members: bob\n";
    tab: "orgs:\n\tacme:\n\t\tadmins: [alice]\n";
    colon_in_text: "orgs:\n  acme:\n    description: Acme: rockets\n    admins: [alice]\n";
    unclosed_quote: "orgs:\n  acme:\n    description: \"Acme\n    admins: [alice]\n";
    bad_indentation: "orgs:\n  acme:\n    admins:\n      - alice\n     members: []\n";
    two_documents: "orgs:\n  acme:\n    admins: [alice]\n---\norgs: {}\n";
    tag: "orgs:\n  acme:\n    admins: [!!str 1234]\n";
    merge_key: "orgs:\n  acme:\n    admins: [alice]\n    teams:\n      a: &a {members: [], repos: {}}\n      b:\n        <<: *a\n";
    alias_of_itself: "orgs: &o\n  acme: *o\n";
    secret_nested_team: "orgs:\n  acme:\n    admins: [alice]\n    teams:\n      core:\n        privacy: secret\n        maintainers: [alice]\n        repos: {}\n        teams:\n          inner: {members: [], repos: {}}\n";
    no_way_to_merge: "orgs:\n  acme:\n    admins: [alice]\n    repos:\n      site:\n        allow_squash_merge: false\n        allow_merge_commit: false\n        allow_rebase_merge: false\n";
    merge_texts_that_do_not_go_together: "orgs:\n  acme:\n    admins: [alice]\n    repos:\n      site:\n        squash_merge_commit_message: PR_BODY\n        squash_merge_commit_title: COMMIT_OR_PR_TITLE\n";
    warnings_only: "orgs:\n  acme:\n    admins: [alice]\n    members: [bob]\n    teams:\n      core:\n        description: \"\"\n        members: [alice]\n      other:\n        members: [bob]\n        repos: {site: none, old-site: read}\n    repos:\n      site: {private: true}\n      new-site: {previously: [old-site]}\n";
    crlf_and_bom: "\u{feff}orgs:\r\n  acme:\r\n    admins: [alice]\r\n    membrs: []\r\n";
    wide_characters: "orgs:\n  acme:\n    name: 日本語\n    admins: [ålice]\n";
    misspelt_orgs: "org:\n  acme:\n    admins: [alice]\n";
    unknown_key_of_the_file: "orgs:\n  acme:\n    admins: [alice]\nversion: 2\n";
    unknown_repository_key: "orgs:\n  acme:\n    admins: [alice]\n    repos:\n      site:\n        hasWiki: false\n        labels: [web]\n";
    unknown_key_of_on_create: "orgs:\n  acme:\n    admins: [alice]\n    repos:\n      site:\n        on_create: {autoinit: true, private: true}\n";
    team_keys_one_level_too_high: "orgs:\n  acme:\n    admins: [alice]\n    teams:\n      core:\n      maintainers: [alice]\n";
    repository_keys_one_level_too_high: "orgs:\n  acme:\n    admins: [alice]\n    repos:\n      site:\n      has_wiki: false\n      description: The site\n";
    invalid_default_permission: "orgs:\n  acme:\n    admins: [alice]\n    default_repository_permission: push\n";
    invalid_visibility: "orgs:\n  acme:\n    admins: [alice]\n    repos:\n      site: {visibility: privat}\n      docs: {visibility: Public}\n      blog: {visibility: hidden}\n";
    invalid_topics: "orgs:\n  acme:\n    admins: [alice]\n    repos:\n      site: {topics: [Web, web, under_score, -a]}\n      docs: {topics: web}\n      blog: {topics: [a, b, c, d, e, f, g, h, i, j, k, l, m, n1, o, p, q, r, s, t, u]}\n";
    invalid_squash_title: "orgs:\n  acme:\n    admins: [alice]\n    repos:\n      site:\n        squash_merge_commit_title: pr_title\n        squash_merge_commit_message: EMPTY\n";
    invalid_collaborator: "orgs:\n  acme:\n    admins: [alice]\n    repos:\n      site:\n        collaborators:\n          eve: pull\n          Eve: read\n          eve smith: read\n";
    repository_with_its_owner: "orgs:\n  acme:\n    admins: [alice]\n    teams:\n      core:\n        maintainers: [alice]\n        repos:\n          acme/site: read\n    repos:\n      ..: {}\n";
    padded_team_name: "orgs:\n  acme:\n    admins: [alice]\n    teams:\n      \" core\": {members: [], repos: {}}\n      \"\": {members: [], repos: {}}\n";
    number_as_text: "orgs:\n  acme:\n    name: 2024\n    description: true\n    admins: [alice]\n    repos:\n      site: {default_branch: 1.0}\n";
    number_as_key: "orgs:\n  acme:\n    admins: [alice]\n    teams:\n      2024: {members: [], repos: {}}\n    repos:\n      1e3: {}\n";
    list_of_repositories_in_a_team: "orgs:\n  acme:\n    admins: [alice]\n    teams:\n      core:\n        maintainers: [alice]\n        repos: [site, docs]\n";
    mapping_instead_of_list: "orgs:\n  acme:\n    admins:\n      alice: admin\n    members:\n    - login: bob\n";
    list_in_a_list: "orgs:\n  acme:\n    admins: [alice, [bob]]\n";
    missing_dash: "orgs:\n  acme:\n    admins:\n      alice\n      bob\n";
    missing_space_after_colon: "orgs:\n  acme:\n    admins: [alice]\n    members:[bob]\n";
    unclosed_bracket: "orgs:\n  acme:\n    admins: [alice, bob\n    members: []\n";
    unknown_alias: "orgs:\n  acme:\n    admins: *owners\n";
    at_sign_without_quotes: "orgs:\n  acme:\n    admins:\n    - @alice\n";
    unknown_escape: "orgs:\n  acme:\n    description: \"50\\% more\"\n    admins: [alice]\n";
    key_that_is_a_list: "orgs:\n  acme:\n    admins: [alice]\n    ? [a, b]\n    : 1\n";
    include: "orgs:\n  acme:\n    admins: !include owners.yaml\n";
    login_too_long: "orgs:\n  acme:\n    admins: [alice, abcdefghijabcdefghijabcdefghijabcdefghijabcdefghijabcdefghijabcdefghijabcdefghijabcdefghijabcdefghijx]\n";
    empty_items: "orgs:\n  acme:\n    admins:\n    - alice\n    -\n    - \"\"\n";
    a_dump_of_upstream: "default_repository_permission: read\nmembers:\n- bob\nadmins:\n- alice\n";
    json: "{\"orgs\": {\"acme\": {\"admins\": [\"alice\"], \"member\": []}}}\n";
    not_yaml_at_all: "# Our organization\n\nWe are **Acme**: a company.\n- Not a list\n";
    control_characters: "orgs:\n  acme:\n    admins: [alice]\n    teams:\n      \"a\\e[31mb\\u202Ec\": {}\n";
}

#[test]
fn a_line_too_long_to_show_is_cut_around_the_mistake() {
    let names: Vec<String> = (0..200).map(|number| format!("user{number}")).collect();
    let source = format!("orgs:\n  acme:\n    admins: [{}, user7, x]\n", names.join(", "));
    insta::assert_snapshot!("long_line", report(&source));
}

#[test]
fn many_mistakes_are_listed_in_order_and_counted() {
    let mut source = String::from("orgs:\n  acme:\n    admins: [alice]\n    repos:\n");
    for number in 0..80 {
        let _ = writeln!(source, "      r{number}: {{unknown: 1}}");
    }
    let Err(diagnostics) = parse(&source, "peribolos.yaml", None) else {
        panic!("80 unknown keys are errors");
    };
    assert_eq!(diagnostics.len(), 51);
    assert!(diagnostics.is_sorted_by_key(|diagnostic| (diagnostic.line, diagnostic.column)));
    assert!(diagnostics[50].message.starts_with("and 30 more"), "{}", diagnostics[50]);
}

#[test]
fn one_line_form() {
    let Err(diagnostics) = parse("orgs:\n  acme:\n    admin: [a]\n", "f.yaml", None) else {
        panic!("an unknown key is an error");
    };
    let line = diagnostics[0].to_string();
    assert_eq!(
        line,
        "f.yaml:3:5: error: the organization has no key `admin` (did you mean `admins`?) [unknown-key]"
    );
}
