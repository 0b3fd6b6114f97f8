//! A large organization: teams in teams, some large, repositories in every state, members of whom many conceal it.

use serde_json::{Map, Value, json};

/// Its login.
pub const ORG: &str = "acme";
/// Its installation.
pub const INSTALLATION: u64 = 1_234_567;
pub const TEAMS: usize = 100;
pub const REPOSITORIES: usize = 500;
pub const MEMBERS: usize = 1000;
/// What it is called in the table.
pub const NAME: &str = "an organization of 100 teams, 500 repositories, 1000 members";

const PERMISSIONS: [&str; 5] = ["pull", "triage", "push", "maintain", "admin"];

/// A fixture of the simulator.
pub fn fixture() -> String {
    let members: Map<String, Value> =
        (0..MEMBERS).map(|n| (person(n), json!(if n < 5 { "admin" } else { "member" }))).collect();
    let invitations: Vec<Value> = (0..20).map(|n| json!({"login": format!("invited{n:02}")})).collect();
    let acme = json!({
        "settings": {"name": "Acme", "billing_email": "billing@acme.example"},
        "members": members,
        "concealed": (0..MEMBERS).step_by(3).map(person).collect::<Vec<_>>(),
        "invitations": invitations,
        "teams": (0..TEAMS).map(team).collect::<Vec<_>>(),
        "repos": (0..REPOSITORIES).map(|n| (repo(n), settings(n))).collect::<Map<_, _>>(),
        "installation": {"id": INSTALLATION},
    });
    json!({"orgs": {ORG: acme}}).to_string()
}

fn person(n: usize) -> String {
    format!("person{:04}", n % MEMBERS)
}

fn repo(n: usize) -> String {
    format!("repo{:03}", n % REPOSITORIES)
}

/// Ten teams at the top with nine below each. The first has everybody.
fn team(n: usize) -> Value {
    let size = if n == 0 { MEMBERS } else { 5 + n % 20 };
    let role = |k: usize| if k == 0 { "maintainer" } else { "member" };
    let members: Map<String, Value> = (0..size).map(|k| (person(n * 10 + k), json!(role(k)))).collect();
    let repos: Map<String, Value> =
        (0..3 + n % 15).map(|k| (repo(n * 5 + k), json!((PERMISSIONS[(n + k) % 5])))).collect();
    let parent = if n < 10 { String::new() } else { format!("team-{}", n % 10) };
    let invited: Vec<String> =
        if n % 10 == 1 { vec!["invited00".into(), "invited01".into()] } else { Vec::new() };
    json!({
        "name": format!("Team {n}"),
        "description": "A team among many",
        "parent": parent,
        "members": members,
        "repos": repos,
        "invitations": invited,
    })
}

fn settings(n: usize) -> Value {
    json!({
        "visibility": (["public", "private", "private", "internal"][n % 4]),
        "description": "A repository among many",
        "archived": n % 10 == 9,
        "has_wiki": n.is_multiple_of(2),
        "allow_rebase_merge": n % 3 != 1,
        // Some without a commit: their default branch is told by REST alone.
        "files": if n % 50 == 7 { json!({}) } else { json!({"README.md": "hello\n"}) },
    })
}
