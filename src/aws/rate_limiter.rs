//! A FIFO rate limit that spreads calls over each second instead of letting them burst.

use std::num::NonZeroU32;

use governor::{
    DefaultDirectRateLimiter, Quota,
    clock::{Clock, DefaultClock},
};
use tokio::sync::Mutex;

/// A FIFO rate limiter. The mutex is the queue: without it every waiter would wake for each permit
/// and all but one would sleep again.
#[derive(Debug)]
pub(super) struct RateLimiter {
    limiter: DefaultDirectRateLimiter,
    queue: Mutex<()>,
}

impl RateLimiter {
    /// At most `tps` permits a second.
    pub(super) fn new(tps: NonZeroU32) -> Self {
        // Timers have a resolution of about a millisecond, so rates above 100 a second release the
        // permits of 10 ms at a time.
        let burst = NonZeroU32::new(tps.get() / 100).unwrap_or(NonZeroU32::MIN);
        let limiter = DefaultDirectRateLimiter::direct(Quota::per_second(tps).allow_burst(burst));
        Self { limiter, queue: Mutex::new(()) }
    }

    /// Waits for a permit, first come, first served.
    pub(super) async fn acquire(&self) {
        let _head_of_queue = self.queue.lock().await;
        while let Err(not_yet) = self.limiter.check() {
            tokio::time::sleep(not_yet.wait_time_from(DefaultClock::default().now())).await;
        }
    }
}
