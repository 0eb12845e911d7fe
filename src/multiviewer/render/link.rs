//! The address of a channel in the MediaLive console. Each partition has a console of its own.

use crate::wall::request::is_channel_id;

/// The address, where the Region and the id are what they should be: nothing else becomes a link.
pub(super) fn channel(region: &str, id: &str) -> Option<String> {
    let is_region = !region.is_empty()
        && region.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-');
    (is_region && is_channel_id(id)).then(|| {
        let domain = domain(region);
        format!("https://{region}.console.{domain}/medialive/home?region={region}#/channels/{id}")
    })
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
            assert_eq!(channel(region, "1234567"), Some(expected));
        }
    }

    #[test]
    fn what_is_no_region_or_no_id_is_no_link() {
        assert_eq!(channel("", "1234567"), None);
        assert_eq!(channel("evil.example/", "1234567"), None);
        assert_eq!(channel("eu-west-1", "1\" onclick=\"alert(1)"), None);
        assert_eq!(channel("eu-west-1", "javascript:alert(1)"), None);
    }
}
