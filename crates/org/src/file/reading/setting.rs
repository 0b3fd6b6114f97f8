//! Reads the value of a setting, by its row in the table.

use crate::file::findings::{Code, quoted};
use crate::file::position::Located;
use crate::settings::{MAX_TOPICS, Setting, Table, Topic, Type, join_topics};

use super::reader::{Entry, Reader};

impl<'t> Reader<'t> {
    /// A setting with its value; none where it is not one of its values, which is reported.
    pub(super) fn setting<T: Table>(
        &mut self,
        setting: Setting<T>,
        field: Entry<'t>,
    ) -> Option<(Setting<T>, Located<String>)> {
        let value = match setting.row().holds {
            Type::Text => self.text(field),
            Type::Flag => self
                .boolean(field)
                .map(|flag| Located { value: flag.value.to_string(), position: flag.position }),
            Type::Word(words) => {
                let words: Vec<&str> = words.iter().map(|(word, _)| *word).collect();
                self.one_of(field, &quoted(field.key), &words)
            }
            Type::Topics => self.topics(field),
        };
        Some((setting, value?))
    }

    /// Topics: their order and their case mean nothing.
    fn topics(&mut self, field: Entry<'t>) -> Option<Located<String>> {
        let texts = self.texts(field)?;
        let mut topics: Vec<Topic> = Vec::with_capacity(texts.len());
        for text in texts {
            let at = text.position.unwrap_or(field.key_at);
            match Topic::written(text.value) {
                Err(rule) => {
                    let message = format!("{} can't be a topic", quoted(text.value));
                    self.findings.error_with(Code::InvalidValue, at, message, rule);
                }
                Ok(topic) if topics.contains(&topic) => {
                    let message = format!("the topic {} is listed twice", quoted(text.value));
                    self.findings.warning_with(
                        Code::NoEffect,
                        at,
                        message,
                        "remove it: case means nothing in topics",
                    );
                }
                Ok(topic) => topics.push(topic),
            }
        }
        if topics.len() > MAX_TOPICS {
            let message = format!("a repository has at most {MAX_TOPICS} topics, these are {}", topics.len());
            self.findings.error_with(Code::InvalidValue, field.key_at, message, "remove some");
            return None;
        }
        Some(Located::at(join_topics(topics), self.value_at(field)))
    }
}
