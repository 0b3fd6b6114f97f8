//! The GitHub App: JWT, tokens, REST and GraphQL calls, webhook signatures and payloads.
