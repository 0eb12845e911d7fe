//! Pictures of incidents: the last one before a fault, the first one with it and the latest one at
//! its end, as JPEGs in a bucket.
//!
//! ```text
//! thumbnails ─► album, within a budget ─► verdict ─► waiting ─► store ─► bucket ─► multiviewer
//! ```
//!
//! | file | holds |
//! | --- | --- |
//! | `name` | the object key of a picture: which feed, incident and moment it is of |
//! | `album` | the thumbnails that may become pictures of an incident, by feed |
//! | `store` | uploads what waits |
//! | [`recent`] | reads it back |
//!
//! Pictures are worth less than datapoints and events: they are uploaded after both, and one that
//! can't be is dropped.

mod album;
mod name;
pub mod recent;
mod store;

pub use album::{Album, SharedAlbum};
pub use name::{IncidentName, Moment, PictureName};
pub use store::{Stored, store};
