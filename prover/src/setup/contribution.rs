//! What a file of a ceremony says about who took part.

use std::fmt;

use super::sections::{FileError, Reason, SectionReader};

/// One contribution. What it says about itself is the contributor's word; `snarkjs powersoftau
/// verify` and `snarkjs zkey verify` check that it was made from the one before it, and that a
/// beacon's is the beacon's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Contribution {
    pub name: Option<String>,
    pub beacon: Option<Beacon>,
}

/// Randomness that nobody could choose: 2^exponent rounds of SHA-256 over a value that was not
/// known in advance.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Beacon {
    pub value: Vec<u8>,
    pub exponent: u8,
}

const NAME: u8 = 1;
const EXPONENT: u8 = 2;
const VALUE: u8 = 3;

impl Contribution {
    /// The end of a contribution's record: kind (u32), length (u32) and tagged parameters.
    pub(super) fn read(reader: &mut SectionReader<'_>) -> Result<Self, FileError> {
        let is_beacon = match reader.u32()? {
            0 => false,
            1 => true,
            found => return Err(reader.error(Reason::mismatch("kind of a contribution", "0 or 1", found))),
        };
        let length = reader.u32()?;
        let end = reader.position() + u64::from(length);
        let (mut name, mut exponent, mut value, mut last) = (None, None, None, 0);
        while reader.position() < end {
            let tag = reader.u8()?;
            if !(last + 1..=VALUE).contains(&tag) {
                let expected = format!("{} to {VALUE}", last + 1);
                return Err(reader.error(Reason::mismatch("tag of a contribution's parameter", expected, tag)));
            }
            last = tag;
            match tag {
                NAME => name = Some(String::from_utf8_lossy(&read_bytes(reader)?).into_owned()),
                EXPONENT => exponent = Some(reader.u8()?),
                _ => value = Some(read_bytes(reader)?),
            }
        }
        reader.expect("end of a contribution's parameters", end, reader.position())?;
        let beacon = match (is_beacon, value, exponent) {
            (false, None, None) => None,
            (true, Some(value), Some(exponent)) => Some(Beacon { value, exponent }),
            (_, value, exponent) => {
                let found = u8::from(value.is_some()) + u8::from(exponent.is_some());
                return Err(reader.error(Reason::mismatch(
                    "number of a contribution's beacon parameters",
                    2 * u8::from(is_beacon),
                    found,
                )));
            }
        };
        Ok(Self { name, beacon })
    }
}

fn read_bytes(reader: &mut SectionReader<'_>) -> Result<Vec<u8>, FileError> {
    let mut bytes = vec![0; usize::from(reader.u8()?)];
    reader.fill(&mut bytes)?;
    Ok(bytes)
}

impl fmt::Display for Contribution {
    /// Escaped: a file from elsewhere does not get to control a terminal.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match &self.beacon {
            Some(_) => "beacon",
            None => "contribution",
        })?;
        if let Some(name) = &self.name {
            write!(f, " \"{}\"", name.escape_debug())?;
        }
        if let Some(Beacon { value, exponent }) = &self.beacon {
            write!(f, ", 2^{exponent} rounds over {}", hex::encode(value))?;
        }
        Ok(())
    }
}
