//! Reads variables into types and collects every fault on the way, so that all are told in one message.
//!
//! Knows the forms of values, not which settings there are.

use std::{collections::BTreeMap, fmt, num::NonZeroU32, ops::RangeInclusive, time::Duration};

/// All faults of the settings, one a line.
#[derive(Debug, PartialEq, Eq)]
pub struct Faults(Vec<Fault>);

/// One variable that can't be used: its name, what it held, what it takes.
#[derive(Debug, PartialEq, Eq)]
struct Fault {
    variable: &'static str,
    held: String,
    takes: String,
}

impl fmt::Display for Faults {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (count, plural) = (self.0.len(), if self.0.len() == 1 { "" } else { "s" });
        write!(f, "{count} setting{plural} can't be used, so the monitor does not start:")?;
        for Fault { variable, held, takes } in &self.0 {
            write!(f, "\n  {variable} is {held:?}; it takes {takes}")?;
        }
        Ok(())
    }
}

impl std::error::Error for Faults {}

/// The variables as they are, and the faults found so far.
pub(super) struct Reader<F> {
    lookup: F,
    faults: Vec<Fault>,
}

impl<F: Fn(&str) -> Option<String>> Reader<F> {
    pub(super) fn new(lookup: F) -> Self {
        Self { lookup, faults: Vec::new() }
    }

    /// The settings, unless a fault was found.
    pub(super) fn finish<T>(self, settings: T) -> Result<T, Faults> {
        if self.faults.is_empty() { Ok(settings) } else { Err(Faults(self.faults)) }
    }

    /// The value of a variable, parsed; the default where it is unset or empty (a template can't leave one unset).
    fn read<T>(
        &mut self,
        variable: &'static str,
        takes: impl FnOnce() -> String,
        default: T,
        parse: impl FnOnce(&str) -> Option<T>,
    ) -> T {
        match (self.lookup)(variable) {
            None => default,
            Some(held) if held.is_empty() => default,
            Some(held) => parse(&held).unwrap_or_else(|| {
                self.faults.push(Fault { variable, held, takes: takes() });
                default
            }),
        }
    }

    pub(super) fn switch(&mut self, variable: &'static str, default: bool) -> bool {
        let takes = || "true or false".to_owned();
        self.read(variable, takes, default, |held| match held.to_ascii_lowercase().as_str() {
            "true" | "1" => Some(true),
            "false" | "0" => Some(false),
            _ => None,
        })
    }

    pub(super) fn seconds(
        &mut self,
        variable: &'static str,
        default: u64,
        range: RangeInclusive<u64>,
    ) -> Duration {
        let takes = || format!("whole seconds from {} to {}", range.start(), range.end());
        Duration::from_secs(self.read(variable, takes, default, |held| whole(held, &range)))
    }

    /// Seconds, of which 0 means never and nothing means always.
    pub(super) fn every(
        &mut self,
        variable: &'static str,
        range: RangeInclusive<u64>,
    ) -> super::RekognitionUse {
        use super::RekognitionUse::{EverySample, Interval, Never};
        let takes = || {
            format!(
                "whole seconds from {} to {}, 0 for never, or nothing for every sample",
                range.start(),
                range.end()
            )
        };
        self.read(variable, takes, EverySample, |held| match held {
            "0" => Some(Never),
            held => Some(Interval(Duration::from_secs(whole(held, &range)?))),
        })
    }

    pub(super) fn rate(
        &mut self,
        variable: &'static str,
        default: NonZeroU32,
        range: RangeInclusive<u64>,
    ) -> NonZeroU32 {
        let takes = || format!("a whole number from {} to {}", range.start(), range.end());
        self.read(variable, takes, default, |held| {
            u32::try_from(whole(held, &range)?).ok().and_then(NonZeroU32::new)
        })
    }

    pub(super) fn text(
        &mut self,
        variable: &'static str,
        default: &str,
        takes: &str,
        good: impl FnOnce(&str) -> bool,
    ) -> String {
        self.read(
            variable,
            || takes.to_owned(),
            default.to_owned(),
            |held| good(held).then(|| held.to_owned()),
        )
    }

    /// Names separated by commas, each once.
    pub(super) fn list<T: PartialEq + Clone>(
        &mut self,
        variable: &'static str,
        default: &[T],
        takes: impl FnOnce() -> String,
        item: impl Fn(&str) -> Option<T>,
    ) -> Vec<T> {
        self.read(variable, takes, default.to_vec(), |held| {
            let mut items = Vec::new();
            for name in held.split(',') {
                let one = item(name.trim())?;
                if !items.contains(&one) {
                    items.push(one);
                }
            }
            Some(items)
        })
    }

    /// `key=value,...`; a key may be named more than once.
    pub(super) fn pairs(&mut self, variable: &'static str) -> Vec<(String, String)> {
        let takes = || "pairs of tag key and value, such as key=value,key=other".to_owned();
        self.read(variable, takes, Vec::new(), |held| {
            held.split(',')
                .map(|pair| {
                    let (key, value) = pair.split_once('=')?;
                    (!key.trim().is_empty()).then(|| (key.trim().to_owned(), value.trim().to_owned()))
                })
                .collect()
        })
    }
}

/// A whole number in plain digits within the range. No sign, no point, no blank.
pub(crate) fn whole(held: &str, range: &RangeInclusive<u64>) -> Option<u64> {
    let plain = held.bytes().all(|byte| byte.is_ascii_digit());
    plain.then(|| held.parse().ok()).flatten().filter(|number| range.contains(number))
}

/// Variables from a map, for whoever has no environment.
pub fn from_map(variables: &BTreeMap<String, String>) -> impl Fn(&str) -> Option<String> {
    |name| variables.get(name).cloned()
}
