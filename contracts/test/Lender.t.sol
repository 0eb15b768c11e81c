// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.37;

import {Kind, Lender} from "../src/examples/Lender.sol";
import {ShardPost, Standing} from "../src/interfaces/IReserves.sol";
import {WitnessFixture} from "./WitnessFixture.sol";
import {vm} from "./Vm.sol";

/// @notice The example lender asks a real `Reserves`, whose circuit is registered as a ceremony's.
contract LenderTest is WitnessFixture {
    Lender internal lender;

    function setUp() public override {
        super.setUp();
        lender = stating(exchangeId, "BTC");
    }

    /// @dev A lender to whom what is stated is enough.
    function stating(bytes32 id, string memory symbol) internal returns (Lender) {
        return new Lender(Kind.Stated, address(reserves), id, symbol, 600, 0);
    }

    /// @dev `who` lends nothing and says exactly why.
    function refusesToLend(Lender who, Standing standing, uint64 epoch, uint64 asOf, uint64 ratioBps) internal {
        refuses(
            address(who),
            STRANGER,
            abi.encodeCall(Lender.borrow, (1)),
            abi.encodeWithSelector(Lender.NotProvedSolvent.selector, standing, epoch, asOf, ratioBps)
        );
        vm.assertEq(who.lent(STRANGER), 0, "lent");
    }

    function test_it_lends_while_the_exchange_is_fresh() public {
        send(nextPost());
        vm.warp(START + 600);
        lender.borrow(5);
        lender.borrow(2);
        vm.assertEq(lender.lent(address(this)), 7, "lent");
    }

    function test_it_refuses_an_exchange_without_an_epoch() public {
        refusesToLend(lender, Standing.Missing, 0, 0, 0);
    }

    function test_it_refuses_a_stale_exchange() public {
        send(nextPost());
        vm.warp(START + 601);
        refusesToLend(lender, Standing.Stale, 1, START, 10_000);
    }

    function test_it_refuses_an_insolvent_exchange() public {
        ShardPost memory post = nextPost();
        post.reserves[0] = 99;
        prove(post);
        send(post);
        refusesToLend(lender, Standing.Insolvent, 1, START, 9_900);
    }

    function test_it_refuses_proofs_of_a_development_setup() public {
        developmentCircuit();
        send(nextPost());
        refusesToLend(lender, Standing.Development, 1, uint64(vm.getBlockTimestamp()), 10_000);
    }

    function test_it_refuses_proofs_of_a_retired_circuit() public {
        send(nextPost());
        vm.prank(OWNER);
        registry.retireCircuit(circuitId);
        refusesToLend(lender, Standing.Retired, 1, START, 10_000);
    }

    function test_it_refuses_an_unknown_exchange_or_asset() public {
        send(nextPost());
        refusesToLend(stating(keccak256("unknown"), "BTC"), Standing.Missing, 0, 0, 0);
        refusesToLend(stating(exchangeId, "btc"), Standing.Missing, 0, 0, 0);
    }

    /// @dev A lender to whom only what was seen counts.
    function seeing(uint64 maxSpan) internal returns (Lender) {
        return new Lender(Kind.Witnessed, address(witnesses), exchangeId, "BTC", 600, maxSpan);
    }

    function notSeen(Standing standing, uint64 firstLook, uint64 span, uint64 ratioBps)
        internal
        pure
        returns (bytes memory)
    {
        uint64 asOf = standing == Standing.Missing ? 0 : START;
        uint64 epoch = standing == Standing.Missing ? 0 : 1;
        return abi.encodeWithSelector(Lender.NotSeenSolvent.selector, standing, epoch, asOf, firstLook, span, ratioBps);
    }

    function test_it_lends_on_what_the_chain_saw_within_the_span() public {
        bytes memory borrow = abi.encodeCall(Lender.borrow, (1));
        Lender who = seeing(20);
        send(nextPost());
        refuses(address(who), STRANGER, borrow, notSeen(Standing.Missing, 0, 0, 0));
        low.set(wallet, 100 * 10 ** 10);
        vm.warp(START + 5);
        look(1, true, false, one(address(0), wallet));
        vm.warp(START + 25);
        look(1, false, true, one(address(low), wallet));
        vm.recordLogs();
        who.borrow(3);
        vm.assertEq(who.lent(address(this)), 3, "lent");
        bytes memory data = vm.getRecordedLogs()[0].data;
        vm.assertEq(data, abi.encode(uint256(3), uint64(1), START, START + 5, uint64(20)), "and on what");
        refuses(address(seeing(19)), STRANGER, borrow, notSeen(Standing.Missing, 0, 0, 0));
        vm.warp(START + 601);
        refuses(address(who), STRANGER, borrow, notSeen(Standing.Stale, START + 5, 20, 10_000));
        vm.prank(OWNER);
        registry.retireCircuit(circuitId);
        refuses(address(who), STRANGER, borrow, notSeen(Standing.Retired, START + 5, 20, 10_000));
        vm.assertEq(who.lent(STRANGER), 0, "nothing more");
    }

    function test_it_says_on_what_it_lends() public {
        send(nextPost());
        vm.recordLogs();
        lender.borrow(4);
        bytes memory data = vm.getRecordedLogs()[0].data;
        vm.assertEq(data, abi.encode(uint256(4), uint64(1), START, uint64(0), uint64(0)), "event");
    }

    function test_it_refuses_an_overdue_exchange() public {
        Lender patient = new Lender(Kind.Stated, address(reserves), exchangeId, "BTC", type(uint64).max, 0);
        send(nextPost());
        vm.warp(START + 661);
        refusesToLend(patient, Standing.Overdue, 1, START, 10_000);
    }

    function make(Kind kind, address source) external returns (Lender) {
        return new Lender(kind, source, exchangeId, "BTC", 600, 600);
    }

    /// @dev Who asks one question of the contract that answers the other finds out when the lender
    /// is made.
    function test_it_is_not_made_with_a_contract_that_answers_another_question() public {
        address[3] memory sources = [address(witnesses), address(reserves), STRANGER];
        Kind[3] memory kinds = [Kind.Stated, Kind.Witnessed, Kind.Stated];
        for (uint256 i = 0; i < 3; ++i) {
            bytes memory expected = abi.encodeWithSelector(Lender.WrongSource.selector, sources[i], kinds[i]);
            refuses(address(this), address(this), abi.encodeCall(this.make, (kinds[i], sources[i])), expected);
        }
    }
}
