//! The functions in this process: production clients send real requests to the stand-in for AWS,
//! and the tests compare what it received with the script.
//!
//! | file | tests |
//! | --- | --- |
//! | `ticks` | which feeds a tick samples, which calls it makes, what it publishes |
//! | `ratings` | when Rekognition is called, and the AWS sample's metric |
//! | `requests` | what the requests for each feed look like on a socket |
//! | `verdicts` | conditions and incidents over several rounds |
//! | `repeating` | sources that repeat themselves |
//! | `partial` | sources of which a part is dead |
//! | `mismatch` | pipelines that show different programmes |
//! | `over_time` | changes over time, and processes that take turns |
//! | `events` | incidents as events, over processes that take turns |
//! | `mutes` | incidents of channels that are muted |
//! | `event_failures` | events that EventBridge does not take, storms, hostile names |
//! | `incident_pictures` | pictures of incidents in a bucket, and what a failing one costs |
//! | `slates` | sources that show known stills, and what a failing bucket costs |
//! | `notifier` | mails and chat messages about what the monitor announces |
//! | `notifier_failures` | APIs that fail the notifier, events that come twice, storms, hostile names |
//! | `permissions` | the calls that are made, and the roles in the template |
//! | `failures` | failing services, malformed responses and unusual pictures |
//! | `multiviewer` | views of the dashboard widget |
//! | `record` | thumbnails that are recorded, and judged again as the monitor judged them |
//! | `wall` | views that follow each other, states of channels, large fleets and large pictures |

mod ticks;
mod ratings;
mod requests;
mod service_behaviour;
mod verdicts;
mod repeating;
mod partial;
mod mismatch;
mod over_time;
mod events;
mod mutes;
mod event_failures;
mod incident_pictures;
mod slates;
mod notifier;
mod notifier_failures;
mod permissions;
mod failures;
mod multiviewer;
mod record;
mod wall;
