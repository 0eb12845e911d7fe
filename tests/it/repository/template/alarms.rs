//! Alarms on the monitor itself and on its notifications: when they are raised, and when they must
//! not be.

use serde_json::{Value, json};

use super::read::{MONITORS, of_type, template};

fn alarm<'a>(template: &'a Value, name: &'a str) -> &'a Value {
    of_type(template, "AWS::CloudWatch::Alarm").find(|(found, _)| *found == name).unwrap().1
}

/// The member of an alarm's `Metrics` with this id.
fn metric<'a>(alarm: &'a Value, id: &str) -> &'a Value {
    alarm["Metrics"].as_array().unwrap().iter().find(|one| one["Id"] == id).unwrap()
}

/// CloudWatch looks back further than an alarm's periods and skips missing minutes there, so a
/// minute without a datapoint has to be a zero.
#[test]
fn a_monitor_that_publishes_nothing_is_reported_after_the_stated_time() {
    let template = template();
    let heartbeat = alarm(&template, "HeartbeatAlarm");
    assert_eq!(metric(heartbeat, "rounds")["Expression"], "FILL(published, 0)");
    let published = &metric(heartbeat, "published")["MetricStat"];
    assert_eq!((&published["Stat"], &published["Period"]), (&json!("SampleCount"), &json!(60)));
    assert_eq!(heartbeat["EvaluationPeriods"], 4);
    let description = heartbeat["AlarmDescription"]["Fn::Sub"].as_str().unwrap();
    assert!(description.contains("nothing for four minutes"), "{description}");
    assert_eq!(heartbeat["TreatMissingData"], "breaching", "if no minute has a datapoint");
}

#[test]
fn the_heartbeat_waits_for_the_first_datapoints_of_a_new_stack() {
    let template = template();
    let warm_up = &alarm(&template, "HeartbeatAlarm")["WarmUpConfiguration"];
    assert_eq!(*warm_up, json!({"WarmUpPeriodDurationInMinutes": 10}));
}

#[test]
fn a_fleet_that_never_had_thumbnails_is_not_reported_as_lost_sources() {
    let template = template();
    let no_picture = alarm(&template, "NoPictureAlarm");
    assert_eq!(metric(no_picture, "lost")["Expression"], "noPicture - noThumbnails");
    for (id, name) in [("noPicture", "NoPictureFeeds"), ("noThumbnails", "NoThumbnailFeeds")] {
        let statistic = &metric(no_picture, id)["MetricStat"];
        assert_eq!(statistic["Metric"]["MetricName"], name);
        // The largest counts of a minute may be those of different shards.
        assert_eq!(statistic["Stat"], "Sum", "{id}");
    }
    let no_thumbnails = alarm(&template, "NoThumbnailsAlarm");
    let description = no_thumbnails["AlarmDescription"]["Fn::Sub"].as_str().unwrap();
    for cause in ["thumbnail state to AUTO", "MediaLive alert 6043"] {
        assert!(description.contains(cause), "{description}");
    }
}

/// With a notification of its end, a dead subscriber would raise the alarm again for ever.
#[test]
fn a_notification_that_is_not_delivered_raises_an_alarm_whose_end_is_silent() {
    let template = template();
    let undelivered = alarm(&template, "UndeliveredAlarm");
    assert_eq!(undelivered["Namespace"], "AWS/SNS");
    assert_eq!(undelivered["MetricName"], "NumberOfNotificationsFailed");
    assert_eq!(undelivered["Dimensions"][0]["Value"]["Fn::GetAtt"], "AlarmTopic.TopicName");
    assert!(undelivered.get("OKActions").is_none());
}

#[test]
fn a_chat_message_that_is_not_delivered_raises_an_alarm_by_mail() {
    let template = template();
    let undelivered = alarm(&template, "UndeliveredChatAlarm");
    assert_eq!(template["Resources"]["UndeliveredChatAlarm"]["Condition"], "HasChatTopic");
    assert_eq!(undelivered["MetricName"], "NumberOfNotificationsFailed");
    assert_eq!(undelivered["Dimensions"][0]["Value"]["Fn::GetAtt"], "ChatTopic.TopicName");
    for action in ["AlarmActions", "OKActions"] {
        assert_eq!(undelivered[action], json!([{"Ref": "AlarmTopic"}]), "{action}");
    }
}

/// A sum that leaves out a function would miss a shard that fails alone.
#[test]
fn failed_and_refused_ticks_of_every_shard_are_added_up() {
    let template = template();
    for (name, of) in [("ErrorsAlarm", "Errors"), ("ThrottlesAlarm", "Throttles")] {
        let metrics = alarm(&template, name)["Metrics"].as_array().unwrap();
        assert_eq!(metrics[0]["Expression"]["Fn::FindInMap"][0], "Shards", "{name}");
        let functions = metrics[1..].iter().enumerate().map(|(shard, entry)| {
            let entry = entry.get("Fn::If").map_or(entry, |branches| &branches[1]);
            assert_eq!(entry["Id"], format!("shard{shard}"), "{name}");
            let metric = &entry["MetricStat"]["Metric"];
            assert_eq!(metric["MetricName"], of, "{name}");
            metric["Dimensions"][0]["Value"]["Ref"].as_str().unwrap()
        });
        assert!(functions.eq(MONITORS), "{name}");
    }
    for (shards, sum) in template["Mappings"]["Shards"].as_object().unwrap() {
        let terms = sum["Sum"].as_str().unwrap().split(" + ").filter(|term| *term != "0");
        let count: usize = shards.parse().unwrap();
        assert!(terms.eq((0..count).map(|shard| format!("shard{shard}"))), "{shards}");
    }
}

#[test]
fn while_the_monitor_is_paused_no_alarm_sends_anything_and_no_schedule_runs() {
    let template = template();
    for (name, alarm) in of_type(&template, "AWS::CloudWatch::Alarm") {
        let enabled = &alarm["ActionsEnabled"]["Fn::If"];
        let condition = enabled[0].as_str().unwrap();
        assert!(["IsRunning", "NotifiesForTheFleet"].contains(&condition), "{name}: {condition}");
        assert_eq!((&enabled[1], &enabled[2]), (&json!(true), &json!(false)), "{name}");
    }
    let fleet = &template["Conditions"]["NotifiesForTheFleet"]["Fn::And"];
    assert_eq!(fleet[0]["Condition"], "IsRunning");
    for (_, schedule) in of_type(&template, "AWS::Scheduler::Schedule") {
        assert_eq!(schedule["State"]["Fn::If"], json!(["IsRunning", "ENABLED", "DISABLED"]));
    }
}

/// What is refused in one round and taken in the next one is above 0 for one minute, or for two if
/// the rounds are in different ones.
#[test]
fn events_that_event_bridge_does_not_take_raise_an_alarm_if_that_lasts() {
    let template = template();
    let unsent = alarm(&template, "UnsentEventsAlarm");
    assert_eq!(
        (&unsent["MetricName"], &unsent["Statistic"]),
        (&json!("UnsentEvents"), &json!("Maximum"))
    );
    let minutes = [&unsent["DatapointsToAlarm"], &unsent["EvaluationPeriods"], &unsent["Period"]];
    assert_eq!(minutes, [3, 5, 60]);
    let description = unsent["AlarmDescription"]["Fn::Sub"].as_str().unwrap();
    for step in ["failed to send events", "lacks events:PutEvents", "quota of PutEvents"] {
        assert!(description.contains(step), "{description}");
    }
}
