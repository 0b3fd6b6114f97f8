//! A whole read of an organization, and every change of it with what is read before.

use peribolos_org::plan::{
    Change, Expected, InvitedTeam, OrgSetting, Question, RepoSetting, RepoSettingName, Request,
    SettingChange, TeamRole, TeamSetting,
};
use peribolos_org::{Login, OrgRole, Permission, Privacy, RepoName, Slug, TeamName};

use super::Described;
use crate::Client;
use crate::kinds::Addresses;
use crate::lookups;
use crate::snapshot::{self, Patience, ReadOptions};

pub(super) async fn all(client: &Client, described: &Described) {
    let org = Login::new("github");
    let options =
        ReadOptions { patience: Patience { scale: 1000.0, ..Patience::default() }, ..ReadOptions::default() };
    let mut snapshot = snapshot::read(client, &org, &options).await.unwrap();
    // Somebody else than the description's example.
    snapshot.accounts.insert(Login::new("ada"), u64::MAX);
    assert!(!snapshot.teams.is_empty(), "{snapshot:#?}");
    let questions = [
        Question::Login(Login::new("ada")),
        Question::Branch { repo: RepoName::new("site"), branch: "main".into() },
    ];
    lookups::answer(client, &org, &questions, Patience::default()).await.unwrap();
    let expected = Expected::of(&snapshot);
    for change in every_change(&snapshot.teams[0].name) {
        let mut addresses = Addresses::of(&snapshot);
        described.unless_absent(client.standing(&org, &change, &expected, &mut addresses).await);
        if let Change::InviteAgain { login, teams, .. } = &change {
            described.unless_absent(client.teams_gone(&org, teams).await);
            assert!(client.find_person(login, &mut addresses).await.unwrap());
        }
        described.unless_absent(client.make(&org, &change, &mut addresses).await);
    }
}

fn change<S>(setting: S, from: &str, to: &str) -> SettingChange<S> {
    SettingChange { setting, from: Some(from.to_owned()), to: to.to_owned() }
}

fn cancel(login: &Login, failed: bool) -> Change {
    Change::CancelInvitation {
        id: 1,
        login: login.clone(),
        role: OrgRole::Member,
        failed,
        lost_teams: Vec::new(),
    }
}

/// One of each.
fn every_change(team: &TeamName) -> Vec<Change> {
    let (login, repo, team) = (Login::new("ada"), RepoName::new("Hello-World"), team.clone());
    let slug = Slug::new("core");
    let edited = |setting, to: &str| vec![change(setting, "", to)];
    vec![
        Change::EditOrg { changes: OrgSetting::all().map(|setting| change(setting, "", "true")).collect() },
        Change::InviteMember { login: login.clone(), role: OrgRole::Member },
        Change::InviteAgain {
            login: login.clone(),
            role: OrgRole::Member,
            teams: vec![InvitedTeam { id: 1, name: team.clone() }],
        },
        Change::ChangeRole { login: login.clone(), from: OrgRole::Admin, to: OrgRole::Member },
        Change::RemoveMember { login: login.clone(), role: OrgRole::Member },
        cancel(&login, false),
        cancel(&login, true),
        Change::CreateRepo {
            name: repo.clone(),
            settings: RepoSettingName::all()
                .filter(|setting| setting.request() == Request::CreateAndEdit)
                .chain([
                    RepoSettingName::AUTO_INIT,
                    RepoSettingName::GITIGNORE_TEMPLATE,
                    RepoSettingName::LICENSE_TEMPLATE,
                ])
                .map(|setting| RepoSetting { setting, value: "true".into() })
                .collect(),
        },
        Change::RenameRepo { from: repo.clone(), to: RepoName::new("web") },
        Change::EditRepo {
            name: repo.clone(),
            changes: RepoSettingName::all()
                .filter(|setting| matches!(setting.request(), Request::CreateAndEdit | Request::EditOnly))
                .map(|setting| change(setting, "", "true"))
                .collect(),
        },
        Change::SetTopics { name: repo.clone(), from: None, to: "a, b".into() },
        Change::SetCollaborator {
            repo: repo.clone(),
            login: login.clone(),
            from: Some(Permission::Admin),
            custom_role: None,
            to: Permission::Write,
        },
        Change::RemoveCollaborator { repo: repo.clone(), login: login.clone(), from: Permission::Read },
        Change::EditRepoInvitation {
            repo: repo.clone(),
            id: 1,
            login: login.clone(),
            from: Permission::Write,
            to: Permission::Read,
        },
        Change::CancelRepoInvitation {
            repo: repo.clone(),
            id: 1,
            login: login.clone(),
            permission: Permission::Read,
            expired: false,
        },
        Change::CreateTeam {
            name: TeamName::new("New"),
            description: Some("What is new".into()),
            privacy: Privacy::Closed,
            parent: Some(team.clone()),
        },
        Change::EditTeam {
            name: team.clone(),
            slug: slug.clone(),
            changes: edited(TeamSetting::Name, "Core"),
        },
        Change::EditTeam { name: team.clone(), slug: slug.clone(), changes: edited(TeamSetting::Parent, "") },
        Change::SetTeamMember {
            team: team.clone(),
            login: login.clone(),
            from: Some(TeamRole::Maintainer),
            to: TeamRole::Member,
        },
        Change::RemoveTeamMember {
            team: team.clone(),
            login: login.clone(),
            from: TeamRole::Member,
            invitation: false,
        },
        Change::SetTeamRepo {
            team: team.clone(),
            repo: repo.clone(),
            from: Some(Permission::Admin),
            custom_role: None,
            to: Permission::Read,
        },
        Change::RemoveTeamRepo { team: team.clone(), repo, from: Permission::Read },
        Change::DeleteTeam { name: team, slug },
    ]
}
