//! Pictures of incidents in a tile and in the list.

use super::*;
use crate::{
    incident_pictures::{IncidentName, Moment},
    multiviewer::incidents::ShownIncident,
};

fn incident(feed: &FeedKey, lasted: Option<u64>) -> ShownIncident {
    let name = IncidentName::new(feed, now() - Duration::from_secs(300), Fault::Black).unwrap();
    let mut pictures =
        vec![(Moment::Before, "/9j/BEFO".into()), (Moment::First, "/9j/FIRS".into())];
    pictures.extend(lasted.map(|lasted| (Moment::Last { lasted }, "/9j/LAST".into())));
    ShownIncident { name, lasted: lasted.map(Duration::from_secs), pictures }
}

fn draw_incidents(entry: Entry, picture: Picture, incidents: &Incidents) -> String {
    let view = view();
    let selected = on_one_page(vec![entry], &view);
    let wall = Wall { view, canvas: canvas(Theme::Dark, 1_200), invalid: Vec::new() };
    page(&Page {
        selected: &selected,
        pictures: &[Shown { picture, last: None }],
        wall: &wall,
        sources: Sources { incidents_error: incidents.error, ..Sources::default() },
        incidents,
        region: "eu-west-1",
        function_arn: ARN,
        now: now(),
    })
}

fn black() -> Entry {
    entry("1001", "News <b>", FeedStatus::Faulty(ongoing(Fault::Black, 300)))
}

fn known(listed: Vec<ShownIncident>) -> Incidents {
    Incidents { listed, is_known: true, error: None }
}

#[test]
fn a_faulty_feed_shows_its_last_picture_before_and_its_first_one() {
    let incidents = known(vec![incident(&black().feed.key, None)]);
    for (picture, current) in [(jpeg(8), 1), (Picture::NotServed, 0)] {
        let html = draw_incidents(black(), picture, &incidents);
        let tile = html.split("msm-incidents\"").next().unwrap();
        assert_eq!(tile.matches("<img").count(), 2 + current);
        let positions = ["msm-now", "/9j/BEFO", "/9j/FIRS"].map(|part| tile.find(part).unwrap());
        assert!(positions.is_sorted(), "{positions:?}");
    }
}

#[test]
fn an_incident_that_ended_is_only_in_the_list() {
    let ended = incident(&black().feed.key, Some(240));
    let html = draw_incidents(black(), jpeg(8), &known(vec![ended]));
    let (tile, list) = html.split_once("msm-incidents\"").unwrap();
    assert_eq!((tile.matches("<img").count(), list.matches("<img").count()), (1, 3));
    assert!(list.contains("<strong>BLACK</strong> · lasted 4\u{a0}min"), "{list}");
    assert!(list.contains("News &lt;b&gt;") && !list.contains("<b>"));
    assert!(list.contains("pipeline 0 · since 07:55:01 UTC"), "{list}");
}

#[test]
fn without_incidents_the_list_says_so_only_if_that_is_known() {
    let quiet = "No incident in the last 24 hours";
    let well = entry("1001", "News", HEALTHY);
    let html = draw_incidents(well, jpeg(8), &known(Vec::new()));
    assert!(html.contains(quiet));
    for error in [None, Some(ErrorKind::Denied)] {
        let incidents = Incidents { error, ..Incidents::default() };
        let html = draw_incidents(black(), jpeg(8), &incidents);
        let note = "There are no pictures of incidents: the wall may not read the bucket";
        assert_eq!((html.contains(quiet), html.contains(note)), (false, error.is_some()));
    }
}
