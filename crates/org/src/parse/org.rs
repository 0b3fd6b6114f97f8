//! Reads one organization.

use peribolos_vocab::Login;

use crate::located::Located;
use crate::model::{ConfigFile, OrgSettings};

use super::keys;
use super::reader::{Entry, Reader};
use super::team::Silent;

impl<'t> Reader<'t> {
    /// Reads an organization; the second part is whether its people could be read.
    pub(super) fn org(&mut self, entry: Entry<'t>, org: Located<Login>) -> (ConfigFile, bool) {
        let what = "the organization";
        let mut settings = OrgSettings::default();
        let mut silent = Silent::default();
        let (mut admins, mut members) = (Vec::new(), Vec::new());
        let (mut teams, mut repos) = (Vec::new(), Vec::new());
        let errors = self.findings.errors();
        let mut people_known = true;
        for field in self.entries(entry.value, self.value_at(entry), what) {
            match field.key {
                "name" => settings.name = self.text(field),
                "description" => settings.description = self.text(field),
                "company" => settings.company = self.text(field),
                "email" => settings.email = self.text(field),
                "billing_email" => settings.billing_email = self.text(field),
                "location" => settings.location = self.text(field),
                "default_repository_permission" => {
                    settings.default_repository_permission = self.word(field, "the default permission");
                }
                "members_can_create_repositories" => {
                    settings.members_can_create_repositories = self.boolean(field);
                }
                "has_organization_projects" => {
                    settings.has_organization_projects = self.boolean(field);
                }
                "has_repository_projects" => settings.has_repository_projects = self.boolean(field),
                "admins" | "members" => {
                    let errors = self.findings.errors();
                    let list = if field.key == "admins" { &mut admins } else { &mut members };
                    *list = self.names(field, "a login");
                    people_known &= self.findings.errors() == errors;
                }
                "teams" => teams = self.teams(field, &mut silent),
                "repos" => repos = self.repos(field),
                _ => {
                    people_known = false;
                    self.unknown(field, what, keys::ORG, &keys::ELSEWHERE);
                }
            }
        }
        self.warn_silent(&silent);
        if admins.is_empty() && members.is_empty() {
            people_known &= self.findings.errors() == errors;
        }
        (ConfigFile { org, settings, admins, members, teams, repos }, people_known)
    }
}
