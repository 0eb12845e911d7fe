//! What both processes together announce of a feed, as a pager sees it.

use source_detection::judge::IncidentEvent;

use super::*;

/// The beginning or the end of an incident, as it is announced.
#[derive(Clone, Copy, Debug)]
struct Announcement {
    slot: usize,
    is_beginning: bool,
    /// What the alarm id is made of.
    incident: (Fault, SystemTime),
}

/// The course with one process at a time, each for a minute at least. None takes over within two
/// slots of a change or of a failed sample: the latest datapoint, a 0, then doesn't show whether a
/// fault has just begun or is over. No sample of a living source fails, because only neighbouring
/// pictures are unlike each other.
fn in_turns(mut course: Vec<Step>) -> Vec<Step> {
    for step in course.iter_mut().filter(|step| step.programme == Programme::Alive) {
        step.fails = [false; 2];
    }
    let (mut turn, mut since) = (Turn::First, 0);
    for slot in 0..SLOTS {
        let is_quiet = (slot.saturating_sub(2)..=slot).all(|slot| {
            let (step, before) = (course[slot], course[slot.saturating_sub(1)]);
            let is_same = (step.programme, step.listing) == (before.programme, before.listing);
            is_same && step.fails == [false; 2]
        });
        let next = course[slot].turn;
        if is_quiet && slot >= since + 6 && next != Turn::Both && next != turn {
            (turn, since) = (next, slot);
        }
        course[slot].turn = turn;
    }
    course
}

/// All announcements in the order of the slots; in one slot, ends come before beginnings.
fn announcements(course: &[Step]) -> Vec<Announcement> {
    let mut announced = Vec::new();
    let announcement = |slot, is_beginning, event: IncidentEvent| {
        let incident = (event.incident.fault, event.incident.since_slot);
        Announcement { slot, is_beginning, incident }
    };
    let verdicts =
        run_and(course, |slot, ended| announced.push(announcement(slot, false, ended.event)));
    for (slot, verdicts) in verdicts.into_iter().enumerate() {
        for verdict in verdicts.into_iter().flatten() {
            let events = [(false, verdict.cleared), (true, verdict.raised)];
            for (is_beginning, event) in events {
                announced.extend(event.map(|event| announcement(slot, is_beginning, event)));
            }
        }
    }
    announced.sort_by_key(|one| (one.slot, one.is_beginning));
    announced
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_page_stays_open_after_the_source_has_recovered(course in course()) {
        let course = in_turns(course);
        let announced = announcements(&course);
        let is_alive = |step: Step| {
            let knows = |process| !step.is_active(process) || step.is_known(process);
            step.programme == Programme::Alive && step.listing == Listing::Running && knows(0) && knows(1)
        };
        for slot in (0..SLOTS).filter(|slot| throughout(&course, *slot, 6, is_alive)) {
            let last = announced.iter().rfind(|one| one.slot <= slot);
            prop_assert!(last.is_none_or(|one| !one.is_beginning), "slot {}: {:?}", slot, last);
        }
    }

    #[test]
    fn processes_that_take_turns_announce_each_incident_once(course in course()) {
        let course = in_turns(course);
        let announced = announcements(&course);
        for pair in announced.windows(2) {
            let [one, next] = [pair[0], pair[1]];
            prop_assert!(!one.is_beginning || !next.is_beginning, "{:?}", pair);
            // A process that did not see that the channel was not watched for a while, or that its
            // fault was expected, takes that for a gap of the monitor's, which an incident outlasts
            // behind a missing picture.
            let other = latest(&course, one.slot, |step| step.listing != Listing::Running);
            if other.is_some_and(|slot| slot + LOOK_BACK >= one.slot) {
                continue;
            }
            // An interruption before what is read back hides the beginning.
            let changes = course[one.slot..=next.slot].windows(2);
            let changes = changes.filter(|pair| pair[0].programme != pair[1].programme).count();
            if one.is_beginning && changes <= 1 {
                prop_assert!(one.incident == next.incident, "{:?}", pair);
            }
        }
    }
}

#[test]
fn a_fault_that_shows_once_before_another_one_leaves_no_page_open() {
    let step = |programme| Step {
        programme,
        listing: Listing::Running,
        turn: Turn::First,
        fails: [false; 2],
    };
    let mut course = vec![step(Programme::Alive); 12];
    course.resize(23, step(Programme::Black));
    course.extend([step(Programme::Alive), step(Programme::Black)]);
    course.resize(SLOTS, step(Programme::NoPicture));
    // The process that raised the incident is away while its fault ends.
    for step in &mut course[18..28] {
        step.turn = Turn::Second;
    }
    let announced = announcements(&course);
    let beginnings: Vec<_> =
        announced.iter().map(|one| (one.is_beginning, one.incident.0)).collect();
    let expected = [(true, Fault::Black), (false, Fault::Black), (true, Fault::NoPicture)];
    assert_eq!(beginnings, expected);
}
