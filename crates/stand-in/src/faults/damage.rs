//! What a fault does to a call: before the work is done, and to the answer afterwards.
//!
//! The names of errors are those of the services' models and of AWS's common errors.

use bytes::Bytes;

use crate::wire::api::{Api, Wire};
use crate::faults::fault::Trouble;
use crate::wire::response::{Payload, Refusal, Reply};

/// How a call begins.
pub(crate) enum Start {
    Work,
    Refuse(Refusal),
    Hang,
    Reset,
}

/// Before the work.
pub(crate) fn before(api: Api, trouble: &Trouble) -> Start {
    match trouble {
        Trouble::Throttle => Start::Refuse(throttle(api)),
        Trouble::ServerError(status) => Start::Refuse(server_error(api, *status)),
        Trouble::Forbidden if api.wire() == Wire::RestJson => {
            Start::Refuse(Refusal::new(403, "ForbiddenException", "Forbidden"))
        }
        Trouble::Denied | Trouble::Forbidden => Start::Refuse(denied(api)),
        Trouble::Expired => Start::Refuse(expired(api)),
        Trouble::Validation => Start::Refuse(validation(api)),
        Trouble::NotFound => Start::Refuse(Refusal::new(404, "NotFoundException", "Not found")),
        Trouble::Hang => Start::Hang,
        Trouble::Reset => Start::Reset,
        _ => Start::Work,
    }
}

/// Too many requests.
pub(crate) fn throttle(api: Api) -> Refusal {
    match api.wire() {
        Wire::RestJson => Refusal::new(429, "TooManyRequestsException", "Too Many Requests"),
        Wire::Json11 => {
            Refusal::new(400, "ProvisionedThroughputExceededException", "Provisioned rate exceeded")
        }
        Wire::Cbor => Refusal::new(400, "Throttling", "Rate exceeded"),
    }
}

fn server_error(api: Api, status: u16) -> Refusal {
    let code = match (api.wire(), status) {
        (Wire::RestJson, 502) => "BadGatewayException",
        (Wire::RestJson, 504) => "GatewayTimeoutException",
        (_, 503) => "ServiceUnavailable",
        (Wire::RestJson, _) => "InternalServerErrorException",
        (Wire::Json11, _) => "InternalServerError",
        (Wire::Cbor, _) => "InternalServiceError",
    };
    Refusal::new(status, code, "Something went wrong on our side")
}

fn denied(api: Api) -> Refusal {
    let operation = api.operation();
    let message = format!(
        "User: arn:aws:sts::111122223333:assumed-role/monitor/monitor is not authorized to perform: {operation} \
         because no identity-based policy allows the {operation} action"
    );
    match api.wire() {
        Wire::RestJson => Refusal::new(403, "AccessDeniedException", message),
        Wire::Json11 => Refusal::new(400, "AccessDeniedException", message),
        Wire::Cbor => Refusal::new(403, "AccessDenied", message),
    }
}

fn expired(api: Api) -> Refusal {
    let message = "The security token included in the request is expired";
    match api.wire() {
        Wire::RestJson => Refusal::new(403, "ExpiredTokenException", message),
        Wire::Json11 => Refusal::new(400, "ExpiredTokenException", message),
        Wire::Cbor => Refusal::new(403, "ExpiredToken", message),
    }
}

fn validation(api: Api) -> Refusal {
    match api.wire() {
        Wire::RestJson => Refusal::new(400, "BadRequestException", "The request is invalid"),
        Wire::Json11 => Refusal::new(400, "InvalidParameterException", "Request has invalid parameters"),
        Wire::Cbor => Refusal::new(400, "InvalidParameterValue", "The value for a parameter is invalid"),
    }
}

/// After the work: what goes out. Answers lost are the server's business.
pub(crate) fn after(api: Api, trouble: Option<&Trouble>, reply: &mut Reply) -> Payload {
    let body = std::mem::take(&mut reply.body);
    let Some(trouble) = trouble else { return Payload::Whole(body) };
    match trouble {
        Trouble::Empty => Payload::Whole(Bytes::new()),
        Trouble::Hollow if api.wire() == Wire::Cbor => Payload::Whole(Bytes::from_static(&[0xa0])),
        Trouble::Hollow => Payload::Whole(Bytes::from_static(b"{}")),
        Trouble::BrokenBase64 | Trouble::BrokenJpeg if api == Api::DescribeThumbnails => Payload::Whole(body),
        Trouble::BrokenBody | Trouble::BrokenBase64 | Trouble::BrokenJpeg => {
            Payload::Whole(broken(api, &body))
        }
        Trouble::Truncated => Payload::cut(&body),
        Trouble::Drip => Payload::drip(body),
        Trouble::Oversized(bytes) => {
            let left = bytes.saturating_sub(body.len());
            Payload::Swollen { head: body, padding: if api.wire() == Wire::Cbor { 0xf6 } else { b' ' }, left }
        }
        Trouble::WrongContentType => {
            reply.headers = vec![("content-type", "text/html".into())];
            Payload::Whole(body)
        }
        _ => Payload::Whole(body),
    }
}

/// What no parser takes: the first half and a brace too many, or a map that breaks off.
fn broken(api: Api, body: &Bytes) -> Bytes {
    match api.wire() {
        Wire::Cbor => Bytes::from_static(&[0xbf, 0x61, 0xff, 0x1c]),
        _ => [&body[..body.len() / 2], b"}}\x00<html>"].concat().into(),
    }
}
