//! A stand-in of AWS: MediaLive, Rekognition and CloudWatch on one loopback port, driven by a script of scenes.
//!
//! What enters: HTTP as the AWS SDKs send it (REST JSON, JSON 1.1, RPC v2 CBOR, gzip). What leaves: answers and errors in
//! the services' own shapes, and a journal of what was asked. It knows AWS's wire and its script. It imports nothing of the
//! monitor, or it would agree with the monitor's mistakes.
//!
//! ```text
//! server ─► answer ─► ask ─► faults, quota ─► medialive     ─► reel ─► picture ─► still
//!                                             rekognition   ─► quality
//!                                             put, query    ─► metrics
//!                     journal ◄── all of it                 damage ◄── faults
//! ```
//!
//! ```ignore
//! let aws = StandIn::builder()
//!     .channel(Channel::new("1001").standard().shows(Scene::Moving).pipeline(1, Scene::Black))
//!     .fault(Fault::on(Api::DescribeThumbnails).channel("1001").throttle().times(2))
//!     .start();
//! let endpoint = aws.endpoint();
//! ```
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a stand-in that cannot go on is a test that fails"
)]
#![allow(clippy::disallowed_methods, reason = "services live by the wall clock")]
#![allow(
    clippy::missing_panics_doc,
    clippy::missing_errors_doc,
    clippy::must_use_candidate,
    clippy::return_self_not_must_use
)]

mod call_log;
mod faults;
mod pictures;
pub mod runtime_api;
mod services;
mod state;
mod wire;

use std::io;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime};

pub use call_log::{Call, Looked, Served};
pub use faults::fault::Fault;
pub use pictures::{
    malformed_jpegs,
    playout::{Pace, RENEWAL, Stamp},
    quality::Quality,
    scene::{Files, Programme, Scene, Span},
    still::fingerprint,
};
pub use services::{
    channel::{Channel, State},
    date::DateForm,
    metrics::Datum,
    quota::Quota,
};
pub use state::World;
pub use wire::api::{Api, Feed};

/// A running stand-in; it stops when it is dropped. Changes and questions are methods of [`World`].
#[derive(Debug)]
pub struct StandIn {
    world: Arc<World>,
    server: wire::server::Server,
}

impl StandIn {
    /// A script to fill in.
    pub fn builder() -> Builder {
        Builder { world: World::default(), port: 0, warm: false }
    }

    /// Where it listens, as `AWS_ENDPOINT_URL` takes it.
    pub fn endpoint(&self) -> String {
        format!("http://{}", self.server.address)
    }

    /// The port it listens on.
    pub fn port(&self) -> u16 {
        self.server.address.port()
    }

    /// The state behind it, for tasks that outlive this borrow.
    pub fn world(&self) -> Arc<World> {
        self.world.clone()
    }
}

// One value to hold in a test; a hook gets the same methods without the server.
impl std::ops::Deref for StandIn {
    type Target = World;

    fn deref(&self) -> &World {
        &self.world
    }
}

/// A script.
#[derive(Debug)]
pub struct Builder {
    world: World,
    port: u16,
    warm: bool,
}

impl Builder {
    /// One more channel.
    pub fn channel(self, channel: Channel) -> Self {
        self.world.add_channel(channel);
        self
    }

    /// More channels.
    pub fn channels(self, channels: impl IntoIterator<Item = Channel>) -> Self {
        channels.into_iter().for_each(|channel| self.world.add_channel(channel));
        self
    }

    /// One more fault.
    pub fn fault(self, fault: Fault) -> Self {
        self.world.fault(fault);
        self
    }

    /// Every answer of this operation comes so much later.
    pub fn latency(self, api: Api, latency: Duration) -> Self {
        self.world.set_latency(api, latency);
        self
    }

    /// Calls beyond this are throttled. Without it there is no quota.
    pub fn quota(self, api: Api, quota: Quota) -> Self {
        self.world.set_quota(api, Some(quota));
        self
    }

    /// Channels on a page of ListChannels; a caller may ask for fewer. 20 where nobody says.
    pub fn page_size(self, size: usize) -> Self {
        self.world.set_page_size(size);
        self
    }

    /// Points on a page of GetMetricData. 100,800 where nobody says, as the service has it.
    pub fn points_a_page(self, points: usize) -> Self {
        self.world.set_points_a_page(points);
        self
    }

    /// How the dates of all channels that don't say otherwise are written.
    pub fn dates(self, form: DateForm) -> Self {
        self.world.set_dates(form);
        self
    }

    /// When the next still comes: every 2 s where nobody says.
    pub fn pace(self, pace: Pace) -> Self {
        self.world.set_pace(pace);
        self
    }

    /// A point that CloudWatch has from before.
    pub fn history(
        self,
        namespace: &str,
        metric: &str,
        dimensions: &[(&str, &str)],
        at: SystemTime,
        value: f64,
    ) -> Self {
        self.world.history(namespace, metric, dimensions, at, value);
        self
    }

    /// For load tests: the journal counts and keeps nothing, and CloudWatch keeps no data.
    pub fn light(self) -> Self {
        lock(&self.world.journal).light = true;
        self
    }

    /// For load tests: pictures are encoded before the start instead of when they are first asked for.
    pub fn warm(mut self) -> Self {
        self.warm = true;
        self
    }

    /// A given port instead of any free one.
    pub fn port(mut self, port: u16) -> Self {
        self.port = port;
        self
    }

    /// Starts it; panics where it cannot listen.
    pub fn start(self) -> StandIn {
        self.try_start().expect("the stand-in listens on a loopback port")
    }

    /// Starts it, or says why the port cannot be had.
    pub fn try_start(self) -> io::Result<StandIn> {
        if self.warm {
            self.world.stills.warm();
        }
        let world = Arc::new(self.world);
        Ok(StandIn { server: wire::server::Server::start(world.clone(), self.port)?, world })
    }
}

/// A lock that a panicking test has held is as good as any.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
