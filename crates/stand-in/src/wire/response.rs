//! Responses and errors in the shape that each protocol defines.

use bytes::Bytes;
use ciborium::Value;
use serde_json::json;

use super::{
    api::{Api, Protocol},
    cbor,
};

/// An error that the service returns instead of a result.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ServiceError {
    /// HTTP status.
    pub(crate) status: u16,
    /// The error's name in the service's model, or one of AWS's common errors.
    pub(crate) code: &'static str,
    pub(crate) message: String,
}

impl ServiceError {
    pub(crate) fn new(status: u16, code: &'static str, message: impl Into<String>) -> Self {
        Self { status, code, message: message.into() }
    }
}

/// Status, headers and body of a response, before a fault damages them.
#[derive(Debug)]
pub(crate) struct ServiceResponse {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(&'static str, String)>,
    pub(crate) body: Bytes,
}

impl ServiceResponse {
    /// The response to a call that succeeded.
    pub(crate) fn ok(api: Api, body: impl Into<Bytes>) -> Self {
        let headers = match api.protocol() {
            Protocol::RestJson => vec![("content-type", "application/json".into())],
            Protocol::AwsJson11 => vec![("content-type", "application/x-amz-json-1.1".into())],
            Protocol::Query => vec![("content-type", "text/xml".into())],
            Protocol::RestXml => vec![("content-type", "application/xml".into())],
            Protocol::RpcV2Cbor => {
                vec![
                    ("content-type", "application/cbor".into()),
                    ("smithy-protocol", "rpc-v2-cbor".into()),
                ]
            }
        };
        Self { status: 200, headers, body: body.into() }
    }

    /// An error in this operation's protocol.
    pub(crate) fn error(api: Api, error: &ServiceError) -> Self {
        let ServiceError { status, code, message } = error;
        let mut response = match api.protocol() {
            Protocol::RestJson => {
                let mut response = Self::ok(api, json!({ "message": message }).to_string());
                response.headers.push(("x-amzn-errortype", (*code).into()));
                response
            }
            Protocol::AwsJson11 => {
                Self::ok(api, json!({ "__type": code, "message": message }).to_string())
            }
            Protocol::Query => {
                let fault = if *status < 500 { "Sender" } else { "Receiver" };
                let body = format!(
                    "<ErrorResponse><Error><Type>{fault}</Type><Code>{code}</Code>\
                     <Message>{}</Message></Error></ErrorResponse>",
                    message.replace('&', "&amp;").replace('<', "&lt;")
                );
                Self::ok(api, body)
            }
            Protocol::RestXml => {
                let message = message.replace('&', "&amp;").replace('<', "&lt;");
                Self::ok(
                    api,
                    format!("<Error><Code>{code}</Code><Message>{message}</Message></Error>"),
                )
            }
            Protocol::RpcV2Cbor => {
                let shape = Value::Text(format!("com.amazonaws.cloudwatch#{code}"));
                let body =
                    cbor::map([("__type", shape), ("message", Value::Text(message.clone()))]);
                let mut response = Self::ok(api, cbor::encode(&body));
                // CloudWatch used to speak the Query protocol; SDKs still read that protocol's
                // error codes.
                let fault = if *status < 500 { "Sender" } else { "Receiver" };
                response.headers.push(("x-amzn-query-error", format!("{code};{fault}")));
                response
            }
        };
        response.status = *status;
        response
    }
}
