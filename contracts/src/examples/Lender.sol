// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.37;

import {ERC165Checker} from "@openzeppelin/contracts/utils/introspection/ERC165Checker.sol";

import {IReserves, Solvency, Standing} from "../interfaces/IReserves.sol";
import {IWitnesses, WitnessedSolvency} from "../interfaces/IWitnesses.sol";

/// @notice What counts as held.
enum Kind {
    /// What the exchange states.
    Stated,
    /// What the chain saw in the exchange's wallets, and nothing else.
    Witnessed
}

/// @title An example of a contract that asks before it lends
/// @notice It lends only while one exchange is proved to hold what it owes in one asset. Exchange,
/// asset, age and what counts as held are chosen when it is made: a borrower who could choose them
/// would choose badly.
contract Lender {
    /// @notice Why nothing is lent, with the figures of what was stated.
    error NotProvedSolvent(Standing standing, uint64 epoch, uint64 asOf, uint64 ratioBps);

    /// @notice Why nothing is lent, with the figures of what was seen.
    error NotSeenSolvent(Standing standing, uint64 epoch, uint64 asOf, uint64 firstLook, uint64 span, uint64 ratioBps);

    /// @notice The contract does not answer this kind of question.
    error WrongSource(address source, Kind kind);

    /// @notice Something was lent, and on what: `firstLook` and `span` are zero where what is
    /// stated is enough.
    event Lent(address indexed borrower, uint256 amount, uint64 epoch, uint64 asOf, uint64 firstLook, uint64 span);

    /// @notice What counts as held.
    Kind public immutable kind;
    /// @notice The contract that answers: an `IReserves` for what is stated, an `IWitnesses` for
    /// what was seen.
    address public immutable source;
    /// @notice The exchange that must be solvent.
    bytes32 public immutable exchangeId;
    /// @notice How old the figures may be, in seconds.
    uint64 public immutable maxAge;
    /// @notice How far apart the looks at the wallets may lie, in seconds: what moves between
    /// wallets in them is counted twice.
    uint64 public immutable maxSpan;
    /// @notice The symbol of the asset on the exchange's list.
    string public symbol;

    /// @notice What was lent to each borrower.
    mapping(address borrower => uint256 amount) public lent;

    /// @dev The two questions have two names: a contract that answers the other one is found out
    /// here, not at the first loan.
    constructor(
        Kind kind_,
        address source_,
        bytes32 exchangeId_,
        string memory symbol_,
        uint64 maxAge_,
        uint64 maxSpan_
    ) {
        bytes4 question = kind_ == Kind.Stated ? type(IReserves).interfaceId : type(IWitnesses).interfaceId;
        if (!ERC165Checker.supportsInterface(source_, question)) revert WrongSource(source_, kind_);
        (kind, source, exchangeId) = (kind_, source_, exchangeId_);
        (symbol, maxAge, maxSpan) = (symbol_, maxAge_, maxSpan_);
    }

    /// @notice Lends `amount` to the caller, or reverts with what the exchange's standing is.
    function borrow(uint256 amount) external {
        lent[msg.sender] += amount;
        if (kind == Kind.Stated) _lendOnWord(amount);
        else _lendOnSight(amount);
    }

    /// @dev Fresh is the only yes: a ceremony's circuit, which is not retired, proved figures that
    /// are recent, suffice and are followed in time.
    function _lendOnWord(uint256 amount) private {
        Solvency memory answer = IReserves(source).solvency(exchangeId, symbol, maxAge);
        if (answer.standing != Standing.Fresh) {
            revert NotProvedSolvent(answer.standing, answer.epoch, answer.asOf, answer.ratioBps);
        }
        emit Lent(msg.sender, amount, answer.epoch, answer.asOf, 0, 0);
    }

    /// @dev What was owed at `asOf` against what was seen from `firstLook` on, for `span` seconds.
    function _lendOnSight(uint256 amount) private {
        WitnessedSolvency memory answer = IWitnesses(source).witnessedSolvency(exchangeId, symbol, maxAge, maxSpan);
        if (answer.standing != Standing.Fresh) {
            revert NotSeenSolvent(
                answer.standing, answer.epoch, answer.asOf, answer.firstLook, answer.span, answer.ratioBps
            );
        }
        emit Lent(msg.sender, amount, answer.epoch, answer.asOf, answer.firstLook, answer.span);
    }
}
