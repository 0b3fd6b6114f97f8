//! Reads `repos:` of an organization.

use peribolos_vocab::{Kind, Login, RepoName, Visibility};

use crate::file::findings::{Code, quoted};
use crate::file::model::{Collaborator, OnCreate, Repo, RepoSettings};
use crate::file::position::{Located, Position};
use crate::settings::{MergeTexts, RepoSettingName};

use super::keys;
use super::reader::{Entry, Reader};

impl<'t> Reader<'t> {
    pub(super) fn repos(&mut self, entry: Entry<'t>) -> Vec<Repo> {
        let mut repos = Vec::new();
        for entry in self.entries(entry.value, self.value_at(entry), "`repos`") {
            if self.has_slipped(entry, keys::REPO, "a repository") {
                continue;
            }
            let name = self.name(entry.key, entry.key_at, "the name of a repository");
            let repo = self.repo(entry, name);
            repos.extend(repo);
        }
        repos
    }

    /// Reads one repository; a name that is none is reported already, its fields still are read.
    fn repo(&mut self, entry: Entry<'t>, name: Option<Located<RepoName>>) -> Option<Repo> {
        let what = format!("repository {}", quoted(entry.key));
        let mut settings = RepoSettings::default();
        let mut private = None;
        let mut previously = Vec::new();
        let mut collaborators = None;
        let mut on_create = None;
        for field in self.entries(entry.value, self.value_at(entry), &what) {
            match field.key {
                "private" => private = self.boolean(field).map(|value| (value, field.key_at)),
                "previously" => previously = self.names(field, "the name of a repository"),
                "collaborators" => {
                    let before = self.findings.enter(Kind::Collaborators);
                    collaborators = Some(Located::at(self.collaborators(field), field.key_at));
                    self.findings.leave(before);
                }
                "on_create" => on_create = Some(self.on_create(field)),
                // What is used once stands under `on_create`.
                key => match RepoSettingName::all().find(|setting| setting.key() == key) {
                    Some(setting) => settings.extend(self.setting(setting, field)),
                    None => self.unknown(field, &what, keys::REPO, &keys::ELSEWHERE),
                },
            }
        }
        if let Some((value, key_at)) = private {
            self.private(&mut settings, value, key_at);
        }
        self.merge_methods(&what, entry.key_at, &settings);
        self.merge_texts(&what, &settings);
        Some(Repo { name: name?, previously, settings, collaborators, on_create })
    }

    fn private(&mut self, settings: &mut RepoSettings, private: Located<bool>, key_at: Position) {
        let visibility = if private.value { Visibility::Private } else { Visibility::Public };
        if settings.contains_key(&RepoSettingName::VISIBILITY) {
            let message = "`private` and `visibility` exclude each other";
            self.findings.error_with(Code::Conflict, key_at, message, "remove `private`");
            return;
        }
        let hint = format!("write `visibility: {}`", visibility.as_str());
        self.findings.warning_with(Code::Deprecated, key_at, "`private` is deprecated", hint);
        let value = Located { value: visibility.as_str().to_owned(), position: private.position };
        settings.insert(RepoSettingName::VISIBILITY, value);
    }

    fn merge_methods(&mut self, what: &str, at: Position, settings: &RepoSettings) {
        let off = |method| settings.get(method).is_some_and(|allowed| allowed.value == "false");
        if RepoSettingName::MERGE_METHODS.iter().all(off) {
            let message = format!("{what} allows no way to merge");
            let hint = "GitHub wants one of `allow_squash_merge`, `allow_merge_commit` and \
                        `allow_rebase_merge`";
            self.findings.error_with(Code::Conflict, at, message, hint);
        }
    }

    fn merge_texts(&mut self, what: &str, settings: &RepoSettings) {
        for texts in MergeTexts::all() {
            let Some(message) = settings.get(&texts.message) else { continue };
            if !texts.fit(|setting| settings.get(&setting).map(|given| given.as_str())) {
                let (at, title) = (message.position.unwrap_or(Position::START), texts.title.key());
                let message = format!("`{}` of {what} does not go with its `{title}`", texts.message.key());
                self.findings.error_with(Code::Conflict, at, message, texts.hint());
            }
        }
    }

    fn collaborators(&mut self, entry: Entry<'t>) -> Vec<Collaborator> {
        let mut collaborators: Vec<Collaborator> = Vec::new();
        for field in self.entries(entry.value, self.value_at(entry), "`collaborators`") {
            let login = self.name::<Login>(field.key, field.key_at, "a login");
            let permission = self.word(field, "the permission of a collaborator");
            if let (Some(login), Some(permission)) = (login, permission) {
                collaborators.push(Collaborator { login, permission });
            }
        }
        collaborators
    }

    fn on_create(&mut self, entry: Entry<'t>) -> OnCreate {
        let mut on_create = OnCreate::default();
        for field in self.entries(entry.value, self.value_at(entry), "`on_create`") {
            match field.key {
                "auto_init" => on_create.auto_init = self.boolean(field),
                "gitignore_template" => on_create.gitignore_template = self.text(field),
                "license_template" => on_create.license_template = self.text(field),
                _ => self.unknown(field, "`on_create`", keys::ON_CREATE, &keys::ELSEWHERE),
            }
        }
        on_create
    }
}
