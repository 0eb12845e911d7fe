//! One sequence through decoding and judging, still by still.
//!
//! A [`Sequence`] enters, [`Played`] leaves: the condition of each still and the incidents. It doesn't look
//! at labels.

use std::fs;
use std::time::{Duration, SystemTime};

use super::{ReplayError, Sequence};
use crate::picture::{Picture, STILL_PIXELS};
use crate::judge::{IncidentEvent, Condition, Evidence, Fault, Thresholds, Observation, FeedState};

/// What came of a sequence.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Played {
    /// The condition at each still.
    pub conditions: Vec<Condition>,
    /// The incidents, in order of time.
    pub incidents: Vec<RaisedIncident>,
    /// Stills that could not be read, and why.
    pub unreadable: Vec<(usize, String)>,
}

/// An incident in the sequence's own time.
#[derive(Clone, Debug, PartialEq)]
pub struct RaisedIncident {
    /// What was raised.
    pub fault: Fault,
    /// When the fault was first seen, from the first still.
    pub since: Duration,
    /// When it was raised, from the first still.
    pub set: Duration,
    /// When it was cleared, from the first still; `None`: open at the end.
    pub clear: Option<Duration>,
    /// The numbers that decided it.
    pub evidence: Option<Evidence>,
}

/// Plays a sequence as a feed that has been running for long. `shown` is called after each still.
///
/// # Errors
/// A still that cannot be read from disk. One that cannot be decoded is `unknown`.
pub fn play(
    sequence: &Sequence,
    thresholds: &Thresholds,
    mut shown: impl FnMut(usize),
) -> Result<Played, ReplayError> {
    let mut watch = FeedState::new();
    let mut played = Played::default();
    let mut time = Duration::ZERO;
    for (index, still) in sequence.stills.iter().enumerate() {
        let at = SystemTime::UNIX_EPOCH + time;
        let observation = match still {
            None => Observation::NoPicture,
            Some(path) => {
                let jpeg =
                    fs::read(path).map_err(|source| ReplayError::Read { path: path.clone(), source })?;
                match Picture::decode_within(&jpeg, STILL_PIXELS) {
                    Ok(picture) => Observation::Picture { picture, taken: Some(at) },
                    Err(reason) => {
                        played.unreadable.push((index, reason.to_string()));
                        Observation::Unreadable
                    }
                }
            }
        };
        let verdict = watch.observe(at, observation, thresholds);
        played.conditions.push(verdict.condition);
        if verdict.cleared.is_some()
            && let Some(open) = played.incidents.last_mut()
        {
            open.clear = Some(time);
        }
        played.incidents.extend(verdict.raised.map(|change| raised(&change, time)));
        shown(index);
        time = time.saturating_add(sequence.step);
    }
    Ok(played)
}

fn raised(change: &IncidentEvent, set: Duration) -> RaisedIncident {
    let incident = change.incident;
    let since = incident.since.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    RaisedIncident { fault: incident.fault, since, set, clear: None, evidence: incident.evidence }
}
