//! Pooled connections that outlive the time in which Lambda freezes a process.
//!
//! A thawed process doesn't know which of its connections the services have closed meanwhile, or
//! which a network device has dropped without a word. A request on such a connection fails or
//! hangs, and so may the next one, on another connection of the pool. So a pool from before the
//! invocation is only trusted until a request on it fails or hangs: then it is replaced. A second
//! attempt has a new connection. A request that hangs is sent on one too, and the first response of
//! the two counts: the service may only be slow.

use std::{
    fmt,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    time::Duration,
};

use aws_smithy_http_client::{
    Builder,
    tls::{Provider, rustls_provider::CryptoMode},
};
use aws_smithy_runtime_api::client::{
    http::{
        HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpClient,
        SharedHttpConnector,
    },
    orchestrator::HttpRequest,
    runtime_components::RuntimeComponents,
};
use futures_util::future::{Either, select};
use tokio::time::{Instant, timeout};
use tracing::debug;

use crate::lambda::Clock;

/// Connections that were idle for this long are closed. AWS does not document when its services do;
/// load balancers do after 60 s by default
/// (<https://docs.aws.amazon.com/elasticloadbalancing/latest/application/edit-load-balancer-attributes.html>).
const IDLE_TIMEOUT: Duration = Duration::from_secs(20);

/// After an init that was longer ago than this, the process may have been frozen.
const SUSPECT_AFTER: Duration = Duration::from_secs(5);

/// The connections of a process, shared by its clients.
#[derive(Clone, Debug, Default)]
pub struct Connections(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    init: Clock,
    /// Counts invocations, from 1; 0 is the init, with a first invocation that follows at once.
    invocation: AtomicU64,
    is_begun: AtomicBool,
    pool: Mutex<Pool>,
}

impl Default for Shared {
    fn default() -> Self {
        Self {
            init: Clock::read(),
            invocation: AtomicU64::new(0),
            is_begun: AtomicBool::new(false),
            pool: Mutex::new(Pool::new(0)),
        }
    }
}

/// A pool of connections.
#[derive(Clone, Debug)]
struct Pool {
    client: SharedHttpClient,
    /// The invocation in which it was created.
    created_in: u64,
    /// When the latest invocation began.
    begun: Instant,
}

impl Pool {
    fn new(created_in: u64) -> Self {
        let builder = Builder::new().pool_idle_timeout(IDLE_TIMEOUT);
        let client = builder.tls_provider(Provider::Rustls(CryptoMode::AwsLc)).build_https();
        Self { client, created_in, begun: Instant::now() }
    }
}

impl Connections {
    /// A new invocation begins: the process may have been frozen until now. Usually it was not
    /// between its init and the first invocation.
    pub fn begin_invocation(&self, clock: &Clock) {
        let is_first = self.0.invocation.load(Ordering::Relaxed) == 0;
        let since_init = clock.wall().duration_since(self.0.init.wall()).unwrap_or_default();
        if !is_first || since_init > SUSPECT_AFTER || self.0.is_begun.swap(true, Ordering::Relaxed)
        {
            self.0.invocation.fetch_add(1, Ordering::Relaxed);
        }
        self.lock().begun = clock.start();
    }

    /// A client over these connections. A request on an old connection that has no response after
    /// `patience` hangs.
    pub(super) fn client(&self, patience: Duration) -> SharedHttpClient {
        SharedHttpClient::new(ThawedClient { connections: self.clone(), patience })
    }

    fn lock(&self) -> MutexGuard<'_, Pool> {
        self.0.pool.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn pool(&self) -> Pool {
        self.lock().clone()
    }

    /// Whether the pool may have connections from before this invocation. Those that it has not
    /// used by now are closed.
    fn is_old(&self, pool: &Pool) -> bool {
        pool.created_in < self.0.invocation.load(Ordering::Relaxed)
            && pool.begun.elapsed() < IDLE_TIMEOUT
    }

    /// The pool of this invocation; replaces an older one.
    fn renewed(&self) -> Pool {
        let mut pool = self.lock();
        if self.is_old(&pool) {
            debug!("a connection from before this invocation is dead: all are replaced");
            *pool = Pool::new(self.0.invocation.load(Ordering::Relaxed));
        }
        pool.clone()
    }
}

/// An HTTP client whose old connections may be dead.
#[derive(Clone, Debug)]
struct ThawedClient {
    connections: Connections,
    patience: Duration,
}

impl HttpClient for ThawedClient {
    fn http_connector(
        &self,
        settings: &HttpConnectorSettings,
        components: &RuntimeComponents,
    ) -> SharedHttpConnector {
        let pool = self.connections.pool();
        let connector = pool.client.http_connector(settings, components);
        if !self.connections.is_old(&pool) {
            return connector;
        }
        let environment = Arc::new((settings.clone(), components.clone()));
        SharedHttpConnector::new(ThawedConnector { connector, client: self.clone(), environment })
    }
}

/// A connector of an old pool.
struct ThawedConnector {
    connector: SharedHttpConnector,
    client: ThawedClient,
    /// What another connector is made with. The components are dozens of allocations.
    environment: Arc<(HttpConnectorSettings, RuntimeComponents)>,
}

impl fmt::Debug for ThawedConnector {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ThawedConnector").field("client", &self.client).finish_non_exhaustive()
    }
}

impl HttpConnector for ThawedConnector {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        // All requests of the SDKs have their bodies in memory.
        let Some(again) = request.try_clone() else { return self.connector.call(request) };
        let mut first = self.connector.call(request);
        let (client, environment) = (self.client.clone(), Arc::clone(&self.environment));
        HttpConnectorFuture::new(async move {
            let result = timeout(client.patience, &mut first).await;
            if let Ok(Ok(response)) = result {
                return Ok(response);
            }
            let pool = client.connections.renewed();
            if let Ok(failed) = result {
                // The caller's next attempt has a new connection.
                return failed;
            }
            let (settings, components) = &*environment;
            let second = pool.client.http_connector(settings, components).call(again);
            match select(first, second).await {
                Either::Left((Err(_), second)) => second.await,
                Either::Right((Err(_), first)) => first.await,
                Either::Left((response, _)) | Either::Right((response, _)) => response,
            }
        })
    }
}
