// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.37;

import {Lender} from "../src/examples/Lender.sol";
import {ShardPost, Standing} from "../src/interfaces/IReserves.sol";
import {IWitnesses} from "../src/interfaces/IWitnesses.sol";
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
        return new Lender(reserves, IWitnesses(address(0)), id, symbol, 600, 0);
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

    function test_it_lends_on_what_the_chain_saw_within_the_span() public {
        Lender seeing = new Lender(reserves, witnesses, exchangeId, "BTC", 600, 20);
        send(nextPost());
        refusesToLend(seeing, Standing.Missing, 0, 0, 0);
        low.set(wallet, 100 * 10 ** 10);
        look(1, true, false, one(address(0), wallet));
        vm.warp(START + 20);
        look(1, false, true, one(address(low), wallet));
        seeing.borrow(3);
        vm.assertEq(seeing.lent(address(this)), 3, "lent");
        refusesToLend(new Lender(reserves, witnesses, exchangeId, "BTC", 600, 19), Standing.Missing, 0, 0, 0);
    }
}
