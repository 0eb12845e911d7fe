//! Watches the source of every running AWS Elemental MediaLive channel and publishes to CloudWatch
//! which are dead: frozen, black, colour bars, flat, or without a picture.
//!
//! A source can be present and still be dead, and MediaLive raises no alert for that. MediaLive
//! makes a thumbnail of every pipeline's source. One scheduled function, `monitor`, fetches it
//! every few seconds, analyses it, judges it beside the ones before, and publishes durations and
//! counts that an alarm can use as they are. A second function, `multiviewer`, draws all sources on
//! a CloudWatch dashboard. A third one, `notifier`, tells people of incidents.
//!
//! # Glossary
//!
//! | term | meaning |
//! | --- | --- |
//! | channel, pipeline, input | MediaLive's own terms; a standard channel has two pipelines, which need not show the same |
//! | feed | one pipeline of one channel, the unit that is watched: the dimensions `ChannelId` and `Pipeline` |
//! | thumbnail | the JPEG that MediaLive makes of a feed's source every 2 s, with a time stamp of its own |
//! | picture | what the detection crate reads from a thumbnail: luma grid, tone, bars, flat colour |
//! | rating | Rekognition's brightness, sharpness and contrast of a thumbnail; decides no condition |
//! | sample | one attempt to observe a feed: a picture, no picture, or a failure |
//! | condition | what a source shows: `moving`, `frozen`, `black`, `bars`, `flat`, `no_picture`, `unknown`, ... |
//! | known still, slate | a picture that operators have declared known; the condition of a source that shows it |
//! | fault | a condition that becomes an incident if it lasts |
//! | incident | a feed in a fault, from its set time to its clear time |
//! | slot | a whole multiple of `DETECTION_INTERVAL` on the wall clock; the time stamp of datapoints |
//! | round | one sample of every feed, on one slot |
//! | tick | one invocation: the rounds of one schedule period |
//! | shard | a part of the fleet that a tick watches; the template gives each a function of its own |
//! | event | the beginning or the end of an incident, or what a round changed, on the event bus |
//! | outbox | datapoints that wait for CloudWatch, or events that wait for EventBridge |
//! | spill | datapoints and events that their services never took, written to the log |
//!
//! # Data flow
//!
//! ```text
//! event ─► tick ─► round ─►  discover ─► capture ─► analyse ─► judge ─► publish ─► CloudWatch ─► alarms, dashboard
//!           │        │         feeds     thumbnail   picture   verdict  datapoints      │
//!        slots,   window,                            rating       ▲                     │
//!        deadline concurrency                         history ◄── restore ◄─────────────┴──► multiviewer
//!                                                        └─► changes ─► announce ─► EventBridge ─► rules
//!                                                                        events           │
//!                                                                                      notifier ─► SNS ─► mail, chat
//! ```
//!
//! Stages are verbs and values are nouns. A stage takes the previous stage's value and returns the
//! next one, and never imports a later stage; SDK types stay inside the stage that calls the SDK.
//! The judge is in the crate [`source_detection`], which knows neither AWS nor a clock.
//!
//! # Layout
//!
//! In reading order: a module imports only those above it.
//!
//! | module | holds |
//! | --- | --- |
//! | [`lambda`] | Lambda's side of the functions: runtime loop, deadlines, clock, logging |
//! | [`feed`], [`metric`], [`datapoint`] | values: what is watched, what can be published, one value of it |
//! | [`fault_durations`] | which durations of faults a sample publishes |
//! | [`bill`] | what a stack costs in a month |
//! | [`console`] | addresses in the AWS console |
//! | [`settings`], [`tags`] | environment variables, and the channel tags that override them |
//! | [`aws`] | clients, rate limits, second attempts, counters, errors |
//! | [`discover`] | stage 1, ListChannels: the channels that are watched |
//! | [`capture`] | stage 2, DescribeThumbnails: the thumbnail of a feed |
//! | [`down_pipelines`] | which pipeline is down of a channel that runs on one of two |
//! | [`analyse`] | stage 3, decoding and DetectLabels: what a thumbnail shows |
//! | [`publish`] | stage 5, PutMetricData: datapoints to CloudWatch, or to the log |
//! | [`spill`] | the log as a writer that the outboxes share |
//! | [`incident_pictures`] | the thumbnails around the beginning and the end of an incident, to a bucket |
//! | [`known_stills`] | the pictures that operators declared known, from the same bucket |
//! | [`announce`] | stage 6, PutEvents: incidents to EventBridge, or to the log |
//! | [`restore`] | GetMetricData: how long feeds have been faulty, after a cold start and for the multiviewer |
//! | [`monitor`] | the scheduled function: slots, rounds, history, datapoints, changes, report, log |
//! | [`multiviewer`] | the dashboard's function: the picture wall |
//! | [`notifier`] | the function that tells people: what else is known, mails, chat messages |
//! | [`record`] | no function: saves thumbnails to a folder that `replay` reads |
//!
//! Stage 4, judging, is [`source_detection::judge`].
//!
//! # Invariants
//!
//! - A failing feed never affects the others. Its failure is recorded as the sample's outcome and
//!   counted.
//! - No datapoint is lost: each ends in CloudWatch or, in embedded metric format, in the log.
//! - An event never costs a datapoint or a round's time, and ends in EventBridge or in the log.
//! - Overlapping ticks are harmless: everything published is a gauge with the slot as its time
//!   stamp.
//! - Judging, encoding and drawing are pure, with time as an argument.
//! - Everything held is bounded: thumbnails in flight, response bodies, waiting datapoints and
//!   events, remembered feeds.
//! - The environment and the wall clock are each read in one place; `clippy.toml` enforces both.

pub mod lambda;
pub mod feed;
pub mod console;
pub mod metric;
pub mod datapoint;
pub mod fault_durations;
pub mod bill;
pub mod settings;
pub mod mute;
pub mod tags;
pub mod aws;
pub mod discover;
pub mod capture;
pub mod down_pipelines;
pub mod analyse;
pub mod spill;
pub mod publish;
pub mod incident_pictures;
pub mod known_stills;
pub mod announce;
pub mod restore;
pub mod monitor;
pub mod multiviewer;
pub mod notifier;
pub mod record;
