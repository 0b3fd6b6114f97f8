//! What a request is about, without the names in it: two requests of one route are of one kind.

use std::fmt;

use http::{Method, Uri};

/// A program of ours that sends requests.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Sender {
    Controller,
    Receiver,
}

impl fmt::Display for Sender {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Controller => "controller",
            Self::Receiver => "receiver",
        })
    }
}

/// Who is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Server {
    Kubernetes,
    GitHub,
}

/// One kind of request.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Route {
    pub sender: Sender,
    pub server: Server,
    /// The method; of Kubernetes also `LIST` and `WATCH`.
    pub verb: String,
    /// As `/repos/{repo}/check-runs/{id}`, or `peribolosruns/status`.
    pub what: String,
}

impl Route {
    pub fn of(sender: Sender, server: Server, method: &Method, uri: &Uri) -> Self {
        let (verb, what) = match server {
            Server::Kubernetes => kubernetes(method, uri),
            Server::GitHub => (method.to_string(), github(uri.path())),
        };
        Self { sender, server, verb, what }
    }

    /// Whether it changes something that a story is about. A query of GraphQL is a POST, but only reads; a Lease is renewed all the
    /// time.
    pub fn is_write(&self) -> bool {
        !matches!(self.verb.as_str(), "GET" | "LIST" | "WATCH")
            && !matches!(self.what.as_str(), "/graphql" | "leases")
    }

    /// Whether a program asks for it when it starts, and then goes on with the answer.
    pub fn is_of_a_start(&self) -> bool {
        matches!(self.verb.as_str(), "LIST" | "WATCH")
    }

    /// Whether GitHub is asked for this.
    pub fn gets(&self, what: &str) -> bool {
        self.server == Server::GitHub && self.verb == "GET" && self.what == what
    }

    pub fn is_watch(&self) -> bool {
        self.verb == "WATCH"
    }
}

impl fmt::Display for Route {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}'s {} {}", self.sender, self.verb, self.what)
    }
}

fn kubernetes(method: &Method, uri: &Uri) -> (String, String) {
    let segments: Vec<&str> = uri.path().split('/').filter(|segment| !segment.is_empty()).collect();
    // api/VERSION or apis/GROUP/VERSION, then perhaps namespaces/NAME.
    let mut rest = match segments.as_slice() {
        ["api", _, rest @ ..] | ["apis", _, _, rest @ ..] => rest,
        other => other,
    };
    if let ["namespaces", _, more @ ..] = rest
        && !more.is_empty()
    {
        rest = more;
    }
    let what = match rest {
        [resource, _, subresource, ..] => format!("{resource}/{subresource}"),
        [resource, ..] => (*resource).to_owned(),
        [] => uri.path().to_owned(),
    };
    let is_list = rest.len() == 1 && *method == Method::GET;
    let watches = uri.query().is_some_and(|query| query.split('&').any(|pair| pair.starts_with("watch=")));
    let verb = if watches {
        "WATCH".to_owned()
    } else if is_list {
        "LIST".to_owned()
    } else {
        method.to_string()
    };
    (verb, what)
}

fn github(path: &str) -> String {
    let mut named: Vec<&str> = Vec::new();
    let mut segments = path.split('/').filter(|segment| !segment.is_empty()).peekable();
    while let Some(segment) = segments.next() {
        match (named.last().copied(), segment) {
            (None, "repos") => {
                named.extend(["repos", "{repo}"]);
                segments.next();
                segments.next();
            }
            (Some("orgs"), _) => named.push("{org}"),
            (Some("users" | "memberships" | "members" | "collaborators"), _) => named.push("{user}"),
            (Some("contents"), _) => {
                named.push("{path}");
                break;
            }
            (Some("commits"), _) => named.push("{ref}"),
            (Some("heads" | "compare"), _) => {
                named.push("{ref}");
                break;
            }
            (_, id) if id.bytes().all(|byte| byte.is_ascii_digit()) => named.push("{id}"),
            (_, sha) if sha.len() == 40 && sha.bytes().all(|byte| byte.is_ascii_hexdigit()) => {
                named.push("{sha}");
            }
            (_, other) => named.push(other),
        }
    }
    format!("/{}", named.join("/"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn routes_have_no_names_in_them() {
        let route = |server, method: &Method, uri: &str| {
            let route = Route::of(Sender::Controller, server, method, &uri.parse().unwrap());
            format!("{} {}", route.verb, route.what)
        };
        let runs = "/apis/peribolos.dev/v1alpha1/namespaces/ns/peribolosruns";
        for (method, path, expected) in [
            (Method::GET, runs.to_owned(), "LIST peribolosruns"),
            (Method::GET, format!("{runs}?limit=5&watch=true"), "WATCH peribolosruns"),
            (Method::PATCH, format!("{runs}/r/status?fieldManager=x"), "PATCH peribolosruns/status"),
            (Method::GET, "/api/v1/namespaces/ns/secrets/s".to_owned(), "GET secrets"),
            (Method::GET, "/api/v1/namespaces/ns".to_owned(), "GET namespaces"),
        ] {
            assert_eq!(route(Server::Kubernetes, &method, &path), expected);
        }
        for (path, expected) in [
            ("/repos/acme/.github/check-runs/17", "GET /repos/{repo}/check-runs/{id}"),
            ("/repos/acme/.github/commits/heads%2Fmain?per_page=1", "GET /repos/{repo}/commits/{ref}"),
            ("/orgs/acme/memberships/alice", "GET /orgs/{org}/memberships/{user}"),
            ("/repos/acme/.github/contents/a/b.yaml?ref=main", "GET /repos/{repo}/contents/{path}"),
        ] {
            assert_eq!(route(Server::GitHub, &Method::GET, path), expected);
        }
    }
}
