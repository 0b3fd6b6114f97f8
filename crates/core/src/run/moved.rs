//! A config repository that has another name by now.

/// Why nothing is applied from `repository`, and what to do. `now` is its name today; `None`: it can't be seen any more.
pub fn sentence(repository: &str, now: Option<&str>) -> String {
    match now {
        Some(now) => format!(
            "the repository {repository} was renamed to {now}; set spec.config.repository of the installation to the \
             new name, or rename it back"
        ),
        None => format!(
            "the repository {repository} was moved to where the App can't see it; bring it back, or set \
             spec.config.repository of the installation to another one"
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn says_where_it_went_if_that_is_known() {
        assert!(sentence("acme/.github", Some("acme/conf")).contains("was renamed to acme/conf"));
        assert!(sentence("acme/.github", None).contains("can't see it"));
    }
}
