//! People whom GitHub does not know, where the file names them.
#![allow(clippy::panic, reason = "tests end by panicking")]

mod support;

use peribolos_org::plan::{Lookups, Plan, Scope, plan as make_plan};
use peribolos_org::show::{Disclosure, Namer};
use peribolos_org::{ConfigFile, Snapshot, unknown_logins};
use support::{file, login, logins, nobody, team};

/// `mila` calls herself `mila-dev` since yesterday.
const FILE: &str = "orgs:
  bug04:
    admins: [ann, bo]
    members: [mila, dee, eli, fay, zoltan]
    teams:
      Build:
        privacy: closed
        maintainers: [mila]
        members: [dee, eli, fay]
        repos: {}
";

fn planned() -> (ConfigFile, Plan) {
    let snapshot = Snapshot {
        admins: logins(&["ann", "bo"]),
        members: logins(&["mila-dev", "dee", "eli", "fay"]),
        teams: vec![team("Build", &["mila-dev"], &["dee", "eli", "fay"])],
        ..nobody()
    };
    let file = file(FILE);
    let lookups = Lookups { unknown_logins: [login("mila"), login("zoltan")].into(), ..Lookups::default() };
    let plan = make_plan(&file, &snapshot, &lookups, &Scope::usual());
    (file, plan)
}

#[test]
fn a_login_that_changed_is_recognized() {
    let (file, plan) = planned();
    let findings = unknown_logins(&plan, &file, "peribolos.yaml", &Namer::terminal());
    let findings: Vec<String> = findings.iter().map(ToString::to_string).collect();
    assert_eq!(
        findings,
        [
            "peribolos.yaml:4:15: warning: `mila` is not known, and member `mila-dev` is not in the file: was it \
             renamed? (write `mila-dev`, or the member is removed) [unknown-login]",
            "peribolos.yaml:4:36: warning: `zoltan` is not known to GitHub (the name is left out; correct it or \
             remove it) [unknown-login]",
        ]
    );
}

#[test]
fn a_member_whom_no_file_names_is_not_named() {
    let (file, plan) = planned();
    let disclosure = Disclosure::of([&file]);
    let findings = unknown_logins(&plan, &file, "peribolos.yaml", &Namer::disclosed(&disclosure));
    let first = findings.first().map(|finding| (finding.message.as_str(), finding.hint.as_deref()));
    assert_eq!(
        first,
        Some((
            "`mila` is not known, and a member of a similar name is not in the file: was it renamed?",
            Some("write that name, or the member is removed")
        ))
    );
    let nobody = unknown_logins(&plan, &file, "f", &Namer::disclosed(&Disclosure::default()));
    assert!(nobody.iter().all(|finding| !finding.to_string().contains('`')), "{nobody:?}");
}
