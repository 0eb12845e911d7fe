//! Addresses in the AWS console. Each partition has a console of its own. Pure.

use crate::feed::is_channel_id;

/// The address of a channel's page; `None` unless both texts have the form of a Region and of a
/// channel id. The address then contains only ASCII letters, digits and `:/.?=#-`.
#[must_use]
pub fn channel_page(region: &str, channel_id: &str) -> Option<String> {
    if !is_region(region) || !is_channel_id(channel_id) {
        return None;
    }
    let domain = domain(region);
    Some(format!(
        "https://{region}.console.{domain}/medialive/home?region={region}#/channels/{channel_id}"
    ))
}

/// The address of a CloudWatch dashboard; `None` unless both texts have the form of a Region and of
/// a dashboard's name.
#[must_use]
pub fn dashboard_page(region: &str, name: &str) -> Option<String> {
    if !is_region(region) || !is_dashboard_name(name) {
        return None;
    }
    let domain = domain(region);
    Some(format!(
        "https://{region}.console.{domain}/cloudwatch/home?region={region}#dashboards/dashboard/{name}"
    ))
}

/// The address of a bucket's page; `None` unless both texts have the form of a Region and of a
/// bucket's name. With `&prefix=` and the beginning of a key at its end, it lists those objects.
#[must_use]
pub fn bucket_page(region: &str, name: &str) -> Option<String> {
    if !is_region(region) || !is_bucket_name(name) {
        return None;
    }
    let domain = domain(region);
    Some(format!("https://{region}.console.{domain}/s3/buckets/{name}?region={region}"))
}

/// Whether a text can be a bucket's name, without dots, which HTTPS can't verify
/// (<https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html>).
#[must_use]
pub fn is_bucket_name(text: &str) -> bool {
    let is_allowed = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    (3..=63).contains(&text.len())
        && text.bytes().all(is_allowed)
        && !text.starts_with('-')
        && !text.ends_with('-')
}

/// Whether a text can be a dashboard's name
/// (<https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutDashboard.html>).
#[must_use]
pub fn is_dashboard_name(text: &str) -> bool {
    (1..=255).contains(&text.len())
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte))
}

/// The partition of a Region, as ARNs name it; `None` for a text without the form of a Region.
#[must_use]
pub fn partition(region: &str) -> Option<&'static str> {
    if !is_region(region) {
        return None;
    }
    Some(match domain(region) {
        "amazonaws.cn" => "aws-cn",
        "amazonaws-us-gov.com" => "aws-us-gov",
        _ => "aws",
    })
}

fn is_region(text: &str) -> bool {
    !text.is_empty()
        && text
            .bytes()
            .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
}

/// <https://docs.aws.amazon.com/general/latest/gr/rande.html> lists the partitions.
fn domain(region: &str) -> &'static str {
    if region.starts_with("cn-") {
        "amazonaws.cn"
    } else if region.starts_with("us-gov-") {
        "amazonaws-us-gov.com"
    } else {
        "aws.amazon.com"
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_partition_has_its_own_console() {
        for (region, start) in [
            ("eu-west-1", "https://eu-west-1.console.aws.amazon.com"),
            ("cn-north-1", "https://cn-north-1.console.amazonaws.cn"),
            ("us-gov-west-1", "https://us-gov-west-1.console.amazonaws-us-gov.com"),
        ] {
            let expected = format!("{start}/medialive/home?region={region}#/channels/1234567");
            assert_eq!(channel_page(region, "1234567"), Some(expected));
        }
    }

    #[test]
    fn each_region_has_a_partition() {
        let regions = ["eu-west-1", "cn-north-1", "us-gov-west-1", "EU"].map(partition);
        assert_eq!(regions, [Some("aws"), Some("aws-cn"), Some("aws-us-gov"), None]);
    }

    #[test]
    fn a_dashboard_has_a_page() {
        assert_eq!(
            dashboard_page("eu-west-1", "source-monitor-eu-west-1").unwrap(),
            "https://eu-west-1.console.aws.amazon.com/cloudwatch/home?region=eu-west-1\
             #dashboards/dashboard/source-monitor-eu-west-1"
        );
        assert_eq!(dashboard_page("eu-west-1", "a/b"), None);
        assert_eq!(dashboard_page("", "name"), None);
    }

    #[test]
    fn a_bucket_has_a_page() {
        assert_eq!(
            bucket_page("eu-west-1", "source-monitor-pictures").unwrap(),
            "https://eu-west-1.console.aws.amazon.com/s3/buckets/source-monitor-pictures?region=eu-west-1"
        );
        for name in ["ab", "-abc", "abc-", "a.b.c", "ABC", "a/b", &"a".repeat(64)] {
            assert_eq!(bucket_page("eu-west-1", name), None, "{name}");
        }
    }

    #[test]
    fn without_a_region_and_an_id_there_is_no_link() {
        assert_eq!(channel_page("", "1234567"), None);
        assert_eq!(channel_page("evil.example/", "1234567"), None);
        assert_eq!(channel_page("eu-west-1", "1\" onclick=\"alert(1)"), None);
        assert_eq!(channel_page("eu-west-1", "javascript:alert(1)"), None);
    }
}
