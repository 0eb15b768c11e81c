//! When a chain accepts a post: those rules of section 6 that need no arithmetic on curves, in
//! order.

use crate::{
    Refusal,
    cadence::Cadence,
    digest::Digest,
    post::ShardPost,
    statement::{LedgerPosition, Statement},
};

/// The most shards of one epoch.
pub const SHARDS_MAX: u16 = 128;
/// The most posters of one exchange.
pub const POSTERS_MAX: usize = 8;
/// How far the ledger sequence may rise from one epoch to the next, so that a stolen poster cannot
/// use all positions up.
pub const SEQUENCE_RISE_MAX: u64 = 1 << 40;

/// An exchange's history as far as the rules need it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct History {
    pub paused: bool,
    /// The number of assets on the list; 0 when there is no list.
    pub assets: u16,
    pub next_epoch: u64,
    pub cadence: Cadence,
    /// The as-of time of the last finalized epoch, Unix seconds; 0 before the first.
    pub last_as_of: u64,
    pub last_ledger: LedgerPosition,
}

/// The epoch that was begun and is not finished.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Unfinished {
    /// The context of shard 0, which fixes the whole statement except for the shard index.
    pub first: Digest,
    pub shards_done: u16,
}

/// What an accepted post does to the unfinished epoch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effect {
    /// Shard 0 begins the epoch, and drops what an earlier shard 0 had begun.
    Begin,
    /// The next shard continues the epoch.
    Continue,
}

/// Checks rules 1 to 3 except for the poster: order in time, in the ledger and among shards.
/// `clock` is the chain's, in Unix seconds; `statement` is the post's.
pub fn check_order<Words: AsRef<[[u8; 32]]>>(
    history: &History,
    unfinished: Option<&Unfinished>,
    post: &ShardPost<Words>,
    statement: &Statement,
    clock: u64,
) -> Result<Effect, Refusal> {
    check_exchange(history, post)?;
    check_time(history, post, clock)?;
    check_shard(unfinished, post, statement)
}

/// Checks rule 1 except for the poster.
pub fn check_exchange<Words: AsRef<[[u8; 32]]>>(history: &History, post: &ShardPost<Words>) -> Result<(), Refusal> {
    if history.paused {
        return Err(Refusal::ExchangePaused);
    }
    if history.assets == 0 {
        return Err(Refusal::AssetListMissing);
    }
    let found = post.totals.as_ref().len() as u16;
    if found != history.assets {
        return Err(Refusal::AssetCountMismatch { expected: history.assets, found });
    }
    Ok(())
}

/// Checks rule 2: order in time and in the ledger. `clock` is the chain's, in Unix seconds.
pub fn check_time<Words>(history: &History, post: &ShardPost<Words>, clock: u64) -> Result<(), Refusal> {
    if post.epoch != history.next_epoch {
        return Err(Refusal::EpochNotNext { expected: history.next_epoch, found: post.epoch });
    }
    if post.as_of > clock {
        return Err(Refusal::AsOfInFuture { clock, found: post.as_of });
    }
    if post.as_of <= history.last_as_of {
        return Err(Refusal::AsOfNotAfterLast { last: history.last_as_of, found: post.as_of });
    }
    let earliest = history.cadence.earliest_after(history.last_as_of);
    if history.next_epoch > 1 && post.as_of < earliest {
        return Err(Refusal::AsOfTooSoon { earliest, found: post.as_of });
    }
    let last = &history.last_ledger;
    if post.ledger.sequence < last.sequence {
        return Err(Refusal::LedgerSequenceBackwards { last: last.sequence, found: post.ledger.sequence });
    }
    if post.ledger.sequence - last.sequence > SEQUENCE_RISE_MAX {
        return Err(Refusal::LedgerSequenceJump { last: last.sequence, found: post.ledger.sequence });
    }
    if post.ledger.sequence == last.sequence && post.ledger.head != last.head {
        return Err(Refusal::LedgerHeadChanged { sequence: last.sequence });
    }
    Ok(())
}

/// Checks rule 3: order among shards. `statement` is the post's.
pub fn check_shard<Words>(
    unfinished: Option<&Unfinished>,
    post: &ShardPost<Words>,
    statement: &Statement,
) -> Result<Effect, Refusal> {
    let shard = post.shard;
    if !(1..=SHARDS_MAX).contains(&shard.count) {
        return Err(Refusal::ShardCountInvalid { found: shard.count });
    }
    if shard.index >= shard.count {
        return Err(Refusal::ShardIndexInvalid { count: shard.count, found: shard.index });
    }
    let same_epoch = |begun: &Unfinished| {
        let mut first = *statement;
        first.shard.index = 0;
        first.context() == begun.first
    };
    match unfinished {
        Some(begun) if shard.index < begun.shards_done && same_epoch(begun) => {
            Err(Refusal::ShardAlreadyPosted { index: shard.index })
        }
        _ if shard.index == 0 => Ok(Effect::Begin),
        None => Err(Refusal::ShardOutOfOrder { expected: 0, found: shard.index }),
        Some(begun) if !same_epoch(begun) => Err(Refusal::ShardStatementMismatch { index: shard.index }),
        Some(begun) if shard.index != begun.shards_done => {
            Err(Refusal::ShardOutOfOrder { expected: begun.shards_done, found: shard.index })
        }
        Some(_) => Ok(Effect::Continue),
    }
}

/// The least delay of circuits, in seconds, where figures mean anything: readers need the time to
/// look at a circuit before it counts.
pub const CIRCUIT_DELAY_MIN: u64 = 86_400;

/// Refuses a deployment whose circuits would count sooner than after a day, unless it allows
/// development setups and so means nothing. `delay` is in seconds.
pub fn check_delay(delay: u64, allow_development: bool) -> Result<(), Refusal> {
    if delay < CIRCUIT_DELAY_MIN && !allow_development {
        return Err(Refusal::CircuitDelayTooShort { least: CIRCUIT_DELAY_MIN, found: delay });
    }
    Ok(())
}

/// Checks rule 4: the circuit has passed its delay and is not retired. Times in Unix seconds.
pub fn check_circuit(active_from: u64, retired: bool, clock: u64) -> Result<(), Refusal> {
    if retired {
        return Err(Refusal::CircuitRetired);
    }
    if clock < active_from {
        return Err(Refusal::CircuitNotActive { active_from, clock });
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{post::PriorState, statement::ShardPosition};
    use alloc::vec;

    const CLOCK: u64 = 2_000;

    fn history() -> History {
        History {
            paused: false,
            assets: 2,
            next_epoch: 5,
            cadence: Cadence(1_000),
            last_as_of: 1_000,
            last_ledger: LedgerPosition { sequence: 70, head: [7; 32] },
        }
    }

    fn post(index: u16, count: u16) -> ShardPost {
        ShardPost {
            epoch: 5,
            as_of: 1_500,
            shard: ShardPosition { index, count },
            circuit: [1; 32],
            ledger: LedgerPosition { sequence: 80, head: [8; 32] },
            sources: [3; 32],
            context: [[0; 32]; 2],
            root: [0; 32],
            totals: vec![[0; 32]; 2],
            reserves: vec![[0; 32]; 2],
            digest: [0; 32],
            opening: vec![],
            proof: [0; 256],
        }
    }

    fn statement(post: &ShardPost) -> Statement {
        post.statement(&PriorState { exchange: [9; 32], asset_list: [5; 32], head_before: [6; 32] }, &[1, 2])
    }

    fn judge(history: &History, unfinished: Option<&Unfinished>, post: &ShardPost) -> Result<Effect, Refusal> {
        check_order(history, unfinished, post, &statement(post), CLOCK)
    }

    fn refusal(change: impl Fn(&mut History, &mut ShardPost)) -> Refusal {
        let (mut history, mut post) = (history(), post(0, 1));
        change(&mut history, &mut post);
        judge(&history, None, &post).unwrap_err()
    }

    #[test]
    fn order_in_time_and_ledger() {
        assert_eq!(judge(&history(), None, &post(0, 1)), Ok(Effect::Begin));
        assert_eq!(refusal(|h, _| h.paused = true), Refusal::ExchangePaused);
        assert_eq!(refusal(|h, _| h.assets = 0), Refusal::AssetListMissing);
        assert_eq!(refusal(|h, _| h.assets = 3), Refusal::AssetCountMismatch { expected: 3, found: 2 });
        for epoch in [0, 4, 6, u64::MAX] {
            assert_eq!(refusal(|_, p| p.epoch = epoch), Refusal::EpochNotNext { expected: 5, found: epoch });
        }
        assert_eq!(refusal(|_, p| p.as_of = 2_001), Refusal::AsOfInFuture { clock: CLOCK, found: 2_001 });
        assert_eq!(refusal(|_, p| p.as_of = 1_000), Refusal::AsOfNotAfterLast { last: 1_000, found: 1_000 });
        assert_eq!(refusal(|_, p| p.as_of = 1_249), Refusal::AsOfTooSoon { earliest: 1_250, found: 1_249 });
        assert_eq!(refusal(|_, p| p.ledger.sequence = 69), Refusal::LedgerSequenceBackwards { last: 70, found: 69 });
        assert_eq!(refusal(|_, p| p.ledger.sequence = 70), Refusal::LedgerHeadChanged { sequence: 70 });
        let beyond = 70 + SEQUENCE_RISE_MAX + 1;
        let jump = Refusal::LedgerSequenceJump { last: 70, found: beyond };
        assert_eq!(refusal(|_, p| p.ledger.sequence = beyond), jump);
        let edges: [fn(&mut ShardPost); 3] = [
            |p| (p.as_of, p.ledger) = (CLOCK, history().last_ledger),
            |p| p.as_of = 1_250,
            |p| p.ledger.sequence = 70 + SEQUENCE_RISE_MAX,
        ];
        for edge in edges {
            let mut post = post(0, 1);
            edge(&mut post);
            assert_eq!(judge(&history(), None, &post), Ok(Effect::Begin));
        }
    }

    #[test]
    fn the_first_epoch_waits_for_none() {
        let first = History { next_epoch: 1, last_as_of: 0, cadence: Cadence(1_000_000), ..history() };
        let post = ShardPost { epoch: 1, ..post(0, 1) };
        assert_eq!(judge(&first, None, &post), Ok(Effect::Begin));
    }

    #[test]
    fn shards_come_in_order_and_agree() {
        let begun = Unfinished { first: statement(&post(0, 3)).context(), shards_done: 1 };
        let judge = |post: &ShardPost| judge(&history(), Some(&begun), post);
        assert_eq!(judge(&post(1, 3)), Ok(Effect::Continue));
        assert_eq!(judge(&post(2, 3)), Err(Refusal::ShardOutOfOrder { expected: 1, found: 2 }));
        assert_eq!(judge(&post(0, 3)), Err(Refusal::ShardAlreadyPosted { index: 0 }));
        assert_eq!(judge(&post(1, 4)), Err(Refusal::ShardStatementMismatch { index: 1 }));
        let changes: [fn(&mut ShardPost); 5] = [
            |p| p.as_of += 1,
            |p| p.circuit[0] ^= 1,
            |p| p.ledger.sequence += 1,
            |p| p.ledger.head[0] ^= 1,
            |p| p.sources[0] ^= 1,
        ];
        for change in changes {
            let mut other = post(1, 3);
            change(&mut other);
            assert_eq!(judge(&other), Err(Refusal::ShardStatementMismatch { index: 1 }));
            other.shard.index = 0;
            assert_eq!(judge(&other), Ok(Effect::Begin), "a different shard 0 begins the epoch again");
        }
    }

    #[test]
    fn shard_positions_are_bounded() {
        assert_eq!(refusal(|_, p| p.shard.count = 0), Refusal::ShardCountInvalid { found: 0 });
        assert_eq!(refusal(|_, p| p.shard.count = 129), Refusal::ShardCountInvalid { found: 129 });
        assert_eq!(refusal(|_, p| p.shard.index = 1), Refusal::ShardIndexInvalid { count: 1, found: 1 });
        let second = judge(&history(), None, &post(1, 2));
        assert_eq!(second, Err(Refusal::ShardOutOfOrder { expected: 0, found: 1 }));
    }

    #[test]
    fn circuits_wait_a_day_where_figures_mean_anything() {
        let short = Refusal::CircuitDelayTooShort { least: 86_400, found: 86_399 };
        assert_eq!(check_delay(86_399, false), Err(short));
        assert_eq!(check_delay(86_400, false), Ok(()));
        assert_eq!(check_delay(0, true), Ok(()));
    }

    #[test]
    fn circuits_wait_and_retire() {
        assert_eq!(check_circuit(10, false, 10), Ok(()));
        assert_eq!(check_circuit(10, false, 9), Err(Refusal::CircuitNotActive { active_from: 10, clock: 9 }));
        assert_eq!(check_circuit(10, true, 10), Err(Refusal::CircuitRetired));
    }
}
