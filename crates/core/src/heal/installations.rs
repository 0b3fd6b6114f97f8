//! Which installations are new, changed or gone, by GitHub's list of them.

use std::collections::{BTreeMap, BTreeSet};

use jiff::{SignedDuration, Timestamp};
use peribolos_api::{GitHubInstallation, Reason};

use crate::ownership::made_by_operator;

/// How long GitHub must deny an installation before that is believed.
pub const APART: SignedDuration = SignedDuration::from_mins(10);

/// An installation as GitHub lists it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listed {
    /// Its id.
    pub id: i64,
    /// The account's name.
    pub login: String,
    /// Whether the account is an organization.
    pub is_organization: bool,
    /// Whether its owners have suspended it.
    pub suspended: bool,
    /// What it was granted.
    pub permissions: BTreeMap<String, String>,
}

/// The installations that a list lacks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Missing {
    /// So few that it can be true.
    Few(Vec<i64>),
    /// So many that the list, or whose list it is, is rather wrong: nothing follows from it.
    TooMany {
        /// How many it lacks.
        missing: usize,
        /// How many there are.
        known: usize,
    },
}

/// GitHub's list held against the objects, page by page.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Comparison {
    listed: BTreeSet<i64>,
}

/// What the list shows about one installation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Compared {
    /// It has no object.
    New,
    /// It has. Those of these names say nothing of it yet, or something else.
    Known(Vec<String>),
}

impl Comparison {
    /// Holds an installation of the list against the objects of its id.
    pub fn take<'a>(
        &mut self,
        listed: &Listed,
        objects: impl IntoIterator<Item = &'a GitHubInstallation>,
    ) -> Compared {
        self.listed.insert(listed.id);
        let mut objects = objects.into_iter().peekable();
        if objects.peek().is_none() {
            return Compared::New;
        }
        let differing = objects.filter(|object| differs(object, listed));
        Compared::Known(differing.filter_map(|object| object.metadata.name.clone()).collect())
    }

    /// The installations that the complete list lacks. Each of them is fetched to find out whether it was deleted.
    pub fn missing<'a>(&self, objects: impl IntoIterator<Item = &'a GitHubInstallation>) -> Missing {
        let (mut known, mut missing) = (BTreeSet::new(), BTreeSet::new());
        for object in objects {
            let id = object.spec.installation_id;
            known.insert(id);
            // A person's object that says so already says all it can; the operator's own is still to be removed.
            if !self.listed.contains(&id) && (made_by_operator(object) || !is_known_to_be_gone(object)) {
                missing.insert(id);
            }
        }
        if missing.len() <= 1 || missing.len() * 10 < known.len() {
            Missing::Few(missing.into_iter().collect())
        } else {
            Missing::TooMany { missing: missing.len(), known: known.len() }
        }
    }

    /// The ids of the list.
    pub fn into_ids(self) -> BTreeSet<i64> {
        self.listed
    }
}

/// Whether the object says something else than GitHub, or nothing yet.
fn differs(object: &GitHubInstallation, listed: &Listed) -> bool {
    let Some(status) = &object.status else { return true };
    let Some(account) = &status.account else { return true };
    is_known_to_be_gone(object)
        || account.login != listed.login
        || status.suspended_at.is_some() != listed.suspended
        || status.app_permissions != listed.permissions
}

/// Whether the object says already that GitHub does not know the installation.
fn is_known_to_be_gone(object: &GitHubInstallation) -> bool {
    let conditions = object.status.iter().flat_map(|status| &status.conditions);
    conditions.into_iter().any(|condition| condition.reason == Reason::InstallationNotFound.as_str())
}

/// Since when GitHub denies installations. It is in memory only: a restart asks once more before anything goes.
#[derive(Clone, Debug, Default)]
pub struct Absences(BTreeMap<i64, Timestamp>);

impl Absences {
    /// Forgets all ids except these: the others are listed again, or their objects were deleted.
    pub fn keep(&mut self, ids: &[i64]) {
        self.0.retain(|id, _| ids.contains(id));
    }

    /// GitHub answered 404. True: it did so before, `apart` ago or longer.
    pub fn denied(&mut self, id: i64, now: Timestamp, apart: SignedDuration) -> bool {
        let first = *self.0.entry(id).or_insert(now);
        first != now && now.duration_since(first) >= apart
    }

    /// GitHub knows the installation.
    pub fn confirmed(&mut self, id: i64) {
        self.0.remove(&id);
    }
}

#[cfg(test)]
mod tests {
    use peribolos_api::names::{CREATED_BY_OPERATOR, LABEL_CREATED_BY};

    use super::*;

    fn object(id: i64, status: &str) -> GitHubInstallation {
        serde_json::from_str(&format!(
            r#"{{"apiVersion":"peribolos.dev/v1alpha1","kind":"GitHubInstallation","metadata":{{"name":"n{id}"}},
               "spec":{{"installationId":{id}}},"status":{status}}}"#
        ))
        .unwrap()
    }

    const SEEN: &str =
        r#"{"account":{"login":"acme","id":9,"type":"Organization"},"appPermissions":{"members":"write"}}"#;
    const GONE: &str = r#"{"account":{"login":"acme","id":9,"type":"Organization"},"appPermissions":{"members":"write"},
        "conditions":[{"type":"Ready","status":"False","reason":"InstallationNotFound","message":"","lastTransitionTime":"2026-01-01T00:00:00Z"}]}"#;

    fn listed(id: i64) -> Listed {
        let permissions = BTreeMap::from([("members".to_owned(), "write".to_owned())]);
        Listed { id, login: "acme".into(), is_organization: true, suspended: false, permissions }
    }

    #[test]
    fn what_is_unknown_is_new() {
        let mut comparison = Comparison::default();
        assert_eq!(comparison.take(&listed(1), [&object(1, SEEN)]), Compared::Known(vec![]));
        assert_eq!(comparison.take(&listed(2), []), Compared::New);
        assert_eq!(comparison.missing([&object(1, SEEN)]), Missing::Few(vec![]));
        assert_eq!(comparison.into_ids(), [1, 2].into());
    }

    #[rstest::rstest]
    #[case(SEEN, listed(1), false)]
    #[case("{}", Listed { login: "new".into(), ..listed(1) }, true)]
    #[case(SEEN, Listed { login: "new".into(), ..listed(1) }, true)]
    #[case(SEEN, Listed { suspended: true, ..listed(1) }, true)]
    #[case(SEEN, Listed { permissions: BTreeMap::new(), ..listed(1) }, true)]
    #[case(GONE, listed(1), true)]
    fn what_differs_is_changed(#[case] status: &str, #[case] listed: Listed, #[case] changed: bool) {
        let expected: &[&str] = if changed { &["n1"] } else { &[] };
        let compared = Comparison::default().take(&listed, [&object(1, status)]);
        assert_eq!(compared, Compared::Known(expected.iter().map(ToString::to_string).collect()));
    }

    fn missing(listed_ids: impl IntoIterator<Item = i64>, objects: &[GitHubInstallation]) -> Missing {
        let mut comparison = Comparison::default();
        for id in listed_ids {
            comparison.take(&listed(id), objects.iter().filter(|object| object.spec.installation_id == id));
        }
        comparison.missing(objects)
    }

    #[rstest::rstest]
    #[case(1, 1, true)]
    #[case(2, 20, false)]
    #[case(2, 21, true)]
    #[case(20, 20, false)]
    fn many_that_are_missing_prove_nothing(
        #[case] lacking: usize,
        #[case] known: usize,
        #[case] believed: bool,
    ) {
        let ids = 1..=i64::try_from(known).unwrap();
        let objects: Vec<_> = ids.clone().map(|id| object(id, SEEN)).collect();
        let found = missing(ids.skip(lacking), &objects);
        assert_eq!(matches!(found, Missing::Few(few) if few.len() == lacking), believed);
    }

    #[test]
    fn a_persons_object_that_says_it_is_gone_is_asked_about_no_more() {
        let objects = [object(1, GONE), object(2, GONE), object(3, SEEN)];
        assert_eq!(missing([], &objects), Missing::Few(vec![3]));
    }

    #[test]
    fn the_operators_object_that_says_it_is_gone_is_still_to_be_removed() {
        let mut objects: Vec<_> = (1..=11).map(|id| object(id, SEEN)).collect();
        objects.push(by_operator(object(12, GONE)));
        assert_eq!(missing(1..=11, &objects), Missing::Few(vec![12]));
        // It counts: what GitHub wrongly denies looks just like this.
        objects.push(by_operator(object(13, GONE)));
        assert_eq!(missing(1..=11, &objects), Missing::TooMany { missing: 2, known: 13 });
    }

    fn by_operator(mut object: GitHubInstallation) -> GitHubInstallation {
        let label = (LABEL_CREATED_BY.to_owned(), CREATED_BY_OPERATOR.to_owned());
        object.metadata.labels = Some([label].into());
        object
    }

    #[test]
    fn one_denial_is_none() {
        let at = |minutes: i64| Timestamp::from_second(60 * minutes).unwrap();
        let mut absences = Absences::default();
        assert!(!absences.denied(1, at(0), APART));
        assert!(!absences.denied(1, at(9), APART));
        assert!(absences.denied(1, at(10), APART));
        absences.confirmed(1);
        assert!(!absences.denied(1, at(20), APART));
        absences.keep(&[2]);
        assert!(!absences.denied(1, at(30), APART));
    }
}
