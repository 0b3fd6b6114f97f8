//! The simulator as a program.

use std::{net::SocketAddr, path::PathBuf, process::ExitCode, time::Duration};

use anyhow::Context;
use clap::Parser;
use github_sim::{AppConfig, Config, Ghes, SecondaryLimits, Sim, Webhook, serve};
use tokio::net::TcpListener;

/// A simulator of GitHub for development and tests.
#[derive(Debug, Parser)]
#[command(version)]
struct Args {
    /// Address to listen on; port 0 takes a free one, which is printed.
    #[arg(long, default_value = "127.0.0.1:3000")]
    listen: SocketAddr,
    /// Users and organizations to begin with.
    #[arg(long)]
    fixture: Option<PathBuf>,
    /// The App's id.
    #[arg(long)]
    app_id: u64,
    /// The public half of the App's private key, in PEM.
    #[arg(long)]
    app_public_key: PathBuf,
    /// The App's slug; its bot is SLUG[bot].
    #[arg(long)]
    app_slug: String,
    /// Where deliveries go, `http://…`.
    #[arg(long, requires = "webhook_secret_file")]
    webhook_url: Option<String>,
    /// File with the webhook secret.
    #[arg(long)]
    webhook_secret_file: Option<PathBuf>,
    /// Lifetime of installation tokens, as `1h` or `3m`.
    #[arg(long, default_value = "1h", value_parser = duration)]
    token_ttl: Duration,
    /// Requests an installation may make in an hour.
    #[arg(long, default_value_t = 5000)]
    rate_limit: u32,
    /// Limits beyond the hour's: `strict` as GitHub has them, `off`, or some of `concurrent`, `points`,
    /// `graphql-points`, `content-minute` and `content-hour` as KEY=N,KEY=N.
    #[arg(long, default_value = "strict")]
    secondary_limits: SecondaryLimits,
    /// Be a GitHub Enterprise Server of this version, as `3.17`.
    #[arg(long)]
    ghes: Option<Ghes>,
    /// How many nodes a query of GraphQL may touch before its answer is cut.
    #[arg(long)]
    graphql_nodes: Option<u64>,
    /// Divides the spans of limits: with 60, a minute is a second.
    #[arg(long, default_value_t = 1.0, value_parser = scale, hide = true)]
    time_scale: f64,
}

fn duration(text: &str) -> Result<Duration, String> {
    let signed: jiff::SignedDuration = text.parse().map_err(|e: jiff::Error| e.to_string())?;
    signed.try_into().map_err(|_| "must not be negative".to_owned())
}

fn scale(text: &str) -> Result<f64, String> {
    let factor: f64 = text.parse().map_err(|e: std::num::ParseFloatError| e.to_string())?;
    if factor.is_finite() && factor > 0.0 { Ok(factor) } else { Err("must be more than 0".to_owned()) }
}

fn config(args: &Args) -> anyhow::Result<Config> {
    let read = |path: &PathBuf| std::fs::read(path).with_context(|| format!("can't read {}", path.display()));
    let mut config = Config::new(AppConfig::new(args.app_id, &args.app_slug, &read(&args.app_public_key)?)?);
    config.token_ttl = args.token_ttl;
    config.rate_limit = args.rate_limit;
    config.secondary_limits = args.secondary_limits;
    config.ghes = args.ghes;
    config.graphql_nodes = args.graphql_nodes;
    config.time_scale = args.time_scale;
    if let (Some(url), Some(file)) = (&args.webhook_url, &args.webhook_secret_file) {
        config.webhook = Some(Webhook::new(url, &read(file)?)?);
    }
    if let Some(path) = &args.fixture {
        let text =
            String::from_utf8(read(path)?).with_context(|| format!("{} is no text", path.display()))?;
        config = config.with_fixture(&text).with_context(|| format!("in {}", path.display()))?;
    }
    Ok(config)
}

#[tokio::main]
async fn main() -> ExitCode {
    let filter = tracing_subscriber::EnvFilter::try_from_default_env().unwrap_or_else(|_| "info".into());
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).init();
    match run(&Args::parse()).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("github-sim: {error:#}");
            ExitCode::FAILURE
        }
    }
}

async fn run(args: &Args) -> anyhow::Result<()> {
    let sim = Sim::new(config(args)?)?;
    let listener =
        TcpListener::bind(args.listen).await.with_context(|| format!("can't listen on {}", args.listen))?;
    tracing::info!(address = %listener.local_addr()?, "listening");
    tokio::select! {
        served = serve(listener, sim) => Ok(served?),
        stopped = stop() => stopped,
    }
}

/// Resolves on SIGINT or SIGTERM.
async fn stop() -> anyhow::Result<()> {
    let mut term = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate())?;
    tokio::select! {
        interrupted = tokio::signal::ctrl_c() => interrupted.context("can't wait for signals"),
        _ = term.recv() => Ok(()),
    }
}
