//! A stand-in for AWS: MediaLive, Rekognition, CloudWatch, EventBridge and SNS on one loopback
//! port, driven by a script of scenes; and the Lambda Runtime API, which runs a built function as
//! Lambda does.
//!
//! Tests, the local example and the load driver point real SDK clients at [`StandIn::endpoint`].
//! The stand-in speaks the services' own protocols (REST JSON, AWS JSON 1.1, Query, RPC v2 CBOR,
//! gzip), returns results and errors in their shapes, and logs every call. It imports nothing of
//! the monitor, otherwise it would share the monitor's misconceptions.
//!
//! # Example
//!
//! ```
//! use aws_stand_in::{Api, Channel, Fault, Scene, StandIn};
//!
//! let aws = StandIn::builder()
//!     .channel(Channel::new("1001").standard().shows(Scene::Moving).pipeline(1, Scene::Black))
//!     .fault(Fault::on(Api::DescribeThumbnails).channel("1001").throttle().times(2))
//!     .start();
//! // Set AWS_ENDPOINT_URL, or the SDK's `endpoint_url`, to this.
//! assert!(aws.endpoint().starts_with("http://127.0.0.1:"));
//! // Change the script while clients are running, and query what happened.
//! aws.set_programme("1001", 0, Scene::Frozen);
//! assert_eq!(aws.count(Api::DescribeThumbnails), 0);
//! assert!(aws.values_of("1001", 0, "FrozenSeconds").is_empty());
//! ```
//!
//! # Terms
//!
//! - **channel**: a MediaLive channel with one or two pipelines.
//! - **feed**: one pipeline of one channel.
//! - **scene**: what a feed shows for a while, such as [`Scene::Moving`] or [`Scene::Black`].
//! - **programme**: a sequence of scenes.
//! - **still**: one JPEG of a programme. A new one is made as [`Pace`] says.
//! - **thumbnail**: a still as DescribeThumbnails returns it, with its time stamp.
//! - **fault**: a scripted failure of calls, see [`Fault`].
//!
//! # Layout
//!
//! ```text
//! server ─► request ─► faults, quota ─► services
//!    │                                    list_channels
//!    │                                    describe_thumbnails ─► pictures: playout ─► still
//!    │                                    detect_labels ─► pictures: quality
//!    │                                    put_metric_data, get_metric_data, list_metrics ─► metric_store
//!    │                                    put_events, publish
//!    │                                    describe_channel: also schedule and alerts
//!    └─► call_log ─► queries
//! ```
//!
//! - `wire`: operations, responses, errors and encodings of the protocols.
//! - `faults`: which calls fail, and what that does to a response.
//! - `pictures`: scenes, their playout and their JPEGs; [`malformed_jpegs`] and [`load_pictures`]
//!   make further JPEGs.
//! - `services`: what each operation returns.
//! - `state`, `behaviour`, `call_log`, `queries`: what exists, how the services behave, what
//!   happened.
//! - `server`: the port, and the way of a call through all of the above.
//! - [`runtime_api`]: the Lambda Runtime API and the process of a function. Independent of the
//!   rest.
//!
//! A folder imports only those listed before it.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a stand-in that cannot continue is a test that fails"
)]
#![allow(clippy::disallowed_methods, reason = "services use the wall clock")]
#![allow(clippy::must_use_candidate, clippy::return_self_not_must_use, reason = "a tool for tests")]

mod wire;
mod faults;
mod pictures;
mod services;
mod behaviour;
mod call_log;
mod state;
mod queries;
mod server;
mod builder;
pub mod runtime_api;

use std::{
    ops::Deref,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

pub use builder::Builder;
pub use call_log::{AnalysedPicture, Call, ServedThumbnail};
pub use faults::fault::Fault;
pub use pictures::{
    load_pictures, malformed_jpegs,
    playout::{FirstResponse, Pace, THUMBNAIL_PERIOD, TimeStamp},
    quality::Quality,
    scene::{Files, Programme, Scene, Span},
    still::fingerprint,
};
pub use services::{
    bucket::Object,
    channel::{Channel, ChannelState},
    channel_detail::{ChannelAlert, InputSwitch},
    date_format::DateFormat,
    metric_store::{Datum, Metric},
    publish::Message,
    put_events::Event,
    quota::Quota,
};
pub use state::{AwsState, LostConnection};
pub use wire::api::{Api, Feed};

/// A running stand-in, which stops when it is dropped. It dereferences to [`AwsState`], which has
/// the methods that change the script and query what happened.
#[derive(Debug)]
pub struct StandIn {
    aws: Arc<AwsState>,
    server: server::listener::Server,
}

impl StandIn {
    /// An empty script.
    pub fn builder() -> Builder {
        Builder::default()
    }

    /// The URL at which it listens: a value for `AWS_ENDPOINT_URL`.
    pub fn endpoint(&self) -> String {
        format!("http://{}", self.server.address)
    }

    /// The port on which it listens.
    pub fn port(&self) -> u16 {
        self.server.address.port()
    }

    /// The shared state, for tasks that outlive a borrow of the stand-in.
    pub fn state(&self) -> Arc<AwsState> {
        self.aws.clone()
    }
}

// A test holds one value; a hook gets the same methods without the server.
impl Deref for StandIn {
    type Target = AwsState;

    fn deref(&self) -> &AwsState {
        &self.aws
    }
}

/// Locks a mutex, also after a panic in another thread: a failed test must not fail the others.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
