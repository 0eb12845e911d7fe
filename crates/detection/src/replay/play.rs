//! Decodes and judges one sequence, still by still.
//!
//! A [`Sequence`] enters, [`Played`] leaves: the condition of each still, and the incidents. Labels
//! are ignored.

use std::{
    fs,
    path::Path,
    time::{Duration, SystemTime},
};

use super::{ReplayError, Sequence};
use crate::{
    judge::{Condition, Evidence, Fault, FeedState, IncidentEvent, Observation, Thresholds},
    picture::{Picture, STILL_PIXELS, Unreadable},
};

/// What a sequence led to.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Played {
    /// The condition of each still.
    pub conditions: Vec<Condition>,
    /// The incidents, in order of time.
    pub incidents: Vec<RaisedIncident>,
    /// Indices of the stills that could not be decoded, and why.
    pub unreadable: Vec<(usize, String)>,
}

/// An incident. Times count from the first still.
#[derive(Clone, Debug, PartialEq)]
pub struct RaisedIncident {
    /// What was raised.
    pub fault: Fault,
    /// When the fault began.
    pub since: Duration,
    /// When the incident was raised.
    pub set: Duration,
    /// When it was cleared; `None` if it was open at the end.
    pub clear: Option<Duration>,
    /// The numbers that decided it.
    pub evidence: Option<Evidence>,
}

/// Plays a sequence as a feed that was running before its first still. `on_still` is called after
/// each still with its index.
///
/// # Errors
/// A file that cannot be read. A still that cannot be decoded is not an error: its condition is
/// `unknown`.
pub fn play(
    sequence: &Sequence,
    thresholds: &Thresholds,
    mut on_still: impl FnMut(usize),
) -> Result<Played, ReplayError> {
    let mut feed = FeedState::new();
    let mut played = Played::default();
    for (index, still) in sequence.stills.iter().enumerate() {
        let time = sequence.time_of(index);
        let at = SystemTime::UNIX_EPOCH + time;
        let observation = match still {
            None => Observation::NoPicture,
            Some(path) => match decode(path)? {
                Ok(picture) => Observation::Picture { picture, taken: Some(at) },
                Err(reason) => {
                    played.unreadable.push((index, reason.to_string()));
                    Observation::Unreadable
                }
            },
        };
        let verdict = feed.observe(at, observation, thresholds);
        played.conditions.push(verdict.condition);
        if verdict.cleared.is_some()
            && let Some(open) = played.incidents.last_mut()
        {
            open.clear = Some(time);
        }
        if let Some(event) = verdict.raised {
            played.incidents.push(RaisedIncident::new(&event, time));
        }
        on_still(index);
    }
    Ok(played)
}

/// Reads and decodes a still. The outer error is that of the file, the inner one that of the
/// picture.
fn decode(path: &Path) -> Result<Result<Picture, Unreadable>, ReplayError> {
    let jpeg =
        fs::read(path).map_err(|source| ReplayError::Read { path: path.to_owned(), source })?;
    Ok(Picture::decode_within(&jpeg, STILL_PIXELS))
}

impl RaisedIncident {
    fn new(event: &IncidentEvent, set: Duration) -> Self {
        let incident = event.incident;
        let since = incident.since.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
        Self { fault: incident.fault, since, set, clear: None, evidence: incident.evidence }
    }
}
