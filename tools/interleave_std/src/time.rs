//! As `std::time`, with a clock of the program's own: it stands still but for sleepers that wake and waits that time out.

use std::fmt::{self, Debug};
use std::ops::{Add, AddAssign, Sub, SubAssign};
use std::panic::Location;

use interleave::hook::request;
use interleave::op::Op;

pub use ::std::time::{Duration, TryFromFloatSecsError};

/// Nanoseconds since the program began.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Instant(i128);

const SECOND: i128 = 1_000_000_000;

fn nanos(duration: Duration) -> i128 {
    i128::from(duration.as_secs()) * SECOND + i128::from(duration.subsec_nanos())
}

impl Instant {
    /// As a real one, it counts no more seconds than an `i64` does.
    fn checked(nanos: i128) -> Option<Instant> {
        i64::try_from(nanos.div_euclid(SECOND)).is_ok().then_some(Instant(nanos))
    }

    #[track_caller]
    pub fn now() -> Instant {
        Instant(i128::from(request(Op::Now { step: true }, Location::caller()).bits))
    }

    pub fn duration_since(&self, earlier: Instant) -> Duration {
        self.saturating_duration_since(earlier)
    }

    pub fn checked_duration_since(&self, earlier: Instant) -> Option<Duration> {
        let nanos = u128::try_from(self.0 - earlier.0).ok()?;
        Some(Duration::new((nanos / SECOND as u128) as u64, (nanos % SECOND as u128) as u32))
    }

    pub fn saturating_duration_since(&self, earlier: Instant) -> Duration {
        self.checked_duration_since(earlier).unwrap_or_default()
    }

    #[track_caller]
    pub fn elapsed(&self) -> Duration {
        Instant::now().duration_since(*self)
    }

    pub fn checked_add(&self, duration: Duration) -> Option<Instant> {
        Instant::checked(self.0 + nanos(duration))
    }

    pub fn checked_sub(&self, duration: Duration) -> Option<Instant> {
        Instant::checked(self.0 - nanos(duration))
    }
}

impl Add<Duration> for Instant {
    type Output = Instant;

    #[track_caller]
    fn add(self, duration: Duration) -> Instant {
        self.checked_add(duration).expect("overflow when adding duration to instant")
    }
}

impl AddAssign<Duration> for Instant {
    #[track_caller]
    fn add_assign(&mut self, duration: Duration) {
        *self = *self + duration;
    }
}

impl Sub<Duration> for Instant {
    type Output = Instant;

    #[track_caller]
    fn sub(self, duration: Duration) -> Instant {
        self.checked_sub(duration).expect("overflow when subtracting duration from instant")
    }
}

impl SubAssign<Duration> for Instant {
    #[track_caller]
    fn sub_assign(&mut self, duration: Duration) {
        *self = *self - duration;
    }
}

impl Sub<Instant> for Instant {
    type Output = Duration;

    fn sub(self, earlier: Instant) -> Duration {
        self.duration_since(earlier)
    }
}

impl Debug for Instant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Instant")
            .field("tv_sec", &self.0.div_euclid(SECOND))
            .field("tv_nsec", &self.0.rem_euclid(SECOND))
            .finish()
    }
}
