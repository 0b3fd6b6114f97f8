//! What the API server says of itself.

use anyhow::Result;
use kube::Client;

/// How many requests about these resources the API server has served, of those verbs that `counts` takes.
pub async fn served(client: &Client, resources: &[&str], counts: impl Fn(&str) -> bool) -> Result<u64> {
    let text = client.request_text(http::Request::get("/metrics").body(vec![])?).await?;
    let value = |line: &str, label: &str| {
        let (_, rest) = line.split_once(&format!("{label}=\""))?;
        rest.split_once('"').map(|(value, _)| value.to_owned())
    };
    let is_counted = |line: &&str| {
        line.starts_with("apiserver_request_total{")
            && value(line, "resource").is_some_and(|resource| resources.contains(&resource.as_str()))
            && value(line, "verb").is_some_and(|verb| counts(&verb))
    };
    let numbers =
        text.lines().filter(is_counted).filter_map(|line| line.rsplit(' ').next()?.parse::<u64>().ok());
    Ok(numbers.sum())
}
