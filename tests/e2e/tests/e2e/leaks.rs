//! What all other tests left is searched for secrets.

use anyhow::{Result, ensure};
use peribolos_e2e::{World, say, secrets};

#[tokio::test]
async fn the_private_key_and_tokens_are_where_they_belong_only() -> Result<()> {
    let world = World::connect().await?;
    let key = secrets::private_key_lines()?;
    ensure!(key.len() > 20, "the private key has {} lines", key.len());
    let tokens: Vec<String> = serde_json::from_value(world.sim.get("tokens").await?)?;

    let logs = secrets::logs(&world.cluster).await?;
    let said: usize = logs.iter().map(|log| log.text.len()).sum();
    say(&format!("{} logs of {said} bytes, {} tokens", logs.len(), tokens.len()));
    for part in ["controller", "receiver", "step-plan", "step-apply"] {
        let spoke = logs.iter().any(|log| log.place.ends_with(&format!(" {part}")) && !log.text.is_empty());
        ensure!(spoke, "there is no log of a {part}");
    }
    for log in &logs {
        ensure!(!log.has_any(&key), "the private key is in {}", log.place);
        ensure!(!log.has_any(&tokens), "a token is in {}", log.place);
    }

    let objects = secrets::objects(&world.cluster).await?;
    say(&format!("{} objects", objects.len()));
    let with_key: Vec<_> = objects.iter().filter(|o| o.has_any(&key)).map(|o| o.place.as_str()).collect();
    ensure!(with_key == ["secrets peribolos-system/github-app"], "the private key is in {with_key:?}");
    let with_token: Vec<_> =
        objects.iter().filter(|o| o.has_any(&tokens)).map(|o| o.place.as_str()).collect();
    ensure!(!with_token.is_empty(), "no token is found where tokens are: the search finds nothing");
    let strayed: Vec<_> = with_token
        .iter()
        .filter(|place| {
            !(place.starts_with("secrets peribolos-system-installations/") && place.contains("-token"))
        })
        .collect();
    ensure!(strayed.is_empty(), "tokens are in {strayed:?}");
    Ok(())
}
