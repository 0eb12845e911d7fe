//! One loopback port, HTTP/1.1 with keep-alive, on threads of its own.
//!
//! The server has its own runtime, so that neither a test's single-threaded runtime nor a busy
//! example delays it.

use std::{
    io,
    net::{Ipv4Addr, SocketAddr},
    sync::{Arc, atomic::Ordering},
    thread::JoinHandle,
    time::Duration,
};

use hyper::{server::conn::http1, service::service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::{
    net::{TcpListener, TcpStream},
    sync::oneshot,
};

use super::handler::{closed_by_reset, handle};
use crate::{
    state::{AwsState, LostConnection},
    wire::resettable_stream::{ResetHandle, ResettableStream},
};

/// Calls that hang are dropped this long after the server was stopped.
const SHUTDOWN_TIMEOUT: Duration = Duration::from_millis(200);

/// Time until connections are accepted again after the process ran out of descriptors.
const ACCEPT_RETRY: Duration = Duration::from_millis(10);

/// A server that runs until it is dropped.
#[derive(Debug)]
pub(crate) struct Server {
    pub(crate) address: SocketAddr,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Server {
    /// Listens on 127.0.0.1; port 0 stands for any free port.
    pub(crate) fn start(aws: Arc<AwsState>, port: u16) -> io::Result<Self> {
        let listener = std::net::TcpListener::bind((Ipv4Addr::LOCALHOST, port))?;
        listener.set_nonblocking(true)?;
        let address = listener.local_addr()?;
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(2)
            .thread_name("stand-in")
            .enable_all()
            .build()?;
        let (stop, stopped) = oneshot::channel();
        let thread = std::thread::Builder::new().name("stand-in".into()).spawn(move || {
            runtime.block_on(async move {
                let listener =
                    TcpListener::from_std(listener).expect("the listener is non-blocking");
                tokio::select! {
                    () = accept(listener, aws) => {}
                    _ = stopped => {}
                }
            });
            runtime.shutdown_timeout(SHUTDOWN_TIMEOUT);
        })?;
        Ok(Self { address, stop: Some(stop), thread: Some(thread) })
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

async fn accept(listener: TcpListener, aws: Arc<AwsState>) {
    loop {
        match listener.accept().await {
            Ok((stream, _)) => {
                let number = aws.connections.fetch_add(1, Ordering::Relaxed);
                tokio::spawn(serve(stream, number, aws.clone()));
            }
            // Out of descriptors: other connections will close.
            Err(_) => tokio::time::sleep(ACCEPT_RETRY).await,
        }
    }
}

async fn serve(stream: TcpStream, number: u64, aws: Arc<AwsState>) {
    let _ = stream.set_nodelay(true);
    let reset = ResetHandle::default();
    let stream = ResettableStream { stream, reset: reset.clone() };
    let service = service_fn(move |request| {
        let (aws, reset) = (aws.clone(), reset.clone());
        async move {
            match aws.lost(number) {
                None => handle(aws, request, reset).await,
                Some(LostConnection::Silence) => std::future::pending().await,
                Some(LostConnection::Reset) => Err(closed_by_reset(&reset)),
            }
        }
    });
    // An error means that the caller went away or that a fault closed the connection.
    let _ = http1::Builder::new()
        .timer(TokioTimer::new())
        .serve_connection(TokioIo::new(stream), service)
        .await;
}
