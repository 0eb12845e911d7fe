//! `/fleet`: the picture wall of a fleet in which everything occurs, with as many feeds, as large
//! and with the parameters that the address asks for. Nothing monitors it: the durations are
//! published for it.

use std::{
    collections::HashMap,
    time::{Duration, SystemTime},
};

use aws_stand_in::{Channel, ChannelState, Metric, Scene, StandIn};
use medialive_source_monitor::{aws::Clients, multiviewer::Multiviewer, settings::Settings};
use serde_json::{Value, json};

use crate::sdk_config::sdk_config;

/// Seconds from one datapoint to the next.
const INTERVAL: u64 = 10;

/// Seconds of datapoints.
const PAST: u64 = 290;

/// Feeds of a fleet for which the address names no number.
const FEEDS: usize = 40;

/// What happens to a channel.
struct Story {
    name: &'static str,
    pipelines: usize,
    /// Of each pipeline: what it shows, its fault, and how many seconds ago that began and ended.
    shows: [Shows; 2],
    state: ChannelState,
    tag: Option<(&'static str, &'static str)>,
}

#[derive(Clone)]
struct Shows {
    scene: Scene,
    fault: Option<(&'static str, u64, u64)>,
    is_published: bool,
}

fn well() -> Shows {
    Shows { scene: Scene::Moving, fault: None, is_published: true }
}

fn faulty(scene: Scene, metric: &'static str, since: u64) -> Shows {
    Shows { scene, fault: Some((metric, since, 0)), is_published: true }
}

fn silent(scene: Scene) -> Shows {
    Shows { scene, fault: None, is_published: false }
}

fn story(name: &'static str, shows: [Shows; 2]) -> Story {
    Story { name, pipelines: 2, shows, state: ChannelState::Running, tag: None }
}

/// What happens to the first channels; the others are well.
fn stories() -> Vec<Story> {
    let was_black = Shows { fault: Some(("BlackSeconds", 140, 120)), ..well() };
    let off = story("Film <script>alert(1)</script>", [well(), well()]);
    let single = story("Uplink 3", [faulty(Scene::NoThumbnail, "NoPictureSeconds", 4_000), well()]);
    vec![
        story(
            "Sport HD International London MAIN",
            [well(), faulty(Scene::Bars, "BarsSeconds", 95)],
        ),
        story(
            "Sport HD International London BACKUP",
            [faulty(Scene::Black, "BlackSeconds", 61), faulty(Scene::Black, "BlackSeconds", 55)],
        ),
        Story { pipelines: 1, ..single },
        story("Regional Süd", [faulty(Scene::Frozen, "FrozenSeconds", 20), well()]),
        Story {
            state: ChannelState::Starting,
            ..story("Events 10", [silent(Scene::NotReady), silent(Scene::NotReady)])
        },
        Story {
            state: ChannelState::Recovering,
            ..story("Events 9", [well(), silent(Scene::NoThumbnail)])
        },
        story("News 24", [was_black, well()]),
        Story { tag: Some(("source-monitor", "off")), pipelines: 1, ..off },
        Story { pipelines: 1, ..story("Studio camera", [silent(Scene::Moving), well()]) },
    ]
}

/// A page of the wall for the query of an address.
pub async fn page(query: &HashMap<String, String>) -> Result<String, String> {
    let feeds = query.get("feeds").and_then(|feeds| feeds.parse().ok()).unwrap_or(FEEDS);
    let aws = fleet(feeds);
    let settings =
        Settings::read_multiviewer(|name| (name == "THUMBNAIL_TPS").then(|| "10000".to_owned()))
            .unwrap();
    let multiviewer = Multiviewer::new(settings, Clients::new(&sdk_config(&aws.endpoint()), None));
    let view = multiviewer.view(&event(query), "arn:aws:lambda", SystemTime::UNIX_EPOCH).await;
    match view {
        Ok(Value::String(wall)) => Ok(wall),
        Ok(other) => Err(other.to_string()),
        Err(error) => Err(error.to_string()),
    }
}

/// The event of a widget with these parameters, which are JSON or else texts.
fn event(query: &HashMap<String, String>) -> Value {
    let mut event = json!({});
    let mut context = json!({"timezone": {"offsetISO": "+01:00"}});
    for (name, value) in query {
        let parsed = serde_json::from_str(value).unwrap_or_else(|_| Value::from(value.as_str()));
        match name.as_str() {
            "feeds" => {}
            "theme" | "width" | "height" => context[name] = parsed,
            _ => event[name] = parsed,
        }
    }
    event["widgetContext"] = context;
    event
}

fn fleet(feeds: usize) -> StandIn {
    let mut script = StandIn::builder();
    let mut published = Vec::new();
    let (mut stories, mut left, mut number) = (stories().into_iter(), feeds, 1_001_u64);
    while left > 0 {
        let story = stories.next().unwrap_or_else(|| story("", [well(), well()]));
        let pipelines = story.pipelines.min(left);
        let (id, studio) = (number.to_string(), (number % 3 + 1).to_string());
        let name =
            if story.name.is_empty() { format!("Channel {number}") } else { story.name.to_owned() };
        let [zero, one] = &story.shows;
        let mut channel = Channel::new(&*id).name(name).tag("studio", studio).state(story.state);
        channel = channel.shows(zero.scene.clone());
        if pipelines == 2 {
            channel = channel.standard().pipeline(1, one.scene.clone());
        }
        if let Some((key, value)) = story.tag {
            channel = channel.tag(key, value);
        }
        script = script.channel(channel);
        published.extend(
            story
                .shows
                .into_iter()
                .take(pipelines)
                .enumerate()
                .map(|(pipeline, shows)| (id.clone(), pipeline, shows)),
        );
        left -= pipelines;
        number += 1;
    }
    let aws = script.start();
    for (id, pipeline, shows) in published {
        publish(&aws, (&id, &pipeline.to_string()), &shows);
    }
    aws
}

/// The durations of the last minutes.
fn publish(aws: &StandIn, (id, pipeline): (&str, &str), shows: &Shows) {
    let now = SystemTime::now();
    let metric = |name: &str| {
        Metric::new("EmlRekognitionWatcher", name, &[("ChannelId", id), ("Pipeline", pipeline)])
    };
    for age in (INTERVAL..PAST).step_by(INTERVAL as usize).filter(|_| shows.is_published) {
        let at = now - Duration::from_secs(age);
        let (name, seconds) = match shows.fault {
            Some((name, since, until)) if (until..=since).contains(&age) => (name, since - age),
            Some((name, ..)) => (name, 0),
            None => ("FrozenSeconds", 0),
        };
        aws.add_history(metric(name), at, seconds as f64);
        aws.add_history(metric("FaultSeconds"), at, seconds as f64);
    }
}
