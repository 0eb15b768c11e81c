//! Words for people: how the command line tells what the engine reports.
//!
//! A report of the engine is data. [`Text`] is implemented for it next to the command that prints
//! it. What several commands say in the same words is here.

mod count;
mod holdings;
mod read;
mod status;
mod time;

use std::fmt;

pub use count::count;
pub use holdings::compared_holdings;
pub use read::not_read_again;
pub use status::status;
pub use time::{date, duration};

/// What a person is told of a value: whole lines.
pub trait Text {
    fn write(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result;

    /// The same, where something that can be displayed is expected.
    fn text(&self) -> Displayed<'_, Self> {
        Displayed(self)
    }
}

/// The text of a value.
pub struct Displayed<'a, T: ?Sized>(&'a T);

impl<T: Text + ?Sized> fmt::Display for Displayed<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.write(f)
    }
}
