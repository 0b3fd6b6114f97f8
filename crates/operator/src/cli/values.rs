//! Values of flags that need more than their type's own reading.

/// Reads the App's id. A Secret's value may end with a newline, which an environment variable then has too.
///
/// # Errors
/// A sentence, for a text that is no such number.
pub(crate) fn app_id(text: &str) -> Result<u64, String> {
    text.trim().parse().map_err(|_| {
        format!("`{}` is no App id: it is a number, shown on the App's settings page", text.trim())
    })
}

#[cfg(test)]
mod tests {
    use super::app_id;

    #[test]
    fn a_secrets_newline_does_not_matter() {
        assert_eq!(app_id("4711\n"), Ok(4711));
        assert!(app_id("Iv1.abc").unwrap_err().contains("is no App id"));
    }
}
