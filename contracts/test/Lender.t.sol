// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.37;

import {Lender} from "../src/examples/Lender.sol";
import {SetupKind} from "../src/interfaces/ICircuitRegistry.sol";
import {ShardPost, Standing} from "../src/interfaces/IReserves.sol";
import {Fixture} from "./Fixture.sol";
import {SimulatedProof} from "./SimulatedProof.sol";
import {vm} from "./Vm.sol";

/// @notice The example lender asks a real `Reserves`, whose circuit is registered as a ceremony's.
contract LenderTest is Fixture {
    Lender internal lender;
    bytes32 internal developmentCircuit;

    function setUp() public override {
        super.setUp();
        developmentCircuit = circuitId;
        bytes memory key = SimulatedProof.verifyingKey();
        vm.prank(OWNER);
        circuitId = registry.addCircuit(7, 128, uint8(SetupKind.Ceremony), TRANSCRIPT, key);
        vm.warp(now_() + DELAY);
        lender = new Lender(reserves, exchangeId, "BTC", 600);
    }

    function now_() internal view returns (uint64) {
        return uint64(vm.getBlockTimestamp());
    }

    /// @dev `who` lends nothing and says exactly why.
    function refusesToLend(Lender who, Standing standing, SetupKind setup, uint64 epoch, uint64 asOf, uint64 ratioBps)
        internal
    {
        refuses(
            address(who),
            STRANGER,
            abi.encodeCall(Lender.borrow, (1)),
            abi.encodeWithSelector(Lender.NotProvedSolvent.selector, standing, setup, epoch, asOf, ratioBps)
        );
        vm.assertEq(who.lent(STRANGER), 0, "lent");
    }

    function test_it_lends_while_the_exchange_is_fresh() public {
        send(nextPost());
        vm.warp(now_() + 600);
        lender.borrow(5);
        lender.borrow(2);
        vm.assertEq(lender.lent(address(this)), 7, "lent");
    }

    function test_it_refuses_an_exchange_without_an_epoch() public {
        refusesToLend(lender, Standing.Missing, SetupKind.None, 0, 0, 0);
    }

    function test_it_refuses_a_stale_exchange() public {
        uint64 asOf = now_();
        send(nextPost());
        vm.warp(asOf + 601);
        refusesToLend(lender, Standing.Stale, SetupKind.Ceremony, 1, asOf, 10_000);
    }

    function test_it_refuses_an_insolvent_exchange() public {
        ShardPost memory post = nextPost();
        post.reserves[0] = 99;
        prove(post);
        send(post);
        refusesToLend(lender, Standing.Insolvent, SetupKind.Ceremony, 1, now_(), 9_900);
    }

    function test_it_refuses_proofs_of_a_development_setup() public {
        circuitId = developmentCircuit;
        send(nextPost());
        refusesToLend(lender, Standing.Fresh, SetupKind.Development, 1, now_(), 10_000);
    }

    function test_it_refuses_an_unknown_exchange_or_asset() public {
        send(nextPost());
        Lender unknown = new Lender(reserves, keccak256("unknown"), "BTC", 600);
        refusesToLend(unknown, Standing.Missing, SetupKind.None, 0, 0, 0);
        Lender otherAsset = new Lender(reserves, exchangeId, "btc", 600);
        refusesToLend(otherAsset, Standing.Missing, SetupKind.None, 0, 0, 0);
    }
}
