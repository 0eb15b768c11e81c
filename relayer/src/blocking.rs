//! Long work, on threads of its own: the async runtime is never blocked, and whoever waits can give
//! up.
//!
//! | function | for | when its future is dropped |
//! | --- | --- | --- |
//! | [`compute`] | work of which only the result counts | the work is told to stop, and what it would return is dropped |
//! | [`write()`] | work that changes files | the work is told to stop, and the drop waits until it has ended |
//!
//! So a job is cancelled by dropping its future: what was computed is abandoned, and what was being
//! written is whole. Work is told to stop through the token that it is handed, and looks at it as
//! often as it can. A computation that does not look for a while goes on for as long on its thread,
//! where it writes nothing. A write that does not look is finished.

use std::{panic, sync::mpsc};

use tokio::task::{JoinError, spawn_blocking};
use tokio_util::sync::CancellationToken;

use crate::failure::{Classified, FailureKind};

/// Work was given up before its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the work was given up before its end")]
pub struct Cancelled;

impl Classified for Cancelled {
    fn failure_kind(&self) -> FailureKind {
        FailureKind::Other
    }
}

/// Runs `work` on a thread for blocking work. Its token is cancelled when the returned future is
/// dropped.
///
/// # Errors
/// [`Cancelled`] when the runtime ends before the work began.
///
/// # Panics
/// As `work` does.
pub async fn compute<T: Send + 'static>(
    work: impl FnOnce(&CancellationToken) -> T + Send + 'static,
) -> Result<T, Cancelled> {
    compute_until(&CancellationToken::new(), work).await
}

/// [`compute`], whose token is also cancelled when `cancellation` is.
///
/// # Errors
/// As [`compute`].
///
/// # Panics
/// As `work` does.
pub async fn compute_until<T: Send + 'static>(
    cancellation: &CancellationToken,
    work: impl FnOnce(&CancellationToken) -> T + Send + 'static,
) -> Result<T, Cancelled> {
    let token = cancellation.child_token();
    let _dropped = token.clone().drop_guard();
    spawn_blocking(move || work(&token)).await.map_err(unfinished)
}

/// Runs `work` on a thread for blocking work. A drop of the returned future cancels its token and
/// waits until the work has ended: it either goes on to its end, or takes back what it has written.
///
/// # Errors
/// [`Cancelled`] when the runtime ends before the work began.
///
/// # Panics
/// As `work` does.
pub async fn write<T: Send + 'static>(
    work: impl FnOnce(&CancellationToken) -> T + Send + 'static,
) -> Result<T, Cancelled> {
    let (running, end) = mpsc::channel();
    let token = CancellationToken::new();
    // Dropped last: the work is told to stop before its end is waited for.
    let _ended = Ended(end);
    let _dropped = token.clone().drop_guard();
    let written = spawn_blocking(move || {
        // Dropped after the work, however that ends.
        let _running: mpsc::Sender<()> = running;
        work(&token)
    });
    written.await.map_err(unfinished)
}

/// Waits, when dropped, until the other end is dropped.
struct Ended(mpsc::Receiver<()>);

impl Drop for Ended {
    fn drop(&mut self) {
        // Nothing is ever sent: this returns when the work is gone.
        let _ = self.0.recv();
    }
}

fn unfinished(error: JoinError) -> Cancelled {
    match error.try_into_panic() {
        Ok(payload) => panic::resume_unwind(payload),
        Err(_) => Cancelled,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::{
        sync::{
            Arc,
            atomic::{AtomicBool, Ordering},
        },
        thread,
        time::{Duration, Instant},
    };
    use tokio::time::timeout;

    const SHORT: Duration = Duration::from_millis(50);
    const LONG: Duration = Duration::from_secs(60);

    /// Work that goes on until it is told to stop, and then says so.
    fn endless(stopped: mpsc::Sender<()>) -> impl FnOnce(&CancellationToken) + Send + 'static {
        move |token| {
            let start = Instant::now();
            while !token.is_cancelled() && start.elapsed() < LONG {
                thread::sleep(Duration::from_millis(1));
            }
            if token.is_cancelled() {
                stopped.send(()).unwrap();
            }
        }
    }

    #[tokio::test]
    async fn the_runtime_goes_on_while_something_is_computed() {
        let (tell, told) = mpsc::channel();
        let computing = compute(move |_| told.recv_timeout(LONG));
        // On one thread this could never be told to end, were that thread computing.
        let telling = async { tell.send(7).unwrap() };
        let (computed, ()) = tokio::join!(computing, telling);
        assert_eq!(computed, Ok(Ok(7)));
    }

    #[tokio::test]
    async fn computing_is_told_to_stop_when_nobody_waits_for_it_any_more() {
        let (stopped, stop) = mpsc::channel();
        assert!(timeout(SHORT, compute(endless(stopped))).await.is_err());
        stop.recv_timeout(LONG).expect("the work was never told to stop");
    }

    #[tokio::test]
    async fn computing_is_told_to_stop_by_the_token_that_it_was_begun_with() {
        let (stopped, stop) = mpsc::channel();
        let token = CancellationToken::new();
        let cancelling = async {
            tokio::time::sleep(SHORT).await;
            token.cancel();
        };
        let (computed, ()) = tokio::join!(compute_until(&token, endless(stopped)), cancelling);
        assert_eq!(computed, Ok(()));
        stop.recv_timeout(LONG).expect("the work was never told to stop");
    }

    #[tokio::test]
    async fn giving_up_one_computation_does_not_cancel_the_token_that_others_share() {
        let (stopped, stop) = mpsc::channel();
        let token = CancellationToken::new();
        assert!(timeout(SHORT, compute_until(&token, endless(stopped))).await.is_err());
        stop.recv_timeout(LONG).unwrap();
        assert!(!token.is_cancelled());
    }

    #[tokio::test]
    async fn a_write_that_is_given_up_is_told_and_waited_for() {
        let written = Arc::new(AtomicBool::new(false));
        let writing = written.clone();
        let given_up = timeout(
            SHORT,
            write(move |token| {
                thread::sleep(5 * SHORT);
                writing.store(token.is_cancelled(), Ordering::SeqCst);
            }),
        );
        assert!(given_up.await.is_err());
        assert!(written.load(Ordering::SeqCst), "it was not waited for, or not told to stop");
    }

    #[tokio::test]
    async fn a_panic_of_the_work_is_the_callers() {
        let panicked = tokio::spawn(compute(|_| -> () { panic!("the work's own fault") })).await.unwrap_err();
        assert!(panicked.is_panic());
        let panicked = tokio::spawn(write(|_| -> () { panic!("the work's own fault") })).await.unwrap_err();
        assert!(panicked.is_panic());
    }
}
