//! Roles of an organization's own: custom repository roles, whose names the file can't express, and organization roles
//! that give a team access to every repository.

use std::collections::BTreeMap;

use peribolos_org::Permission;
use serde::Deserialize;

use super::super::teams::OwnTeam;
use super::super::words;
use crate::call::Call;
use crate::error::Error;
use crate::snapshot::reader::Reader;

/// The custom repository roles of an organization, by name, with the permission that each is based on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum CustomRoles {
    /// These; only GitHub Enterprise has any.
    Are(BTreeMap<String, Permission>),
    /// There may be some that this token may not list.
    Hidden,
}

impl CustomRoles {
    /// Whether a permission that GitHub shows may be a custom role's.
    pub(crate) fn may_be_any(&self) -> bool {
        !matches!(self, Self::Are(roles) if roles.is_empty())
    }

    /// The permission that a role is based on; `None` where this token may not see it.
    pub(crate) fn base(&self, role: &str) -> Option<Permission> {
        match self {
            Self::Are(roles) => roles.get(role).copied(),
            Self::Hidden => None,
        }
    }

    /// Reads them: one request an organization, and none where the plan has no custom roles.
    pub(crate) async fn read(reader: &Reader<'_>, enterprise: bool) -> Result<Self, Error> {
        #[derive(Deserialize)]
        struct Body {
            #[serde(default)]
            custom_roles: Vec<Role>,
        }
        #[derive(Deserialize)]
        struct Role {
            name: String,
            base_role: String,
        }
        if !enterprise {
            return Ok(Self::Are(BTreeMap::new()));
        }
        let call = Call::get("/orgs/{org}/custom-repository-roles", &[reader.org.as_str()])?;
        match reader.ask(async || reader.client.read::<Body>(call.clone()).await).await {
            Ok(body) => {
                let based = |role: Role| Some((role.name, words::permission(&role.base_role)?));
                Ok(Self::Are(body.custom_roles.into_iter().filter_map(based).collect()))
            }
            Err(error) if error.is_access_blocked() => Err(error),
            Err(error) if error.is_not_found() => Ok(Self::Are(BTreeMap::new())),
            Err(error) if error.is_forbidden() => Ok(Self::Hidden),
            Err(error) => Err(error),
        }
    }
}

/// What organization roles give teams in every repository.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct OrgRoles {
    /// By the team's number.
    pub(crate) of_teams: BTreeMap<u64, Permission>,
    /// Teams whose access may come from a role that this token may not see.
    pub(crate) unknown: Vec<u64>,
}

#[derive(Deserialize)]
struct Roles {
    #[serde(default)]
    roles: Vec<Role>,
}

#[derive(Deserialize)]
struct Role {
    id: u64,
    name: String,
    #[serde(rename = "base_role")]
    base: Option<String>,
}

#[derive(Deserialize)]
struct Numbered {
    id: u64,
}

impl Role {
    /// What it gives in every repository; `None`: nothing.
    fn gives(&self) -> Option<Permission> {
        let based = self.base.as_deref().and_then(words::permission);
        // The base of those that GitHub defines itself is part of their name.
        let predefined = match self.name.to_ascii_lowercase().replace('-', "_").as_str() {
            "security_manager" => Some(Permission::Read),
            name => name.strip_prefix("all_repo_").and_then(words::permission),
        };
        based.or(predefined)
    }
}

impl OrgRoles {
    /// Reads them, if a team's list of repositories looks as if it came from a role: a team with such a role lists every
    /// repository. Else no request is needed.
    pub(crate) async fn read(
        reader: &Reader<'_>,
        teams: &[OwnTeam],
        repositories: usize,
    ) -> Result<Self, Error> {
        let candidates: Vec<&OwnTeam> = teams.iter().filter(|team| lists_all(team, repositories)).collect();
        if candidates.is_empty() {
            return Ok(Self::default());
        }
        let call = Call::get("/orgs/{org}/organization-roles", &[reader.org.as_str()])?;
        let roles = reader.ask(async || reader.client.read::<Roles>(call.clone()).await).await;
        let mut found = Self::default();
        match roles {
            Ok(body) => {
                for role in body.roles {
                    // A team with the role lists no repository with less.
                    let can_be = |gives| candidates.iter().any(|team| least(team) >= Some(gives));
                    if let Some(gives) = role.gives().filter(|gives| can_be(*gives)) {
                        found.add(reader, &role, gives).await?;
                    }
                }
            }
            Err(error) if error.is_access_blocked() => return Err(error),
            // GitHub Enterprise Server that lacks organization roles has security managers alone.
            Err(error) if error.is_not_found() => found.add_security_managers(reader).await?,
            // Which teams have one is not shown, so what is such a team's own is not known; the plan says where it matters.
            Err(error) if error.is_forbidden() => {
                found.unknown = candidates.iter().map(|team| team.id).collect();
            }
            Err(error) => return Err(error),
        }
        Ok(found)
    }

    async fn add(&mut self, reader: &Reader<'_>, role: &Role, gives: Permission) -> Result<(), Error> {
        let values = [reader.org.as_str(), &role.id.to_string()];
        let call = Call::get("/orgs/{org}/organization-roles/{role_id}/teams", &values)?;
        let teams = reader.ask(async || reader.client.all::<Numbered>(call.clone()).await).await;
        let teams = match teams {
            Err(error) if error.is_not_found() => Vec::new(),
            teams => teams?,
        };
        self.give(teams, gives);
        Ok(())
    }

    async fn add_security_managers(&mut self, reader: &Reader<'_>) -> Result<(), Error> {
        let call = Call::get("/orgs/{org}/security-managers", &[reader.org.as_str()])?;
        let teams = reader.ask(async || reader.client.all::<Numbered>(call.clone()).await).await;
        match teams {
            Err(error) if error.is_not_found() || error.is_permission_missing() => {}
            teams => self.give(teams?, Permission::Read),
        }
        Ok(())
    }

    fn give(&mut self, teams: Vec<Numbered>, gives: Permission) {
        for team in teams {
            let most = self.of_teams.entry(team.id).or_insert(gives);
            *most = gives.max(*most);
        }
    }
}

/// Whether a team lists all repositories of the organization, but for some that came or went meanwhile.
fn lists_all(team: &OwnTeam, repositories: usize) -> bool {
    !team.repos.is_empty() && team.repos.len() * 10 >= repositories * 9
}

/// The least that a team may do in any repository that it lists.
pub(super) fn least(team: &OwnTeam) -> Option<Permission> {
    team.repos.iter().map(|repo| repo.permission).min()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[rstest::rstest]
    #[case("all_repo_write", None, Some(Permission::Write))]
    #[case("security_manager", None, Some(Permission::Read))]
    #[case("Auditors", Some("read"), Some(Permission::Read))]
    #[case("Custom Role Manager", None, None)]
    fn what_a_role_gives(
        #[case] name: &str,
        #[case] base: Option<&str>,
        #[case] expected: Option<Permission>,
    ) {
        let role = Role { id: 1, name: name.to_owned(), base: base.map(str::to_owned) };
        assert_eq!(role.gives(), expected);
    }
}
