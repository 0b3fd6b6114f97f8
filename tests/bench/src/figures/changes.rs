//! An apply of 200 changes under GitHub's own secondary limits, beside one write a second.

use anyhow::{Result, ensure};
use serde_json::{Map, Value, json};

use crate::{
    large::{INSTALLATION, ORG},
    organization::Organization,
    table::{Row, count, seconds},
};

/// Changes of each sort.
const EACH: usize = 20;
/// Sorts of changes: see [`wanted`].
const SORTS: usize = 10;
/// Members of the team who stay in it.
const STAY: usize = 60;

pub async fn measure(rows: &mut Vec<Row>) -> Result<()> {
    let acme = Organization::start(&fixture(), &["--secondary-limits", "strict"]).await?;
    let file = acme.path("wanted.yaml");
    std::fs::write(&file, wanted())?;
    let ran = acme.apply(&file, &["--maximum-removal-percent=100"]).await?;
    let again = acme.apply(&file, &["--maximum-removal-percent=100"]).await?;
    ensure!(again.writes().next().is_none(), "a second apply writes, too");

    let (changes, writes, refused) = (EACH * SORTS, ran.writes().count(), ran.refused());
    ensure!(writes == changes, "{writes} writes for {changes} changes");
    let what =
        format!("apply of {changes} changes under strict secondary limits ({refused} requests refused)");
    let floor = count(changes);
    let row = Row::new(what, seconds(ran.time), format!("{floor:.0} s (one write a second)"));
    rows.push(row.ratio(ran.time.as_secs_f64(), floor));
    let requests = ran.requests.len();
    let row = Row::new("… requests", requests.to_string(), format!("{changes} (the writes alone)"));
    rows.push(row.ratio(count(requests), floor));
    Ok(())
}

/// The organization as it is before.
fn fixture() -> String {
    let mut members: Map<String, Value> = owners().map(|login| (login, json!("admin"))).collect();
    let plain = stay().chain(named("joiner")).chain(named("leaver")).chain(named("gone"));
    members.extend(plain.map(|login| (login, json!("member"))));
    let team: Map<String, Value> =
        stay().chain(named("leaver")).map(|login| (login, json!("member"))).collect();
    let lowered: Map<String, Value> = named("lowered").map(|repo| (repo, json!("admin"))).collect();
    let mut teams = vec![json!({"name": "Crew", "privacy": "closed", "members": team, "repos": lowered})];
    teams.extend(
        named("edited").map(|name| json!({"name": name, "privacy": "closed", "description": "before"})),
    );
    let repos: Map<String, Value> = named("edited")
        .chain(named("given"))
        .chain(named("lowered"))
        .map(|name| {
            (
                name,
                json!({"visibility": "private", "description": "before", "files": {"README.md": "hello\n"}}),
            )
        })
        .collect();
    let users: Vec<String> = named("newcomer").collect();
    let acme = json!({
        "settings": {"name": "Acme", "billing_email": "billing@acme.example"},
        "members": members,
        "teams": teams,
        "repos": repos,
        "installation": {"id": INSTALLATION},
    });
    json!({"users": users, "orgs": {ORG: acme}}).to_string()
}

/// The file that is applied: repositories edited and made, people invited and removed, teams made and edited, people put
/// into a team and taken out of it, access of that team given and lowered, [`EACH`] of each.
fn wanted() -> String {
    let joined: Vec<String> = stay().chain(named("joiner")).collect();
    let given = named("given").map(|repo| (repo, json!("write")));
    let access: Map<String, Value> =
        given.chain(named("lowered").map(|repo| (repo, json!("write")))).collect();
    let mut teams = Map::new();
    teams.insert("Crew".to_owned(), json!({"privacy": "closed", "members": joined, "repos": access}));
    for name in named("edited").chain(named("made")) {
        teams.insert(name, json!({"privacy": "closed", "description": "after"}));
    }
    let as_it_was = named("given").chain(named("lowered")).map(|name| (name, "before"));
    let repos: Map<String, Value> = named("edited")
        .chain(named("made"))
        .map(|name| (name, "after"))
        .chain(as_it_was)
        .map(|(name, description)| (name, json!({"visibility": "private", "description": description})))
        .collect();
    let members: Vec<String> =
        stay().chain(named("joiner")).chain(named("leaver")).chain(named("newcomer")).collect();
    let acme = json!({
        "admins": owners().collect::<Vec<_>>(),
        "members": members,
        "teams": teams,
        "repos": repos,
    });
    // JSON is YAML, too.
    json!({"orgs": {ORG: acme}}).to_string()
}

fn owners() -> impl Iterator<Item = String> {
    (0..3).map(|n| format!("owner{n}"))
}

fn stay() -> impl Iterator<Item = String> {
    (0..STAY).map(|n| format!("crew{n:02}"))
}

fn named(what: &str) -> impl Iterator<Item = String> {
    let what = what.to_owned();
    (0..EACH).map(move |n| format!("{what}{n:02}"))
}
