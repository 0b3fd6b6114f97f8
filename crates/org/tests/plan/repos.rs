//! Repositories.

use peribolos_org::plan::{Allowance, RefusalKind, Scope};
use peribolos_org::{SquashTitle, Visibility};

use crate::support::{acme, file, operations, plan_of, refusals, repo, shown, usual};

fn allowing(what: Allowance) -> Scope {
    let mut scope = Scope::usual();
    scope.allow.insert(what);
    scope
}

#[test]
fn what_differs_is_one_write_for_each_repository() {
    let yaml = file(
        "    repos:\n      site: {has_wiki: false, description: The site}\n      handbook: {has_wiki: true}\n",
    );
    let expected = ["edit repo site, Description \"\" -> \"The site\", HasWiki \"true\" -> \"false\""];
    assert_eq!(operations(&yaml, &acme()), expected);
}

#[test]
fn a_new_one_is_made_with_what_is_given() {
    let yaml = file(
        "    repos:\n      fresh: {visibility: private, has_wiki: false, archived: false, \
         on_create: {auto_init: true, license_template: mit}}\n      open: {}\n",
    );
    let expected = [
        "create repo fresh Some(Private) HasWiki=false AutoInit=true LicenseTemplate=mit",
        "create repo open None",
    ];
    let plan = plan_of(&yaml, &acme(), &usual());
    assert_eq!(shown(&plan), expected);
    let after = plan.expected(&acme());
    let visibility: Vec<_> =
        after.repos.iter().map(|repo| (repo.name.as_str(), repo.visibility)).skip(2).collect();
    assert_eq!(visibility, [("fresh", Visibility::Private), ("open", Visibility::Public)]);
}

#[test]
fn a_new_one_has_no_branch_but_the_first() {
    let yaml = file("    repos:\n      fresh: {default_branch: main}\n      other: {default_branch: next}\n");
    let plan = plan_of(&yaml, &acme(), &usual());
    let message = "7: `other` is new and has no branch that could be its `default_branch` yet";
    assert_eq!(refusals(&plan), [message]);
}

#[test]
fn a_repository_is_renamed_by_its_former_name_also_to_another_case() {
    let yaml =
        file("    repos:\n      web: {previously: [Site]}\n      Handbook: {previously: [handbook]}\n");
    let expected =
        ["edit repo handbook, Name \"handbook\" -> \"Handbook\"", "edit repo site, Name \"site\" -> \"web\""];
    assert_eq!(operations(&yaml, &acme()), expected);
    let after = plan_of(&yaml, &acme(), &usual()).expected(&acme());
    assert_eq!(operations(&yaml, &after), [""; 0]);
}

#[test]
fn a_former_name_that_is_another_repository_is_refused() {
    let yaml = file("    repos:\n      site: {previously: [handbook]}\n");
    let plan = plan_of(&yaml, &acme(), &usual());
    assert_eq!(shown(&plan), [""; 0]);
    assert_eq!(refusals(&plan), ["6: `site` and the name it had before are two repositories"]);
}

#[test]
fn upstream_never_sees_that_only_the_squash_message_differs() {
    let yaml = file("    repos:\n      site: {squash_merge_commit_title: PR_TITLE}\n");
    assert_eq!(operations(&yaml, &acme()), [""; 0]);
    let yaml = file("    repos:\n      site: {squash_merge_commit_title: PR_TITLE, has_wiki: false}\n");
    let expected = "edit repo site, HasWiki \"true\" -> \"false\", \
                    SquashMergeCommitTitle \"COMMIT_OR_PR_TITLE\" -> \"PR_TITLE\"";
    assert_eq!(operations(&yaml, &acme()), [expected]);
    let after = plan_of(&yaml, &acme(), &usual()).expected(&acme());
    assert_eq!(after.repos[0].squash_merge_commit_title, Some(SquashTitle::PullRequest));
}

#[test]
fn archiving_and_publishing_need_leave() {
    let yaml = file("    repos:\n      site: {archived: true}\n      handbook: {visibility: public}\n");
    let plan = plan_of(&yaml, &acme(), &usual());
    assert_eq!(shown(&plan), [""; 0]);
    assert_eq!(refusals(&plan), ["7: `handbook` would become public", "6: `site` would be archived"]);
    assert!(plan.refusals.iter().all(|refusal| refusal.kind == RefusalKind::NotAllowed));
    let plan = plan_of(&yaml, &acme(), &allowing(Allowance::RepoArchival));
    assert_eq!(shown(&plan), ["edit repo site, Archived \"false\" -> \"true\""]);
    let plan = plan_of(&yaml, &acme(), &allowing(Allowance::RepoPublish));
    assert_eq!(shown(&plan), ["edit repo handbook, Visibility \"private\" -> \"public\""]);
}

#[test]
fn an_archived_repository_stays_as_it_is() {
    let mut snapshot = acme();
    snapshot.repos[0].archived = true;
    let of = |yaml: &str| plan_of(&file(&format!("    repos:\n      site: {yaml}\n")), &snapshot, &usual());
    let quiet = of("{archived: true, has_wiki: false}");
    assert_eq!((shown(&quiet), refusals(&quiet)), (vec![], vec![]));
    let unarchive = of("{archived: false}");
    assert_eq!(
        refusals(&unarchive),
        ["6: `site` is archived, and upstream makes no archived repository active again"]
    );
    let edit = of("{has_wiki: false}");
    assert_eq!(refusals(&edit), ["6: `site` is archived, so that nothing about it can be changed"]);
    assert_eq!(shown(&edit), [""; 0]);
    assert_eq!(refusals(&of("{has_wiki: true}")), [""; 0]);
}

#[test]
fn no_archived_repository_is_made() {
    let plan = plan_of(&file("    repos:\n      gone: {archived: true}\n"), &acme(), &usual());
    assert_eq!(refusals(&plan), ["6: `gone` does not exist, and upstream makes no archived repository"]);
}

#[test]
fn one_way_to_merge_must_be_left() {
    let mut snapshot = acme();
    let mut only_squash = repo("squash");
    only_squash.allow_merge_commit = Some(false);
    only_squash.allow_rebase_merge = Some(false);
    snapshot.repos.push(only_squash);
    let yaml = file("    repos:\n      squash: {allow_squash_merge: false}\n");
    let plan = plan_of(&yaml, &snapshot, &usual());
    assert_eq!(refusals(&plan), ["6: No way to merge would be left in `squash`"]);
}

#[test]
fn merge_settings_that_the_token_may_not_see_are_sent_in_each_run() {
    let mut snapshot = acme();
    snapshot.repos[0].allow_squash_merge = None;
    snapshot.repos[0].allow_rebase_merge = None;
    let yaml = file("    repos:\n      site: {allow_squash_merge: true, allow_rebase_merge: false}\n");
    assert_eq!(operations(&yaml, &snapshot), ["(edit repo site, AllowSquashMerge \"?\" -> \"true\")"]);
}
