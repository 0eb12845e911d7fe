//! Reads named values into types and collects every invalid one, so that one error reports them
//! all.
//!
//! A lookup function enters, typed values leave. The functions' settings, the multiviewer's
//! parameters and `replay` share this reader. It knows the forms of values; which settings exist is
//! up to its callers, except for the set and clear times.

use std::{collections::BTreeMap, env, fmt, num::NonZeroU32, ops::RangeInclusive, time::Duration};

use crate::judge::Thresholds;

/// The range of a set or clear time, in seconds: up to a day.
pub const AFTER_RANGE: RangeInclusive<u64> = 1..=86_400;

/// A value that cannot be used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InvalidSetting {
    /// The name of the variable or parameter.
    pub name: String,
    /// Its value; `None` for a name that doesn't exist.
    pub value: Option<String>,
    /// What it accepts, or which names exist.
    pub accepts: String,
}

/// Every invalid environment variable. The message has one line for each.
#[derive(Debug, PartialEq, Eq)]
pub struct SettingsError(pub Vec<InvalidSetting>);

impl fmt::Display for SettingsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (count, plural) = (self.0.len(), if self.0.len() == 1 { "" } else { "s" });
        write!(f, "{count} invalid setting{plural}:")?;
        for InvalidSetting { name, value, accepts } in &self.0 {
            write!(
                f,
                "\n  {name} is {:?}; it accepts {accepts}",
                value.as_deref().unwrap_or_default()
            )?;
        }
        Ok(())
    }
}

impl std::error::Error for SettingsError {}

/// Looks values up by name, parses them, and collects the invalid ones.
#[derive(Debug)]
pub struct Reader<L> {
    lookup: L,
    invalid: Vec<InvalidSetting>,
}

impl<L> Reader<L> {
    /// A reader over this lookup, which must return `None` for a value that is unset or empty:
    /// templates and forms cannot leave a value unset.
    pub const fn new(lookup: L) -> Self {
        Self { lookup, invalid: Vec::new() }
    }

    /// The parsed value, or `default` if it is unset. An invalid value is recorded, and `default`
    /// returned.
    pub fn read<V: ToString, T>(
        &mut self,
        name: &str,
        default: T,
        accepts: impl FnOnce() -> String,
        parse: impl FnOnce(&V) -> Option<T>,
    ) -> T
    where
        L: Fn(&str) -> Option<V>,
    {
        let Some(value) = (self.lookup)(name) else { return default };
        if let Some(parsed) = parse(&value) {
            return parsed;
        }
        self.reject(InvalidSetting {
            name: name.to_owned(),
            value: Some(value.to_string()),
            accepts: accepts(),
        });
        default
    }

    /// Records an invalid value that the caller found.
    pub fn reject(&mut self, invalid: InvalidSetting) {
        self.invalid.push(invalid);
    }

    /// Returns `value` if nothing invalid was recorded.
    ///
    /// # Errors
    /// Every invalid value, in the order in which they were recorded.
    pub fn finish<T>(self, value: T) -> Result<T, Vec<InvalidSetting>> {
        if self.invalid.is_empty() { Ok(value) } else { Err(self.invalid) }
    }
}

impl<L: Fn(&str) -> Option<String>> Reader<L> {
    /// `true`, `1`, `false` or `0`, in upper or lower case.
    pub fn switch(&mut self, variable: &str, default: bool) -> bool {
        let accepts = || "true or false".to_owned();
        self.read(variable, default, accepts, |value: &String| {
            match value.to_ascii_lowercase().as_str() {
                "true" | "1" => Some(true),
                "false" | "0" => Some(false),
                _ => None,
            }
        })
    }

    /// Whole seconds within the range.
    pub fn seconds(
        &mut self,
        variable: &str,
        default: u64,
        range: RangeInclusive<u64>,
    ) -> Duration {
        let accepts = || format!("whole seconds from {} to {}", range.start(), range.end());
        Duration::from_secs(
            self.read(variable, default, accepts, |value: &String| whole(value, &range)),
        )
    }

    /// A whole number within the range, which must start at 1 or higher.
    pub fn count(
        &mut self,
        variable: &str,
        default: NonZeroU32,
        range: RangeInclusive<u64>,
    ) -> NonZeroU32 {
        let accepts = || format!("a whole number from {} to {}", range.start(), range.end());
        self.read(variable, default, accepts, |value: &String| {
            u32::try_from(whole(value, &range)?).ok().and_then(NonZeroU32::new)
        })
    }

    /// A text that `is_valid`.
    pub fn text(
        &mut self,
        variable: &str,
        default: &str,
        accepts: &str,
        is_valid: impl FnOnce(&str) -> bool,
    ) -> String {
        self.read(
            variable,
            default.to_owned(),
            || accepts.to_owned(),
            |value: &String| {
                if is_valid(value) { Some(value.clone()) } else { None }
            },
        )
    }

    /// Names separated by commas. Repeated names count once.
    pub fn list<T: PartialEq + Clone>(
        &mut self,
        variable: &str,
        default: &[T],
        accepts: impl FnOnce() -> String,
        parse_item: impl Fn(&str) -> Option<T>,
    ) -> Vec<T> {
        self.read(variable, default.to_vec(), accepts, |value: &String| {
            let mut items = Vec::new();
            for name in value.split(',') {
                let item = parse_item(name.trim())?;
                if !items.contains(&item) {
                    items.push(item);
                }
            }
            Some(items)
        })
    }

    /// `key=value,...`. A key may occur more than once.
    pub fn pairs(&mut self, variable: &str) -> Vec<(String, String)> {
        let accepts = || "pairs of tag key and value, such as key=value,key=other".to_owned();
        self.read(variable, Vec::new(), accepts, |value: &String| {
            value.split(',').map(parse_pair).collect()
        })
    }

    /// The set and clear times of feeds that are sampled every `interval`, from `FROZEN_AFTER`,
    /// `BLACK_AFTER`, `BARS_AFTER`, `FLAT_AFTER`, `NO_PICTURE_AFTER`, `REPEATING_AFTER`,
    /// `FROZEN_BACKGROUND_AFTER`, `PARTIAL_AFTER`, `SLATE_AFTER`, `MISMATCH_AFTER`, `CLEAR_AFTER`
    /// and `START_GRACE`.
    pub fn thresholds(&mut self, interval: Duration) -> Thresholds {
        Thresholds {
            // MediaConnect's source monitoring reports a frozen source after 10 to 60 s, by default
            // 30 s.
            frozen_after: self.seconds("FROZEN_AFTER", 30, AFTER_RANGE),
            black_after: self.seconds("BLACK_AFTER", 10, AFTER_RANGE),
            bars_after: self.seconds("BARS_AFTER", 20, AFTER_RANGE),
            flat_after: self.seconds("FLAT_AFTER", 20, AFTER_RANGE),
            no_picture_after: self.seconds("NO_PICTURE_AFTER", 60, AFTER_RANGE),
            repeating_after: self.seconds("REPEATING_AFTER", 300, AFTER_RANGE),
            dead_background_after: self.seconds("FROZEN_BACKGROUND_AFTER", 600, AFTER_RANGE),
            partial_after: Some(self.seconds("PARTIAL_AFTER", 0, 0..=*AFTER_RANGE.end()))
                .filter(|set| !set.is_zero()),
            slate_after: Some(self.seconds("SLATE_AFTER", 0, 0..=*AFTER_RANGE.end()))
                .filter(|set| !set.is_zero()),
            mismatch_after: Some(self.seconds("MISMATCH_AFTER", 180, 0..=*AFTER_RANGE.end()))
                .filter(|set| !set.is_zero()),
            clear_after: self.seconds("CLEAR_AFTER", 10, AFTER_RANGE),
            start_grace: self.seconds("START_GRACE", 60, 0..=*AFTER_RANGE.end()),
            longest_gap: Thresholds::gap_for(interval),
            jitter: Thresholds::jitter_for(interval),
            ..Thresholds::default()
        }
    }
}

fn parse_pair(pair: &str) -> Option<(String, String)> {
    let (key, value) = pair.split_once('=')?;
    let key = key.trim();
    if key.is_empty() {
        return None;
    }
    Some((key.to_owned(), value.trim().to_owned()))
}

/// A whole number within the range, in plain digits without sign, point or blanks.
#[must_use]
pub fn whole(text: &str, range: &RangeInclusive<u64>) -> Option<u64> {
    if !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    text.parse().ok().filter(|number| range.contains(number))
}

/// Looks a variable up in the environment of this process. An empty one counts as unset.
#[must_use]
#[expect(clippy::disallowed_methods, reason = "the one place that reads the environment")]
pub fn environment(name: &str) -> Option<String> {
    let value = env::var_os(name)?;
    if value.is_empty() {
        return None;
    }
    Some(value.to_string_lossy().into_owned())
}

/// A lookup in a map. An empty value counts as unset.
pub fn from_map(variables: &BTreeMap<String, String>) -> impl Fn(&str) -> Option<String> {
    |name| variables.get(name).filter(|value| !value.is_empty()).cloned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn thresholds(variables: &[(&str, &str)]) -> Result<Thresholds, SettingsError> {
        let variables =
            variables.iter().map(|&(name, value)| (name.to_owned(), value.to_owned())).collect();
        let mut reader = Reader::new(from_map(&variables));
        let thresholds = reader.thresholds(Duration::from_secs(10));
        reader.finish(thresholds).map_err(SettingsError)
    }

    #[test]
    fn without_variables_the_thresholds_are_the_default() {
        let jitter = Duration::from_millis(1_250);
        let expected = Thresholds { jitter, ..Thresholds::default() };
        assert_eq!(thresholds(&[]), Ok(expected.clone()));
        assert_eq!(thresholds(&[("BLACK_AFTER", "")]), Ok(expected));
    }

    #[test]
    fn one_error_reports_every_invalid_variable() {
        let error =
            thresholds(&[("FROZEN_AFTER", "0"), ("BLACK_AFTER", "15"), ("CLEAR_AFTER", "ten")]);
        assert_eq!(
            error.expect_err("is rejected").to_string(),
            "2 invalid settings:\n  FROZEN_AFTER is \"0\"; it accepts whole seconds from 1 to 86400\n  \
             CLEAR_AFTER is \"ten\"; it accepts whole seconds from 1 to 86400"
        );
    }
}
