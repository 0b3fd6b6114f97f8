//! One read of an organization, whole, in a fraction of the requests that one list a team and a repository would take.
//!
//! GraphQL gives members with roles, teams with what they have, and repositories with their settings, in pages whose
//! cursors stay right while the organization changes. REST gives what GraphQL has not: the organization's settings,
//! invitations, who conceals a membership, which teams an enterprise or an identity provider manages, the default branch
//! of an empty repository, names of custom roles. How each kind is read is in [`crate::kinds`].
//!
//! **What GitHub does not show** is unknown, never a guess: a setting that is absent, access whose source can't be told,
//! lists that this token may not see. What could not be read is listed with the reason ([`Snapshot::unread`]).
//!
//! **While the organization changes.** What goes away between two pages is left out, what comes may be in or not: as
//! if the read had been a moment earlier or later. A list whose length does not fit GitHub's own count is read once
//! more. There is no lock, so two lists may be of two moments; whoever acts on a snapshot reads again and compares.
//!
//! **When GitHub refuses.** A limit is waited out and a failure that passes is tried again, as far as [`Patience`] goes; a
//! query that is too large for GitHub is repeated with half the items, down to one. Any other error ends the read without a
//! further request: half an organization would look as if the rest did not exist. A permission that is missing for
//! invitations or teams leaves these alone unread, and so does a 404 in place of invitations that were there before.

pub(crate) mod list;
pub(crate) mod options;
pub(crate) mod reader;

use peribolos_org::plan::Kind;
use peribolos_org::{Extent, Snapshot, Unread, UnreadCause};

pub use self::options::{Part, Patience, Progress, ReadOptions};
use self::reader::Reader;
use crate::kinds::team_repositories::{CustomRoles, OrgRoles};
use crate::kinds::{collaborators, members, organization, repositories, team_repositories, teams};
use crate::{Client, Error, Login};

/// Reads an organization: about one request for each 25 teams, 50 members and 100 repositories, at most eight at once.
///
/// A team of more than 100 members or repositories takes one for each further 100. In an organization with roles of its
/// own making, each team takes one more.
///
/// # Errors
/// The first call that fails; [`Error::is_not_found`] where there is no such organization.
pub async fn read(client: &Client, org: &Login, options: &ReadOptions) -> Result<Snapshot, Error> {
    // Boxed, for whoever awaits it: it is one large future of many small ones.
    Box::pin(read_all(client, org, options)).await
}

/// What was read of a kind; nothing, and why, where a permission is missing or `hidden` is what the error means. The rest
/// of the organization is read.
async fn shown<T: Default>(
    kind: Kind,
    what: &str,
    hidden: impl Fn(&Error) -> bool,
    read: impl Future<Output = Result<T, Error>>,
) -> Result<(T, Option<Unread>), Error> {
    let error = match read.await {
        Ok(read) => return Ok((read, None)),
        Err(error) => error,
    };
    let cause = if error.is_permission_missing() {
        UnreadCause::Permission
    } else if hidden(&error) {
        UnreadCause::Hidden
    } else {
        return Err(error);
    };
    let sentence = error.github_message().unwrap_or_default().trim_end_matches('.');
    let why = format!("GitHub does not show {what}: {sentence}");
    Ok((T::default(), Some(Unread { kind, extent: Extent::Whole, cause, why })))
}

async fn read_all(client: &Client, org: &Login, options: &ReadOptions) -> Result<Snapshot, Error> {
    let reader = |org| Reader::new(client, org, options.patience, options.progress.as_deref());
    let first = reader(org);
    let organization = first.ask(async || organization::read(client, org).await).await?;
    let enterprise = organization.may_be_of_an_enterprise();
    let reader = reader(&organization.login);
    let custom = CustomRoles::read(&reader, enterprise).await?;
    let repos = async {
        let repos = repositories::read(&reader).await?;
        collaborators::add(&reader, repos, &options.collaborators_of, &custom).await
    };
    let invitations = members::invitations(&reader, &options.invitations_of);
    let (members, public, (invitations, no_invitations), ((teams, managed), no_teams), collaborators) = futures::try_join!(
        members::members(&reader),
        members::public(&reader),
        shown(Kind::OrgMembers, "invitations to the organization", Error::is_not_found, invitations),
        shown(Kind::Teams, "the organization's teams", |_| false, teams::read(&reader, &custom, enterprise)),
        repos,
    )?;
    let collaborators::Collaborators { repos, accounts, unread: hidden } = collaborators;
    let roles = OrgRoles::read(&reader, &teams, repos.len()).await?;
    let concealed =
        members.admins.iter().chain(&members.others).filter(|login| !public.contains(login)).cloned();
    let unread = no_invitations.into_iter().chain(no_teams).chain(managed.unread).chain(hidden);
    Ok(Snapshot {
        concealed: concealed.collect(),
        accounts: members.accounts.into_iter().chain(accounts).collect(),
        unread: unread.collect(),
        teams: team_repositories::complete(teams, &members.admins, &roles, &custom),
        org: organization.login,
        settings: organization.settings,
        admins: members.admins,
        members: members.others,
        managed_users: managed.users,
        invitations,
        repos,
    })
}
