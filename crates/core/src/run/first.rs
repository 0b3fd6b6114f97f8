//! The first Apply of a config repository needs an owner: until then nothing shows that the organization's owners agreed to be
//! managed by the file in this repository.

use jiff::Timestamp;
use peribolos_api::{GitHubInstallationStatus, run::MergedPullRequest};

use super::command::Standing;
use crate::{adopt::is_adopted, config};

/// Who is behind an Apply, as GitHub reports it now.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Backing {
    /// The sender of the push. None: it is no push.
    pub sender: Option<Standing>,
    /// The merge that brought the file. None: there is none, or it does not matter.
    pub merge: Option<Merge>,
    /// Who can administer the config repository and is no owner of the organization. Empty also if the sender is an owner.
    pub strangers: Vec<String>,
}

/// The merge of the pull request with the last commit that changed the file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Merge {
    /// The pull request, and the login of who merged it.
    pub pull_request: MergedPullRequest,
    /// What that person is in the organization.
    pub by: Standing,
    /// When.
    pub at: Timestamp,
    /// Whether the file is among its changes: who merged it has seen it there.
    pub shows_file: bool,
    /// Whether its result has exactly the file that is to be applied. The commits of a pull request may say something else than
    /// its result.
    pub has_file: bool,
}

/// A merged pull request that has a commit, as a list shows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Merged<'a> {
    /// Its number.
    pub number: u64,
    /// The branch that it was merged into.
    pub base: &'a str,
    /// When.
    pub at: Timestamp,
}

/// The number of the pull request that brought a commit onto a branch. Of a commit that is not on the default branch GitHub lists every
/// pull request that has it, also those that were branched from where it was already: so it is the one that was merged first.
pub fn brought_by<'a>(having: impl IntoIterator<Item = Merged<'a>>, branch: &str) -> Option<u64> {
    let into_branch = having.into_iter().filter(|merged| merged.base == branch);
    into_branch.min_by_key(|merged| (merged.at, merged.number)).map(|merged| merged.number)
}

impl Merge {
    /// Whether the file that is to be applied came onto the branch by it.
    fn brought_file(&self) -> bool {
        self.shows_file && self.has_file
    }
}

/// Whether no file of the config repository was applied yet: neither by a run whose pod was started, nor before the object was
/// created.
pub fn is_first(status: &GitHubInstallationStatus) -> bool {
    match status.last_apply.as_ref().and_then(|last| last.repository_id) {
        Some(applied) => status.config.as_ref().is_none_or(|config| config.repository_id != applied),
        None => !is_adopted(status),
    }
}

/// Whether an owner is behind an Apply: they pushed it, or have merged the pull request that brought the file. A merge counts
/// `since` the installation's object exists: before that nobody could know that the file would be applied.
pub fn is_by_owner(backing: &Backing, since: Option<Timestamp>) -> bool {
    backing.sender == Some(Standing::Owner)
        || backing.merge.as_ref().is_some_and(|merge| {
            merge.by == Standing::Owner
                && merge.brought_file()
                && since.is_some_and(|since| merge.at >= since)
        })
}

/// The pull requests whose merge an Apply would apply, as far as they are known before it is admitted.
pub fn merged(backing: Option<&Backing>) -> Vec<MergedPullRequest> {
    let merge = backing.and_then(|backing| backing.merge.as_ref());
    let merge = merge.filter(|merge| merge.brought_file());
    merge.map(|merge| merge.pull_request.clone()).into_iter().collect()
}

/// The text for owners. `repository` is the full name; `strangers` can administer it and are no owners, and are named if
/// `is_named`.
pub fn owner_required(repository: &str, strangers: &[String], is_named: bool) -> String {
    let start = format!(
        "Nothing was applied from {repository} so far, and the first time an owner of the organization has to start it: an owner \
         comments `/peribolos apply` on an issue or a pull request of that repository. It also starts if an owner pushes the file, or \
         merges the pull request that changes it. Until then nothing in the organization changes."
    );
    if strangers.is_empty() {
        return start;
    }
    format!("{start}\n\n{}", config::controlled(repository, strangers, is_named))
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::run::testing::at;

    #[rstest::rstest]
    #[case::nothing_was_applied(json!({}), true)]
    #[case::it_was_applied_from_there(json!({"lastApply": {"run": "r", "phase": "Failed", "repositoryId": 5}}), false)]
    #[case::from_another_repository(json!({"lastApply": {"run": "r", "phase": "Succeeded", "repositoryId": 6}}), true)]
    #[case::no_pod_was_started(json!({"lastApply": {"run": "r", "phase": "Failed"}}), true)]
    #[case::adopted(json!({"lastAppliedSha": "a"}), false)]
    #[case::adopted_a_failure(json!({"lastApply": {"run": "r", "phase": "Failed", "reason": "Adopted"}}), false)]
    #[case::adopted_from_another_repository(
        json!({"lastApply": {"run": "r", "phase": "Failed", "reason": "Adopted", "repositoryId": 6}}), true
    )]
    #[case::only_compared(json!({"baselineBlob": "b"}), true)]
    fn the_first_apply_of_a_repository(#[case] more: Value, #[case] expected: bool) {
        let mut status = json!({"config": {"repository": "peribolos", "repositoryId": 5}});
        status.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        assert_eq!(is_first(&serde_json::from_value(status).unwrap()), expected);
    }

    #[rstest::rstest]
    #[case::none(&[], None)]
    #[case::the_only_one(&[(7, "main", 10)], Some(7))]
    #[case::a_later_one_has_it_too(&[(9, "main", 20), (7, "main", 10)], Some(7))]
    #[case::opened_earlier_and_merged_later(&[(7, "main", 20), (9, "main", 10)], Some(9))]
    #[case::in_one_second(&[(9, "main", 10), (7, "main", 10)], Some(7))]
    #[case::into_another_branch_first(&[(7, "topic", 10), (9, "main", 20)], Some(9))]
    #[case::into_another_branch(&[(7, "topic", 10)], None)]
    fn the_pull_request_that_was_merged_first_brought_a_commit(
        #[case] having: &[(u64, &str, i64)],
        #[case] expected: Option<u64>,
    ) {
        let having = having.iter().map(|&(number, base, second)| Merged { number, base, at: at(second) });
        assert_eq!(brought_by(having, "main"), expected);
    }

    fn merge(by: Standing, second: i64) -> Merge {
        let pull_request = MergedPullRequest { number: 7, merged_by: "carol".into() };
        Merge { pull_request, by, at: at(second), shows_file: true, has_file: true }
    }

    #[rstest::rstest]
    #[case::nobody(None, None, false)]
    #[case::an_owner_pushed(Some(Standing::Owner), None, true)]
    #[case::a_member_pushed(Some(Standing::Member), None, false)]
    #[case::a_stranger_pushed(Some(Standing::Stranger), None, false)]
    #[case::an_owner_merged(None, Some(merge(Standing::Owner, 10)), true)]
    #[case::an_owner_merged_what_a_member_pushed(
        Some(Standing::Member),
        Some(merge(Standing::Owner, 10)),
        true
    )]
    #[case::a_member_merged(None, Some(merge(Standing::Member, 10)), false)]
    #[case::before_the_object_was_created(None, Some(merge(Standing::Owner, 9)), false)]
    #[case::of_something_else(None, Some(Merge { shows_file: false, ..merge(Standing::Owner, 10) }), false)]
    #[case::with_another_result(None, Some(Merge { has_file: false, ..merge(Standing::Owner, 10) }), false)]
    fn an_owner_is_behind_it(
        #[case] sender: Option<Standing>,
        #[case] merge: Option<Merge>,
        #[case] expected: bool,
    ) {
        assert_eq!(is_by_owner(&Backing { sender, merge, strangers: vec![] }, Some(at(10))), expected);
    }

    /// Somebody may have put a repository of the right name, with a file, into place before the App was installed.
    #[test]
    fn an_owner_reads_first_who_controls_the_repository() {
        let text = |strangers: &[String], is_named| owner_required("acme/peribolos", strangers, is_named);
        assert!(!text(&[], true).contains("control"), "nobody but owners does");
        let carols = ["carol".to_owned()];
        let named = text(&carols, true);
        assert!(
            named.contains("/peribolos apply") && named.contains("carol can administer acme/peribolos"),
            "{named}"
        );
        let counted = text(&carols, false);
        assert!(counted.contains("1 person can administer") && !counted.contains("carol"), "{counted}");
        let more = text(&["carol".to_owned(), "dave".to_owned()], true);
        assert!(more.contains("carol, dave can administer acme/peribolos and are no owners"), "{more}");
    }
}
