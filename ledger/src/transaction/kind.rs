//! Kinds of transactions and who signs them.

use std::fmt;

use super::{DecodeError, Fields, Listing};

/// Bytes of the longest public id.
pub const PUBLIC_ID_MAX: usize = 64;
/// The code of [`Kind::ListAssets`].
pub(super) const LIST_ASSETS: u8 = 18;
/// The most accounts of a settlement.
pub const SETTLEMENT_MAX: usize = 1024;

/// The exchange's public id of a user: 1 to 64 printable ASCII characters, with no blank at either
/// end. Whether bytes are an id never depends on tables of characters, which grow, and no two ids
/// look the same.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct PublicId(String);

impl PublicId {
    /// The id with this text.
    ///
    /// # Errors
    /// An id that is empty, longer than [`PUBLIC_ID_MAX`], or has another byte than 0x20 to 0x7e or
    /// an outer blank.
    pub fn new(id: &str) -> Result<Self, DecodeError> {
        let printable = id.bytes().all(|byte| (0x20..=0x7e).contains(&byte));
        let inner = !id.starts_with(' ') && !id.ends_with(' ');
        if (1..=PUBLIC_ID_MAX).contains(&id.len()) && printable && inner {
            Ok(Self(id.to_owned()))
        } else {
            Err(DecodeError::PublicId { found: id.len() })
        }
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    pub(crate) fn encode(&self, bytes: &mut Vec<u8>) {
        bytes.push(self.0.len() as u8);
        bytes.extend_from_slice(self.0.as_bytes());
    }

    pub(crate) fn read(fields: &mut Fields<'_>) -> Result<Self, DecodeError> {
        let length = usize::from(fields.u8()?);
        let id = std::str::from_utf8(fields.take(length)?).map_err(|_| DecodeError::PublicId { found: length })?;
        Self::new(id)
    }
}

impl fmt::Display for PublicId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Why a list of profits and losses is not a settlement.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SettlementError {
    #[error("settlement: expected 2 to {SETTLEMENT_MAX} accounts, found {found}")]
    Length { found: usize },
    #[error("settlement: expected accounts in ascending order, found {found} at or after a greater one")]
    Order { found: u32 },
    #[error("settlement: account {account} has a zero amount or one beyond 64 bits")]
    Amount { account: u32 },
    #[error("settlement: expected a sum of 0, found {found}")]
    Sum { found: i128 },
}

/// Profits (positive) and losses (negative) by account, in committed units, that sum to zero.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settlement(Vec<(u32, i128)>);

impl Settlement {
    /// The settlement with these accounts and amounts.
    ///
    /// # Errors
    /// Fewer than 2 or more than 1024 accounts, accounts that do not ascend, an amount that is 0 or
    /// beyond 64 bits, or a sum that is not 0.
    pub fn new(entries: Vec<(u32, i128)>) -> Result<Self, SettlementError> {
        if !(2..=SETTLEMENT_MAX).contains(&entries.len()) {
            return Err(SettlementError::Length { found: entries.len() });
        }
        let mut sum = 0i128;
        let mut last = None;
        for (account, amount) in &entries {
            if last.is_some_and(|last| last >= *account) {
                return Err(SettlementError::Order { found: *account });
            }
            last = Some(*account);
            if *amount == 0 || amount.unsigned_abs() > u128::from(u64::MAX) {
                return Err(SettlementError::Amount { account: *account });
            }
            sum += amount;
        }
        if sum == 0 { Ok(Self(entries)) } else { Err(SettlementError::Sum { found: sum }) }
    }

    pub fn entries(&self) -> &[(u32, i128)] {
        &self.0
    }

    fn encode(&self, bytes: &mut Vec<u8>) {
        bytes.extend_from_slice(&(self.0.len() as u16).to_be_bytes());
        for (account, amount) in &self.0 {
            bytes.extend_from_slice(&account.to_be_bytes());
            bytes.push(u8::from(*amount < 0));
            bytes.extend_from_slice(&(amount.unsigned_abs() as u64).to_be_bytes());
        }
    }

    fn read(fields: &mut Fields<'_>) -> Result<Self, DecodeError> {
        let count = usize::from(fields.u16()?);
        let mut entries = Vec::with_capacity(count.min(SETTLEMENT_MAX));
        for _ in 0..count {
            let (account, sign, units) = (fields.u32()?, fields.u8()?, i128::from(fields.u64()?));
            let amount = match sign {
                0 => units,
                1 => -units,
                found => return Err(DecodeError::Sign { found }),
            };
            entries.push((account, amount));
        }
        Ok(Self::new(entries)?)
    }
}

/// The party whose key must sign a transaction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Signer {
    /// The matching engine, with the key of the genesis.
    Engine,
    /// The account with this number, with its present key.
    Account(u32),
    /// A new account, with the key that the transaction itself gives to it.
    Opening([u8; 32]),
}

/// An amount of one asset that moves into or out of one account. Assets are numbered from 1,
/// accounts from 0 in order of opening; account 0 is the exchange's own. Amounts are committed
/// units and not 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Movement {
    pub account: u32,
    pub asset: u16,
    pub amount: u64,
}

/// An offer to sell for not less than a price, so that the engine cannot fill it at a worse one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LimitOrder {
    pub account: u32,
    pub sells: u16,
    /// Units of `sells`, locked until filled or cancelled.
    pub amount: u64,
    pub buys: u16,
    /// Units of `buys` wanted for all of `amount`; 0 takes any price.
    pub at_least: u64,
}

/// What a transaction does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Opens the account with the next number.
    OpenAccount { id: PublicId, key: [u8; 32] },
    /// Replaces an account's key. `possession` is the new key's signature of
    /// [`super::possession_message`].
    RotateKey { account: u32, key: [u8; 32], possession: [u8; 64] },
    /// Coins came in. `reference` says where from: SHA-256 of the chain's transaction id and
    /// output.
    Deposit { to: Movement, reference: [u8; 32] },
    /// Coins go out of what is available, to `destination`: SHA-256 of the address.
    Withdraw { from: Movement, destination: [u8; 32] },
    /// The order's id is this transaction's sequence.
    PlaceOrder(LimitOrder),
    /// Unlocks what is not filled of the account's own order.
    CancelOrder { account: u32, order: u64 },
    /// Two orders meet: each gives its amount of what it sells to the account of the other.
    Fill { first: u64, first_gives: u64, second: u64, second_gives: u64 },
    /// Sells `sold` units of what `order` buys, out of the borrower's available balance, for `paid`
    /// units of what it sells, which repay the borrower's debt.
    Liquidate { borrower: u32, order: u64, sold: u64, paid: u64 },
    /// Available becomes lent and not yet borrowed.
    Lend(Movement),
    /// Lent and not borrowed becomes available.
    Redeem(Movement),
    /// Borrows from the lenders in order of account number.
    Borrow(Movement),
    /// Repays the lenders in order of account number.
    Repay(Movement),
    /// Raises what `borrower` owes and what `lender` is owed.
    AccrueInterest { borrower: u32, lender: u32, asset: u16, amount: u64 },
    /// Profits and losses of perpetual contracts, paid in one asset out of available balances.
    Settle { asset: u16, settlement: Settlement },
    /// Pays a fee out of what is available to the exchange's own account.
    Fee(Movement),
    /// A deposit at a bank becomes a token. `reference` is the SHA-256 of the bank's.
    Mint { to: Movement, reference: [u8; 32] },
    /// A token is paid out by a bank to `destination`: SHA-256 of the bank account.
    Burn { from: Movement, destination: [u8; 32] },
    /// Adds assets behind those of the list, for good. They have the next numbers.
    ListAssets(Listing),
}

impl Kind {
    /// The byte that tells kinds apart.
    pub fn code(&self) -> u8 {
        match self {
            Self::OpenAccount { .. } => 1,
            Self::RotateKey { .. } => 2,
            Self::Deposit { .. } => 3,
            Self::Withdraw { .. } => 4,
            Self::PlaceOrder(_) => 5,
            Self::CancelOrder { .. } => 6,
            Self::Fill { .. } => 7,
            Self::Liquidate { .. } => 8,
            Self::Lend(_) => 9,
            Self::Redeem(_) => 10,
            Self::Borrow(_) => 11,
            Self::Repay(_) => 12,
            Self::AccrueInterest { .. } => 13,
            Self::Settle { .. } => 14,
            Self::Fee(_) => 15,
            Self::Mint { .. } => 16,
            Self::Burn { .. } => 17,
            Self::ListAssets(_) => LIST_ASSETS,
        }
    }

    /// The name of the kind in messages.
    pub fn name(&self) -> &'static str {
        match self {
            Self::OpenAccount { .. } => "open account",
            Self::RotateKey { .. } => "rotate key",
            Self::Deposit { .. } => "deposit",
            Self::Withdraw { .. } => "withdraw",
            Self::PlaceOrder(_) => "place order",
            Self::CancelOrder { .. } => "cancel order",
            Self::Fill { .. } => "fill",
            Self::Liquidate { .. } => "liquidate",
            Self::Lend(_) => "lend",
            Self::Redeem(_) => "redeem",
            Self::Borrow(_) => "borrow",
            Self::Repay(_) => "repay",
            Self::AccrueInterest { .. } => "accrue interest",
            Self::Settle { .. } => "settle",
            Self::Fee(_) => "fee",
            Self::Mint { .. } => "mint",
            Self::Burn { .. } => "burn",
            Self::ListAssets(_) => "list assets",
        }
    }

    /// The party whose key must sign.
    pub fn signer(&self) -> Signer {
        match self {
            Self::OpenAccount { key, .. } => Signer::Opening(*key),
            Self::RotateKey { account, .. } | Self::CancelOrder { account, .. } => Signer::Account(*account),
            Self::PlaceOrder(order) => Signer::Account(order.account),
            Self::Withdraw { from, .. } | Self::Burn { from, .. } => Signer::Account(from.account),
            Self::Lend(movement) | Self::Redeem(movement) | Self::Borrow(movement) | Self::Repay(movement) => {
                Signer::Account(movement.account)
            }
            Self::Deposit { .. }
            | Self::Fill { .. }
            | Self::Liquidate { .. }
            | Self::AccrueInterest { .. }
            | Self::Settle { .. }
            | Self::Fee(_)
            | Self::Mint { .. }
            | Self::ListAssets(_) => Signer::Engine,
        }
    }

    pub(super) fn encode(&self, bytes: &mut Vec<u8>) {
        let mut put = |part: &[u8]| bytes.extend_from_slice(part);
        put(&[self.code()]);
        match self {
            Self::OpenAccount { id, key } => {
                id.encode(bytes);
                bytes.extend_from_slice(key);
            }
            Self::RotateKey { account, key, possession } => {
                put(&account.to_be_bytes());
                put(key);
                put(possession);
            }
            Self::Deposit { to: movement, reference: note }
            | Self::Mint { to: movement, reference: note }
            | Self::Withdraw { from: movement, destination: note }
            | Self::Burn { from: movement, destination: note } => {
                movement.encode(bytes);
                bytes.extend_from_slice(note);
            }
            Self::PlaceOrder(order) => {
                put(&order.account.to_be_bytes());
                put(&order.sells.to_be_bytes());
                put(&order.amount.to_be_bytes());
                put(&order.buys.to_be_bytes());
                put(&order.at_least.to_be_bytes());
            }
            Self::CancelOrder { account, order } => {
                put(&account.to_be_bytes());
                put(&order.to_be_bytes());
            }
            Self::Fill { first, first_gives, second, second_gives } => {
                [first, first_gives, second, second_gives].iter().for_each(|field| put(&field.to_be_bytes()));
            }
            Self::Liquidate { borrower, order, sold, paid } => {
                put(&borrower.to_be_bytes());
                [order, sold, paid].iter().for_each(|field| put(&field.to_be_bytes()));
            }
            Self::Lend(movement)
            | Self::Redeem(movement)
            | Self::Borrow(movement)
            | Self::Repay(movement)
            | Self::Fee(movement) => movement.encode(bytes),
            Self::AccrueInterest { borrower, lender, asset, amount } => {
                put(&borrower.to_be_bytes());
                put(&lender.to_be_bytes());
                put(&asset.to_be_bytes());
                put(&amount.to_be_bytes());
            }
            Self::Settle { asset, settlement } => {
                put(&asset.to_be_bytes());
                settlement.encode(bytes);
            }
            Self::ListAssets(listing) => listing.encode(bytes),
        }
    }

    pub(super) fn decode(fields: &mut Fields<'_>) -> Result<Self, DecodeError> {
        Ok(match fields.u8()? {
            1 => Self::OpenAccount { id: PublicId::read(fields)?, key: fields.array()? },
            2 => Self::RotateKey { account: fields.u32()?, key: fields.array()?, possession: fields.array()? },
            3 => Self::Deposit { to: Movement::read(fields)?, reference: fields.array()? },
            4 => Self::Withdraw { from: Movement::read(fields)?, destination: fields.array()? },
            5 => Self::PlaceOrder(LimitOrder {
                account: fields.u32()?,
                sells: fields.u16()?,
                amount: fields.u64()?,
                buys: fields.u16()?,
                at_least: fields.u64()?,
            }),
            6 => Self::CancelOrder { account: fields.u32()?, order: fields.u64()? },
            7 => Self::Fill {
                first: fields.u64()?,
                first_gives: fields.u64()?,
                second: fields.u64()?,
                second_gives: fields.u64()?,
            },
            8 => Self::Liquidate {
                borrower: fields.u32()?,
                order: fields.u64()?,
                sold: fields.u64()?,
                paid: fields.u64()?,
            },
            9 => Self::Lend(Movement::read(fields)?),
            10 => Self::Redeem(Movement::read(fields)?),
            11 => Self::Borrow(Movement::read(fields)?),
            12 => Self::Repay(Movement::read(fields)?),
            13 => Self::AccrueInterest {
                borrower: fields.u32()?,
                lender: fields.u32()?,
                asset: fields.u16()?,
                amount: fields.u64()?,
            },
            14 => Self::Settle { asset: fields.u16()?, settlement: Settlement::read(fields)? },
            15 => Self::Fee(Movement::read(fields)?),
            16 => Self::Mint { to: Movement::read(fields)?, reference: fields.array()? },
            17 => Self::Burn { from: Movement::read(fields)?, destination: fields.array()? },
            LIST_ASSETS => Self::ListAssets(Listing::read(fields)?),
            found => return Err(DecodeError::Kind { found }),
        })
    }
}

impl Movement {
    fn encode(&self, bytes: &mut Vec<u8>) {
        bytes.extend_from_slice(&self.account.to_be_bytes());
        bytes.extend_from_slice(&self.asset.to_be_bytes());
        bytes.extend_from_slice(&self.amount.to_be_bytes());
    }

    fn read(fields: &mut Fields<'_>) -> Result<Self, DecodeError> {
        Ok(Self { account: fields.u32()?, asset: fields.u16()?, amount: fields.u64()? })
    }
}
