//! Lists that come in pages. The next page is requested below our own root, with the query of GitHub's `Link`
//! header: an absolute link may name a host that must not see our token.

use http::header;
use serde::de::DeserializeOwned;

use crate::call::Call;
use crate::credential::Credential;
use crate::error::Error;
use crate::transport::{Answer, Transport};

/// The most that GitHub gives a page.
const PER_PAGE: &str = "100";
/// More pages than any list here has; a `Link` header that leads in a circle ends here.
const MOST_PAGES: usize = 2_000;

/// All pages of a list, read one after another.
pub(crate) struct Pages<'a> {
    transport: &'a Transport,
    call: Option<Call>,
    read: usize,
}

impl<'a> Pages<'a> {
    pub(crate) fn new(transport: &'a Transport, call: Call) -> Self {
        Self { transport, call: Some(call.query("per_page", PER_PAGE)), read: 0 }
    }

    /// The next page, or `None` after the last.
    pub(crate) async fn next(&mut self, credential: &Credential) -> Result<Option<Answer>, Error> {
        let Some(mut call) = self.call.take() else { return Ok(None) };
        let answer = self.transport.rest(credential, &call).await?;
        self.read += 1;
        if let Some(next) = next_query(&answer) {
            if self.read >= MOST_PAGES || call.next.as_ref() == Some(&next) {
                return Err(answer.unreadable("its list has no end"));
            }
            call.next = Some(next);
            self.call = Some(call);
        }
        Ok(Some(answer))
    }
}

/// Where a list goes on after a page. It stays good for a while, also after items were added before it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cursor(String);

/// A page of a list.
#[derive(Clone, Debug)]
pub struct Page<T> {
    /// What is on it.
    pub items: Vec<T>,
    /// Where the list goes on; `None`: this is its last page.
    pub next: Option<Cursor>,
}

/// The first page of a list, or the one at a cursor.
pub(crate) async fn one<T>(
    transport: &Transport,
    credential: &Credential,
    call: Call,
    at: Option<&Cursor>,
    read: impl FnOnce(&Answer) -> Result<Vec<T>, Error>,
) -> Result<Page<T>, Error> {
    let mut call = call.query("per_page", PER_PAGE);
    call.next = at.map(|cursor| cursor.0.clone());
    let answer = transport.rest(credential, &call).await?;
    let next = next_query(&answer);
    if next.is_some() && next == call.next {
        return Err(answer.unreadable("its list has no end"));
    }
    Ok(Page { items: read(&answer)?, next: next.map(Cursor) })
}

/// Every item of a list: complete, or an error.
pub(crate) async fn all<T: DeserializeOwned>(
    transport: &Transport,
    credential: &Credential,
    call: Call,
) -> Result<Vec<T>, Error> {
    let mut pages = Pages::new(transport, call);
    let mut items = Vec::new();
    while let Some(answer) = pages.next(credential).await? {
        items.extend(answer.json::<Vec<T>>()?);
    }
    Ok(items)
}

/// Every page of a list whose pages are objects: complete, or an error.
pub(crate) async fn objects<T: DeserializeOwned>(
    transport: &Transport,
    credential: &Credential,
    call: Call,
) -> Result<Vec<T>, Error> {
    let mut pages = Pages::new(transport, call);
    let mut objects = Vec::new();
    while let Some(answer) = pages.next(credential).await? {
        objects.push(answer.json::<T>()?);
    }
    Ok(objects)
}

/// The query of the `rel="next"` link.
fn next_query(answer: &Answer) -> Option<String> {
    let links = answer.header(header::LINK)?;
    let next = links.split(',').find(|link| link.split(';').skip(1).any(|p| p.trim() == r#"rel="next""#))?;
    let url = next.split(';').next()?.trim().strip_prefix('<')?.strip_suffix('>')?;
    let (_, query) = url.split_once('?')?;
    Some(query.split('#').next().unwrap_or(query).to_owned())
}
