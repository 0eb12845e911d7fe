//! What a fault does to a call: instead of the work, or to the response after it.
//!
//! Error codes are those of the services' models and of AWS's common errors.

use bytes::Bytes;

use super::fault::FaultKind;
use crate::wire::{
    api::{Api, Protocol},
    body::ResponseBody,
    response::{ServiceError, ServiceResponse},
};

/// What happens to a call before the work is done.
pub(crate) enum Admission {
    /// Do the work.
    Proceed,
    /// Return this error.
    Reject(ServiceError),
    /// Never respond.
    Hang,
    /// Reset the connection.
    Reset,
}

/// The effect of a fault before the work.
pub(crate) fn admit(api: Api, kind: Option<&FaultKind>) -> Admission {
    let Some(kind) = kind else { return Admission::Proceed };
    match kind {
        FaultKind::Throttle => Admission::Reject(throttled(api)),
        FaultKind::ServerError(status) => Admission::Reject(server_error(api, *status)),
        FaultKind::Forbidden if api.protocol() == Protocol::RestJson => {
            Admission::Reject(ServiceError::new(403, "ForbiddenException", "Forbidden"))
        }
        FaultKind::Denied | FaultKind::Forbidden => Admission::Reject(denied(api)),
        FaultKind::Expired => Admission::Reject(expired(api)),
        FaultKind::Skewed => Admission::Reject(skewed(api)),
        FaultKind::Validation => Admission::Reject(invalid(api)),
        FaultKind::NotFound => {
            Admission::Reject(ServiceError::new(404, "NotFoundException", "Not found"))
        }
        FaultKind::Hang => Admission::Hang,
        FaultKind::Reset => Admission::Reset,
        _ => Admission::Proceed,
    }
}

/// The operation's own throttling error.
pub(crate) fn throttled(api: Api) -> ServiceError {
    match api.protocol() {
        Protocol::RestJson => {
            ServiceError::new(429, "TooManyRequestsException", "Too Many Requests")
        }
        Protocol::AwsJson11 if api == Api::PutEvents => {
            ServiceError::new(400, "ThrottlingException", "Rate exceeded")
        }
        Protocol::AwsJson11 => ServiceError::new(
            400,
            "ProvisionedThroughputExceededException",
            "Provisioned rate exceeded",
        ),
        Protocol::RpcV2Cbor => ServiceError::new(400, "Throttling", "Rate exceeded"),
        Protocol::Query => ServiceError::new(429, "Throttled", "Rate exceeded"),
        Protocol::RestXml => ServiceError::new(503, "SlowDown", "Please reduce your request rate."),
    }
}

fn server_error(api: Api, status: u16) -> ServiceError {
    let code = match (api.protocol(), status) {
        (Protocol::RestJson, 502) => "BadGatewayException",
        (Protocol::RestJson, 504) => "GatewayTimeoutException",
        (_, 503) => "ServiceUnavailable",
        (Protocol::RestJson, _) => "InternalServerErrorException",
        (Protocol::AwsJson11, _) if api == Api::PutEvents => "InternalException",
        (Protocol::AwsJson11, _) => "InternalServerError",
        (Protocol::RpcV2Cbor, _) => "InternalServiceError",
        (Protocol::Query | Protocol::RestXml, _) => "InternalError",
    };
    ServiceError::new(status, code, "Something went wrong on our side")
}

fn denied(api: Api) -> ServiceError {
    let operation = api.operation();
    let message = format!(
        "User: arn:aws:sts::111122223333:assumed-role/monitor/monitor is not authorized to perform: \
         {operation} because no identity-based policy allows the {operation} action"
    );
    match api.protocol() {
        Protocol::RestJson => ServiceError::new(403, "AccessDeniedException", message),
        Protocol::AwsJson11 => ServiceError::new(400, "AccessDeniedException", message),
        Protocol::RpcV2Cbor | Protocol::RestXml => ServiceError::new(403, "AccessDenied", message),
        Protocol::Query => ServiceError::new(403, "AuthorizationError", message),
    }
}

/// A signature that has expired, as each protocol words it
/// (<https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-troubleshooting.html>).
fn skewed(api: Api) -> ServiceError {
    let message = "Signature expired: 20260101T000000Z is now earlier than 20260101T005500Z";
    match api.protocol() {
        Protocol::RestJson => ServiceError::new(403, "InvalidSignatureException", message),
        Protocol::AwsJson11 => ServiceError::new(400, "InvalidSignatureException", message),
        Protocol::RpcV2Cbor => ServiceError::new(403, "RequestExpired", message),
        Protocol::Query => ServiceError::new(403, "SignatureDoesNotMatch", message),
        Protocol::RestXml => ServiceError::new(403, "RequestTimeTooSkewed", message),
    }
}

fn expired(api: Api) -> ServiceError {
    let message = "The security token included in the request is expired";
    match api.protocol() {
        Protocol::RestJson => ServiceError::new(403, "ExpiredTokenException", message),
        Protocol::AwsJson11 => ServiceError::new(400, "ExpiredTokenException", message),
        Protocol::RpcV2Cbor | Protocol::Query => ServiceError::new(403, "ExpiredToken", message),
        Protocol::RestXml => ServiceError::new(400, "ExpiredToken", message),
    }
}

fn invalid(api: Api) -> ServiceError {
    match api.protocol() {
        Protocol::RestJson => {
            ServiceError::new(400, "BadRequestException", "The request is invalid")
        }
        Protocol::AwsJson11 if api == Api::PutEvents => {
            ServiceError::new(400, "ValidationException", "Request has invalid parameters")
        }
        Protocol::AwsJson11 => {
            ServiceError::new(400, "InvalidParameterException", "Request has invalid parameters")
        }
        Protocol::RpcV2Cbor => {
            ServiceError::new(400, "InvalidParameterValue", "The value for a parameter is invalid")
        }
        Protocol::Query => ServiceError::new(400, "InvalidParameter", "Invalid parameter"),
        Protocol::RestXml => ServiceError::new(400, "InvalidRequest", "Invalid request"),
    }
}

/// Takes the body of a response and returns it as it is sent. A lost response never comes here.
pub(crate) fn damage(
    api: Api,
    kind: Option<&FaultKind>,
    response: &mut ServiceResponse,
) -> ResponseBody {
    let body = std::mem::take(&mut response.body);
    let Some(kind) = kind else { return ResponseBody::Complete(body) };
    let is_cbor = api.protocol() == Protocol::RpcV2Cbor;
    match kind {
        FaultKind::EmptyBody => ResponseBody::Complete(Bytes::new()),
        FaultKind::EmptyObject => {
            ResponseBody::Complete(Bytes::from_static(if is_cbor { &[0xa0] } else { b"{}" }))
        }
        // The thumbnail itself is damaged where it is encoded.
        FaultKind::BrokenBase64 | FaultKind::BrokenJpeg if api == Api::DescribeThumbnails => {
            ResponseBody::Complete(body)
        }
        FaultKind::BrokenBody | FaultKind::BrokenBase64 | FaultKind::BrokenJpeg => {
            ResponseBody::Complete(unparsable(api, &body))
        }
        FaultKind::Truncated => ResponseBody::truncated(&body),
        FaultKind::Drip => ResponseBody::drip(body),
        FaultKind::Oversized(bytes) => {
            let left = bytes.saturating_sub(body.len());
            ResponseBody::Padded { head: body, padding: if is_cbor { 0xf6 } else { b' ' }, left }
        }
        FaultKind::WrongContentType => {
            response.headers = vec![("content-type", "text/html".into())];
            ResponseBody::Complete(body)
        }
        _ => ResponseBody::Complete(body),
    }
}

/// A body that no parser accepts: an unfinished map, or half of the JSON and surplus braces.
fn unparsable(api: Api, body: &Bytes) -> Bytes {
    match api.protocol() {
        Protocol::RpcV2Cbor => Bytes::from_static(&[0xbf, 0x61, 0xff, 0x1c]),
        _ => [&body[..body.len() / 2], b"}}\x00<html>"].concat().into(),
    }
}
