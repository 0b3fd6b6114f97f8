//! Watches that bring their events late, twice, in another order, or end.

use std::{fmt, time::Duration};

use bytes::{Bytes, BytesMut};
use futures::{StreamExt, channel::mpsc};
use http::Response;
use http_body_util::{BodyExt, BodyStream, StreamBody};
use hyper::body::Frame;
use tokio::time::{Instant, sleep_until};

use super::forward::{Body, Broken};

/// What happens to the events of every watch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Disturbance {
    /// Each comes that much later.
    Late(Duration),
    /// Each comes twice.
    Twice,
    /// Two that follow one another change places where they are about different objects.
    Swapped,
    /// The connection ends after so many.
    EndsAfter(usize),
}

impl fmt::Display for Disturbance {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Late(by) => write!(f, "every event of a watch comes {by:?} late"),
            Self::Twice => f.write_str("every event of a watch comes twice"),
            Self::Swapped => f.write_str("events of a watch about different objects change places"),
            Self::EndsAfter(events) => write!(f, "every watch ends after {events} events"),
        }
    }
}

/// How long an event waits for a second one to change places with.
const PAIR: Duration = Duration::from_millis(300);

/// The same answer with its events disturbed.
pub fn disturb(answer: Response<Body>, disturbance: Disturbance) -> Response<Body> {
    answer.map(|body| {
        let (send, receive) = mpsc::unbounded();
        tokio::spawn(relay(body, disturbance, send));
        StreamBody::new(StreamExt::map(receive, |line| Ok::<_, Broken>(Frame::data(line)))).boxed_unsync()
    })
}

/// Relays lines until either side ends.
async fn relay(body: Body, disturbance: Disturbance, to: mpsc::UnboundedSender<Bytes>) {
    let (arrived, mut lines) = tokio::sync::mpsc::unbounded_channel();
    tokio::spawn(read_lines(body, arrived));
    let send = |line: Bytes| to.unbounded_send(line).is_ok();
    let mut count = 0;
    while let Some((at, line)) = lines.recv().await {
        count += 1;
        let is_open = match disturbance {
            Disturbance::Late(by) => {
                sleep_until(at + by).await;
                send(line)
            }
            Disturbance::Twice => send(line.clone()) && send(line),
            Disturbance::Swapped => match tokio::time::timeout(PAIR, lines.recv()).await {
                Ok(Some((_, second))) if object(&second) != object(&line) => send(second) && send(line),
                Ok(Some((_, second))) => send(line) && send(second),
                Ok(None) | Err(_) => send(line),
            },
            Disturbance::EndsAfter(events) => send(line) && count < events,
        };
        if !is_open {
            return;
        }
    }
}

async fn read_lines(body: Body, to: tokio::sync::mpsc::UnboundedSender<(Instant, Bytes)>) {
    let mut frames = BodyStream::new(body);
    let mut rest = BytesMut::new();
    while let Some(Ok(frame)) = frames.next().await {
        let Ok(data) = frame.into_data() else { continue };
        rest.extend_from_slice(&data);
        while let Some(end) = rest.iter().position(|byte| *byte == b'\n') {
            let line = rest.split_to(end + 1).freeze();
            if to.send((Instant::now(), line)).is_err() {
                return;
            }
        }
    }
}

/// Which object an event is about; a bookmark about none.
fn object(line: &[u8]) -> Option<String> {
    let event: serde_json::Value = serde_json::from_slice(line).ok()?;
    event["object"]["metadata"]["uid"].as_str().map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use http_body_util::Full;

    use super::*;

    fn event(uid: &str, at: u32) -> String {
        format!("{{\"object\":{{\"metadata\":{{\"uid\":\"{uid}\",\"resourceVersion\":\"{at}\"}}}}}}\n")
    }

    async fn after(disturbance: Disturbance, events: &[String]) -> String {
        let body = Full::from(events.concat()).map_err(|never| match never {}).boxed_unsync();
        let disturbed = disturb(Response::new(body), disturbance).into_body();
        String::from_utf8(disturbed.collect().await.unwrap().to_bytes().to_vec()).unwrap()
    }

    #[tokio::test]
    async fn events_are_disturbed_as_it_is_said() {
        let [a1, b2, b3] = [event("a", 1), event("b", 2), event("b", 3)];
        let events = [a1.clone(), b2.clone(), b3.clone()];
        assert_eq!(after(Disturbance::Twice, &events[..1]).await, format!("{a1}{a1}"));
        assert_eq!(after(Disturbance::Swapped, &events).await, format!("{b2}{a1}{b3}"));
        assert_eq!(
            after(Disturbance::Swapped, &events[1..]).await,
            format!("{b2}{b3}"),
            "one object's stay in order"
        );
        assert_eq!(after(Disturbance::EndsAfter(2), &events).await, format!("{a1}{b2}"));
        assert_eq!(after(Disturbance::Late(Duration::from_millis(20)), &events).await, events.concat());
    }
}
