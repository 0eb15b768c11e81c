//! Progress bars: a listener of the engine's events that draws on the terminal's error stream.

use std::{collections::HashMap, io::IsTerminal, thread, time::Duration};

use indicatif::{MultiProgress, ProgressBar, ProgressDrawTarget, ProgressStyle};
use tokio::sync::broadcast::{Receiver, error::RecvError};

use ballast_relayer::events::{Event, Events, Stage};

/// The bars of one command.
pub struct Bars {
    all: MultiProgress,
}

impl Bars {
    /// Draws what `events` tells from now on, on a thread of its own. Nothing is drawn when the
    /// output is for a program or the error stream is not a terminal.
    pub fn show(events: &Events, json: bool) -> Self {
        let all = MultiProgress::new();
        if !json && std::io::stderr().is_terminal() {
            let (mut listener, drawn) = (events.subscribe(), all.clone());
            thread::spawn(move || listen(&mut listener, &drawn));
        } else {
            all.set_draw_target(ProgressDrawTarget::hidden());
        }
        Self { all }
    }

    /// Takes all bars away. None is drawn from now on.
    pub fn clear(self) {
        // A terminal that is gone needs no clearing.
        let _ = self.all.clear();
        self.all.set_draw_target(ProgressDrawTarget::hidden());
    }
}

fn listen(listener: &mut Receiver<Event>, all: &MultiProgress) {
    let mut open = HashMap::new();
    loop {
        match listener.blocking_recv() {
            Ok(event) => draw(&event, &mut open, all),
            // The next event says where the work is.
            Err(RecvError::Lagged(_)) => {}
            Err(RecvError::Closed) => return,
        }
    }
}

fn draw(event: &Event, open: &mut HashMap<Stage, ProgressBar>, all: &MultiProgress) {
    match event {
        Event::StageBegun { stage, steps } => {
            let bar = all.add(bar(stage, *steps));
            bar.enable_steady_tick(Duration::from_millis(120));
            open.insert(stage.clone(), bar);
        }
        Event::StageAdvanced { stage, done, steps } => {
            if let Some(bar) = open.get(stage) {
                steps.iter().for_each(|steps| bar.set_length(*steps));
                bar.set_position(*done);
            }
        }
        Event::StageEnded { stage, .. } => {
            if let Some(bar) = open.remove(stage) {
                bar.finish_and_clear();
                all.remove(&bar);
            }
        }
        _ => {}
    }
}

/// A bar over counted steps, or a sign of life where they are not counted.
fn bar(stage: &Stage, steps: Option<u64>) -> ProgressBar {
    match steps {
        Some(steps) => {
            // The template is fixed; the default style stands in should indicatif ever refuse it.
            let style = ProgressStyle::with_template("{prefix:24} {bar:40} {pos}/{len} {msg} {elapsed}")
                .unwrap_or_else(|_| ProgressStyle::default_bar());
            ProgressBar::new(steps).with_style(style).with_prefix(describe(stage))
        }
        None => ProgressBar::new_spinner().with_message(describe(stage)),
    }
}

fn describe(stage: &Stage) -> String {
    match stage {
        Stage::InventSnapshot { leaves } => format!("a snapshot of {leaves} leaves"),
        Stage::LoadProvingKey { depth } => format!("proving key of depth {depth}"),
        Stage::LayDownConstraints { depth } => format!("constraints of depth {depth}"),
        Stage::CheckCeremonyKey => "the key against constraints and powers of tau".into(),
        Stage::VerifyPowers => "snarkjs powersoftau verify".into(),
        Stage::VerifyContributions => "snarkjs zkey verify".into(),
        Stage::SimulateLog => "simulating".into(),
        Stage::ReadSnapshot => "reading the snapshot".into(),
        Stage::ReadLog => "reading the log".into(),
        Stage::ReplayLog => "replaying the log".into(),
        Stage::ProveEpoch { epoch } => format!("proving epoch {epoch}"),
        Stage::ProveInvented => "the proof".into(),
        Stage::PostShard { chain, shard, .. } => format!("{chain}, shard {shard}"),
        // A stage that the engine has learned since.
        _ => "working".into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The bars that are open after `events`: what they say, position and length.
    fn open(events: &[Event]) -> Vec<(String, u64, Option<u64>)> {
        let all = MultiProgress::with_draw_target(ProgressDrawTarget::hidden());
        let mut open = HashMap::new();
        events.iter().for_each(|event| draw(event, &mut open, &all));
        open.values().map(|bar| (bar.prefix(), bar.position(), bar.length())).collect()
    }

    #[test]
    fn a_bar_shows_how_far_a_stage_is_and_goes_when_it_ends() {
        let stage = Stage::ProveEpoch { epoch: 3 };
        let begun = Event::StageBegun { stage: stage.clone(), steps: Some(5) };
        let advanced = Event::StageAdvanced { stage: stage.clone(), done: 2, steps: Some(7) };
        let ended = Event::StageEnded { stage, done: 7, steps: Some(7) };
        let shown = |position, length| vec![("proving epoch 3".to_string(), position, Some(length))];
        assert_eq!(open(std::slice::from_ref(&begun)), shown(0, 5));
        assert_eq!(open(&[begun.clone(), advanced.clone()]), shown(2, 7));
        assert_eq!(open(&[begun, advanced, ended]), []);
    }

    #[test]
    fn a_program_sees_no_bars() {
        let events = Events::default();
        let bars = Bars::show(&events, true);
        assert!(bars.all.is_hidden());
        bars.clear();
    }
}
