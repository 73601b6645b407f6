//! How long the server asks to be left alone: a header with seconds, a header with a date, a number
//! in the body (contract 4.4). The longest one wins; what cannot be read or lies in the past is absent.

use copilot_core::Millis;

use crate::answer::Head;

/// The wait that an answer names. `body` is the value of `retry_after` in its body.
pub(crate) fn named(head: &Head, body: Option<&serde_json::Value>) -> Option<Millis> {
    let header = head
        .retry_after
        .as_deref()
        .and_then(|text| seconds(text).or_else(|| until(text, head.date.as_deref())));
    header.max(body.and_then(number))
}

fn seconds(text: &str) -> Option<Millis> {
    let text = text.trim();
    let digits = !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    // More digits than a u64 holds still mean: not for a very long time.
    digits.then(|| Millis::seconds(text.parse().unwrap_or(u64::MAX)))
}

/// A date counts from the answer's own `Date`: the local clock may be years off.
fn until(text: &str, date: Option<&str>) -> Option<Millis> {
    let end = httpdate::parse_http_date(text.trim()).ok()?;
    let now = httpdate::parse_http_date(date?.trim()).ok()?;
    let span = end.duration_since(now).ok()?;
    Some(Millis(u64::try_from(span.as_millis()).unwrap_or(u64::MAX)))
}

fn number(value: &serde_json::Value) -> Option<Millis> {
    if let Some(text) = value.as_str() {
        return seconds(text);
    }
    let seconds = value.as_f64().filter(|seconds| *seconds >= 0.0)?;
    // `as` saturates, and a fraction of a millisecond is rounded up: never too early.
    Some(Millis((seconds * 1000.0).ceil() as u64))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn head(retry_after: &str, date: Option<&str>) -> Head {
        Head { retry_after: Some(retry_after.into()), date: date.map(Into::into), ..Head::default() }
    }

    const DATE: Option<&str> = Some("Tue, 18 Aug 2026 09:00:00 GMT");

    #[test]
    fn the_three_forms_are_read_and_the_longest_wins() {
        assert_eq!(named(&head("60", None), None), Some(Millis(60_000)));
        assert_eq!(named(&head("Tue, 18 Aug 2026 09:01:30 GMT", DATE), None), Some(Millis(90_000)));
        assert_eq!(named(&head("Tuesday, 18-Aug-26 09:01:30 GMT", DATE), None), Some(Millis(90_000)));
        assert_eq!(named(&Head::default(), Some(&json!(2.0001))), Some(Millis(2001)));
        assert_eq!(named(&head("5", None), Some(&json!(7))), Some(Millis(7000)));
        assert_eq!(named(&head("9", None), Some(&json!("7"))), Some(Millis(9000)));
    }

    #[test]
    fn the_local_clock_never_counts() {
        assert_eq!(named(&head("Tue, 18 Aug 2099 09:01:30 GMT", None), None), None);
    }

    #[test]
    fn what_cannot_be_read_or_is_negative_is_absent() {
        for bad in ["", "soon", "-5", "1.5", "Tue, 18 Aug 2026 08:59:59 GMT"] {
            assert_eq!(named(&head(bad, DATE), None), None, "{bad}");
        }
        for bad in [json!(-1), json!(null), json!([60]), json!("x")] {
            assert_eq!(named(&Head::default(), Some(&bad)), None, "{bad}");
        }
    }

    #[test]
    fn an_absurd_wait_stays_a_wait() {
        assert_eq!(named(&head("99999999999999999999999", None), None), Some(Millis(u64::MAX)));
        assert_eq!(named(&Head::default(), Some(&json!(1e300))), Some(Millis(u64::MAX)));
    }
}
