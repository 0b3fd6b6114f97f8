//! A model as YAML, for people or for upstream peribolos.

use std::collections::BTreeMap;

use peribolos_vocab::{Login, RepoName, TeamName, compare_ignoring_case};

use crate::file::model::{ConfigFile, OnCreate, Repo, RepoSettings, Team};
use crate::file::position::Located;
use crate::file::yaml::Emitter;
use crate::settings::{RepoSettingName, Setting, Table, Type, topic_names};

/// Writes a file as YAML for people: sorted, the same bytes for the same model.
///
/// Read again it is the same model, without warnings about what it leaves out.
pub fn render(file: &ConfigFile) -> String {
    write(file, Reader::Person)
}

/// Who reads what is written.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Reader {
    /// An owner, who shall see that a team without members has none.
    Person,
    /// Upstream peribolos, also an old one that knows `private` and not `visibility`.
    Upstream,
}

/// Writes a file as YAML.
pub(crate) fn write(file: &ConfigFile, reader: Reader) -> String {
    let mut out = Writer { emitter: Emitter::default(), reader };
    out.map("orgs", |out| {
        out.map(file.org.as_str(), |out| {
            out.settings(&file.settings);
            out.some_list("admins", &file.admins);
            out.some_list("members", &file.members);
            out.teams(&file.teams);
            out.repos(&file.repos);
        });
    });
    out.emitter.finish()
}

struct Writer {
    emitter: Emitter,
    reader: Reader,
}

/// Names as they are listed: by letters, ignoring case where it decides nothing else.
fn by_name<T>(items: &[T], name: impl Fn(&T) -> &str) -> Vec<&T> {
    let mut sorted: Vec<&T> = items.iter().collect();
    sorted.sort_by(|left, right| {
        let (left, right) = (name(left), name(right));
        compare_ignoring_case(left, right).then_with(|| left.cmp(right))
    });
    sorted
}

/// A name as text.
trait Text {
    fn text(&self) -> &str;
}

impl Text for Login {
    fn text(&self) -> &str {
        self.as_str()
    }
}

impl Text for TeamName {
    fn text(&self) -> &str {
        self.as_str()
    }
}

impl Text for RepoName {
    fn text(&self) -> &str {
        self.as_str()
    }
}

impl Writer {
    fn map(&mut self, key: &str, fill: impl FnOnce(&mut Self)) {
        let reader = self.reader;
        self.emitter.map(key, |emitter| {
            let mut inner = Self { emitter: std::mem::take(emitter), reader };
            fill(&mut inner);
            *emitter = inner.emitter;
        });
    }

    fn text(&mut self, key: &str, value: Option<&Located<String>>) {
        if let Some(value) = value {
            self.emitter.text(key, value);
        }
    }

    fn boolean(&mut self, key: &str, value: Option<Located<bool>>) {
        if let Some(value) = value {
            self.emitter.boolean(key, *value);
        }
    }

    fn word(&mut self, key: &str, value: Option<&'static str>) {
        if let Some(value) = value {
            self.emitter.text(key, value);
        }
    }

    fn list<T: Text>(&mut self, key: &str, items: &[Located<T>]) {
        let sorted = by_name(items, |item| item.value.text());
        self.emitter.list(key, sorted.into_iter().map(|item| item.value.text()));
    }

    fn some_list<T: Text>(&mut self, key: &str, items: &[Located<T>]) {
        if !items.is_empty() {
            self.list(key, items);
        }
    }

    /// Settings in the order of the table; upstream does not get those that it does not know.
    fn settings<T: Table>(&mut self, settings: &BTreeMap<Setting<T>, Located<String>>) {
        for (setting, value) in settings {
            if self.reader == Reader::Upstream && !setting.is_known_upstream() {
                continue;
            }
            match setting.row().holds {
                Type::Flag => self.emitter.boolean(setting.key(), value.value == "true"),
                Type::Text | Type::Word(_) => self.emitter.text(setting.key(), value),
                Type::Topics => self.emitter.list(setting.key(), topic_names(value)),
            }
        }
    }

    fn teams(&mut self, teams: &[Team]) {
        if teams.is_empty() {
            return;
        }
        self.map("teams", |out| {
            for team in by_name(teams, |team| team.name.as_str()) {
                out.map(team.name.as_str(), |out| out.team(team));
            }
        });
    }

    fn team(&mut self, team: &Team) {
        let person = self.reader == Reader::Person;
        self.text("description", team.description.as_ref());
        self.word("privacy", team.privacy.map(|privacy| privacy.as_str()));
        self.some_list("previously", &team.previously);
        self.some_list("maintainers", &team.maintainers);
        if !team.members.is_empty() || (person && team.maintainers.is_empty()) {
            self.list("members", &team.members);
        }
        if !team.repos.is_empty() || person {
            self.map("repos", |out| {
                for repo in by_name(&team.repos, |repo| repo.name.as_str()) {
                    out.emitter.text(repo.name.as_str(), repo.permission.as_str());
                }
            });
        }
        self.teams(&team.teams);
    }

    fn repos(&mut self, repos: &[Repo]) {
        if repos.is_empty() {
            return;
        }
        self.map("repos", |out| {
            for repo in by_name(repos, |repo| repo.name.as_str()) {
                out.map(repo.name.as_str(), |out| out.repo(repo));
            }
        });
    }

    fn repo(&mut self, repo: &Repo) {
        self.repo_settings(&repo.settings);
        self.some_list("previously", &repo.previously);
        if let Some(collaborators) = &repo.collaborators {
            self.map("collaborators", |out| {
                for person in by_name(collaborators, |person| person.login.as_str()) {
                    out.emitter.text(person.login.as_str(), person.permission.as_str());
                }
            });
        }
        if let Some(on_create) = &repo.on_create {
            self.map("on_create", |out| out.on_create(on_create));
        }
    }

    fn repo_settings(&mut self, settings: &RepoSettings) {
        let private = match settings.get(&RepoSettingName::VISIBILITY).map(|visibility| visibility.as_str()) {
            Some("public") if self.reader == Reader::Upstream => false,
            Some("private") if self.reader == Reader::Upstream => true,
            _ => return self.settings(settings),
        };
        let mut settings = settings.clone();
        settings.remove(&RepoSettingName::VISIBILITY);
        self.emitter.boolean("private", private);
        self.settings(&settings);
    }

    fn on_create(&mut self, on_create: &OnCreate) {
        self.boolean("auto_init", on_create.auto_init);
        self.text("gitignore_template", on_create.gitignore_template.as_ref());
        self.text("license_template", on_create.license_template.as_ref());
    }
}
