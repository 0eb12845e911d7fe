//! The wall's settings: the monitor's own, read by the same rules, so that both mean the same by the same variable.
//!
//! The wall uses `METRIC_NAMESPACE`, `FEED_METRICS`, `DETECTION_INTERVAL`, the set times, the tag choices, the log level
//! and a `THUMBNAIL_TPS` of its own. Whatever else is set has to be right too, and does nothing here.

use std::{num::NonZeroU32, time::Duration};

use tracing::Level;

use crate::{
    feed::Tags,
    metric::Metric,
    settings::{Faults, Settings},
    steer::{Choice, Steering, steer},
};

/// `THUMBNAIL_TPS` where nothing is set. With the monitor's 20 it leaves a quarter of the account's usual 40 to the
/// console, which asks every 2 s for each open channel page
/// (<https://docs.aws.amazon.com/medialive/latest/ug/thumbnail-limits.html>).
const THUMBNAIL_TPS: &str = "10";

/// What an operator can set for the wall.
#[derive(Clone, Debug, PartialEq)]
pub struct WallSettings {
    monitor: Settings,
}

impl WallSettings {
    /// The settings of this process.
    ///
    /// # Errors
    /// All variables that can't be used, in one message.
    #[expect(clippy::disallowed_methods, reason = "the wall's environment, read once at cold start")]
    pub fn from_env() -> Result<Self, Faults> {
        Self::read(|name| std::env::var_os(name).map(|held| held.to_string_lossy().into_owned()))
    }

    /// The settings in these variables.
    ///
    /// # Errors
    /// All variables that can't be used, in one message.
    pub fn read(lookup: impl Fn(&str) -> Option<String>) -> Result<Self, Faults> {
        let monitor = Settings::read(|name| {
            let held = lookup(name).filter(|held| !held.is_empty());
            held.or_else(|| (name == "THUMBNAIL_TPS").then(|| THUMBNAIL_TPS.to_owned()))
        })?;
        Ok(Self { monitor })
    }

    /// `ENABLE_DEBUG`: log more.
    #[must_use]
    pub const fn debug(&self) -> bool {
        self.monitor.debug
    }

    /// `AWS_LAMBDA_LOG_LEVEL`: the lowest level that is logged.
    #[must_use]
    pub const fn log_level(&self) -> Level {
        self.monitor.log_level
    }

    /// `THUMBNAIL_TPS`: DescribeThumbnails calls a second.
    pub(super) const fn thumbnail_tps(&self) -> NonZeroU32 {
        self.monitor.thumbnail_tps
    }

    /// `METRIC_NAMESPACE`: where the monitor publishes.
    pub(super) fn namespace(&self) -> &str {
        &self.monitor.namespace
    }

    /// `DETECTION_INTERVAL`: from one datapoint of a feed to the next.
    pub(super) const fn interval(&self) -> Duration {
        self.monitor.interval
    }

    /// The durations that the monitor publishes. Asking for any other would cost money and say nothing.
    pub(super) fn fault_metrics(&self) -> Vec<Metric> {
        self.monitor.fault_metrics()
    }

    /// How these tags steer the monitor.
    pub(super) fn steering(&self, tags: &Tags) -> Steering {
        let choice = Choice { include: &self.monitor.include_tags, exclude: &self.monitor.exclude_tags };
        steer(tags, &self.monitor.limits, choice)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(variables: &[(&str, &str)]) -> WallSettings {
        WallSettings::read(|name| {
            variables.iter().find(|(known, _)| *known == name).map(|(_, held)| (*held).to_owned())
        })
        .unwrap()
    }

    #[test]
    fn the_wall_and_the_monitor_together_stay_below_the_usual_quota() {
        let monitor = Settings::read(|_| None).unwrap().thumbnail_tps.get();
        assert_eq!(read(&[]).thumbnail_tps().get(), 10);
        assert_eq!(read(&[("THUMBNAIL_TPS", "")]).thumbnail_tps().get(), 10);
        assert_eq!(read(&[("THUMBNAIL_TPS", "5")]).thumbnail_tps().get(), 5);
        assert!(read(&[]).thumbnail_tps().get() + monitor < 40);
    }

    #[test]
    fn only_durations_that_are_published_are_asked_for() {
        use Metric::{BarsSeconds, BlackSeconds, FlatSeconds, FrozenSeconds, NoPictureSeconds};
        assert_eq!(read(&[]).fault_metrics(), [FrozenSeconds, BlackSeconds, BarsSeconds, NoPictureSeconds]);
        assert_eq!(read(&[("FEED_METRICS", "FlatSeconds,Brightness")]).fault_metrics(), [FlatSeconds]);
    }

    #[test]
    fn a_variable_that_the_monitor_would_refuse_is_refused_here_too() {
        let faults =
            WallSettings::read(|name| (name == "FROZEN_AFTER").then(|| "soon".to_owned())).unwrap_err();
        assert!(faults.to_string().contains("FROZEN_AFTER is \"soon\""), "{faults}");
    }
}
