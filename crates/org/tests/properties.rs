//! What holds for every file and every organization.

#![allow(clippy::panic, reason = "tests end by panicking")]

use std::collections::BTreeMap;
use std::sync::LazyLock;

use peribolos_org::reference::json_schema;
use peribolos_org::{
    CanonicalNames, Invitation, InvitationState, Login, ManagedBy, OrgRole, OrgSetting, Own, Permission,
    Privacy, RepoName, RepoSettingName, Settings, Slug, Snapshot, SnapshotCollaborator, SnapshotRepo,
    SnapshotTeam, SnapshotTeamRepo, Style, TeamName, dump, normalize, parse, render, render_diagnostic,
};
use proptest::collection::{btree_map, vec};
use proptest::option;
use proptest::prelude::*;
use proptest::sample::{Index, select, subsequence};

static SCHEMA: LazyLock<jsonschema::Validator> = LazyLock::new(|| {
    let schema = json_schema().ok().and_then(|text| serde_json::from_str(&text).ok()).unwrap_or_default();
    jsonschema::draft7::new(&schema).unwrap_or_else(|error| panic!("{error}"))
});

/// Reads a file and checks what must hold of any answer.
fn check(source: &str) -> Result<(), TestCaseError> {
    let diagnostics = match parse(source, "peribolos.yaml", Some("acme")) {
        Ok(parsed) => {
            let written = render(&parsed.file);
            let again = parse(&written, "again", None);
            let Ok(again) = again else {
                return Err(TestCaseError::fail(format!("{written}\n{again:#?}")));
            };
            prop_assert_eq!(render(&again.file), written);
            let names = CanonicalNames::of_org(Login::new("acme"));
            prop_assert_eq!(normalize(&again.file, &names).yaml, normalize(&parsed.file, &names).yaml);
            parsed.warnings
        }
        Err(diagnostics) => {
            prop_assert!(!diagnostics.is_empty());
            diagnostics
        }
    };
    let lines = source.lines().count().max(1);
    for diagnostic in diagnostics {
        // A file that ends too early is wrong on the line after its last.
        prop_assert!((1..=lines + 1).contains(&(diagnostic.line as usize)), "{}", diagnostic);
        prop_assert!(diagnostic.column >= 1 && diagnostic.end_column >= diagnostic.column);
        let drawn = render_diagnostic(&diagnostic, source, Style::Plain);
        prop_assert!(drawn.chars().all(|c| c == '\n' || !c.is_control()), "{:?}", drawn);
    }
    Ok(())
}

#[derive(Clone, Debug)]
enum Mutation {
    Insert(Index, String),
    Remove(Index, usize),
    RepeatLine(Index, Index),
    Indent(Index),
}

fn mutation() -> impl Strategy<Value = Mutation> {
    let text = prop_oneof![
        select(vec![
            ":", "- ", "*a", "&a ", "!!str ", "{", "}", "[", "]", "\"", "'", "|\n", "? ", "~", "on", "1",
            "\t", "\r\n", "\u{feff}", "---\n", "#", "<<: ", "%", "orgs:\n", "null", ", ", "\0",
        ])
        .prop_map(str::to_owned),
        "\\PC{0,3}",
    ];
    prop_oneof![
        (any::<Index>(), text).prop_map(|(at, text)| Mutation::Insert(at, text)),
        (any::<Index>(), 1..12_usize).prop_map(|(at, length)| Mutation::Remove(at, length)),
        (any::<Index>(), any::<Index>()).prop_map(|(from, to)| Mutation::RepeatLine(from, to)),
        any::<Index>().prop_map(Mutation::Indent),
    ]
}

fn mutate(source: &str, mutation: &Mutation) -> String {
    let characters: Vec<char> = source.chars().collect();
    let mut lines: Vec<&str> = source.split_inclusive('\n').collect();
    match mutation {
        Mutation::Insert(at, text) => {
            let (before, after) = characters.split_at(at.index(characters.len() + 1));
            before.iter().copied().chain(text.chars()).chain(after.iter().copied()).collect()
        }
        Mutation::Remove(at, length) => {
            let (before, after) = characters.split_at(at.index(characters.len() + 1));
            before.iter().chain(after.iter().skip(*length)).collect()
        }
        Mutation::RepeatLine(from, to) if !lines.is_empty() => {
            let line = *from.get(&lines);
            lines.insert(to.index(lines.len() + 1), line);
            lines.concat()
        }
        Mutation::Indent(at) if !lines.is_empty() => {
            lines.insert(at.index(lines.len()), "  ");
            lines.concat()
        }
        Mutation::RepeatLine(..) | Mutation::Indent(_) => source.to_owned(),
    }
}

fn named<N: Clone + std::fmt::Debug + 'static>(
    names: impl Strategy<Value = String> + 'static,
    make: fn(&str) -> Option<(String, N)>,
) -> BoxedStrategy<Vec<N>> {
    vec(names.prop_filter_map("no name", move |name| make(&name)), 0..6)
        .prop_map(|names| names.into_iter().collect::<BTreeMap<_, _>>().into_values().collect())
        .boxed()
}

fn people() -> BoxedStrategy<Vec<Login>> {
    let word = select(vec!["null", "1234", "on", "1e5", "0x1F", "y", "true"]).prop_map(str::to_owned);
    let names = prop_oneof!["[a-zA-Z0-9_-]{1,6}".boxed(), word.boxed()];
    named(names, |name| Some((name.to_lowercase(), Login::from_person(name).ok()?)))
}

fn team_names() -> BoxedStrategy<Vec<TeamName>> {
    named("\\PC{1,8}", |name| {
        let name: TeamName = name.parse().ok()?;
        Some((name.key(), name))
    })
}

fn repo_names() -> BoxedStrategy<Vec<RepoName>> {
    named("[a-zA-Z0-9._-]{1,6}", |name| {
        let name: RepoName = name.parse().ok()?;
        Some((name.key(), name))
    })
}

fn permission() -> impl Strategy<Value = Permission> {
    use Permission::{Admin, Maintain, Read, Triage, Write};
    select(vec![Read, Triage, Write, Maintain, Admin])
}

fn own() -> impl Strategy<Value = Own> {
    prop_oneof![permission().prop_map(Own::Is), Just(Own::None), Just(Own::Unknown)]
}

/// A value of a setting, by what the table says of it: GitHub's JSON is tried, and what fits is one.
fn setting<K: Copy + std::fmt::Debug + 'static>(
    from_json: fn(K, &serde_json::Value) -> Option<String>,
    key: K,
    words: Vec<&'static str>,
) -> impl Strategy<Value = Option<(K, String)>> {
    let json = prop_oneof![
        any::<bool>().prop_map(serde_json::Value::from),
        any::<String>().prop_map(serde_json::Value::from),
        select(words).prop_map(serde_json::Value::from),
        vec("[a-zA-Z0-9][a-zA-Z0-9-]{0,9}", 0..4).prop_map(serde_json::Value::from),
        Just(serde_json::Value::Null),
    ];
    json.prop_map(move |json| Some((key, from_json(key, &json)?)))
}

fn repo(name: RepoName) -> impl Strategy<Value = SnapshotRepo> {
    let collaborators = option::of(btree_map("[a-z]{1,5}", (permission(), own()), 0..3));
    let words = vec!["public", "PRIVATE", "internal", "PR_TITLE", "PR_BODY", "BLANK", "MERGE_MESSAGE"];
    let settings: Vec<_> =
        RepoSettingName::all().map(|key| setting(RepoSettingName::from_json, key, words.clone())).collect();
    (settings, collaborators).prop_map(move |(settings, collaborators)| {
        let mut settings: Settings<RepoSettingName> = settings.into_iter().flatten().collect();
        // GitHub wants one.
        settings.insert(RepoSettingName::MERGE_METHODS[0], "true".to_owned());
        let person = |(name, (permission, own)): (String, _)| SnapshotCollaborator {
            login: Login::new(name),
            permission,
            own,
            custom_role: None,
        };
        SnapshotRepo {
            id: 1,
            name: name.clone(),
            settings,
            is_empty: false,
            selected: true,
            collaborators: collaborators.map(|people| people.into_iter().map(person).collect()),
            invitations: Vec::new(),
        }
    })
}

fn team(
    (name, number): (TeamName, usize),
    people: Vec<Login>,
    repos: Vec<RepoName>,
) -> impl Strategy<Value = SnapshotTeam> {
    let (count, most) = (people.len(), repos.len());
    let some_repos = subsequence(repos, 0..=most);
    (
        subsequence(people, 0..=count),
        any::<Index>(),
        some_repos,
        (permission(), own()),
        option::of(any::<Index>()),
        any::<String>(),
    )
        .prop_map(move |(people, split, repos, (permission, own), parent, description)| {
            let (maintainers, members) = people.split_at(split.index(people.len() + 1));
            SnapshotTeam {
                id: 1,
                name: name.clone(),
                slug: Slug::new(number.to_string()),
                // A team is nested in one of those before it, so there are no circles.
                parent: parent
                    .filter(|_| number > 0)
                    .map(|parent| Slug::new(parent.index(number).to_string())),
                description,
                privacy: Privacy::Closed,
                managed_by: ManagedBy::Organization,
                maintainers: maintainers.to_vec(),
                members: members.to_vec(),
                invitations: Vec::new(),
                repos: repos
                    .into_iter()
                    .map(|name| SnapshotTeamRepo { name, permission, own, custom_role: None })
                    .collect(),
                everywhere: None,
            }
        })
}

prop_compose! {
    fn names()(
        people in people().prop_filter("somebody", |people| !people.is_empty()),
        teams in team_names(),
        repos in repo_names(),
    ) -> (Vec<Login>, Vec<TeamName>, Vec<RepoName>) {
        (people, teams, repos)
    }
}

fn snapshot() -> impl Strategy<Value = Snapshot> {
    names().prop_flat_map(|(people, teams, repos)| {
        let teams: Vec<_> = teams
            .into_iter()
            .enumerate()
            .map(|(number, name)| team((name, number), people.clone(), repos.clone()))
            .collect();
        let repos: Vec<_> = repos.into_iter().map(repo).collect();
        let words = vec!["none", "read", "WRITE", "admin"];
        let settings: Vec<_> =
            OrgSetting::all().map(|key| setting(OrgSetting::from_json, key, words.clone())).collect();
        let invited = vec(("[a-z]{1,5}", select(vec![OrgRole::Admin, OrgRole::Member])), 0..3);
        (Just(people), any::<Index>(), teams, repos, settings, invited).prop_map(
            |(people, split, teams, repos, settings, invited)| {
                let (admins, members) = people.split_at(split.index(people.len() + 1));
                let invitation = |(name, role): (String, _)| Invitation {
                    id: 1,
                    login: Some(Login::new(name)),
                    role,
                    state: InvitationState::Pending,
                };
                Snapshot {
                    org: Login::new("acme"),
                    settings: settings.into_iter().flatten().collect(),
                    admins: admins.to_vec(),
                    members: members.to_vec(),
                    concealed: Vec::new(),
                    accounts: [].into(),
                    invitations: invited.into_iter().map(invitation).collect(),
                    managed_users: false,
                    teams,
                    repos,
                    unread: Vec::new(),
                }
            },
        )
    })
}

proptest! {

    #[test]
    fn no_text_panics_the_reader(source in any::<String>()) {
        check(&source)?;
    }

    #[test]
    fn no_yaml_like_text_panics_the_reader(source in "([ \\-:&*a\\[\\]{}'\"|>!,?#%~]|\\n|orgs:|acme:|\\t){0,40}") {
        check(&source)?;
    }

    #[test]
    fn no_change_of_a_good_file_panics_the_reader(mutations in vec(mutation(), 0..4)) {
        let source = mutations.iter().fold(include_str!("full.yaml").to_owned(), |source, mutation| {
            mutate(&source, mutation)
        });
        check(&source)?;
    }

    #[test]
    fn a_dump_is_read_back_as_the_same_model_without_a_warning(snapshot in snapshot()) {
        let dumped = dump(&snapshot);
        let yaml = dumped.to_yaml();
        let read = parse(&yaml, "peribolos.yaml", Some("acme"));
        let Ok(read) = read else {
            return Err(TestCaseError::fail(format!("{yaml}\n{read:#?}")));
        };
        prop_assert_eq!(&read.file, &dumped.file, "{}", yaml);
        prop_assert_eq!(&read.warnings, &[], "{}", yaml);
        let as_editors_read_it: serde_json::Value = serde_saphyr::from_str(&yaml).unwrap_or_default();
        let refused = SCHEMA.iter_errors(&as_editors_read_it).map(|error| error.to_string());
        prop_assert_eq!(refused.collect::<Vec<_>>(), Vec::<String>::new(), "{}", yaml);
        prop_assert_eq!(dump(&snapshot).to_yaml(), yaml);
        let names = CanonicalNames::of_snapshot(&snapshot, std::iter::empty().collect());
        prop_assert_eq!(normalize(&read.file, &names).yaml, normalize(&dumped.file, &names).yaml);
    }
}
