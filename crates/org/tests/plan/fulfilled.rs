//! Whether an organization is what a file says.

use std::collections::{BTreeMap, BTreeSet};

use peribolos_org::{
    ConfigFile, InvitationState, Login, OrgRole, Permission, Repo, RepoSettings, Snapshot, SnapshotRepo,
    SnapshotTeam, Team,
};

/// Everything that is not as the file says, a sentence each.
pub fn fulfilled(file: &ConfigFile, before: &Snapshot, after: &Snapshot) -> Vec<String> {
    let mut check = Check { before, after, wrong: Vec::new() };
    check.settings(file);
    check.people(file);
    check.teams(&file.teams, None);
    let listed = count(&file.teams);
    check.holds(after.teams.len() == listed, || format!("{} teams, not {listed}", after.teams.len()));
    for repo in &file.repos {
        check.repo(repo);
    }
    check.wrong
}

fn count(teams: &[Team]) -> usize {
    teams.iter().map(|team| 1 + count(&team.teams)).sum()
}

struct Check<'s> {
    before: &'s Snapshot,
    after: &'s Snapshot,
    wrong: Vec<String>,
}

impl Check<'_> {
    fn holds(&mut self, holds: bool, what: impl FnOnce() -> String) {
        if !holds {
            self.wrong.push(what());
        }
    }

    fn settings(&mut self, file: &ConfigFile) {
        let (want, have) = (&file.settings, self.after);
        let texts = [
            (&want.name, &have.name),
            (&want.description, &have.description),
            (&want.company, &have.company),
            (&want.location, &have.location),
        ];
        for (want, have) in texts {
            let same = want.as_ref().is_none_or(|want| want.value == *have);
            self.holds(same, || format!("organization has {have:?}, not {want:?}"));
        }
        let permission = want.default_repository_permission.map(|want| want.value);
        let same = permission.is_none() || permission == have.default_repository_permission;
        self.holds(same, || "default permission".to_owned());
    }

    fn people(&mut self, file: &ConfigFile) {
        let of = |role: OrgRole| move |login: &peribolos_org::Located<Login>| (login.value.clone(), role);
        let members = file.members.iter().map(of(OrgRole::Member));
        let want: BTreeMap<Login, OrgRole> =
            members.chain(file.admins.iter().map(of(OrgRole::Admin))).collect();
        let have = people(self.after);
        let invited = invited(self.after);
        for (login, role) in &want {
            let there = have.get(login) == Some(role) || invited.contains(login);
            self.holds(there, || format!("{login} is no {role:?}"));
        }
        for login in have.keys().chain(&invited) {
            self.holds(want.contains_key(login), || format!("{login} is still there"));
        }
    }

    fn teams(&mut self, teams: &[Team], parent: Option<&SnapshotTeam>) {
        for team in teams {
            let Some(found) = self.after.teams.iter().find(|found| found.name == team.name.value) else {
                self.wrong.push(format!("no team {}", team.name.value));
                continue;
            };
            self.team(team, found, parent);
            self.teams(&team.teams, Some(found));
        }
    }

    fn team(&mut self, want: &Team, have: &SnapshotTeam, parent: Option<&SnapshotTeam>) {
        let name = &want.name.value;
        self.holds(have.parent.as_ref() == parent.map(|parent| &parent.slug), || format!("place of {name}"));
        let described = want.description.as_ref().is_none_or(|text| text.value == have.description);
        self.holds(described, || format!("description of {name}"));
        let privacy = want.privacy.is_none_or(|privacy| privacy.value == have.privacy);
        self.holds(privacy, || format!("privacy of {name}"));
        let (owners, invited) = (people(self.after), &have.invitations);
        let listed = |logins: &[peribolos_org::Located<Login>]| -> BTreeSet<Login> {
            logins.iter().map(|login| login.value.clone()).collect()
        };
        let (members, maintainers) = (listed(&want.members), listed(&want.maintainers));
        for login in &maintainers {
            let there = have.maintainers.contains(login) || invited.contains(login);
            self.holds(there, || format!("{login} does not maintain {name}"));
        }
        for login in &members {
            let owner = owners.get(login) == Some(&OrgRole::Admin) && have.maintainers.contains(login);
            let there = owner || have.members.contains(login) || invited.contains(login);
            self.holds(there, || format!("{login} is not in {name}"));
        }
        let own = have.members.iter().filter(|login| !have.inherited_members.contains(login));
        for login in own.chain(&have.maintainers).chain(invited) {
            let wanted = members.contains(login) || maintainers.contains(login);
            self.holds(wanted, || format!("{login} is still in {name}"));
        }
        self.team_repos(want, have);
    }

    fn team_repos(&mut self, want: &Team, have: &SnapshotTeam) {
        let name = &want.name.value;
        let want: BTreeMap<String, Permission> =
            want.repos.iter().map(|repo| (repo.name.key(), repo.permission.value)).collect();
        let found: BTreeMap<String, (Permission, bool)> =
            have.repos.iter().map(|repo| (repo.name.key(), (repo.permission, repo.inherited))).collect();
        for (repo, permission) in &want {
            let there = found
                .get(repo)
                .is_some_and(|(have, inherited)| have == permission || (*inherited && have > permission));
            self.holds(there, || format!("{name} in {repo}: {:?}, not {permission:?}", found.get(repo)));
        }
        for (repo, (_, inherited)) in &found {
            self.holds(*inherited || want.contains_key(repo), || format!("{name} still has {repo}"));
        }
    }

    fn repo(&mut self, want: &Repo) {
        let name = &want.name.value;
        let names: Vec<String> =
            std::iter::once(&want.name).chain(&want.previously).map(|n| n.key()).collect();
        let archived = |repo: &&SnapshotRepo| repo.archived && names.contains(&repo.name.key());
        // Upstream leaves alone what is archived already.
        let left_alone = self.before.repos.iter().find(archived).is_some();
        let Some(have) = self.after.repos.iter().find(|repo| names.contains(&repo.name.key())) else {
            self.wrong.push(format!("no repository {name}"));
            return;
        };
        if !left_alone {
            self.holds(have.name == *name, || format!("{} is not called {name}", have.name));
            self.repo_settings(&want.settings, have);
        }
        let listed: BTreeMap<&Login, Permission> = want
            .collaborators
            .iter()
            .flatten()
            .map(|person| (&person.login.value, person.permission.value))
            .collect();
        let collaborators = have.collaborators.as_deref().unwrap_or_default();
        let access: BTreeMap<&Login, Permission> =
            have.invitations.iter().chain(collaborators).map(|(login, may)| (login, *may)).collect();
        self.holds(access == listed, || format!("{access:?} in {name}, not {listed:?}"));
    }

    fn repo_settings(&mut self, want: &RepoSettings, have: &SnapshotRepo) {
        let flags = [
            (want.has_issues, Some(have.has_issues)),
            (want.has_projects, Some(have.has_projects)),
            (want.has_wiki, Some(have.has_wiki)),
            (want.allow_squash_merge, have.allow_squash_merge),
            (want.allow_merge_commit, have.allow_merge_commit),
            (want.allow_rebase_merge, have.allow_rebase_merge),
            (want.archived, Some(have.archived)),
        ];
        for (number, (want, have)) in flags.into_iter().enumerate() {
            let same = want.is_none_or(|want| have == Some(want.value));
            self.holds(same, || format!("flag {number}: {have:?}"));
        }
        let visibility = want.visibility.is_none_or(|want| want.value == have.visibility);
        self.holds(visibility, || "visibility".to_owned());
        let description = want.description.as_ref().is_none_or(|want| want.value == have.description);
        self.holds(description, || "description".to_owned());
    }
}

fn people(snapshot: &Snapshot) -> BTreeMap<Login, OrgRole> {
    let members = snapshot.members.iter().map(|login| (login.clone(), OrgRole::Member));
    members.chain(snapshot.admins.iter().map(|login| (login.clone(), OrgRole::Admin))).collect()
}

fn invited(snapshot: &Snapshot) -> BTreeSet<Login> {
    let open = snapshot.invitations.iter().filter(|one| one.state == InvitationState::Pending);
    open.filter_map(|invitation| invitation.login.clone()).collect()
}
