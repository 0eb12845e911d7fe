//! The command that mutes a channel for an hour. Pure.

use std::time::{Duration, SystemTime};

use humantime::format_rfc3339_seconds;

use crate::{console::partition, feed::is_channel_id};

/// How long the command mutes a channel.
const MUTE: Duration = Duration::from_hours(1);

/// The command, for the AWS CLI in a POSIX shell; `None` unless account, Region and channel have
/// the form of such. Nothing else from outside gets into it.
#[must_use]
pub fn mute_command(
    account: &str,
    region: &str,
    channel_id: &str,
    now: SystemTime,
) -> Option<String> {
    let is_account = account.len() == 12 && account.bytes().all(|byte| byte.is_ascii_digit());
    if !is_account || !is_channel_id(channel_id) {
        return None;
    }
    let partition = partition(region)?;
    let until = format_rfc3339_seconds(now + MUTE);
    Some(format!(
        "aws medialive create-tags --region {region} \
         --resource-arn arn:{partition}:medialive:{region}:{account}:channel:{channel_id} \
         --tags '{{\"source-monitor:mute-until\":\"{until}\"}}'"
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    const ACCOUNT: &str = "111122223333";

    fn command(account: &str, region: &str, channel: &str) -> Option<String> {
        mute_command(account, region, channel, SystemTime::UNIX_EPOCH)
    }

    #[test]
    fn a_channel_is_muted_for_an_hour_from_now() {
        assert_eq!(
            command(ACCOUNT, "eu-west-1", "1002").unwrap(),
            "aws medialive create-tags --region eu-west-1 \
             --resource-arn arn:aws:medialive:eu-west-1:111122223333:channel:1002 \
             --tags '{\"source-monitor:mute-until\":\"1970-01-01T01:00:00Z\"}'"
        );
        assert!(command(ACCOUNT, "cn-north-1", "1").unwrap().contains("arn:aws-cn:"));
    }

    #[test]
    fn nothing_from_outside_gets_into_the_command() {
        assert_eq!(command("1; rm", "eu-west-1", "1002"), None);
        assert_eq!(command(ACCOUNT, "eu-west-1$(x)", "1002"), None);
        assert_eq!(command(ACCOUNT, "eu-west-1", "1002'"), None);
    }
}
