//! A Lambda Runtime API of our own and the binary that polls it: events in, answers out, and the log's round lines.
//!
//! Knows Lambda's routes and nothing of what the function does.

use std::{
    collections::HashMap,
    convert::Infallible,
    path::Path,
    process::Stdio,
    sync::Arc,
    time::{Duration, Instant, SystemTime},
};

use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use hyper::{Request, Response, body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::rt::TokioIo;
use serde_json::Value;
use tokio::{
    io::{AsyncBufReadExt, BufReader},
    net::TcpListener,
    process::{Child, Command},
    sync::{Mutex, mpsc},
};

use crate::process::Process;

/// No round takes as long.
const PATIENCE: Duration = Duration::from_mins(3);

/// A function that runs.
pub(crate) struct Function {
    child: Child,
    pub(crate) started: Instant,
    polls: mpsc::UnboundedReceiver<Instant>,
    answers: mpsc::UnboundedReceiver<(String, Value)>,
    events: mpsc::UnboundedSender<(Duration, Value)>,
    lines: mpsc::UnboundedReceiver<Value>,
}

/// The two ends that the API holds.
struct Desk {
    polls: mpsc::UnboundedSender<Instant>,
    answers: mpsc::UnboundedSender<(String, Value)>,
    events: Mutex<mpsc::UnboundedReceiver<(Duration, Value)>>,
}

impl Function {
    /// Starts `binary` with these variables and no others, in this control group if there is one.
    pub(crate) async fn start(
        binary: &Path,
        group: Option<&Path>,
        variables: &HashMap<String, String>,
    ) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (polls_in, polls) = mpsc::unbounded_channel();
        let (answers_in, answers) = mpsc::unbounded_channel();
        let (events, events_out) = mpsc::unbounded_channel();
        let desk = Desk { polls: polls_in, answers: answers_in, events: Mutex::new(events_out) };
        tokio::spawn(serve(listener, Arc::new(desk)));
        let started = Instant::now();
        let mut child = command(binary, group)
            .env_clear()
            .env("AWS_LAMBDA_RUNTIME_API", address.to_string())
            .env("AWS_LAMBDA_FUNCTION_NAME", "monitor")
            .env("AWS_LAMBDA_FUNCTION_VERSION", "$LATEST")
            .env("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "128")
            .env("AWS_REGION", "eu-west-1")
            .env("AWS_ACCESS_KEY_ID", "test")
            .env("AWS_SECRET_ACCESS_KEY", "test")
            .envs(variables)
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .unwrap_or_else(|error| panic!("failed to start {}: {error}", binary.display()));
        let (lines_in, lines) = mpsc::unbounded_channel();
        let mut log = BufReader::new(child.stdout.take().unwrap()).lines();
        tokio::spawn(async move {
            while let Ok(Some(line)) = log.next_line().await {
                let _ = lines_in.send(serde_json::from_str(&line).unwrap_or(Value::String(line)));
            }
        });
        Self { child, started, polls, answers, events, lines }
    }

    pub(crate) fn process(&self) -> Process {
        Process(self.child.id().expect("it runs"))
    }

    /// Waits until the function asks for an event, and says when it did.
    pub(crate) async fn polled(&mut self) -> Instant {
        within(&mut self.child, self.polls.recv()).await
    }

    /// Delivers an event and waits for the answer.
    pub(crate) async fn invoke(&mut self, time_left: Duration, event: Value) -> Value {
        self.events.send((time_left, event)).unwrap();
        let (route, answer) = within(&mut self.child, self.answers.recv()).await;
        assert!(route.ends_with("/response"), "the function failed: {answer}");
        answer
    }

    /// The log's next line about a round.
    pub(crate) async fn round_line(&mut self) -> Value {
        loop {
            let line = within(&mut self.child, self.lines.recv()).await;
            if line["message"] == "round" {
                return line;
            }
            if line["level"] == "WARN" || line["level"] == "ERROR" {
                eprintln!("{line}");
            }
        }
    }
}

/// A group has to be entered before the binary runs, so a shell does it and becomes the binary.
fn command(binary: &Path, group: Option<&Path>) -> Command {
    let Some(group) = group else { return Command::new(binary) };
    let mut command = Command::new("/bin/sh");
    command.args(["-c", r#"echo $$ > "$0/cgroup.procs" && exec "$1""#]).arg(group).arg(binary);
    command
}

/// What comes from the function, if it comes while the function runs.
async fn within<T>(child: &mut Child, coming: impl Future<Output = Option<T>>) -> T {
    tokio::select! {
        biased;
        came = tokio::time::timeout(PATIENCE, coming) => came.expect("no word from the function").unwrap(),
        ended = child.wait() => panic!("the function ended: {}", ended.unwrap()),
    }
}

async fn serve(listener: TcpListener, desk: Arc<Desk>) {
    loop {
        let (stream, _) = listener.accept().await.unwrap();
        let desk = Arc::clone(&desk);
        tokio::spawn(async move {
            let service = service_fn(move |request| answer(request, Arc::clone(&desk)));
            let _ = http1::Builder::new().serve_connection(TokioIo::new(stream), service).await;
        });
    }
}

async fn answer(request: Request<Incoming>, desk: Arc<Desk>) -> Result<Response<Full<Bytes>>, Infallible> {
    let path = request.uri().path().to_owned();
    if path.ends_with("/invocation/next") {
        let _ = desk.polls.send(Instant::now());
        return Ok(next(&desk).await);
    }
    let body = request.into_body().collect().await.unwrap().to_bytes();
    let _ = desk.answers.send((path, serde_json::from_slice(&body).unwrap()));
    Ok(Response::builder().status(202).body(Full::default()).unwrap())
}

async fn next(desk: &Desk) -> Response<Full<Bytes>> {
    let Some((time_left, event)) = desk.events.lock().await.recv().await else {
        return std::future::pending().await;
    };
    let deadline = (SystemTime::now() + time_left).duration_since(SystemTime::UNIX_EPOCH).unwrap();
    Response::builder()
        .header("lambda-runtime-aws-request-id", "8476a536-e9f4-11e8-9739-2dfe598c3fcd")
        .header("lambda-runtime-deadline-ms", deadline.as_millis().to_string())
        .header(
            "lambda-runtime-invoked-function-arn",
            "arn:aws:lambda:eu-west-1:111122223333:function:monitor",
        )
        .header("lambda-runtime-trace-id", "Root=1-5bef4de7-ad49b0e87f6ef6c87fc2e700")
        .body(Full::from(event.to_string()))
        .unwrap()
}
