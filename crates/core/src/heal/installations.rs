//! Which installations are new, changed or gone, by GitHub's list of them.

use std::collections::{BTreeMap, BTreeSet};

use jiff::{SignedDuration, Timestamp};
use peribolos_api::{GitHubInstallation, Reason};

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

/// GitHub's list held against the objects.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Compared<'a> {
    /// Installations without an object.
    pub new: Vec<&'a Listed>,
    /// Names of objects that say something else than the list.
    pub changed: Vec<String>,
    /// Ids that the list lacks. Whether they are gone is to be asked one by one.
    pub missing: Missing,
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

/// Holds GitHub's complete list against the objects there are.
pub fn compare<'a>(listed: &'a [Listed], objects: &[&GitHubInstallation]) -> Compared<'a> {
    let by_id: BTreeMap<i64, &Listed> = listed.iter().map(|one| (one.id, one)).collect();
    let known: BTreeSet<i64> = objects.iter().map(|object| object.spec.installation_id).collect();
    let missing: BTreeSet<i64> = objects
        .iter()
        .filter(|object| !is_known_to_be_gone(object))
        .map(|object| object.spec.installation_id)
        .filter(|id| !by_id.contains_key(id))
        .collect();
    let changed = objects.iter().filter(|object| {
        by_id.get(&object.spec.installation_id).is_some_and(|listed| differs(object, listed))
    });
    Compared {
        new: listed.iter().filter(|one| !known.contains(&one.id)).collect(),
        changed: changed.filter_map(|object| object.metadata.name.clone()).collect(),
        missing: if missing.len() <= 1 || missing.len() * 10 < known.len() {
            Missing::Few(missing.into_iter().collect())
        } else {
            Missing::TooMany { missing: missing.len(), known: known.len() }
        },
    }
}

/// Whether the object says something else than GitHub. One that says nothing yet is looked at anyway.
fn differs(object: &GitHubInstallation, listed: &Listed) -> bool {
    let Some(status) = &object.status else { return false };
    let Some(account) = &status.account else { return false };
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
    /// Forgets all but these ids: the others are listed again, or their objects are gone.
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
        let (list, known) = ([listed(1), listed(2)], object(1, SEEN));
        let compared = compare(&list, &[&known]);
        assert_eq!(compared.new, [&list[1]]);
        assert_eq!((compared.changed, compared.missing), (vec![], Missing::Few(vec![])));
    }

    #[rstest::rstest]
    #[case(SEEN, listed(1), false)]
    #[case("{}", Listed { login: "new".into(), ..listed(1) }, false)]
    #[case(SEEN, Listed { login: "new".into(), ..listed(1) }, true)]
    #[case(SEEN, Listed { suspended: true, ..listed(1) }, true)]
    #[case(SEEN, Listed { permissions: BTreeMap::new(), ..listed(1) }, true)]
    #[case(GONE, listed(1), true)]
    fn what_differs_is_changed(#[case] status: &str, #[case] listed: Listed, #[case] changed: bool) {
        let expected: &[&str] = if changed { &["n1"] } else { &[] };
        assert_eq!(compare(&[listed], &[&object(1, status)]).changed, expected);
    }

    #[rstest::rstest]
    #[case(1, 1, true)]
    #[case(2, 20, false)]
    #[case(2, 21, true)]
    #[case(20, 20, false)]
    fn many_that_are_missing_prove_nothing(
        #[case] missing: usize,
        #[case] known: usize,
        #[case] believed: bool,
    ) {
        let ids = 1..=i64::try_from(known).unwrap();
        let objects: Vec<_> = ids.clone().map(|id| object(id, SEEN)).collect();
        let list: Vec<_> = ids.skip(missing).map(listed).collect();
        let compared = compare(&list, &objects.iter().collect::<Vec<_>>());
        assert_eq!(matches!(compared.missing, Missing::Few(few) if few.len() == missing), believed);
    }

    #[test]
    fn what_is_known_to_be_gone_counts_no_more() {
        let objects = [object(1, GONE), object(2, GONE), object(3, SEEN)];
        let compared = compare(&[], &objects.iter().collect::<Vec<_>>());
        assert_eq!(compared.missing, Missing::Few(vec![3]));
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
