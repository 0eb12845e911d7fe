//! Why a call gave nothing, in the few kinds that an answer, a log and the wall tell apart. Knows no SDK and no error; what sorts
//! the SDK's errors into these is beside it.

use serde::Serialize;

/// Why a call gave nothing. The order is the one in which an answer lists them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Cause {
    /// The account's quota, or the service's protection of itself.
    Throttled,
    /// No permission, or credentials that are no longer good.
    Denied,
    /// The service answered that it failed (5xx).
    ServerFault,
    /// No answer in time.
    TimedOut,
    /// No connection, or it broke before the answer was whole.
    Unreachable,
    /// An answer came that can't be read.
    UnreadableAnswer,
    /// The service refused what was asked.
    Refused,
    /// A thumbnail came that is no picture.
    UnreadablePicture,
}
