//! Whether an object may have a token at all, and whether its runs may start.

use peribolos_api::{GitHubInstallation, Reason};

use super::{Finding, View};
use crate::{accounts::Accounts, ownership};

/// Why an object gets no token: another one of the same `installationId` owns its installation.
pub fn duplicate<'a>(
    installation: &'a GitHubInstallation,
    all: impl IntoIterator<Item = &'a GitHubInstallation>,
) -> Option<Finding> {
    let id = installation.spec.installation_id;
    let uid = &installation.metadata.uid;
    // The watch may not show this one yet.
    let others =
        all.into_iter().filter(|other| other.spec.installation_id == id && other.metadata.uid != *uid);
    let owner = ownership::owner(others.chain([installation]))?;
    (owner.metadata.uid != *uid).then(|| {
        let message = format!(
            "GitHubInstallation {} has the same installationId {id} and owns it; delete one of the two",
            owner.metadata.name.as_deref().unwrap_or_default()
        );
        Finding::new(Reason::DuplicateInstallation, message)
    })
}

/// Why an installation gets no token, by what is known of it. Nothing known is no reason.
pub fn refusal(view: &View, accounts: &Accounts) -> Option<Finding> {
    if view.gone {
        let message = "GitHub does not know this installation: the App was uninstalled; delete this object, or \
                       install the App again and give the new id to a new one";
        return Some(Finding::new(Reason::InstallationNotFound, message));
    }
    if let Some(since) = &view.suspended_at {
        let message = format!(
            "the organization suspended the App (since {since}); an owner can unsuspend it in the organization's settings"
        );
        return Some(Finding::new(Reason::InstallationSuspended, message));
    }
    let account = view.account.as_ref()?;
    if account.kind != "Organization" {
        let message = format!("{} is no organization but of type {}", account.login, account.kind);
        return Some(Finding::new(Reason::AccountNotAllowed, message));
    }
    (!accounts.allow(&account.login)).then(|| {
        let message = format!(
            "{} is not among the accounts this operator works for; add it to --accounts (chart value accounts)",
            account.login
        );
        Finding::new(Reason::AccountNotAllowed, message)
    })
}

/// Why no run starts although the token is there: the spec suspends the installation.
pub fn suspension<'a>(
    all: impl IntoIterator<Item = &'a GitHubInstallation>,
    installation: &GitHubInstallation,
    view: &View,
) -> Option<Finding> {
    if !installation.spec.suspend {
        return None;
    }
    let older = all.into_iter().find(|other| is_older_of_same(other, installation, view));
    Some(match older {
        Some(older) if ownership::made_by_operator(installation) => Finding::new(
            Reason::DuplicateAccount,
            format!(
                "GitHubInstallation {} is for the same account with the older id {}; move its settings here, delete \
                 it and set spec.suspend to false",
                older.metadata.name.as_deref().unwrap_or_default(),
                older.spec.installation_id
            ),
        ),
        _ => Finding::new(Reason::Suspended, "spec.suspend is true: no run starts until it is false"),
    })
}

/// Whether `other` is a person's object for the same account, of an older id.
fn is_older_of_same(other: &GitHubInstallation, installation: &GitHubInstallation, view: &View) -> bool {
    let account = other.status.as_ref().and_then(|status| status.account.as_ref());
    !ownership::made_by_operator(other)
        && other.spec.installation_id < installation.spec.installation_id
        && account.zip(view.account.as_ref()).is_some_and(|(theirs, ours)| theirs.id == ours.id)
}

#[cfg(test)]
mod tests {
    use peribolos_api::installation::Account;

    use super::*;

    fn view(login: &str, kind: &str) -> View {
        let account = Account { login: login.into(), id: 1, kind: kind.into() };
        View { account: Some(account), ..View::default() }
    }

    #[rstest::rstest]
    #[case(view("Acme", "Organization"), None)]
    #[case(View::default(), None)]
    #[case(view("other", "Organization"), Some(Reason::AccountNotAllowed))]
    #[case(view("acme", "User"), Some(Reason::AccountNotAllowed))]
    #[case(View { suspended_at: Some("2026-11-23T12:00:00Z".into()), ..view("acme", "Organization") },
           Some(Reason::InstallationSuspended))]
    #[case(View { gone: true, ..view("other", "User") }, Some(Reason::InstallationNotFound))]
    fn who_gets_no_token(#[case] view: View, #[case] reason: Option<Reason>) {
        let accounts = Accounts::parse(&["acme"]).unwrap();
        assert_eq!(refusal(&view, &accounts).map(|finding| finding.reason), reason);
    }
    fn object(name: &str, id: i64, by_operator: bool, suspend: bool) -> GitHubInstallation {
        let by = if by_operator { "operator" } else { "somebody" };
        let object = serde_json::json!({
            "apiVersion": "peribolos.dev/v1alpha1", "kind": "GitHubInstallation",
            "metadata": {"name": name, "uid": name, "labels": {"peribolos.dev/created-by": by}},
            "spec": {"installationId": id, "suspend": suspend},
            "status": {"account": {"login": "acme", "id": 1, "type": "Organization"}},
        });
        serde_json::from_value(object).unwrap()
    }

    #[rstest::rstest]
    #[case::nobody_else(object("new", 9, true, true), None, Reason::Suspended)]
    #[case::reinstalled(
        object("new", 9, true, true),
        Some(object("old", 5, false, false)),
        Reason::DuplicateAccount
    )]
    #[case::newer(object("new", 9, true, true), Some(object("old", 10, false, false)), Reason::Suspended)]
    #[case::the_operators_own(
        object("new", 9, true, true),
        Some(object("old", 5, true, false)),
        Reason::Suspended
    )]
    #[case::a_persons(object("new", 9, false, true), Some(object("old", 5, false, false)), Reason::Suspended)]
    fn why_runs_do_not_start(
        #[case] installation: GitHubInstallation,
        #[case] other: Option<GitHubInstallation>,
        #[case] reason: Reason,
    ) {
        let all: Vec<_> = other.into_iter().chain([installation.clone()]).collect();
        let finding = suspension(&all, &installation, &view("Acme", "Organization"));
        assert_eq!(finding.map(|finding| finding.reason), Some(reason));
    }

    #[test]
    fn a_person_who_ends_the_suspension_has_decided() {
        let all = [object("old", 5, false, false), object("new", 9, true, false)];
        assert_eq!(suspension(&all, &all[1], &view("Acme", "Organization")), None);
    }
}
