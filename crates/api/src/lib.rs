//! The custom resources of peribolos.dev: GitHubInstallation and PeribolosRun.
