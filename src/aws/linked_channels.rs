//! Reads which channels a channel is linked with, from its description in ListChannels.

use aws_sdk_medialive::types::{
    DescribeFollowerChannelSettings, DescribeLinkedChannelSettings, DescribePrimaryChannelSettings,
};
use serde::Deserialize;
use serde_json::value::RawValue;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct LinkedBody {
    follower_channel_settings: Option<FollowerBody>,
    primary_channel_settings: Option<PrimaryBody>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct FollowerBody {
    primary_channel_arn: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct PrimaryBody {
    following_channel_arns: Option<Vec<String>>,
}

/// The channels that a channel is linked with; `None` if the value has another shape.
pub(super) fn linked(value: &RawValue) -> Option<DescribeLinkedChannelSettings> {
    let linked: LinkedBody = serde_json::from_str(value.get()).ok()?;
    let follower = linked.follower_channel_settings.map(|follower| {
        DescribeFollowerChannelSettings::builder()
            .set_primary_channel_arn(follower.primary_channel_arn)
            .build()
    });
    let primary = linked.primary_channel_settings.map(|primary| {
        DescribePrimaryChannelSettings::builder()
            .set_following_channel_arns(primary.following_channel_arns)
            .build()
    });
    let settings = DescribeLinkedChannelSettings::builder()
        .set_follower_channel_settings(follower)
        .set_primary_channel_settings(primary);
    Some(settings.build())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_sides_of_a_link_are_read_and_any_other_shape_is_no_link() {
        let read = |json: &str| linked(&RawValue::from_string(json.to_owned()).unwrap());
        let primary = r#"{"primaryChannelSettings":{"linkedChannelType":"PRIMARY_CHANNEL","followingChannelArns":["a","b"]}}"#;
        let settings = read(primary).unwrap();
        let followers = settings.primary_channel_settings().unwrap().following_channel_arns();
        assert_eq!(
            (followers, settings.follower_channel_settings()),
            (&["a", "b"].map(String::from)[..], None)
        );
        let follower = r#"{"followerChannelSettings":{"primaryChannelArn":"c"},"primaryChannelSettings":null}"#;
        let settings = read(follower).unwrap();
        let arn = settings.follower_channel_settings().unwrap().primary_channel_arn();
        assert_eq!(arn, Some("c"));
        for other in ["[]", "7", r#"{"primaryChannelSettings":{"followingChannelArns":[1]}}"#] {
            assert_eq!(read(other), None, "{other}");
        }
    }
}
