//! The events in `events/` that the monitor sends: the schema describes them, and nothing that they
//! are not.

use std::{fs, path::Path};

use serde_json::{Value, json};

use crate::schema::violations;

fn samples() -> Vec<Value> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("events");
    let files = fs::read_dir(folder).unwrap().map(|file| file.unwrap());
    let is_sample = |name: &str| name.starts_with("sent-");
    let files = files.filter(|file| is_sample(&file.file_name().to_string_lossy()));
    let text = files.map(|file| fs::read_to_string(file.path()).unwrap());
    text.map(|text| serde_json::from_str(&text).unwrap()).collect()
}

#[test]
fn the_schema_describes_each_sample_of_an_event_that_is_sent() {
    let samples = samples();
    assert_eq!(samples.len(), 4);
    for sample in samples {
        assert_eq!(violations(&sample), Vec::<String>::new());
    }
}

#[test]
fn the_schema_rejects_what_is_missing_unknown_or_of_another_form() {
    let alert = samples().into_iter().find(|one| one["detail"]["alarm_state"] == "SET").unwrap();
    let spoiled = |spoil: &dyn Fn(&mut Value)| {
        let mut event = alert.clone();
        spoil(&mut event);
        violations(&event)
    };
    let either = ["$: oneOf"].map(String::from).to_vec();
    assert_eq!(spoiled(&|event| event["detail"]["pipeline"] = json!("2")), either);
    assert_eq!(spoiled(&|event| event["detail"]["news"] = json!(1)), either);
    assert_eq!(spoiled(&|event| event["detail"]["dedup_key"] = json!("1002")), either);
    assert_eq!(spoiled(&|event| event["detail"]["seconds"] = json!(-1)), either);
    let without_id = |event: &mut Value| {
        event["detail"].as_object_mut().unwrap().remove("alarm_id");
    };
    assert_eq!(spoiled(&without_id), either);
    let foreign = spoiled(&|event| event["source"] = json!("aws.medialive"));
    assert_eq!(foreign, ["$.source: const"]);
}
