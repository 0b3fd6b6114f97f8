//! The texts for organization owners: commits, the pull request, the issue.

use peribolos_github::Login;
use peribolos_vocab::Visibility;
use url::Url;

use super::Target;

/// The first commit of an empty repository.
pub(super) const FIRST_COMMIT: &str = "Add a README";

/// The issue's title.
pub(super) const ISSUE_TITLE: &str = "Managing this organization by a file needs a decision";

/// The first file of an empty repository.
pub(super) fn readme(target: &Target<'_>) -> String {
    format!(
        "# {}\n\nThe file `{}` in this repository says who is in the organization, which teams there are, and what \
         they may do.\nChange it by pull request.\n",
        target.repository.name, target.path
    )
}

/// The commit with the file.
pub(super) fn commit_message(target: &Target<'_>) -> String {
    format!("Describe the organization as it is in {}", target.path)
}

/// The pull request that proposes the file.
pub(super) struct Onboarding<'a> {
    pub(super) target: &'a Target<'a>,
    pub(super) org: &'a Login,
    /// How many owners the organization has.
    pub(super) owners: usize,
    /// The documentation for owners.
    pub(super) docs: Option<&'a Url>,
    /// Where owners find help.
    pub(super) support: Option<&'a Url>,
}

impl Onboarding<'_> {
    /// The pull request's title.
    pub(super) fn title(&self) -> String {
        format!("Manage {} by {}", self.org, self.target.path)
    }

    /// The pull request's text.
    pub(super) fn text(&self) -> String {
        let (org, path, base) = (self.org, self.target.path, self.target.base);
        let mut text = format!(
            "This App keeps **{org}** as a file says. Here is that file, `{path}`: it describes the organization as it is \
             today, with its settings, owners, members, teams and repositories.\n\
             \n\
             ### What happens when you merge this\n\
             \n\
             - From then on the organization follows `{path}` on `{base}`. Whoever can push to `{base}` can change the \
             organization: protect that branch, and let owners review changes to the file.\n\
             - The first run should find nothing to change. If you edit the file here, what you edit is changed. What GitHub \
             has and the file can't say is noted at the file's head.\n\
             - **What is not in the file is removed**: members, teams, and what teams may do. Repositories that it does not \
             name are left alone.\n\
             - If something has changed in the organization since this pull request was opened, put that into the file \
             before you merge, or it is undone.\n\
             \n\
             Until you merge it, nothing in the organization changes. If you don't want this, close the pull request.\n"
        );
        if self.owners < 2 {
            text.push_str(ONE_OWNER);
        }
        text.push_str(
            "\n\
             ### How to work with it\n\
             \n\
             - Change the file by pull request. A check and a comment show what merging it would change, or in which line \
             of the file a mistake is. After the merge a comment says what was done.\n\
             - Guards stop a run that would remove a large part of the people or teams at once, or leave too few owners. Then \
             nothing is changed, and the check says what you can do.\n\
             - Members can comment `/peribolos plan` on a pull request for a new preview. An owner can comment \
             `/peribolos apply` to apply the newest file again. `/peribolos help` lists the commands.\n",
        );
        if let Some(url) = self.docs {
            text = format!("{text}- All of this is explained at {url}\n");
        }
        if let Some(url) = self.support {
            text = format!("{text}- If you have a question, ask the platform team: {url}\n");
        }
        text
    }
}

/// What an organization with one owner has to know before the first check is red.
const ONE_OWNER: &str = "\n\
    ### Before you merge: a second owner\n\
    \n\
    This organization has one owner. If that account is lost, nobody can help, so a file that leaves fewer than two active \
    owners is never applied, and the check of this pull request is red until there is a second one:\n\
    \n\
    1. Make a member an owner on GitHub: the organization's page, People, the person's role. Somebody new is invited there as \
    an owner first, and has to accept.\n\
    2. Move that login to `admins` in this file, on this pull request's branch. The check then turns green.\n\
    \n\
    Only owners can start an apply by a comment, and with two of you one can review what the other proposes.\n";

/// The repository that GitHub shows an organization's profile from, if it is public.
const PROFILE: &str = ".github";

/// Who else can read a repository that is not private.
const fn readers(seen_by: Visibility) -> &'static str {
    match seen_by {
        Visibility::Internal => "everybody in the enterprise",
        Visibility::Public | Visibility::Private => "everybody",
    }
}

/// The issue's text.
pub(super) fn issue(target: &Target<'_>, seen_by: Visibility) -> String {
    let (path, repository, readers) = (target.path, target.repository, readers(seen_by));
    let private = if repository.name == PROFILE {
        "Leave this repository as it is: GitHub shows the organization's profile from it. Ask the platform team to let the App use a \
         private repository of its own, `peribolos`, or another private one that you create, and to run the onboarding again."
    } else {
        "Make this repository private, and ask the platform team to run the onboarding again."
    };
    format!(
        "The App that manages organizations by a file was installed, and would now propose `{path}`, a file that \
         describes the organization as it is. It did not, because **{repository} is {visibility}**: {readers} could read \
         the file, which names secret teams, private repositories, and members who conceal their membership.\n\
         \n\
         Nothing in the organization has changed. Choose one:\n\
         \n\
         - {private}\n\
         - If {readers} may read those names, ask the platform team to allow the file in this repository, and to run the \
         onboarding again.\n\
         - Write `{path}` yourselves and push it to `{base}`. Name everybody and every team in it: what is not in the \
         file is removed.\n\
         \n\
         Close this issue when you have decided. It is not opened again.\n",
        base = target.base,
        visibility = seen_by.as_str()
    )
}

/// The step's summary where an issue stands in for the file.
pub(super) fn issue_summary(target: &Target<'_>, seen_by: Visibility) -> String {
    format!(
        "{} is {}, and the organization's file names secret teams, private repositories and concealed members, so \
         it is not posted there. An issue says what the owners can do.",
        target.repository,
        seen_by.as_str()
    )
}

/// The step's summary where somebody has worked on the proposal.
pub(super) fn edited_summary(target: &Target<'_>) -> String {
    format!(
        "Somebody has pushed to the pull request's branch, so {} is left as it is there. To have it written anew, close the \
         pull request and ask the platform team to run the onboarding again.",
        target.path
    )
}

/// The step's summary after a proposal.
pub(super) fn proposed_summary(target: &Target<'_>, notes: usize) -> String {
    let begins =
        format!("The organization starts to follow {} once its owners merge the pull request.", target.path);
    match notes {
        0 => begins,
        1 => format!("{begins} There is 1 thing that the file can't say; its head names it."),
        more => format!("{begins} There are {more} things that the file can't say; its head names them."),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn onboarding(owners: usize, url: Option<&Url>) -> String {
        let repository = "acme/.github".parse().unwrap();
        let target = Target { repository: &repository, path: "peribolos.yaml", base: "main" };
        let org = "acme".parse().unwrap();
        Onboarding { target: &target, org: &org, owners, docs: url, support: url }.text()
    }

    #[test]
    fn an_organization_with_one_owner_is_told_how_it_goes_on() {
        let alone = onboarding(1, None);
        for part in ["has one owner", "never applied", "`admins`", "Make a member an owner"] {
            assert!(alone.contains(part), "{part} is not in {alone}");
        }
        assert!(!onboarding(2, None).contains("one owner"));
    }

    #[test]
    fn the_owners_documentation_and_help_are_named_where_there_are_some() {
        let url = Url::parse("https://docs.example/owners").unwrap();
        assert_eq!(onboarding(2, Some(&url)).matches("https://docs.example/owners").count(), 2);
        assert!(!onboarding(2, None).contains("http"));
    }
}
