//! The process of a built function, started as Lambda starts it.

use std::{
    ffi::OsStr,
    path::Path,
    process::{Output, Stdio},
    time::{Duration, Instant},
};

use tokio::{
    process::{Child, Command},
    time::timeout,
};

use super::{
    log::Log,
    server::{FunctionResponse, Invocation, RuntimeApi},
};

/// Longest wait for a response, a log line or the first poll. No tick in a test or a measurement
/// takes as long.
const RESPONSE_TIMEOUT: Duration = Duration::from_mins(3);
/// Longest wait for the process to exit.
const EXIT_TIMEOUT: Duration = Duration::from_secs(20);

/// A running function: the process of a binary and the Runtime API that it polls. The process is
/// killed when this is dropped.
#[derive(Debug)]
pub struct Function {
    child: Child,
    started: Instant,
    api: RuntimeApi,
    stdout: Log,
    stderr: Log,
}

impl Function {
    /// Starts a binary with Lambda's environment variables, with these (the last one of a name
    /// wins), and no others.
    ///
    /// # Panics
    ///
    /// Panics if the binary cannot be started.
    pub async fn start<N: AsRef<OsStr>>(
        binary: impl AsRef<Path>,
        variables: &[(N, String)],
    ) -> Self {
        Self::start_in(None, binary, variables).await
    }

    /// Starts a binary as [`Function::start`] does, in a control group (v2): the group's directory,
    /// which exists.
    ///
    /// # Panics
    ///
    /// Panics if the binary cannot be started.
    pub async fn start_in<N: AsRef<OsStr>>(
        control_group: Option<&Path>,
        binary: impl AsRef<Path>,
        variables: &[(N, String)],
    ) -> Self {
        let api = RuntimeApi::start().await;
        let binary = binary.as_ref();
        let started = Instant::now();
        let mut child = command(binary, control_group)
            .env_clear()
            .env("AWS_LAMBDA_RUNTIME_API", api.address.to_string())
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
            .unwrap_or_else(|error| panic!("failed to start {}: {error}", binary.display()));
        let stdout = Log::read(child.stdout.take().expect("standard output is piped"));
        let stderr = Log::read(child.stderr.take().expect("standard error is piped"));
        Self { child, started, api, stdout, stderr }
    }

    /// The ID of the process.
    ///
    /// # Panics
    ///
    /// Panics if the process has exited.
    pub fn id(&self) -> u32 {
        self.child.id().expect("the function is running")
    }

    /// Waits until the function first requests an event; returns the time since the process was
    /// started.
    ///
    /// # Panics
    ///
    /// Panics if the function exits first, or after three minutes.
    pub async fn init_duration(&mut self) -> Duration {
        let mut first_poll = self.api.first_poll.clone();
        let polled = async { *first_poll.wait_for(Option::is_some).await.ok()? };
        receive(polled, &mut self.child, &mut self.stderr).await - self.started
    }

    /// Queues an event.
    ///
    /// # Panics
    ///
    /// Panics if the server has stopped.
    pub fn deliver(&self, invocation: Invocation) {
        self.api.invocations.send(invocation).expect("the Runtime API is running");
    }

    /// Queues an event and waits for the function's response.
    ///
    /// # Panics
    ///
    /// Panics if the function exits without a response, or after three minutes.
    pub async fn invoke(&mut self, invocation: Invocation) -> FunctionResponse {
        self.deliver(invocation);
        self.next_response().await
    }

    /// Waits for the function's next response or error.
    ///
    /// # Panics
    ///
    /// Panics if the function exits without one, or after three minutes.
    pub async fn next_response(&mut self) -> FunctionResponse {
        receive(self.api.responses.recv(), &mut self.child, &mut self.stderr).await
    }

    /// Waits for the next line that the function writes to standard output.
    ///
    /// # Panics
    ///
    /// Panics if the function exits without one, or after three minutes.
    pub async fn next_log_line(&mut self) -> String {
        receive(self.stdout.next_line(), &mut self.child, &mut self.stderr).await
    }

    /// Kills the function and returns everything that it wrote to standard output.
    ///
    /// # Panics
    ///
    /// Panics if the function has exited already, or if the output is not UTF-8.
    pub async fn stop(mut self) -> String {
        self.child.start_kill().expect("the function is running");
        String::from_utf8(self.wait().await.stdout).expect("the log is UTF-8")
    }

    /// Sends SIGTERM, and waits for the function to exit.
    ///
    /// # Panics
    ///
    /// Panics if the function does not exit within 20 s.
    pub async fn terminate(self) -> Output {
        let kill = Command::new("kill").args(["-TERM", &self.id().to_string()]).status().await;
        assert!(kill.expect("kill runs").success());
        self.wait().await
    }

    /// Waits for the function to exit by itself; returns its status and everything that it wrote.
    ///
    /// # Panics
    ///
    /// Panics if the function does not exit within 20 s.
    pub async fn wait(mut self) -> Output {
        let status =
            timeout(EXIT_TIMEOUT, self.child.wait()).await.expect("the function does not exit");
        Output {
            status: status.expect("the function is a child of this process"),
            stdout: self.stdout.whole().await.to_owned(),
            stderr: self.stderr.whole().await.to_owned(),
        }
    }
}

/// A process has to enter its control group before the binary runs, so a shell enters it and
/// executes the binary.
fn command(binary: &Path, control_group: Option<&Path>) -> Command {
    let Some(control_group) = control_group else { return Command::new(binary) };
    let mut command = Command::new("/bin/sh");
    command
        .args(["-c", r#"echo $$ > "$0/cgroup.procs" && exec "$1""#])
        .arg(control_group)
        .arg(binary);
    command
}

/// What the function sends next. Panics with its standard error if it exits first.
async fn receive<T>(
    message: impl Future<Output = Option<T>>,
    child: &mut Child,
    stderr: &mut Log,
) -> T {
    tokio::select! {
        biased;
        received = timeout(RESPONSE_TIMEOUT, message) => {
            if let Some(message) = received.expect("the function sends nothing") {
                return message;
            }
        }
        _ = child.wait() => {}
    }
    let status = child.wait().await.expect("the function is a child of this process");
    panic!("the function exited ({status}): {}", String::from_utf8_lossy(stderr.whole().await));
}
