//! The cadence an exchange promises: how far apart its epochs are, when one is overdue, and how
//! many were missed (sections 6 and 7).

/// The longest time that an epoch may be late before it is overdue, in seconds.
const GRACE_MAX: u64 = 3_600;

/// Seconds between two epochs, as the exchange promised; at least 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cadence(pub u64);

impl Cadence {
    /// How late an epoch may be, in seconds: a tenth of the cadence, at most an hour.
    pub const fn grace(self) -> u64 {
        if self.0 / 10 < GRACE_MAX { self.0 / 10 } else { GRACE_MAX }
    }

    /// Whether the next epoch is overdue, when the latest one has the time `as_of` and the chain's
    /// clock is `clock`, in Unix seconds. A clock before `as_of` says nothing of the age, so the
    /// epoch counts as overdue.
    pub const fn is_overdue(self, as_of: u64, clock: u64) -> bool {
        match clock.checked_sub(as_of) {
            Some(age) => age > self.0.saturating_add(self.grace()),
            None => true,
        }
    }

    /// How many epochs were missed between two that are `gap` seconds apart.
    pub const fn missed(self, gap: u64) -> u64 {
        if gap <= self.0.saturating_add(self.grace()) {
            return 0;
        }
        match (gap - self.grace() - 1).checked_div(self.0) {
            Some(missed) => missed,
            None => 0,
        }
    }

    /// The least as-of time of the epoch after one of the time `as_of`, in Unix seconds: a quarter
    /// of the cadence later, so that a stolen poster cannot fill a history.
    pub const fn earliest_after(self, as_of: u64) -> u64 {
        as_of.saturating_add(self.0.div_ceil(4))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const DAY: Cadence = Cadence(86_400);
    const TEN_MINUTES: Cadence = Cadence(600);

    #[test]
    fn grace_is_a_tenth_and_at_most_an_hour() {
        assert_eq!(TEN_MINUTES.grace(), 60);
        assert_eq!(Cadence(36_000).grace(), 3_600);
        assert_eq!(DAY.grace(), 3_600);
        assert_eq!(Cadence(9).grace(), 0);
    }

    #[test]
    fn an_epoch_is_overdue_after_cadence_and_grace() {
        assert!(!TEN_MINUTES.is_overdue(1_000, 1_660));
        assert!(TEN_MINUTES.is_overdue(1_000, 1_661));
        assert!(!DAY.is_overdue(1_000, 1_000 + 90_000));
        assert!(DAY.is_overdue(1_000, 1_000 + 90_001));
        assert!(TEN_MINUTES.is_overdue(1_000, 999), "a clock that ran backwards");
        assert!(!Cadence(u64::MAX).is_overdue(0, u64::MAX));
    }

    #[test]
    fn missed_epochs_are_counted_from_the_grace_on() {
        for (gap, missed) in [(600, 0), (660, 0), (661, 1), (1_260, 1), (1_261, 2), (6_660, 10), (6_661, 11)] {
            assert_eq!(TEN_MINUTES.missed(gap), missed, "{gap}");
        }
        assert_eq!(Cadence(u64::MAX).missed(u64::MAX), 0);
        assert_eq!(Cadence(1).missed(u64::MAX), u64::MAX - 1);
    }

    #[test]
    fn epochs_are_a_quarter_apart() {
        assert_eq!(TEN_MINUTES.earliest_after(1_000), 1_150);
        assert_eq!(Cadence(1).earliest_after(1_000), 1_001);
        assert_eq!(Cadence(5).earliest_after(1_000), 1_002);
        assert_eq!(Cadence(u64::MAX).earliest_after(u64::MAX), u64::MAX);
    }
}
