//! The Runtime API's server: its four routes, on a loopback port.

use std::{
    convert::Infallible,
    net::SocketAddr,
    sync::Arc,
    time::{Duration, Instant, SystemTime},
};

use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use hyper::{Request, Response, body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::rt::TokioIo;
use serde_json::Value;
use tokio::{
    net::TcpListener,
    sync::{Mutex, mpsc, watch},
    task::JoinHandle,
};

/// Time that an [`Invocation::new`] leaves to the function.
const DEFAULT_TIME_LEFT: Duration = Duration::from_secs(90);

/// An event for the function.
#[derive(Clone, Debug)]
pub struct Invocation {
    /// JSON.
    pub event: String,
    /// Time from delivery to the deadline. `None` sends a deadline of 1970, as `cargo lambda watch`
    /// does.
    pub time_left: Option<Duration>,
}

impl Invocation {
    /// An event, as JSON, with 90 s until its deadline.
    pub fn new(event: impl Into<String>) -> Self {
        Self { event: event.into(), time_left: Some(DEFAULT_TIME_LEFT) }
    }

    /// Milliseconds since 1970, as the header has it.
    fn deadline(&self) -> u128 {
        let Some(time_left) = self.time_left else { return 0 };
        (SystemTime::now() + time_left).duration_since(SystemTime::UNIX_EPOCH).unwrap().as_millis()
    }
}

/// What the function reported to Lambda.
#[derive(Clone, Debug, PartialEq)]
pub enum FunctionResponse {
    /// The result of an invocation.
    Success(Value),
    /// An invocation failed.
    Error {
        /// `errorType`.
        error_type: String,
        /// `errorMessage`.
        message: String,
    },
    /// The function failed to initialise.
    InitError {
        /// `errorType`.
        error_type: String,
        /// `errorMessage`.
        message: String,
    },
}

impl FunctionResponse {
    /// The result of an invocation that must have succeeded.
    ///
    /// # Panics
    ///
    /// Panics with the error if the invocation or the initialisation failed.
    #[track_caller]
    pub fn success(self) -> Value {
        match self {
            Self::Success(result) => result,
            error => panic!("the function failed: {error:?}"),
        }
    }
}

/// A running server; it stops accepting connections when it is dropped.
#[derive(Debug)]
pub(super) struct RuntimeApi {
    pub(super) address: SocketAddr,
    pub(super) invocations: mpsc::UnboundedSender<Invocation>,
    pub(super) responses: mpsc::UnboundedReceiver<FunctionResponse>,
    /// When the function first requested an event.
    pub(super) first_poll: watch::Receiver<Option<Instant>>,
    task: JoinHandle<()>,
}

/// The ends of the channels that the routes use.
struct Routes {
    invocations: Mutex<mpsc::UnboundedReceiver<Invocation>>,
    responses: mpsc::UnboundedSender<FunctionResponse>,
    first_poll: watch::Sender<Option<Instant>>,
}

impl RuntimeApi {
    pub(super) async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free loopback port");
        let address = listener.local_addr().expect("a bound listener has an address");
        let (invocations, queue) = mpsc::unbounded_channel();
        let (sender, responses) = mpsc::unbounded_channel();
        let (first_poll_sender, first_poll) = watch::channel(None);
        let routes = Routes {
            invocations: Mutex::new(queue),
            responses: sender,
            first_poll: first_poll_sender,
        };
        let task = tokio::spawn(accept(listener, Arc::new(routes)));
        Self { address, invocations, responses, first_poll, task }
    }
}

impl Drop for RuntimeApi {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn accept(listener: TcpListener, routes: Arc<Routes>) {
    loop {
        let (stream, _) = listener.accept().await.expect("the function connects");
        let routes = Arc::clone(&routes);
        tokio::spawn(async move {
            let service = service_fn(move |request| handle(request, Arc::clone(&routes)));
            // An error means that the function ended.
            let _ = http1::Builder::new().serve_connection(TokioIo::new(stream), service).await;
        });
    }
}

async fn handle(
    request: Request<Incoming>,
    routes: Arc<Routes>,
) -> Result<Response<Full<Bytes>>, Infallible> {
    let path = request.uri().path().to_owned();
    if path.ends_with("/invocation/next") {
        routes.first_poll.send_if_modified(|first| {
            let is_first = first.is_none();
            first.get_or_insert_with(Instant::now);
            is_first
        });
        return Ok(next_invocation(&routes).await);
    }
    let body =
        request.into_body().collect().await.expect("the function sends its response").to_bytes();
    let body: Value = serde_json::from_slice(&body).expect("the response is JSON");
    let text = |key: &str| body[key].as_str().unwrap_or_default().to_owned();
    let response = if path.ends_with("/response") {
        FunctionResponse::Success(body)
    } else if path.ends_with("/init/error") {
        FunctionResponse::InitError { error_type: text("errorType"), message: text("errorMessage") }
    } else {
        FunctionResponse::Error { error_type: text("errorType"), message: text("errorMessage") }
    };
    // The receiver is gone if the `Function` was dropped.
    let _ = routes.responses.send(response);
    Ok(Response::builder().status(202).body(Full::default()).unwrap())
}

/// Waits for an event, for ever if there will be none.
async fn next_invocation(routes: &Routes) -> Response<Full<Bytes>> {
    let Some(invocation) = routes.invocations.lock().await.recv().await else {
        return std::future::pending().await;
    };
    Response::builder()
        .header("lambda-runtime-aws-request-id", "8476a536-e9f4-11e8-9739-2dfe598c3fcd")
        .header("lambda-runtime-deadline-ms", invocation.deadline().to_string())
        .header(
            "lambda-runtime-invoked-function-arn",
            "arn:aws:lambda:eu-west-1:111122223333:function:monitor",
        )
        .header("lambda-runtime-trace-id", "Root=1-5bef4de7-ad49b0e87f6ef6c87fc2e700")
        .body(Full::from(invocation.event))
        .unwrap()
}
