// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.37;

import {Witnesses} from "../src/Witnesses.sol";
import {IRefusals} from "../src/interfaces/IRefusals.sol";
import {Holding} from "../src/interfaces/IWitnesses.sol";
import {Fixture} from "./Fixture.sol";
import {TestToken} from "./HostileContracts.sol";
import {vm} from "./Vm.sol";

/// @notice The exchange of `Fixture` with a token for each asset, the chain's coin for its first
/// one, and two wallets.
abstract contract WitnessFixture is Fixture {
    uint256 internal constant KEY = 0xA11CE;
    uint256 internal constant OTHER_KEY = 0xB0B;
    uint64 internal constant DEADLINE = START + 1 hours;

    Witnesses internal witnesses;
    /// 18 decimals, for BTC (8); at the lower address.
    TestToken internal low;
    /// 6 decimals, for USDC (6).
    TestToken internal high;
    address internal wallet;
    address internal otherWallet;

    function setUp() public virtual override {
        super.setUp();
        witnesses = new Witnesses(reserves);
        // Two addresses in order, whatever the deployment's own order is.
        (address first, address second) = (address(0x10000001), address(0x10000002));
        vm.etch(first, address(new TestToken(18)).code);
        vm.etch(second, address(new TestToken(6)).code);
        (low, high) = (TestToken(first), TestToken(second));
        (wallet, otherWallet) = (vm.addr(KEY), vm.addr(OTHER_KEY));
        registerWallet(exchangeId, KEY);
        registerWallet(exchangeId, OTHER_KEY);
        declare(address(0), 1);
        declare(address(low), 1);
        declare(address(high), 2);
    }

    function registerWallet(bytes32 id, uint256 key) internal {
        vm.prank(AUTHORITY);
        witnesses.registerWallet(id, vm.addr(key), DEADLINE, signature(id, key));
    }

    function declare(address token, uint16 asset) internal {
        vm.prank(AUTHORITY);
        witnesses.declareToken(exchangeId, token, asset);
    }

    /// @notice The signing hash, from the specification rather than from the contract.
    function registrationHash(bytes32 id, address account, uint64 deadline, uint256 chainId, address verifier)
        internal
        pure
        returns (bytes32)
    {
        bytes32 domain = keccak256(
            abi.encode(
                keccak256("EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)"),
                keccak256("Ballast"),
                keccak256("1"),
                chainId,
                verifier
            )
        );
        bytes32 kind = keccak256("RegisterWallet(bytes32 exchangeId,address wallet,uint256 deadline)");
        bytes32 structure = keccak256(abi.encode(kind, id, account, deadline));
        return keccak256(abi.encodePacked("\x19\x01", domain, structure));
    }

    function signature(bytes32 id, uint256 key) internal view returns (bytes memory) {
        return signed(key, registrationHash(id, vm.addr(key), DEADLINE, block.chainid, address(witnesses)));
    }

    function signed(uint256 key, bytes32 digest) internal pure returns (bytes memory) {
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(key, digest);
        return abi.encodePacked(r, s, v);
    }

    function one(address token, address account) internal pure returns (Holding[] memory list) {
        list = new Holding[](1);
        list[0] = Holding(token, account);
    }

    function two(address token, address account, address otherToken, address other)
        internal
        pure
        returns (Holding[] memory list)
    {
        list = new Holding[](2);
        (list[0], list[1]) = (Holding(token, account), Holding(otherToken, other));
    }

    /// @notice The two wallets in ascending order.
    function ascending() internal view returns (address, address) {
        return wallet < otherWallet ? (wallet, otherWallet) : (otherWallet, wallet);
    }

    function look(uint64 epoch, bool first, bool last, Holding[] memory holdings) internal {
        vm.prank(POSTER, POSTER);
        witnesses.witness(exchangeId, epoch, first, last, holdings);
    }

    function refusesLook(uint64 epoch, bool first, bool last, Holding[] memory holdings, bytes memory expected)
        internal
    {
        bytes memory call = abi.encodeCall(witnesses.witness, (exchangeId, epoch, first, last, holdings));
        refusesWitness(POSTER, POSTER, call, expected);
    }

    /// @notice `call` of `sender` in a transaction of `origin` is refused with exactly `expected`,
    /// and nothing changed.
    function refusesWitness(address sender, address origin, bytes memory call, bytes memory expected) internal {
        bytes32 before = seen();
        vm.prank(sender, origin);
        (bool success, bytes memory result) = address(witnesses).call(call);
        vm.assertTrue(!success, "accepted what must be refused");
        vm.assertEq(result, expected, "refused with another error");
        vm.assertEq(seen(), before, "state changed by a refusal");
    }

    /// @notice Digest of all that can be read.
    function seen() internal view returns (bytes32) {
        return keccak256(
            abi.encode(
                witnesses.wallet(wallet),
                witnesses.wallet(otherWallet),
                witnesses.tokens(exchangeId),
                witnesses.witnessOf(exchangeId, 0),
                witnesses.witnessOf(exchangeId, 1),
                witnesses.witnessOf(exchangeId, 2)
            )
        );
    }

    function outOfOrder(uint256 index) internal pure returns (bytes memory) {
        return abi.encodeWithSelector(IRefusals.HoldingOutOfOrder.selector, index);
    }
}
