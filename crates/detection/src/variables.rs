//! Reads named values into types and collects every invalid one, so that one message reports them all.
//!
//! Environment variables enter through a lookup function and typed values leave. The functions, `replay` and the
//! multiviewer's parameters share this reader; it knows the forms of values, not which settings there are, except
//! for the set and clear times, which belong to judging.

use std::{collections::BTreeMap, fmt, num::NonZeroU32, ops::RangeInclusive, time::Duration};

use crate::judge::Thresholds;

/// A set or clear time, in seconds: up to a day.
pub const AFTER_RANGE: RangeInclusive<u64> = 1..=86_400;

/// A value that can't be used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InvalidSetting {
    /// The name of the variable or parameter.
    pub name: String,
    /// What it held; `None` for a name that doesn't exist.
    pub value: Option<String>,
    /// What it accepts, or which names exist.
    pub accepts: String,
}

/// Every invalid environment variable, one a line.
#[derive(Debug, PartialEq, Eq)]
pub struct SettingsError(pub Vec<InvalidSetting>);

impl fmt::Display for SettingsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (count, plural) = (self.0.len(), if self.0.len() == 1 { "" } else { "s" });
        write!(f, "{count} invalid setting{plural}:")?;
        for InvalidSetting { name, value, accepts } in &self.0 {
            write!(f, "\n  {name} is {:?}; it accepts {accepts}", value.as_deref().unwrap_or_default())?;
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
    /// A reader over this lookup. It returns `None` for a value that is unset or empty: a template or a form can't
    /// leave one unset.
    pub const fn new(lookup: L) -> Self {
        Self { lookup, invalid: Vec::new() }
    }

    /// The parsed value; `default` if it is unset, and also if it is invalid, which is recorded.
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

    /// Records an invalid value that the caller found by itself.
    pub fn reject(&mut self, invalid: InvalidSetting) {
        self.invalid.push(invalid);
    }

    /// `value` if nothing invalid was read.
    ///
    /// # Errors
    /// Every invalid value, in the order in which they were read.
    pub fn finish<T>(self, value: T) -> Result<T, Vec<InvalidSetting>> {
        if self.invalid.is_empty() { Ok(value) } else { Err(self.invalid) }
    }
}

impl<L: Fn(&str) -> Option<String>> Reader<L> {
    /// `true`, `1`, `false` or `0`, in any case.
    pub fn switch(&mut self, variable: &str, default: bool) -> bool {
        let accepts = || "true or false".to_owned();
        self.read(variable, default, accepts, |value: &String| match value.to_ascii_lowercase().as_str() {
            "true" | "1" => Some(true),
            "false" | "0" => Some(false),
            _ => None,
        })
    }

    /// Whole seconds within the range.
    pub fn seconds(&mut self, variable: &str, default: u64, range: RangeInclusive<u64>) -> Duration {
        let accepts = || format!("whole seconds from {} to {}", range.start(), range.end());
        Duration::from_secs(self.read(variable, default, accepts, |value: &String| whole(value, &range)))
    }

    /// A whole number within the range, which begins at 1 or higher.
    pub fn count(&mut self, variable: &str, default: NonZeroU32, range: RangeInclusive<u64>) -> NonZeroU32 {
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
        self.read(variable, default.to_owned(), || accepts.to_owned(), |value: &String| {
            is_valid(value).then(|| value.clone())
        })
    }

    /// Names separated by commas, each once.
    pub fn list<T: PartialEq + Clone>(
        &mut self,
        variable: &str,
        default: &[T],
        accepts: impl FnOnce() -> String,
        item: impl Fn(&str) -> Option<T>,
    ) -> Vec<T> {
        self.read(variable, default.to_vec(), accepts, |value: &String| {
            let mut items = Vec::new();
            for name in value.split(',') {
                let one = item(name.trim())?;
                if !items.contains(&one) {
                    items.push(one);
                }
            }
            Some(items)
        })
    }

    /// `key=value,...`; a key may occur more than once.
    pub fn pairs(&mut self, variable: &str) -> Vec<(String, String)> {
        let accepts = || "pairs of tag key and value, such as key=value,key=other".to_owned();
        self.read(variable, Vec::new(), accepts, |value: &String| {
            value.split(',').map(pair).collect()
        })
    }

    /// The set and clear times, from `FROZEN_AFTER` and its like, for samples `interval` apart. MediaConnect raises
    /// after 10-60 s, 30 by default.
    pub fn thresholds(&mut self, interval: Duration) -> Thresholds {
        Thresholds {
            frozen_after: self.seconds("FROZEN_AFTER", 30, AFTER_RANGE),
            black_after: self.seconds("BLACK_AFTER", 10, AFTER_RANGE),
            bars_after: self.seconds("BARS_AFTER", 20, AFTER_RANGE),
            flat_after: self.seconds("FLAT_AFTER", 20, AFTER_RANGE),
            no_picture_after: self.seconds("NO_PICTURE_AFTER", 60, AFTER_RANGE),
            clear_after: self.seconds("CLEAR_AFTER", 10, AFTER_RANGE),
            start_grace: self.seconds("START_GRACE", 60, 0..=*AFTER_RANGE.end()),
            longest_gap: Thresholds::gap_for(interval),
            ..Thresholds::default()
        }
    }
}

fn pair(pair: &str) -> Option<(String, String)> {
    let (key, value) = pair.split_once('=')?;
    let key = key.trim();
    if key.is_empty() {
        return None;
    }
    Some((key.to_owned(), value.trim().to_owned()))
}

/// A whole number in plain digits within the range. No sign, no point, no blank.
#[must_use]
pub fn whole(text: &str, range: &RangeInclusive<u64>) -> Option<u64> {
    if !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    text.parse().ok().filter(|number| range.contains(number))
}

/// Looks variables up in the environment of this process; an empty one counts as unset.
#[must_use]
#[expect(clippy::disallowed_methods, reason = "the one place that reads the environment")]
pub fn environment(name: &str) -> Option<String> {
    let value = std::env::var_os(name)?;
    if value.is_empty() {
        return None;
    }
    Some(value.to_string_lossy().into_owned())
}

/// Looks variables up in a map; an empty one counts as unset.
pub fn from_map(variables: &BTreeMap<String, String>) -> impl Fn(&str) -> Option<String> {
    |name| variables.get(name).filter(|value| !value.is_empty()).cloned()
}
