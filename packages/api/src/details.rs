//! The details of a case: one request of the core, up to three of HTTP.
//!
//! What is asked first decides; what the others bring is left out when they fail.

use copilot_core::ids::RealId;
use copilot_core::model::CaseDetails;
use copilot_core::request::{Outcome, Reply, Request};

use crate::classify::{self, Asked};
use crate::client::Client;
use crate::credentials::Credentials;
use crate::dialect::Dialect;
use crate::encode::{self, HttpRequest};
use crate::wire;

/// Asks for the details of a case.
pub(crate) async fn read(
    client: &Client,
    dialect: Dialect,
    case: &RealId,
    credentials: Option<&Credentials>,
) -> Outcome {
    let first = match dialect {
        Dialect::Turns => encode::details(case),
        // There is no such page: what a case says of itself is all.
        Dialect::Queries => encode::case(case),
    };
    let asked = Asked { call: first.call, with_token: credentials.is_some() };
    let answer = client.exchange(first, credentials).await?;
    let text = answer.text().filter(|_| answer.is_success() && !answer.is_foreign());
    let read = text.and_then(|text| match dialect {
        Dialect::Turns => wire::read_details(text),
        Dialect::Queries => wire::read_case(text).ok().map(|_| wire::read_description(text)),
    });
    let details = read.ok_or_else(|| classify::answer(asked, &answer))?;
    if dialect == Dialect::Queries {
        return Ok(Reply::Details(Box::new(details)));
    }
    let more = async |http: HttpRequest| {
        let answer = client.exchange(http, credentials).await.ok()?;
        answer.text().filter(|_| answer.is_success()).map(str::to_owned)
    };
    let milestones = more(encode::case(case)).await.map(|text| wire::read_milestones(&text));
    let files = more(encode::files(case)).await.map(|text| wire::read_files(&text));
    Ok(Reply::Details(Box::new(CaseDetails {
        milestones: milestones.unwrap_or_default(),
        files: files.unwrap_or_default(),
        ..details
    })))
}

/// The case whose details a request asks for.
pub(crate) const fn asked_for(request: &Request) -> Option<&RealId> {
    match request {
        Request::ReadDetails { case } => Some(case),
        _ => None,
    }
}
