//! What GitHub does not show for a moment: a read before a change is answered 404 once, although what it asks for is there.
//! Nothing counts as removed because of that.

use peribolos_vocab::report::{StepExit, StepReport};
use serde_json::{Value, json};

use crate::apply::FAST;
use crate::bench::{Bench, ORG};

/// Something of every kind that can be removed.
const FIXTURE: &str = "\
users: [zoe, kim]
orgs:
  acme:
    id: 9001
    settings: {name: Acme, billing_email: bills@acme.example, default_repository_permission: read}
    members: {alice: admin, bob: admin, carol: member, dan: member, erin: member, frank: member}
    invitations: [{login: zoe, role: member}]
    teams:
      - {name: Core, members: {carol: member, dan: member}, repos: {site: push}}
      - {name: Old, members: {erin: member}, repos: {tools: push}}
      - {name: Top}
      - {name: Sub, parent: top, members: {erin: member}, repos: {site: push}}
    repos:
      .github: {visibility: private, files: {README.md: \"hello\\n\"}}
      site: {visibility: private, files: {README.md: \"hello\\n\"}, collaborators: {eve: push}, invitations: {kim: pull}}
      tools: {visibility: private, files: {README.md: \"hello\\n\"}}
    installation: {id: 1234567}
";

/// What `Sub` loses is hidden afterwards by what `Top` gets.
const FILE: &str = "\
orgs:
  acme:
    name: Acme
    admins: [alice, bob]
    members: [carol, dan, erin]
    teams:
      Core: {members: [carol], repos: {}}
      Top:
        privacy: closed
        members: []
        repos: {site: admin}
        teams:
          Sub: {members: [erin], repos: {}}
    repos:
      site: {collaborators: {}}
";

const RULES: [&str; 3] = [
    "--maximum-removal-percent=100",
    "--manage=Org,OrgMembers,Teams,TeamMembers,TeamRepos,Repos,Collaborators",
    FAST,
];

/// A request of an apply.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Request {
    method: String,
    path: String,
}

impl Request {
    fn is_write(&self) -> bool {
        self.method != "GET" && self.path != "/graphql"
    }
}

struct World {
    bench: Bench,
    begin: Value,
}

impl World {
    async fn new() -> Self {
        let bench = Bench::start(FIXTURE).await;
        let begin = bench.github.org(ORG).await;
        Self { bench, begin }
    }

    /// The organization as it was at first, with the file pushed; the result of an apply, in which this read is answered
    /// 404 once after so many like it.
    async fn apply(&self, unseen: Option<(&Request, usize)>) -> StepReport {
        let github = &self.bench.github;
        github.call("DELETE", "/_sim/faults", None).await;
        github.call("PUT", &format!("/_sim/orgs/{ORG}"), Some(self.begin.clone())).await;
        let sha = github.push(ORG, json!({"peribolos.yaml": FILE})).await;
        let token = self.bench.token().await;
        github.call("DELETE", "/_sim/requests", None).await;
        if let Some((Request { method, path }, skip)) = unseen {
            let body = json!({"message": "Not Found"});
            let fault = json!({"method": method, "path": path, "status": 404, "body": body, "skip": skip, "count": 1});
            github.call("POST", "/_sim/faults", Some(fault)).await;
        }
        self.bench.apply(&sha, &token, &RULES).output()
    }

    async fn requests(&self) -> Vec<Request> {
        let log = self.bench.github.call("GET", "/_sim/requests", None).await;
        let all = log.as_array().unwrap().iter().filter(|request| request["actor"] == "installation");
        let text = |value: &Value| {
            let text = value.as_str().unwrap_or_default();
            text.split_once('?').map_or(text, |(path, _)| path).to_owned()
        };
        all.map(|it| Request { method: text(&it["method"]), path: text(&it["path"]) }).collect()
    }

    /// What is left of what the file takes away.
    async fn left(&self) -> Vec<Value> {
        let org = self.bench.github.org(ORG).await;
        let team = |name: &str| org["teams"].as_array().unwrap().iter().find(|team| team["name"] == name);
        let of = |name: &str, key: &str| team(name).map_or(Value::Null, |team| team[key].clone());
        let site = &org["repos"]["site"];
        let all = [
            org["members"]["frank"].clone(),
            org["invitations"].clone(),
            of("Core", "members")["dan"].clone(),
            of("Core", "repos"),
            of("Old", "name"),
            of("Sub", "repos"),
            site["collaborators"].clone(),
            site["invitations"].clone(),
        ];
        let nothing = [Value::Null, json!([]), json!({})];
        all.into_iter().filter(|left| !nothing.contains(left)).collect()
    }
}

#[tokio::test]
async fn one_404_before_a_removal_is_no_proof_that_it_was_made() {
    let world = World::new().await;
    let applied = world.apply(None).await;
    assert_eq!((applied.exit, world.left().await), (StepExit::Ok, vec![]), "{applied:?}");
    let requests = world.requests().await;
    let removals = requests.iter().filter(|request| request.method == "DELETE").count();
    assert_eq!(removals, 8, "{requests:?}");
    let writes: Vec<usize> = (0..requests.len()).filter(|index| requests[*index].is_write()).collect();
    let reads = writes[0] + 1..writes[writes.len() - 1];
    let mut wrong = Vec::new();
    for index in reads.filter(|index| !writes.contains(index)) {
        let read = &requests[index];
        let before = requests[..index].iter().filter(|request| *request == read).count();
        let applied = world.apply(Some((read, before))).await;
        let left = world.left().await;
        if (applied.exit, left.len()) != (StepExit::Ok, 0) {
            wrong.push((read, applied.exit, applied.check.title, left));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}
