//! Values: what MediaLive and CloudWatch reported about a channel. `gather` fills them in and
//! `witness` weighs them.

use std::{collections::BTreeMap, time::SystemTime};

/// What is known of a channel. Each member is `None` if it could not be read, or not in time.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ChannelFacts {
    /// The input of each pipeline (`0`, `1`).
    pub inputs: Option<BTreeMap<String, ActiveInput>>,
    /// The schedule's past input switches and other actions.
    pub actions: Option<Vec<Action>>,
    /// The alerts that are active.
    pub alerts: Option<Vec<ActiveAlert>>,
    /// The native metrics of each pipeline.
    pub metrics: Option<BTreeMap<String, NativeMetrics>>,
}

/// The input that a pipeline uses.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ActiveInput {
    /// The name of the input attachment.
    pub attachment: Option<String>,
    /// The schedule action that switched to it.
    pub switched_by: Option<String>,
}

/// An action of the channel's schedule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Action {
    /// Its name.
    pub name: String,
    /// When it started or starts; `None` for one that follows another.
    pub at: Option<SystemTime>,
    /// The input attachment that it switches to.
    pub switches_to: Option<String>,
}

/// An alert of MediaLive that is active.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ActiveAlert {
    /// The wording of its type, such as `Failed To Upload Thumbnail`.
    pub kind: String,
    /// Its message.
    pub message: String,
    /// The pipeline; `None` if it concerns the channel.
    pub pipeline: Option<String>,
}

/// MediaLive's own metrics of a pipeline in the last minutes; `None` for a metric without a
/// datapoint, which says nothing.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct NativeMetrics {
    /// `InputVideoFrameRate`, the latest: frames per second that arrive.
    pub frame_rate: Option<f64>,
    /// `FillMsec`, the latest: milliseconds of fill that the output has shown.
    pub fill_milliseconds: Option<f64>,
    /// `InputLossSeconds`, their sum.
    pub input_loss_seconds: Option<f64>,
    /// `MqcsFreezeFrameDetected`, the lowest: 100 is good.
    pub freeze_score: Option<f64>,
    /// `MqcsBlackFrameDetected`, the lowest: 100 is good.
    pub black_score: Option<f64>,
}
