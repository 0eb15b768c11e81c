//! Moments and durations, which chains count in seconds.

use jiff::{Timestamp, tz::TimeZone};

const UNITS: [(u64, &str); 4] = [(86_400, "d"), (3_600, "h"), (60, "min"), (1, "s")];

/// Writes a moment as a date with its Unix seconds: `2026-11-30 22:32:06 UTC (1796077926)`.
/// A moment beyond the year 9999 is written in Unix seconds alone.
pub fn date(seconds: u64) -> String {
    let moment = i64::try_from(seconds).ok().and_then(|seconds| Timestamp::from_second(seconds).ok());
    match moment {
        Some(moment) => format!("{} UTC ({seconds})", moment.to_zoned(TimeZone::UTC).strftime("%F %T")),
        None => format!("{seconds} (Unix seconds)"),
    }
}

/// Writes a duration in its two largest units: `6 d 21 h`. What is smaller is dropped.
pub fn duration(seconds: u64) -> String {
    let Some(first) = UNITS.iter().position(|(unit, _)| seconds >= *unit) else { return "0 s".into() };
    let mut rest = seconds;
    let mut parts = Vec::new();
    for (unit, name) in UNITS.iter().skip(first).take(2) {
        let whole = rest / unit;
        rest %= unit;
        if whole > 0 {
            parts.push(format!("{whole} {name}"));
        }
    }
    parts.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_date_stands_beside_its_unix_seconds() {
        assert_eq!(date(0), "1970-01-01 00:00:00 UTC (0)");
        assert_eq!(date(1_796_077_926), "2026-11-30 22:32:06 UTC (1796077926)");
        assert_eq!(date(u64::MAX), "18446744073709551615 (Unix seconds)");
        assert_eq!(date(i64::MAX as u64), "9223372036854775807 (Unix seconds)");
    }

    #[test]
    fn a_duration_has_its_two_largest_units() {
        for (seconds, told) in [
            (0, "0 s"),
            (59, "59 s"),
            (60, "1 min"),
            (61, "1 min 1 s"),
            (3_599, "59 min 59 s"),
            (3_600, "1 h"),
            (3_661, "1 h 1 min"),
            (86_400, "1 d"),
            (86_460, "1 d"),
            (596_127, "6 d 21 h"),
            (u64::MAX, "213503982334601 d 7 h"),
        ] {
            assert_eq!(duration(seconds), told);
        }
    }
}
