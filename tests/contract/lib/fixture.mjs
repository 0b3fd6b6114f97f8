// One organization with everything the simulator models: what the tests begin with.

export const ORG = "acme";
export const INSTALLATION = 1234567;

/** The fixture; a test takes a fresh one, so that it may change it. */
export function fixture() {
  return {
    users: ["alice", "bob", "carol", "dave", "eve", "frank", "mallory"],
    orgs: { [ORG]: acme() },
  };
}

function acme() {
  return {
    id: 9001,
    settings: {
      name: "Acme",
      description: "Things",
      company: "Acme Ltd",
      email: "hello@acme.example",
      billing_email: "billing@acme.example",
      location: "Berlin",
      default_repository_permission: "read",
      members_can_create_repositories: true,
      has_organization_projects: true,
      has_repository_projects: true,
    },
    members: { alice: "admin", bob: "admin", carol: "member" },
    concealed: ["carol"],
    invitations: [
      { login: "dave", role: "member", failed: false },
      { login: "mallory", role: "member", failed: true },
    ],
    teams: [
      { name: "Core", slug: "core", description: "The core", privacy: "closed", members: { alice: "maintainer", carol: "member" }, repos: { site: "admin" } },
      { name: "Core Docs", slug: "core-docs", privacy: "closed", parent: "core", members: { carol: "member" } },
      { name: "Hidden", slug: "hidden", privacy: "secret", members: { bob: "member" } },
    ],
    repos: {
      ".github": { visibility: "private", default_branch: "main", description: "Settings", files: { "README.md": "hello\n", "profile/README.md": "Acme\n" } },
      site: { visibility: "public", homepage: "https://acme.example", collaborators: { eve: "push" }, files: { "index.html": "<h1>Acme</h1>\n" } },
      empty: { visibility: "private", files: {} },
    },
    installation: { id: INSTALLATION, repository_selection: "all" },
  };
}
