//! Keeps some of the stills of a sequence for the page of HTML: around the beginning and the end of
//! each incident, and every n-th one.
//!
//! Judged stills enter, at most [`MAX_REGULAR`] and five for each of [`MAX_INCIDENTS`] leave,
//! however long the video is.

use std::{
    collections::{BTreeMap, VecDeque},
    fmt, mem,
    rc::Rc,
    time::{Duration, SystemTime},
};

use super::{JudgedStill, Observer, Sequence};
use crate::{
    judge::{Condition, Fault},
    picture::{
        Picture,
        grid::{CELLS, Grid},
    },
};

/// The most stills of a sequence that are kept at regular distances. Half of them are dropped when
/// there are more.
const MAX_REGULAR: usize = 48;

/// The most incidents of a sequence of which stills are kept.
const MAX_INCIDENTS: usize = 20;

/// How many of the latest stills are remembered: a freeze is recognised at its second still, when
/// the still before it is the third latest.
const MAX_LATEST: usize = 4;

/// The stills of a sequence that are shown, by their index.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Pictures(pub(super) BTreeMap<usize, Shown>);

/// A still that is shown.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Shown {
    pub(super) index: usize,
    pub(super) time: Duration,
    pub(super) taken: SystemTime,
    pub(super) condition: Condition,
    /// The fault that lasts, and for how long.
    pub(super) lasting: Option<(Fault, Duration)>,
    /// `None` if there is no picture that can be read.
    pub(super) facts: Option<Facts>,
    /// What it is to an incident.
    pub(super) marks: Vec<Mark>,
    /// The file; `None` if there is none, or if the page would become too large.
    pub(super) jpeg: Option<Rc<[u8]>>,
}

/// What a still is to an incident.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Mark {
    /// The still before the fault.
    Before(Fault),
    /// The first still with the fault.
    First(Fault),
    /// The still at which the set time was reached.
    Raised(Fault),
    /// The last still with the fault.
    Last(Fault),
    /// The first still after it.
    After(Fault),
}

/// What a picture shows in numbers.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Facts {
    /// Share (0-1) of dark cells.
    dark: f32,
    /// Levels (of 255) between the 5th and the 95th percentile of the cells.
    spread: u8,
    /// How many colours of the order of colour bars stand side by side.
    bars: u8,
    /// Share (0-1) of the cells in one colour; `None` if it is far from all.
    one_colour: Option<f32>,
    /// How much the cells have changed since the still before, in levels: on average, and the one
    /// that changed most.
    change: Option<(f32, u8)>,
}

impl Pictures {
    /// The size of the kept files together.
    pub(super) fn bytes(&self) -> usize {
        self.0.values().filter_map(|shown| shown.jpeg.as_ref()).map(|jpeg| jpeg.len()).sum()
    }

    /// Drops files until the others have at most so many bytes, the unmarked ones first.
    fn shrink(&mut self, budget: usize) {
        let mut bytes = self.bytes();
        let (marked, unmarked): (Vec<_>, Vec<_>) =
            self.0.values_mut().partition(|shown| !shown.marks.is_empty());
        for shown in unmarked.into_iter().chain(marked) {
            if bytes <= budget {
                return;
            }
            bytes -= shown.jpeg.take().map_or(0, |jpeg| jpeg.len());
        }
    }
}

/// Keeps stills on their way to the observer.
pub(super) struct Album<'a, O> {
    observer: &'a mut O,
    /// The most bytes of all files that are kept; 0 to keep nothing.
    budget: usize,
    pictures: Pictures,
    /// One of so many stills is kept, whatever it shows.
    every: usize,
    latest: VecDeque<Shown>,
    latest_grid: Option<Grid>,
    /// When the present fault began, with the still before and the first one.
    start: Option<(SystemTime, Vec<Shown>)>,
    /// The latest still with the fault of the open incident, and the one after it.
    end: Vec<Shown>,
    incidents: usize,
}

impl<'a, O: Observer> Album<'a, O> {
    pub(super) fn new(observer: &'a mut O, budget: usize) -> Self {
        Self {
            observer,
            budget,
            pictures: Pictures::default(),
            every: 1,
            latest: VecDeque::new(),
            latest_grid: None,
            start: None,
            end: Vec::new(),
            incidents: 0,
        }
    }

    pub(super) fn into_pictures(mut self) -> Pictures {
        if let Some(last) = self.latest.pop_back() {
            self.pictures.0.entry(last.index).or_insert(last);
        }
        self.pictures.shrink(self.budget);
        self.pictures
    }

    fn keep(&mut self, still: &JudgedStill<'_>) {
        let shown = Shown::new(still, self.latest_grid.as_ref());
        self.latest_grid = still.picture.map(|picture| picture.grid.clone());
        if shown.index.is_multiple_of(self.every) {
            self.pictures.0.insert(shown.index, shown.clone());
            self.thin_out();
        }
        self.latest.push_back(shown.clone());
        if self.latest.len() > MAX_LATEST {
            self.latest.pop_front();
        }
        self.find_start(still);
        self.keep_incidents(still, &shown);
    }

    /// Keeps every second of the regular stills if there are too many.
    fn thin_out(&mut self) {
        let regular = self.pictures.0.values().filter(|shown| shown.marks.is_empty()).count();
        if regular > MAX_REGULAR {
            self.every *= 2;
            let every = self.every;
            self.pictures
                .0
                .retain(|index, shown| index.is_multiple_of(every) || !shown.marks.is_empty());
        }
    }

    /// Finds the stills at which a new fault began. If it began long ago, they are no longer here.
    fn find_start(&mut self, still: &JudgedStill<'_>) {
        let Some((_, since)) = still.verdict.lasting_since() else {
            self.start = None;
            return;
        };
        if self.start.as_ref().is_some_and(|(known, _)| *known == since) {
            return;
        }
        let first = self.latest.iter().position(|shown| shown.taken == since);
        let stills = first.map(|first| {
            let stills = self.latest.range(first.saturating_sub(1)..=first);
            stills.cloned().collect()
        });
        self.start = Some((since, stills.unwrap_or_default()));
    }

    /// Marks the stills around the beginning and the end of an incident. One still may end an
    /// incident and begin another.
    fn keep_incidents(&mut self, still: &JudgedStill<'_>, shown: &Shown) {
        let end =
            if still.verdict.cleared.is_some() { mem::take(&mut self.end) } else { Vec::new() };
        if let Some(event) = &still.verdict.cleared
            && self.incidents <= MAX_INCIDENTS
        {
            let fault = event.incident.fault;
            self.mark_all(end, [Mark::Last(fault), Mark::After(fault)]);
        }
        if let Some(event) = &still.verdict.raised {
            self.incidents += 1;
            if self.incidents <= MAX_INCIDENTS {
                let fault = event.incident.fault;
                let start = self.start.as_ref().map(|(_, start)| start.clone()).unwrap_or_default();
                // The very first still has none before it.
                let skipped = 2_usize.saturating_sub(start.len());
                let marks = [Mark::Before(fault), Mark::First(fault)];
                self.mark_all(start, marks.into_iter().skip(skipped));
                self.mark_all([shown.clone()], [Mark::Raised(fault)]);
            }
        }
        let Some(incident) = &still.verdict.incident else { return };
        if shown.condition.fault() == Some(incident.fault) {
            self.end = vec![shown.clone()];
        } else if self.end.len() == 1 {
            self.end.push(shown.clone());
        }
    }

    fn mark_all(
        &mut self,
        stills: impl IntoIterator<Item = Shown>,
        marks: impl IntoIterator<Item = Mark>,
    ) {
        for (shown, mark) in stills.into_iter().zip(marks) {
            self.pictures.0.entry(shown.index).or_insert(shown).marks.push(mark);
        }
    }
}

impl<O: Observer> Observer for Album<'_, O> {
    fn begins(&mut self, sequences: &[Sequence]) {
        self.observer.begins(sequences);
    }

    fn judged(&mut self, sequence: &Sequence, still: &JudgedStill<'_>) {
        if self.budget > 0 {
            self.keep(still);
        }
        self.observer.judged(sequence, still);
    }

    fn is_stopped(&self) -> bool {
        self.observer.is_stopped()
    }
}

impl Shown {
    fn new(still: &JudgedStill<'_>, before: Option<&Grid>) -> Self {
        let verdict = still.verdict;
        let lasting = verdict.lasting_since().map(|(fault, _)| (fault, verdict.lasted(fault)));
        Self {
            index: still.index,
            time: still.time,
            taken: still.taken,
            condition: verdict.condition,
            lasting,
            facts: still.picture.map(|picture| Facts::new(picture, before)),
            marks: Vec::new(),
            jpeg: still.jpeg.map(Rc::from),
        }
    }
}

impl Facts {
    fn new(picture: &Picture, before: Option<&Grid>) -> Self {
        let change = before.map(|before| change(before, &picture.grid));
        Self {
            dark: picture.tone.dark,
            spread: picture.tone.spread,
            bars: picture.bars_run,
            one_colour: picture.flat.map(|flat| flat.share),
            change,
        }
    }
}

/// The mean and the largest change of a cell, in levels.
#[expect(clippy::cast_precision_loss, reason = "there are 3,600 cells of at most 255")]
fn change(before: &Grid, now: &Grid) -> (f32, u8) {
    let (mut sum, mut largest) = (0, 0);
    for (before, now) in before.cells().iter().zip(now.cells()) {
        let change = before.abs_diff(*now);
        sum += u32::from(change);
        largest = largest.max(change);
    }
    (sum as f32 / CELLS as f32, largest)
}

impl fmt::Display for Facts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some((mean, largest)) = self.change {
            write!(f, "changed by {mean:.1} of 255, largest cell {largest}; ")?;
        }
        write!(f, "{:.0} % dark, levels spread over {}", self.dark * 100.0, self.spread)?;
        if let Some(share) = self.one_colour {
            write!(f, ", {:.0} % in one colour", share * 100.0)?;
        }
        if self.bars > 0 {
            write!(f, ", {} colours in the order of bars", self.bars)?;
        }
        Ok(())
    }
}

impl fmt::Display for Mark {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Before(fault) => write!(f, "before {fault}"),
            Self::First(fault) => write!(f, "first {fault}"),
            Self::Raised(fault) => write!(f, "{fault} raised"),
            Self::Last(fault) => write!(f, "last {fault}"),
            Self::After(fault) => write!(f, "after {fault}"),
        }
    }
}

#[cfg(test)]
mod tests;
