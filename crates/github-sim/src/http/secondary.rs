//! Secondary rate limits: how many requests at once, how many points a minute, and how much content a minute and an
//! hour, for each token owner (docs.github.com, "Rate limits for the REST API").

use std::{
    collections::{HashMap, VecDeque},
    str::FromStr,
};

use axum::response::{Html, IntoResponse, Response};
use http::{HeaderValue, Method, StatusCode, header::RETRY_AFTER};
use jiff::{SignedDuration, Timestamp};
use serde_json::json;

use super::rate::{Owner, Resource};
use crate::{Sim, clock::Scale};

/// The limits in force; `None`: that one is off.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct SecondaryLimits {
    /// Requests at once, REST and GraphQL together.
    pub concurrent: Option<u32>,
    /// Points a minute of REST: 1 to read, 5 to write.
    pub points: Option<u32>,
    /// Points a minute of GraphQL: 1 for a query.
    pub graphql_points: Option<u32>,
    /// Requests a minute that create content.
    pub content_minute: Option<u32>,
    /// Requests an hour that create content.
    pub content_hour: Option<u32>,
}

impl SecondaryLimits {
    /// GitHub's own figures.
    pub const STRICT: Self = Self {
        concurrent: Some(100),
        points: Some(900),
        graphql_points: Some(2000),
        content_minute: Some(80),
        content_hour: Some(500),
    };
    /// No secondary limit, as on a GitHub Enterprise Server.
    pub const OFF: Self = Self {
        concurrent: None,
        points: None,
        graphql_points: None,
        content_minute: None,
        content_hour: None,
    };
}

/// Why a text names no secondary limits.
#[derive(Debug, thiserror::Error)]
pub enum SecondaryLimitsError {
    /// A key that is none.
    #[error(
        "{0:?} must be strict, off, or a list of concurrent, points, graphql-points, content-minute and content-hour, each as KEY=NUMBER"
    )]
    Key(String),
    /// A value that is no number.
    #[error("{key} must be a number, not {value:?}")]
    Number {
        /// The key.
        key: String,
        /// What was given.
        value: String,
    },
}

/// `strict`, `off`, or `KEY=N,KEY=N…`: those that are not named are GitHub's own.
impl FromStr for SecondaryLimits {
    type Err = SecondaryLimitsError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "strict" => return Ok(Self::STRICT),
            "off" => return Ok(Self::OFF),
            _ => {}
        }
        let mut limits = Self::STRICT;
        for part in text.split(',') {
            let (key, value) =
                part.split_once('=').ok_or_else(|| SecondaryLimitsError::Key(part.to_owned()))?;
            let field = match key {
                "concurrent" => &mut limits.concurrent,
                "points" => &mut limits.points,
                "graphql-points" => &mut limits.graphql_points,
                "content-minute" => &mut limits.content_minute,
                "content-hour" => &mut limits.content_hour,
                _ => return Err(SecondaryLimitsError::Key(key.to_owned())),
            };
            let number = || SecondaryLimitsError::Number { key: key.to_owned(), value: value.to_owned() };
            *field = Some(value.parse().map_err(|_| number())?);
        }
        Ok(limits)
    }
}

/// What a request counts.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Weight {
    pub(crate) resource: Resource,
    points: u32,
    /// Whether it creates content.
    pub(crate) content: bool,
}

impl Weight {
    /// A query of GraphQL counts as one that reads: there are no mutations here.
    pub(crate) fn of(method: &Method, resource: Resource, content: bool) -> Self {
        let reads = matches!(*method, Method::GET | Method::HEAD | Method::OPTIONS);
        let points = if reads || resource == Resource::Graphql { 1 } else { 5 };
        Self { resource, points, content }
    }
}

/// What happened in the time that just passed, oldest first.
#[derive(Debug, Default)]
struct Recent {
    events: VecDeque<(Timestamp, u32)>,
    sum: u32,
}

impl Recent {
    /// How long to wait until `more` fits into `limit` within `span`; `None`: it fits now.
    fn wait(
        &mut self,
        more: u32,
        limit: u32,
        span: SignedDuration,
        now: Timestamp,
    ) -> Option<SignedDuration> {
        while let Some((at, count)) = self.events.front().copied()
            && now.duration_since(at) >= span
        {
            self.events.pop_front();
            self.sum -= count;
        }
        let mut over = (self.sum + more).saturating_sub(limit);
        if over == 0 {
            return None;
        }
        for (at, count) in &self.events {
            over = over.saturating_sub(*count);
            if over == 0 {
                return Some(span - now.duration_since(*at));
            }
        }
        // It fits never; a whole span is as good as any answer.
        Some(span)
    }

    fn add(&mut self, count: u32, now: Timestamp) {
        self.events.push_back((now, count));
        self.sum += count;
    }
}

/// What one token owner used.
#[derive(Debug, Default)]
struct Usage {
    in_flight: u32,
    rest: Recent,
    graphql: Recent,
    content_minute: Recent,
    content_hour: Recent,
}

/// The limits and what everybody used of them.
#[derive(Debug)]
pub(crate) struct Secondary {
    limits: SecondaryLimits,
    scale: Scale,
    usage: HashMap<Owner, Usage>,
    /// How many requests were refused: the form of the next refusal follows from it.
    refused: u64,
}

impl Secondary {
    pub(crate) fn new(limits: SecondaryLimits, scale: Scale) -> Self {
        Self { limits, scale, usage: HashMap::new(), refused: 0 }
    }

    /// Puts other limits in force. What was used stays used.
    pub(crate) fn set(&mut self, limits: SecondaryLimits) {
        self.limits = limits;
    }

    /// Counts a request that begins; the answer if it is one too many. A refused request counts nothing.
    pub(crate) fn take(&mut self, owner: Owner, weight: Weight, now: Timestamp) -> Result<(), Passed> {
        let (minute, hour) =
            (self.scale.of(SignedDuration::from_mins(1)), self.scale.of(SignedDuration::from_hours(1)));
        let limits = self.limits;
        let usage = self.usage.entry(owner).or_default();
        let (recent, limit) = match weight.resource {
            Resource::Core => (&mut usage.rest, limits.points),
            Resource::Graphql => (&mut usage.graphql, limits.graphql_points),
        };
        // The request itself is among those in flight.
        let crowd = limits.concurrent.filter(|most| usage.in_flight > *most).map(|_| minute);
        let points = limit.and_then(|limit| recent.wait(weight.points, limit, minute, now));
        let mut content = None;
        if weight.content {
            let a_minute =
                limits.content_minute.and_then(|most| usage.content_minute.wait(1, most, minute, now));
            let an_hour = limits.content_hour.and_then(|most| usage.content_hour.wait(1, most, hour, now));
            content = a_minute.max(an_hour);
        }
        if let Some(wait) = crowd.max(points).max(content) {
            let form = Form::of(weight.resource, self.refused);
            self.refused += 1;
            return Err(Passed { form, wait, content: content.is_some() });
        }
        recent.add(weight.points, now);
        if weight.content {
            usage.content_minute.add(1, now);
            usage.content_hour.add(1, now);
        }
        Ok(())
    }
}

/// One request that is being answered; it ends when this is dropped.
pub(crate) struct InFlight {
    sim: Sim,
    owner: Owner,
}

impl InFlight {
    pub(crate) fn begin(sim: &Sim, owner: Owner) -> Self {
        sim.world().secondary.usage.entry(owner).or_default().in_flight += 1;
        Self { sim: sim.clone(), owner }
    }
}

impl Drop for InFlight {
    fn drop(&mut self) {
        if let Some(usage) = self.sim.world().secondary.usage.get_mut(&self.owner) {
            usage.in_flight = usage.in_flight.saturating_sub(1);
        }
    }
}

/// A limit was passed: how that is told, and how long it lasts.
#[derive(Debug)]
pub(crate) struct Passed {
    form: Form,
    wait: SignedDuration,
    content: bool,
}

/// GitHub tells it in several forms.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Form {
    /// 403 that says how long to wait.
    WithRetryAfter,
    /// 403 that does not.
    Plain,
    /// 429 as a page for people.
    Page,
    /// 200 with an error of GraphQL.
    Error(&'static str),
}

impl Form {
    fn of(resource: Resource, refused: u64) -> Self {
        const REST: [Form; 3] = [Form::WithRetryAfter, Form::Plain, Form::Page];
        const GRAPHQL: [Form; 4] =
            [Form::Error("RATE_LIMITED"), Form::WithRetryAfter, Form::Error("RATE_LIMIT"), Form::Page];
        let forms: &[Form] = if resource == Resource::Graphql { &GRAPHQL } else { &REST };
        let at = usize::try_from(refused % forms.len() as u64).unwrap_or(0);
        forms.get(at).copied().unwrap_or(Form::Plain)
    }
}

const DOCUMENTATION: &str = "https://docs.github.com/free-pro-team@latest/rest/overview/rate-limits-for-the-rest-api#about-secondary-rate-limits";
const PAGE: &str = "<!DOCTYPE html>\n<html><head><title>Rate limit</title></head><body><h1>Whoa there!</h1>\
    <p>You have exceeded a secondary rate limit.</p>\
    <p>Please wait a few minutes before you try again; in some cases this may take up to an hour.</p></body></html>\n";

impl IntoResponse for Passed {
    fn into_response(self) -> Response {
        let message = if self.content {
            "You have exceeded a secondary rate limit and have been temporarily blocked from content creation. Please retry your request again later."
        } else {
            "You have exceeded a secondary rate limit. Please wait a few minutes before you try again."
        };
        let body = || axum::Json(json!({"documentation_url": DOCUMENTATION, "message": message}));
        let mut response = match self.form {
            Form::WithRetryAfter | Form::Plain => (StatusCode::FORBIDDEN, body()).into_response(),
            Form::Page => (StatusCode::TOO_MANY_REQUESTS, Html(PAGE)).into_response(),
            Form::Error(kind) => {
                axum::Json(json!({"errors": [{"type": kind, "message": message}]})).into_response()
            }
        };
        if self.form == Form::WithRetryAfter {
            let whole = self.wait.as_secs() + i64::from(self.wait.subsec_nanos() > 0);
            response.headers_mut().insert(RETRY_AFTER, HeaderValue::from(whole.max(1)));
        }
        response
    }
}

#[cfg(test)]
mod tests {
    use jiff::{SignedDuration, Timestamp};

    use super::{Recent, SecondaryLimits};

    #[test]
    fn limits_are_read_and_wrong_ones_named() {
        assert_eq!("strict".parse::<SecondaryLimits>().ok(), Some(SecondaryLimits::STRICT));
        assert_eq!("off".parse::<SecondaryLimits>().ok(), Some(SecondaryLimits::OFF));
        let some: SecondaryLimits = "points=10,content-hour=3".parse().expect("two limits");
        assert_eq!((some.points, some.content_hour), (Some(10), Some(3)));
        assert_eq!(some.concurrent, Some(100));
        let wrong = |text: &str| text.parse::<SecondaryLimits>().expect_err("it is wrong").to_string();
        assert!(wrong("loose").starts_with("\"loose\" must be strict, off, or"));
        assert!(wrong("pints=1").starts_with("\"pints\" must be"));
        assert_eq!(wrong("points=many"), "points must be a number, not \"many\"");
    }

    #[test]
    fn a_span_slides_and_the_wait_ends_when_enough_is_past() {
        let span = SignedDuration::from_secs(60);
        let at = |second: i64| Timestamp::from_second(1_000_000 + second).expect("a time");
        let mut recent = Recent::default();
        for second in [0, 10, 20] {
            assert_eq!(recent.wait(5, 15, span, at(second)), None);
            recent.add(5, at(second));
        }
        assert_eq!(recent.wait(5, 15, span, at(30)), Some(SignedDuration::from_secs(30)));
        assert_eq!(recent.wait(10, 15, span, at(30)), Some(SignedDuration::from_secs(40)));
        assert_eq!(recent.wait(20, 15, span, at(30)), Some(span));
        assert_eq!(recent.wait(5, 15, span, at(60)), None);
    }
}
