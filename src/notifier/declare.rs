//! The command that declares the picture of an incident known. Pure.

use super::{event::Incident, text::console_link};
use crate::{
    console::{is_bucket_name, partition},
    incident_pictures::{Moment, PictureName},
    known_stills::PREFIX,
};

/// The faults whose picture may be a slate. Black and flat pictures are too plain to be recognised.
const OF_SLATES: [&str; 3] = ["frozen", "frozen_background", "bars"];

/// The command, for the AWS CLI in a POSIX shell, given the event's address of the bucket's page;
/// `None` for a fault of another kind, and unless bucket, Region and incident have the form of
/// such. Nothing else from outside gets into it.
#[must_use]
pub fn declare_command(page: Option<&str>, incident: &Incident) -> Option<String> {
    if !OF_SLATES.contains(&incident.condition.as_str()) {
        return None;
    }
    let (_, rest) = console_link(page?)?.split_once("/s3/buckets/")?;
    let (bucket, region) = rest.split_once("?region=")?;
    if !is_bucket_name(bucket) || partition(region).is_none() {
        return None;
    }
    let first = PictureName { incident: incident.picture_folder()?, moment: Moment::First };
    let folder = first.incident.to_string();
    let known = folder.trim_end_matches('/');
    Some(format!(
        "aws s3 cp --region {region} s3://{bucket}/{first} s3://{bucket}/{PREFIX}{known}.jpg"
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn incident(condition: &str) -> Incident {
        Incident {
            channel_id: "1002".to_owned(),
            pipeline: "1".to_owned(),
            condition: condition.to_owned(),
            alarm_id: Some("eu-west-1/1002/1/frozen/2026-11-26T03:12:40Z".to_owned()),
            ..Incident::default()
        }
    }

    const PAGE: &str =
        "https://eu-west-1.console.aws.amazon.com/s3/buckets/my-pictures?region=eu-west-1";

    #[test]
    fn the_first_picture_is_copied_to_the_known_stills_of_its_channel() {
        assert_eq!(
            declare_command(Some(PAGE), &incident("frozen")).unwrap(),
            "aws s3 cp --region eu-west-1 \
             s3://my-pictures/1002/20261126T031240Z-pipeline-1-frozen/2-first.jpg \
             s3://my-pictures/known-stills/1002/20261126T031240Z-pipeline-1-frozen.jpg"
        );
    }

    #[test]
    fn there_is_no_command_without_a_bucket_or_a_picture_that_can_be_recognised() {
        assert_eq!(declare_command(None, &incident("frozen")), None);
        assert_eq!(declare_command(Some(PAGE), &incident("black")), None);
        let without_id = Incident { alarm_id: None, ..incident("frozen") };
        assert_eq!(declare_command(Some(PAGE), &without_id), None);
        for page in [
            "https://evil.example/s3/buckets/my-pictures?region=eu-west-1",
            "https://eu-west-1.console.aws.amazon.com/s3/buckets/a.b?region=eu-west-1",
            "https://eu-west-1.console.aws.amazon.com/s3/buckets/abc?region=eu-west-1&x=y",
        ] {
            assert_eq!(declare_command(Some(page), &incident("frozen")), None, "{page}");
        }
    }
}
