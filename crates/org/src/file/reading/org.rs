//! Reads one organization.

use peribolos_vocab::{Kind, Login};

use crate::file::model::{ConfigFile, OrgSettings};
use crate::file::position::Located;
use crate::settings::OrgSetting;

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
        let errors = self.findings.mistakes();
        let mut people_known = true;
        for field in self.entries(entry.value, self.value_at(entry), what) {
            let before = self.findings.enter(kind(field.key));
            match field.key {
                "admins" | "members" => {
                    let errors = self.findings.mistakes();
                    let list = if field.key == "admins" { &mut admins } else { &mut members };
                    *list = self.names(field, "a login");
                    people_known &= self.findings.mistakes() == errors;
                }
                "teams" => teams = self.teams(field, &mut silent),
                "repos" => repos = self.repos(field),
                key => {
                    if let Some(setting) = OrgSetting::of_key(key) {
                        settings.extend(self.setting(setting, field));
                    } else {
                        people_known = false;
                        // It may be meant for any kind.
                        self.findings.leave(before);
                        self.unknown(field, what, keys::ORG, &keys::ELSEWHERE);
                    }
                }
            }
            self.findings.leave(before);
        }
        self.warn_silent(&silent);
        if admins.is_empty() && members.is_empty() {
            people_known &= self.findings.mistakes() == errors;
        }
        (ConfigFile { org, settings, admins, members, teams, repos }, people_known)
    }
}

/// What a key of an organization is about.
fn kind(key: &str) -> Kind {
    match key {
        "admins" | "members" => Kind::OrgMembers,
        "teams" => Kind::Teams,
        "repos" => Kind::Repos,
        _ => Kind::Org,
    }
}
