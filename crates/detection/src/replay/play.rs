//! Decodes and judges one sequence, still by still.
//!
//! A [`Sequence`] enters, [`Played`] leaves: the condition of each still, and the incidents. Labels
//! are ignored.

use std::{
    fs,
    path::Path,
    time::{Duration, SystemTime},
};

use super::{RecordedSample, ReplayError, Sequence};
use crate::{
    judge::{Condition, Evidence, Fault, FeedState, IncidentEvent, Observation, Thresholds},
    picture::{Picture, Unreadable},
};

/// What a sequence led to.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Played {
    /// The condition of each still.
    pub conditions: Vec<Condition>,
    /// The fault that lasts at each still, and for how long, from slot to slot.
    pub lasting: Vec<Option<(Fault, Duration)>>,
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
    let first = sequence.sample_time(0).taken;
    for (index, still) in sequence.stills.iter().enumerate() {
        let (at, time) = (sequence.sample_time(index), sequence.time_of(index));
        if sequence.recorded.get(index).is_some_and(|sample| sample.starting) {
            feed.starting(at, thresholds);
        }
        let observation = match observation(sequence, index, still.as_deref())? {
            Ok(observation) => observation,
            Err(reason) => {
                played.unreadable.push((index, reason.to_string()));
                Observation::Unreadable
            }
        };
        let verdict = feed.observe(at, observation, thresholds);
        played.conditions.push(verdict.condition);
        let lasting = verdict.lasting_since();
        played.lasting.push(lasting.map(|(fault, _)| (fault, verdict.lasted_in_slots(fault))));
        if verdict.cleared.is_some()
            && let Some(open) = played.incidents.last_mut()
        {
            open.clear = Some(time);
        }
        if let Some(event) = verdict.raised {
            played.incidents.push(RaisedIncident::new(&event, first, time));
        }
        on_still(index);
    }
    Ok(played)
}

/// What a still shows. The outer error is that of its file, the inner one that of its picture.
fn observation(
    sequence: &Sequence,
    index: usize,
    still: Option<&Path>,
) -> Result<Result<Observation, Unreadable>, ReplayError> {
    let recorded = sequence.recorded.get(index);
    let Some(path) = still else {
        let none = recorded.map_or(Observation::NoPicture, RecordedSample::without_picture);
        return Ok(Ok(none));
    };
    let jpeg =
        fs::read(path).map_err(|source| ReplayError::Read { path: path.to_owned(), source })?;
    let picture = Picture::decode_within(&jpeg, sequence.largest_still());
    let taken = recorded.map_or(Some(sequence.sample_time(index).taken), RecordedSample::stamp);
    Ok(picture.map(|picture| Observation::Picture { picture, taken }))
}

impl RaisedIncident {
    /// The incident of a sequence whose first still was taken at `first`.
    fn new(event: &IncidentEvent, first: SystemTime, set: Duration) -> Self {
        let incident = event.incident;
        let since = incident.since.duration_since(first).unwrap_or_default();
        Self { fault: incident.fault, since, set, clear: None, evidence: incident.evidence }
    }
}
