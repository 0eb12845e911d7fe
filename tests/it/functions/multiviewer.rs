//! The built function behind the picture wall: what it logs.

use aws_stand_in::{
    Channel, Pace, StandIn,
    runtime_api::{Function, Invocation},
};
use serde_json::Value;

use super::{MULTIVIEWER, log_lines, variables};

/// The lines about tiles in the log of a function with these variables that showed one view of two
/// feeds.
async fn tiles(more: &[(&'static str, &str)]) -> Vec<Value> {
    let aws =
        StandIn::builder().channel(Channel::new("1001").standard()).pace(Pace::PerRequest).start();
    let mut function = Function::start(MULTIVIEWER, &variables(&aws, more)).await;
    let page = function.invoke(Invocation::new("{}")).await.success();
    assert!(page.as_str().unwrap().contains("/9j/"));
    let log = function.stop().await;
    assert!(!log.contains("/9j/"), "a picture is in the log");
    let lines = log_lines(&log);
    assert!(lines.iter().any(|line| line["message"] == "view"));
    lines.into_iter().filter(|line| line["message"] == "tile").collect()
}

#[tokio::test]
async fn enable_debug_logs_every_tile_of_the_wall_and_no_picture() {
    let debug = [("ENABLE_DEBUG", "true"), ("AWS_LAMBDA_LOG_LEVEL", "DEBUG")];
    let shown: Vec<_> = tiles(&debug)
        .await
        .iter()
        .map(|line| [&line["channel"], &line["pipeline"], &line["picture"]].map(Value::to_string))
        .collect();
    assert_eq!(
        shown,
        [[r#""1001""#, r#""0""#, r#""shown""#], [r#""1001""#, r#""1""#, r#""shown""#]]
    );
    assert_eq!(tiles(&[]).await, Vec::<Value>::new());
}
