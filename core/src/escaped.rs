//! Text from outside as a message may show it.

use core::fmt;

/// Shows text from a file or a node on one line: control characters, line feeds, direction marks
/// and whatever else does not print as itself are written as escapes, so that text cannot move a
/// terminal's cursor, colour a verdict or start a line of its own.
///
/// Letters of any script, quotation marks and backslashes stay as they are: the text is shown to
/// people, not parsed.
#[derive(Clone, Copy, Debug)]
pub struct Escaped<'a>(pub &'a str);

impl fmt::Display for Escaped<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for piece in self.0.split_inclusive(MARKS) {
            let plain = piece.strip_suffix(MARKS).unwrap_or(piece);
            write!(f, "{}", plain.escape_debug())?;
            f.write_str(piece.strip_prefix(plain).unwrap_or_default())?;
        }
        Ok(())
    }
}

/// What a literal has to escape and a message does not.
const MARKS: [char; 3] = ['"', '\'', '\\'];

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::ToString;

    #[test]
    fn text_cannot_draw_on_a_terminal() {
        for (text, shown) in [
            ("\x1b[2Jsolvent", "\\u{1b}[2Jsolvent"),
            ("one\r\nerror: two", "one\\r\\nerror: two"),
            ("abc\u{202e}cba", "abc\\u{202e}cba"),
            ("\u{2066}x\u{200b}", "\\u{2066}x\\u{200b}"),
            ("\u{9b}31m\u{7f}\0", "\\u{9b}31m\\u{7f}\\0"),
        ] {
            assert_eq!(Escaped(text).to_string(), shown);
        }
    }

    #[test]
    fn text_that_prints_as_itself_stays() {
        for text in ["", "\"", "O'Neill \"the\" \\ 1", "Zoë", "用户1", "व्यापारी", "\\\\''\"\""] {
            assert_eq!(Escaped(text).to_string(), text);
        }
    }
}
