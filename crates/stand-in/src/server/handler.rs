//! One HTTP request: logged, delayed, throttled, failed or performed as the script wants.
//!
//! The order is that of a real service: first the connection, then credentials and quota, then the
//! work.

use std::sync::Arc;

use http_body_util::BodyExt;
use hyper::{Request, Response, body::Incoming};

use super::{
    open_call::OpenCall,
    request::{self, ServiceRequest},
};
use crate::{
    faults::{
        effect::{self, Admission},
        fault::FaultKind,
    },
    lock,
    state::AwsState,
    wire::{body::ResponseBody, resettable_stream::ResetHandle, response::ServiceResponse},
};

/// The connection closes without a response.
#[derive(Debug, thiserror::Error)]
#[error("the connection closes without a response")]
pub(crate) struct NoResponse;

/// Handles one request.
pub(crate) async fn handle(
    aws: Arc<AwsState>,
    request: Request<Incoming>,
    reset: ResetHandle,
) -> Result<Response<ResponseBody>, NoResponse> {
    let (head, body) = request.into_parts();
    let (api, operation) = request::operation(&head);
    let call = OpenCall::begin(aws.clone(), api, operation);
    let body = body.collect().await.map_err(|_| NoResponse)?.to_bytes();
    let request = ServiceRequest::read(api, &head, &body);
    let feed = request.as_ref().ok().and_then(|request| request.feed(&lock(&aws.call_log)));
    aws.run_hooks(api, call.number);
    let fault = aws.inject(api, feed.as_ref());
    let kind = fault.kind.as_ref();
    call.update_log(|entry| {
        entry.request_bytes = body.len();
        entry.gzipped = request::is_gzipped(&head);
        entry.feed.clone_from(&feed);
        entry.fault = kind.map(FaultKind::name);
    });
    if !fault.delay.is_zero() {
        tokio::time::sleep(fault.delay).await;
    }
    let result = match effect::admit(api, kind) {
        Admission::Hang => std::future::pending().await,
        Admission::Reset => return Err(closed_by_reset(&reset)),
        Admission::Reject(error) => Err(error),
        Admission::Proceed if !aws.quota_admits(api) => Err(effect::throttled(api)),
        Admission::Proceed => request.and_then(|request| call.perform(request, feed, kind)),
    };
    if kind == Some(&FaultKind::LoseResponse) {
        return Err(closed_by_reset(&reset));
    }
    let response = result.unwrap_or_else(|error| ServiceResponse::error(api, &error));
    respond(&call, response, kind)
}

pub(crate) fn closed_by_reset(reset: &ResetHandle) -> NoResponse {
    reset.reset_on_close();
    NoResponse
}

/// Damages the response as the fault wants, logs its status and turns it into HTTP.
fn respond(
    call: &OpenCall,
    mut response: ServiceResponse,
    kind: Option<&FaultKind>,
) -> Result<Response<ResponseBody>, NoResponse> {
    let body = effect::damage(call.api, kind, &mut response);
    call.update_log(|entry| entry.status = Some(response.status));
    let mut http = Response::builder().status(response.status);
    for (name, value) in &response.headers {
        http = http.header(*name, value);
    }
    let request_id = format!("00000000-0000-4000-8000-{:012}", call.number);
    http.header("x-amzn-requestid", request_id).body(body).map_err(|_| NoResponse)
}
