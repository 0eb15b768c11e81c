// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.37;

import {IERC1271} from "@openzeppelin/contracts/interfaces/IERC1271.sol";

import {IWitnesses} from "../src/interfaces/IWitnesses.sol";

/// @notice How a token answers `balanceOf`.
enum Answer {
    Balance,
    Revert,
    BurnGas,
    ReturnBomb,
    RevertBomb,
    Short,
    Reenter
}

/// @notice A token that says whatever it was told to say.
contract TestToken {
    string public constant symbol = "USDC";
    uint256 public immutable decimals;
    Answer public answer;
    bytes public reentry;
    address public target;
    mapping(address account => uint256) public balances;

    constructor(uint256 itsDecimals) {
        decimals = itsDecimals;
    }

    function set(address account, uint256 balance) external {
        balances[account] = balance;
    }

    function behave(Answer itsAnswer) external {
        answer = itsAnswer;
    }

    /// @notice What it calls when asked for a balance; it then answers with 1 more when the call
    /// went through.
    function reenter(address itsTarget, bytes calldata call) external {
        (answer, target, reentry) = (Answer.Reenter, itsTarget, call);
    }

    function balanceOf(address account) external returns (uint256 held) {
        held = balances[account];
        if (answer == Answer.Balance) return held;
        if (answer == Answer.Revert) revert("no balance");
        if (answer == Answer.Reenter) {
            (bool success,) = target.call(reentry);
            return success ? held + 1 : held;
        }
        if (answer == Answer.BurnGas) {
            while (true) ++held;
        }
        bool reverts = answer == Answer.RevertBomb;
        uint256 size = answer == Answer.Short ? 31 : 20_000;
        assembly ("memory-safe") {
            let from := mload(64)
            mstore(from, held)
            if reverts { revert(from, size) }
            return(from, size)
        }
    }
}

/// @notice A contract that is a wallet: it agrees to what it was told to agree to.
contract TestWallet is IERC1271 {
    bytes32 public agreed;
    bool public reverts;
    address public target;
    bytes public reentry;

    function agree(bytes32 digest) external {
        agreed = digest;
    }

    function fail() external {
        reverts = true;
    }

    function reenter(address itsTarget, bytes calldata call) external {
        (target, reentry) = (itsTarget, call);
    }

    /// @dev A static call cannot be re-entered for a change: the wallet then agrees only if it was.
    function isValidSignature(bytes32 digest, bytes calldata) external view returns (bytes4) {
        if (reverts) revert("never");
        if (target != address(0)) {
            (bool success,) = target.staticcall(reentry);
            return success ? this.isValidSignature.selector : bytes4(0);
        }
        return digest == agreed ? this.isValidSignature.selector : bytes4(0xffffffff);
    }
}

/// @notice A contract that passes calls on, as one that borrows around them would.
contract Borrower {
    function run(address target, bytes calldata call) external {
        (bool success, bytes memory result) = target.call(call);
        if (!success) {
            assembly ("memory-safe") {
                revert(add(result, 32), mload(result))
            }
        }
    }
}

/// @notice Looks as soon as it is created, while it has no code.
contract ConstructedBorrower {
    constructor(IWitnesses witnesses, bytes memory call) {
        (bool success, bytes memory result) = address(witnesses).call(call);
        if (!success) {
            assembly ("memory-safe") {
                revert(add(result, 32), mload(result))
            }
        }
    }
}
