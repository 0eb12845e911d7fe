//! The notifier's settings. It has few, and none of the monitor's.

use source_detection::variables::{InvalidSetting, Reader, SettingsError, environment};
use tracing::Level;

use super::log_level;

/// Everything that an operator can set of the notifier.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NotifierSettings {
    /// `TOPIC_ARN`: the SNS topic whose subscribers get mails.
    pub topic: String,
    /// `CHAT_TOPIC_ARN`: the SNS topic of Amazon Q Developer in chat applications.
    pub chat_topic: Option<String>,
    /// `ENABLE_DEBUG`: log more.
    pub debug: bool,
    /// `AWS_LAMBDA_LOG_LEVEL`: the lowest level that is logged.
    pub log_level: Level,
}

/// A FIFO topic can't have mail subscribers
/// (<https://docs.aws.amazon.com/sns/latest/dg/sns-fifo-topics.html>).
const TOPIC_ACCEPTS: &str =
    "the ARN of a standard SNS topic, such as arn:aws:sns:eu-west-1:111122223333:alarms";

impl NotifierSettings {
    /// The settings from this process's environment.
    ///
    /// # Errors
    /// Every invalid variable, in one message.
    pub fn from_env() -> Result<Self, SettingsError> {
        Self::read(environment)
    }

    /// The settings from these variables.
    ///
    /// # Errors
    /// Every invalid variable, in one message.
    pub fn read(lookup: impl Fn(&str) -> Option<String>) -> Result<Self, SettingsError> {
        // A template can't leave a variable unset, so an empty one counts as unset.
        let lookup = |name: &str| lookup(name).filter(|value| !value.is_empty());
        let mut from = Reader::new(lookup);
        if lookup("TOPIC_ARN").is_none() {
            from.reject(InvalidSetting {
                name: "TOPIC_ARN".to_owned(),
                value: None,
                accepts: TOPIC_ACCEPTS.to_owned(),
            });
        }
        let topic = from.text("TOPIC_ARN", "", TOPIC_ACCEPTS, is_topic);
        let chat_topic = from.text("CHAT_TOPIC_ARN", "", TOPIC_ACCEPTS, is_topic);
        let settings = Self {
            topic,
            chat_topic: if chat_topic.is_empty() { None } else { Some(chat_topic) },
            debug: from.switch("ENABLE_DEBUG", false),
            log_level: log_level(&mut from),
        };
        from.finish(settings).map_err(SettingsError)
    }
}

/// `arn:PARTITION:sns:REGION:ACCOUNT:NAME`.
fn is_topic(value: &str) -> bool {
    let parts: Vec<_> = value.split(':').collect();
    let [arn, partition, service, region, account, name] = parts[..] else { return false };
    let is_word = |text: &str, more: &[u8]| {
        let is_valid = |byte: u8| byte.is_ascii_alphanumeric() || more.contains(&byte);
        !text.is_empty() && text.bytes().all(is_valid)
    };
    arn == "arn"
        && service == "sns"
        && is_word(partition, b"-")
        && is_word(region, b"-")
        && account.len() == 12
        && account.bytes().all(|byte| byte.is_ascii_digit())
        && name.len() <= 256
        && is_word(name, b"-_")
}

#[cfg(test)]
mod tests {
    use source_detection::variables::from_map;

    use super::*;

    const TOPIC: &str = "arn:aws:sns:eu-west-1:111122223333:alarms";

    fn read(variables: &[(&str, &str)]) -> Result<NotifierSettings, String> {
        let pair = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
        let variables = variables.iter().map(pair).collect();
        NotifierSettings::read(from_map(&variables)).map_err(|error| error.to_string())
    }

    #[test]
    fn a_topic_is_enough() {
        let expected = NotifierSettings {
            topic: TOPIC.to_owned(),
            chat_topic: None,
            debug: false,
            log_level: Level::INFO,
        };
        assert_eq!(read(&[("TOPIC_ARN", TOPIC), ("CHAT_TOPIC_ARN", "")]), Ok(expected));
        let china = "arn:aws-cn:sns:cn-north-1:111122223333:chat_1";
        let with_chat = read(&[("TOPIC_ARN", TOPIC), ("CHAT_TOPIC_ARN", china)]).unwrap();
        assert_eq!(with_chat.chat_topic.as_deref(), Some(china));
    }

    #[test]
    fn a_missing_topic_and_one_that_is_no_standard_topic_are_named() {
        let message = read(&[("CHAT_TOPIC_ARN", "arn:aws:sns:eu-west-1:1:x")]).unwrap_err();
        assert_eq!(
            message,
            "2 invalid settings:\n  \
             TOPIC_ARN is \"\"; it accepts the ARN of a standard SNS topic, such as \
             arn:aws:sns:eu-west-1:111122223333:alarms\n  \
             CHAT_TOPIC_ARN is \"arn:aws:sns:eu-west-1:1:x\"; it accepts the ARN of a standard SNS topic, such as \
             arn:aws:sns:eu-west-1:111122223333:alarms"
        );
        for bad in [
            "arn:aws:sqs:eu-west-1:111122223333:alarms",
            "arn:aws:sns:eu-west-1:111122223333:alarms.fifo",
            "arn:aws:sns:eu-west-1:111122223333:",
            "arn:aws:sns::111122223333:alarms",
            "alarms",
        ] {
            assert!(read(&[("TOPIC_ARN", bad)]).is_err(), "{bad}");
        }
    }
}
