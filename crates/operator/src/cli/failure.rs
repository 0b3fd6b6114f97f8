//! An error as one sentence.

/// An error and its causes on one line. Many errors name their cause themselves: what was said already is left out.
pub(super) fn sentence(error: &anyhow::Error) -> String {
    let mut text = String::new();
    for cause in error.chain() {
        let next = cause.to_string();
        if text.is_empty() {
            text = next;
        } else if !text.contains(&next) {
            text = format!("{text}: {next}");
        }
    }
    text.replace(['\n', '\r'], " ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use anyhow::anyhow;

    #[test]
    fn causes_follow_once_on_one_line() {
        let error =
            anyhow!("no such\nfile").context("x can't be read: no such\nfile").context("nothing was done");
        assert_eq!(sentence(&error), "nothing was done: x can't be read: no such file");
    }
}
