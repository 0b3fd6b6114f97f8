//! Repositories and their settings.

use peribolos_org::plan::{Allow, Kind, Lookups, Question, RefusalClass, Scope, questions};
use peribolos_org::{RepoName, Snapshot, parse};

use crate::support::{
    acme, everything, file, key, operations, org_key, plan_of, plan_with, refusals, repo, shown, usual,
    warnings, with,
};

fn repos(repos: &str) -> String {
    file(&format!("    repos: {{{repos}}}\n"))
}

fn having(repos: Vec<peribolos_org::SnapshotRepo>) -> Snapshot {
    Snapshot { repos, ..acme() }
}

#[test]
fn what_is_not_listed_or_not_given_is_left_alone() {
    assert_eq!(operations(&repos("site: {}"), &acme()), [""; 0]);
    assert_eq!(operations(&repos("site: {has_wiki: true, description: \"\"}"), &acme()), [""; 0]);
}

#[test]
fn settings_are_one_request_but_for_those_that_take_something_away() {
    let yaml = repos("site: {description: New, has_wiki: false, visibility: public, archived: true}");
    assert_eq!(
        operations(&yaml, &acme()),
        [
            "2 edit repo site, description \"\" -> \"New\", has_wiki \"true\" -> \"false\"",
            "14 edit repo site, visibility \"private\" -> \"public\"",
            "14 edit repo site, archived \"false\" -> \"true\"",
        ]
    );
    let public = having(vec![with(repo("site"), "visibility", "public")]);
    assert_eq!(
        operations(&repos("site: {visibility: private}"), &public),
        ["14 edit repo site, visibility \"public\" -> \"private\""]
    );
    // For the members of the enterprise to see more takes nothing away.
    assert_eq!(
        operations(&repos("site: {visibility: internal}"), &acme()),
        ["2 edit repo site, visibility \"private\" -> \"internal\""]
    );
}

#[test]
fn archiving_and_publishing_are_allowed_or_not() {
    let yaml = repos("site: {visibility: public}, handbook: {archived: true}");
    let plan = plan_of(&yaml, &acme(), &usual());
    assert_eq!(shown(&plan), [""; 0]);
    assert!(plan.refusals.iter().all(|refusal| refusal.class == RefusalClass::NotAllowed));
    let [archival, publish] = &refusals(&plan)[..] else { panic!("{plan:#?}") };
    assert!(
        archival.starts_with("5: Archiving `handbook` is not allowed (remove `archived`, or ask"),
        "{archival}"
    );
    assert!(
        publish.starts_with("5: Making `site` public is not allowed (remove `visibility`, or ask"),
        "{publish}"
    );
    let only = Scope { allow: [Allow::RepoPublish].into(), ..usual() };
    assert_eq!(refusals(&plan_of(&yaml, &acme(), &only)).len(), 1);
}

#[test]
fn the_repository_with_the_file_is_not_archived() {
    let scope = Scope { config_repository: Some(RepoName::new("SITE")), ..everything() };
    let plan = plan_of(&repos("site: {archived: true}, handbook: {archived: true}"), &acme(), &scope);
    assert_eq!(shown(&plan), ["14 edit repo handbook, archived \"false\" -> \"true\""]);
    assert!(refusals(&plan)[0].starts_with("5: `site` has this file, and is not archived"));
    assert_eq!(plan.refusals[0].class, RefusalClass::Impossible);
}

#[test]
fn a_repository_is_unarchived_renamed_and_edited_in_one_run() {
    let snapshot = having(vec![with(repo("old"), "archived", "true")]);
    let yaml = repos("site: {previously: [old], archived: false, description: New}");
    let plan = plan_of(&yaml, &snapshot, &everything());
    assert_eq!(
        shown(&plan),
        [
            "1 edit repo old, archived \"true\" -> \"false\"",
            "2 rename repo old -> site",
            "2 edit repo site, description \"\" -> \"New\"",
        ]
    );
    assert_eq!(plan.operations[1].needs, [0]);
    assert_eq!(plan.operations[2].needs, [0, 1]);
}

#[test]
fn nothing_of_an_archived_repository_is_changed() {
    let snapshot = having(vec![with(repo("site"), "archived", "true")]);
    assert_eq!(operations(&repos("site: {archived: true}"), &snapshot), [""; 0]);
    let plan = plan_of(&repos("site: {archived: true, has_wiki: false}"), &snapshot, &everything());
    assert_eq!((shown(&plan), refusals(&plan)), (vec![], vec![]));
    assert_eq!(
        warnings(&plan),
        [
            "5: `site` is archived, so that nothing else of it is changed (write `archived: false` to change it)"
        ]
    );
    let plan = plan_of(&repos("site: {has_wiki: false}"), &snapshot, &everything());
    assert_eq!(
        refusals(&plan),
        [
            "5: `site` is archived, so that nothing of it can be changed (write `archived: true` to leave it as it is, or \
         `archived: false` to unarchive it)"
        ]
    );
}

#[test]
fn a_new_repository_gets_what_its_request_takes_and_the_rest_afterwards() {
    let yaml = repos(
        "fresh: {description: New, visibility: private, allow_update_branch: true, topics: [b, a], archived: true, \
         default_branch: main, on_create: {auto_init: true}}",
    );
    let plan = plan_of(&yaml, &acme(), &everything());
    assert_eq!(
        shown(&plan),
        [
            "2 create repo fresh description=New visibility=private auto_init=true",
            "2 topics of fresh: Some(\"\") -> \"a, b\"",
            "2 edit repo fresh, allow_update_branch \"false\" -> \"true\"",
            "14 edit repo fresh, archived \"false\" -> \"true\"",
        ]
    );
    // Archiving comes after everything else in it: nothing of an archived repository can be changed.
    let needs: Vec<&[usize]> = plan.operations.iter().map(|operation| operation.needs.as_slice()).collect();
    assert_eq!(needs, [&[][..], &[0], &[0], &[0, 1, 2]]);
}

#[test]
fn no_repository_is_made_under_the_former_name_of_another() {
    let mut snapshot = having(vec![repo("website")]);
    let yaml = repos("site: {}");
    let file = parse(&yaml, "peribolos.yaml", None).unwrap().file;
    assert_eq!(questions(&file, &snapshot, &usual()), [Question::NewRepo(RepoName::new("site"))]);
    let lookups =
        |now: &str| Lookups { renamed: [("site".to_owned(), now.to_owned())].into(), ..Lookups::default() };
    let plan = plan_with(&yaml, &snapshot, &lookups("Acme/website"), &usual());
    assert_eq!(shown(&plan), [""; 0]);
    assert_eq!(
        refusals(&plan),
        ["5: `site` is called `website` now (write `website`, or list `site` under `previously` there)"]
    );
    let plan = plan_with(&yaml, &snapshot, &lookups("other/site"), &usual());
    assert!(refusals(&plan)[0].starts_with("5: `site` is called `other/site` now"));
    // The new name says it.
    assert_eq!(operations(&repos("website: {previously: [site]}"), &snapshot), [""; 0]);
    snapshot.repos.clear();
    assert_eq!(operations(&yaml, &snapshot), ["2 create repo site"]);
}

#[test]
fn a_name_and_a_former_one_are_one_repository_or_none() {
    let plan = plan_of(&repos("site: {previously: [handbook]}"), &acme(), &usual());
    assert!(refusals(&plan)[0].starts_with("5: `site` and a name that it had before are two repositories"));
    assert_eq!(operations(&repos("web: {previously: [site]}"), &acme()), ["2 rename repo site -> web"]);
    // Another case alone is the same repository, and is one's own rename where the file says so.
    assert_eq!(operations(&repos("SITE: {has_wiki: true}"), &acme()), [""; 0]);
    assert_eq!(operations(&repos("SITE: {previously: [site]}"), &acme()), ["2 rename repo site -> SITE"]);
}

#[test]
fn a_default_branch_must_be_there() {
    let mut snapshot = having(vec![repo("full"), repo("hollow")]);
    snapshot.repos[1].is_empty = true;
    let yaml = repos(
        "full: {default_branch: develop}, hollow: {default_branch: trunk}, fresh: {default_branch: master}",
    );
    let file = parse(&yaml, "peribolos.yaml", None).unwrap().file;
    let branch = Question::Branch { repo: RepoName::new("full"), branch: "develop".to_owned() };
    assert_eq!(questions(&file, &snapshot, &usual()), [Question::NewRepo(RepoName::new("fresh")), branch]);
    let missing = [("full".to_owned(), "develop".to_owned())].into();
    let lookups = Lookups { missing_branches: missing, ..Lookups::default() };
    let refused = refusals(&plan_with(&yaml, &snapshot, &lookups, &usual()));
    let hint = "(push the branch first, or leave `default_branch` out)";
    assert_eq!(refused[1], format!("5: `full` has no branch `develop` {hint}"));
    assert_eq!(
        refused[2],
        format!("5: `hollow` is empty, so that `trunk` can't be its default branch {hint}")
    );
    assert!(refused[0].starts_with("5: `fresh` is new and has no branch `master` yet"));
    let plan = plan_of(&repos("full: {default_branch: develop}"), &snapshot, &usual());
    assert_eq!(shown(&plan), ["2 edit repo full, default_branch \"main\" -> \"develop\""]);
}

#[test]
fn a_repository_that_the_app_was_not_given_is_left_and_named() {
    let mut snapshot = acme();
    snapshot.repos[0].selected = false;
    let plan = plan_of(&repos("site: {has_wiki: false}, handbook: {has_wiki: false}"), &snapshot, &usual());
    assert_eq!(shown(&plan), ["2 edit repo handbook, has_wiki \"true\" -> \"false\""]);
    assert_eq!(
        warnings(&plan),
        ["5: `site` is not one of the App's repositories (add it to the App's repositories)"]
    );
    let plan = plan_of(&repos("site: {has_wiki: true}"), &snapshot, &usual());
    assert_eq!(warnings(&plan), [""; 0]);
}

#[test]
fn what_is_not_known_is_left_as_it_is() {
    let mut snapshot = acme();
    snapshot.repos[0].settings.remove(&key("allow_squash_merge"));
    let plan = plan_of(&repos("site: {allow_squash_merge: false, has_wiki: false}"), &snapshot, &usual());
    assert_eq!(shown(&plan), ["2 edit repo site, has_wiki \"true\" -> \"false\""]);
    assert_eq!(
        warnings(&plan),
        ["5: GitHub does not show `allow_squash_merge` of `site` (it is left as it is)"]
    );
}

#[test]
fn what_github_takes_only_together_is_sent_together() {
    let snapshot = having(vec![with(repo("site"), "squash_merge_commit_title", "PR_TITLE")]);
    assert_eq!(
        operations(&repos("site: {squash_merge_commit_message: BLANK}"), &snapshot),
        ["2 edit repo site, squash_merge_commit_message \"COMMIT_MESSAGES\" -> \"BLANK\", \
         squash_merge_commit_title \"PR_TITLE\" -> \"PR_TITLE\""]
    );
}

#[test]
fn a_new_repository_gets_the_title_that_goes_with_its_message() {
    let plan = |given: &str| plan_of(&repos(&format!("fresh: {{{given}}}")), &acme(), &everything());
    let message = plan("squash_merge_commit_message: COMMIT_MESSAGES");
    assert_eq!(
        shown(&message),
        ["2 create repo fresh squash_merge_commit_message=COMMIT_MESSAGES \
             squash_merge_commit_title=COMMIT_OR_PR_TITLE"]
    );
    let title = plan("squash_merge_commit_title: PR_TITLE");
    assert_eq!(shown(&title), ["2 create repo fresh squash_merge_commit_title=PR_TITLE"]);
    assert_eq!((refusals(&message), refusals(&title)), (vec![], vec![]));
}

#[test]
fn titles_and_messages_that_github_does_not_take_together_are_refused_at_their_line() {
    let hint = "write a title and a message that GitHub takes together: `MERGE_MESSAGE` with `PR_TITLE`, `PR_TITLE` with \
                `PR_BODY`, `PR_TITLE` with `BLANK`";
    let merges =
        |repo| with(with(repo, "merge_commit_title", "MERGE_MESSAGE"), "merge_commit_message", "PR_TITLE");
    let snapshot = having(vec![merges(repo("site"))]);
    for name in ["site", "fresh"] {
        let refusals = |given: &str| {
            refusals(&plan_of(&repos(&format!("{name}: {{{given}}}")), &snapshot, &everything()))
        };
        for (given, lacks) in [
            ("merge_commit_title: PR_TITLE", "merge_commit_message"),
            ("merge_commit_message: BLANK", "merge_commit_title"),
        ] {
            let refused = format!("5: `{given}` of `{name}` needs another `{lacks}` beside it ({hint})");
            assert_eq!(refusals(given), [refused]);
        }
        assert_eq!(refusals("merge_commit_message: BLANK, merge_commit_title: PR_TITLE"), [""; 0]);
    }
    // What is there may stay, whatever GitHub takes today.
    let odd = having(vec![with(merges(repo("site")), "merge_commit_message", "BLANK")]);
    assert_eq!(refusals(&plan_of(&repos("site: {merge_commit_message: BLANK}"), &odd, &usual())), [""; 0]);
}

#[test]
fn nothing_is_public_where_an_enterprise_manages_the_users() {
    let managed = Snapshot { managed_users: true, ..acme() };
    assert_eq!(operations(&repos("fresh: {}"), &managed), ["2 create repo fresh visibility=private"]);
    assert_eq!(operations(&repos("fresh: {}"), &acme()), ["2 create repo fresh"]);
    let yaml = repos("fresh: {visibility: public}, site: {visibility: public}");
    let refused = |name: &str| {
        format!(
            "5: `{name}` can't be public, because an enterprise manages the organization's users (write `visibility: \
             private` or `visibility: internal`)"
        )
    };
    assert_eq!(refusals(&plan_of(&yaml, &managed, &usual())), [refused("fresh"), refused("site")]);
    assert_eq!(refusals(&plan_of(&yaml, &acme(), &everything())), [""; 0]);
}

#[test]
fn what_everybody_sees_everybody_can_fork() {
    let refused = |given: &str, snapshot: &Snapshot| {
        refusals(&plan_of(&repos(&format!("site: {{{given}}}")), snapshot, &everything()))
    };
    let private = having(vec![with(repo("site"), "allow_forking", "false")]);
    let forkless = refused("visibility: public, allow_forking: false", &private);
    assert!(forkless[0].starts_with("5: `site` is public, so that everybody can fork it"), "{forkless:?}");
    assert_eq!(refused("visibility: public, allow_forking: true", &private), [""; 0]);
    let public = having(vec![with(with(repo("site"), "allow_forking", "true"), "visibility", "public")]);
    assert_eq!(refused("allow_forking: false", &public), forkless);
    assert_eq!(refused("visibility: private, allow_forking: false", &public), [""; 0]);
}

#[test]
fn projects_and_merging_must_be_possible() {
    let mut snapshot = having(vec![with(repo("site"), "has_projects", "false")]);
    let yaml = repos("site: {has_projects: true}");
    assert_eq!(operations(&yaml, &snapshot).len(), 1);
    snapshot.settings.insert(org_key("has_repository_projects"), "false".to_owned());
    let refused = refusals(&plan_of(&yaml, &snapshot, &usual()));
    assert!(refused[0].starts_with("5: `has_projects` of `site` can't be `true`"), "{refused:?}");
    let on = yaml.replace("    admins:", "    has_repository_projects: true\n    admins:");
    assert_eq!(refusals(&plan_of(&on, &snapshot, &usual())), [""; 0]);
    let merging = repos("handbook: {allow_squash_merge: false, allow_merge_commit: false}");
    let snapshot = having(vec![with(repo("handbook"), "allow_rebase_merge", "false")]);
    assert!(
        refusals(&plan_of(&merging, &snapshot, &usual()))[0].starts_with("5: No way to merge would be left")
    );
}

#[test]
fn nothing_is_planned_of_repositories_that_are_not_managed() {
    let mut scope = everything();
    scope.manage.remove(&Kind::Repos);
    let plan = plan_of(&repos("site: {has_wiki: false}, fresh: {}"), &acme(), &scope);
    assert_eq!(shown(&plan), [""; 0]);
}
