//! A Lambda Runtime API of our own, and the built binary run against it: events in, answers and errors out.
//!
//! Knows Lambda's four routes and nothing of the monitor.

use std::{
    collections::VecDeque,
    convert::Infallible,
    process::{Output, Stdio},
    sync::{Arc, Mutex},
    time::{Duration, SystemTime},
};

use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use hyper::{Request, Response, body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::rt::TokioIo;
use serde_json::Value;
use tokio::{
    io::{AsyncRead, AsyncReadExt},
    net::TcpListener,
    process::{Child, Command},
    sync::mpsc,
    task::JoinHandle,
};

/// An event to be delivered, and how much time the function gets for it.
#[derive(Clone, Debug)]
pub struct Invocation {
    pub event: String,
    /// None sends a deadline of 1970, as `cargo lambda watch` does.
    pub time_left: Option<Duration>,
}

impl Invocation {
    pub fn new(event: impl Into<String>) -> Self {
        Self { event: event.into(), time_left: Some(Duration::from_secs(90)) }
    }
}

/// What the function told Lambda.
#[derive(Debug)]
pub enum Told {
    Answer(Value),
    Error { error_type: String, message: String },
    InitError { error_type: String, message: String },
}

/// A function that runs: the built binary and the API it polls.
pub struct Function {
    child: Child,
    // Read as they come: a function whose log nobody reads stands still when the pipe is full.
    stdout: JoinHandle<Vec<u8>>,
    stderr: JoinHandle<Vec<u8>>,
    told: mpsc::UnboundedReceiver<Told>,
    queue: Arc<Mutex<VecDeque<Invocation>>>,
}

impl Function {
    /// Starts `binary` with these variables and no others.
    pub async fn start(binary: &str, variables: &[(&str, String)]) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (tell, told) = mpsc::unbounded_channel();
        let queue = Arc::new(Mutex::new(VecDeque::new()));
        tokio::spawn(serve(listener, Arc::clone(&queue), tell));
        let mut child = Command::new(binary)
            .env_clear()
            .env("AWS_LAMBDA_RUNTIME_API", address.to_string())
            .env("AWS_LAMBDA_FUNCTION_NAME", "monitor")
            .env("AWS_LAMBDA_FUNCTION_VERSION", "$LATEST")
            .env("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "128")
            .env("AWS_REGION", "eu-west-1")
            .env("AWS_ACCESS_KEY_ID", "test")
            .env("AWS_SECRET_ACCESS_KEY", "test")
            .envs(variables.iter().map(|(name, value)| (name, value)))
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .unwrap();
        let stdout = tokio::spawn(read(child.stdout.take().unwrap()));
        let stderr = tokio::spawn(read(child.stderr.take().unwrap()));
        Self { child, stdout, stderr, told, queue }
    }

    /// Delivers an event and waits for what the function says to it.
    pub async fn invoke(&mut self, invocation: Invocation) -> Told {
        self.deliver(invocation);
        self.told().await
    }

    /// Delivers an event and waits for nothing.
    pub fn deliver(&self, invocation: Invocation) {
        self.queue.lock().unwrap().push_back(invocation);
    }

    /// The id of the function's process, which runs.
    pub fn id(&self) -> u32 {
        self.child.id().unwrap()
    }

    /// Sends SIGTERM and waits for the function to end of it.
    pub async fn terminate(self) -> Output {
        let sent = Command::new("kill").args(["-TERM", &self.id().to_string()]).status().await.unwrap();
        assert!(sent.success());
        self.ended().await
    }

    /// Waits for what the function says next.
    pub async fn told(&mut self) -> Told {
        tokio::time::timeout(Duration::from_secs(60), self.told.recv())
            .await
            .expect("no word from the function")
            .unwrap()
    }

    /// Ends the function and gives its log.
    pub async fn stop(mut self) -> String {
        self.child.start_kill().unwrap();
        String::from_utf8(self.ended().await.stdout).unwrap()
    }

    /// Waits for the function to end by itself.
    pub async fn ended(mut self) -> Output {
        let status = tokio::time::timeout(Duration::from_secs(20), self.child.wait()).await.unwrap().unwrap();
        Output { status, stdout: self.stdout.await.unwrap(), stderr: self.stderr.await.unwrap() }
    }
}

async fn read(mut from: impl AsyncRead + Unpin) -> Vec<u8> {
    let mut bytes = Vec::new();
    from.read_to_end(&mut bytes).await.unwrap();
    bytes
}

async fn serve(
    listener: TcpListener,
    queue: Arc<Mutex<VecDeque<Invocation>>>,
    tell: mpsc::UnboundedSender<Told>,
) {
    loop {
        let (stream, _) = listener.accept().await.unwrap();
        let (queue, tell) = (Arc::clone(&queue), tell.clone());
        tokio::spawn(async move {
            let service = service_fn(move |request| answer(request, Arc::clone(&queue), tell.clone()));
            let _ = http1::Builder::new().serve_connection(TokioIo::new(stream), service).await;
        });
    }
}

async fn answer(
    request: Request<Incoming>,
    queue: Arc<Mutex<VecDeque<Invocation>>>,
    tell: mpsc::UnboundedSender<Told>,
) -> Result<Response<Full<Bytes>>, Infallible> {
    let path = request.uri().path().to_owned();
    if path.ends_with("/invocation/next") {
        return Ok(next(&queue).await);
    }
    let body = request.into_body().collect().await.unwrap().to_bytes();
    let body: Value = serde_json::from_slice(&body).unwrap();
    let text = |key: &str| body[key].as_str().unwrap_or_default().to_owned();
    let said = if path.ends_with("/response") {
        Told::Answer(body)
    } else if path.ends_with("/init/error") {
        Told::InitError { error_type: text("errorType"), message: text("errorMessage") }
    } else {
        Told::Error { error_type: text("errorType"), message: text("errorMessage") }
    };
    let _ = tell.send(said);
    Ok(Response::builder().status(202).body(Full::default()).unwrap())
}

async fn next(queue: &Mutex<VecDeque<Invocation>>) -> Response<Full<Bytes>> {
    let invocation = loop {
        if let Some(invocation) = queue.lock().unwrap().pop_front() {
            break invocation;
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
    };
    let deadline = invocation.time_left.map_or(0, |left| {
        (SystemTime::now() + left).duration_since(SystemTime::UNIX_EPOCH).unwrap().as_millis()
    });
    Response::builder()
        .header("lambda-runtime-aws-request-id", "8476a536-e9f4-11e8-9739-2dfe598c3fcd")
        .header("lambda-runtime-deadline-ms", deadline.to_string())
        .header(
            "lambda-runtime-invoked-function-arn",
            "arn:aws:lambda:eu-west-1:111122223333:function:monitor",
        )
        .header("lambda-runtime-trace-id", "Root=1-5bef4de7-ad49b0e87f6ef6c87fc2e700")
        .body(Full::from(invocation.event))
        .unwrap()
}
