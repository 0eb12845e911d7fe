//! Datapoints as log lines in embedded metric format, which CloudWatch reads. Pure.
//!
//! The format:
//! <https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html>

use std::{collections::BTreeMap, time::SystemTime};

use serde_json::{Map, Value, json};

use crate::{
    datapoint::{Datapoint, dimensions},
    feed::FeedKey,
};

/// One line for each feed and slot, because a line has one time stamp and one set of dimensions. A
/// feed has fewer metrics than the 100 that a line may carry.
#[must_use]
pub fn lines(namespace: &str, points: &[Datapoint]) -> Vec<String> {
    let mut groups: BTreeMap<(SystemTime, Option<&FeedKey>), Vec<&Datapoint>> = BTreeMap::new();
    for point in points {
        groups.entry((point.slot, point.feed.as_ref())).or_default().push(point);
    }
    groups.into_iter().map(|((slot, feed), points)| line(namespace, slot, feed, &points)).collect()
}

fn line(
    namespace: &str,
    slot: SystemTime,
    feed: Option<&FeedKey>,
    points: &[&Datapoint],
) -> String {
    let metrics: Vec<_> = points
        .iter()
        .map(|point| json!({"Name": point.metric.name(), "Unit": "None", "StorageResolution": 1}))
        .collect();
    let described: Vec<_> = feed.into_iter().flat_map(dimensions).collect();
    let names: Vec<_> = described.iter().map(|(name, _)| *name).collect();
    let mut root = Map::new();
    root.insert(
        "_aws".to_owned(),
        json!({
            "Timestamp": milliseconds(slot),
            "CloudWatchMetrics": [{"Namespace": namespace, "Dimensions": [names], "Metrics": metrics}],
        }),
    );
    for (name, value) in described {
        root.insert(name.to_owned(), Value::from(value));
    }
    for point in points {
        root.insert(point.metric.name().to_owned(), Value::from(point.value));
    }
    Value::Object(root).to_string()
}

fn milliseconds(slot: SystemTime) -> u64 {
    let since_epoch = slot.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    u64::try_from(since_epoch.as_millis()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::{feed::Pipeline, metric::Metric};

    #[test]
    fn datapoints_of_one_feed_and_slot_share_a_line() {
        let slot = SystemTime::UNIX_EPOCH + Duration::from_secs(1_700_000_010);
        let feed = Some(FeedKey::new("1234567", Pipeline::Zero));
        let points = [
            Datapoint { metric: Metric::BlackSeconds, feed: feed.clone(), slot, value: 20.0 },
            Datapoint { metric: Metric::WatchedFeeds, feed: None, slot, value: 1.0 },
            Datapoint { metric: Metric::FrozenSeconds, feed, slot, value: 0.0 },
        ];
        assert_eq!(
            lines("Ns", &points),
            [
                concat!(
                    r#"{"WatchedFeeds":1.0,"_aws":{"CloudWatchMetrics":[{"Dimensions":[[]],"Metrics":"#,
                    r#"[{"Name":"WatchedFeeds","StorageResolution":1,"Unit":"None"}],"Namespace":"Ns"}],"#,
                    r#""Timestamp":1700000010000}}"#
                ),
                concat!(
                    r#"{"BlackSeconds":20.0,"ChannelId":"1234567","FrozenSeconds":0.0,"Pipeline":"0","_aws":"#,
                    r#"{"CloudWatchMetrics":[{"Dimensions":[["ChannelId","Pipeline"]],"Metrics":"#,
                    r#"[{"Name":"BlackSeconds","StorageResolution":1,"Unit":"None"},"#,
                    r#"{"Name":"FrozenSeconds","StorageResolution":1,"Unit":"None"}],"Namespace":"Ns"}],"#,
                    r#""Timestamp":1700000010000}}"#
                ),
            ]
        );
    }
}
