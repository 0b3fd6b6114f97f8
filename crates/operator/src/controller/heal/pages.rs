//! The metadata of all objects that are labelled as ended, page by page: however many there are, one page is in memory.

use std::fmt::Debug;

use kube::{Api, Resource, api::ListParams, core::PartialObjectMeta};
use peribolos_api::names;
use serde::de::DeserializeOwned;

use crate::kubernetes::client::{CallError, call};

/// How many objects a page has. With managed fields the metadata of one may take several kilobytes.
const PAGE: u32 = 100;

/// What is left to be read.
pub(super) struct Pages<'a, K> {
    api: &'a Api<K>,
    /// The next page. None: all were read.
    next: Option<ListParams>,
}

impl<'a, K: Resource<DynamicType: Default> + Clone + Debug + DeserializeOwned> Pages<'a, K> {
    /// All pages; nothing is read yet.
    pub(super) fn of_ended(api: &'a Api<K>) -> Self {
        let labels = format!("{}={}", names::LABEL_ENDED, names::TRUE);
        Self { api, next: Some(ListParams::default().labels(&labels).limit(PAGE)) }
    }

    /// The next page. `None`: there is no other.
    pub(super) async fn next(&mut self) -> Result<Option<Vec<PartialObjectMeta<K>>>, CallError> {
        let Some(params) = self.next.take() else { return Ok(None) };
        let page = call(self.api.list_metadata(&params)).await?;
        if let Some(token) = page.metadata.continue_.filter(|token| !token.is_empty()) {
            self.next = Some(ListParams { continue_token: Some(token), ..params });
        }
        Ok(Some(page.items))
    }
}
