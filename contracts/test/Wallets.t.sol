// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.37;

import {Witnesses} from "../src/Witnesses.sol";
import {IRefusals} from "../src/interfaces/IRefusals.sol";
import {Standing} from "../src/interfaces/IReserves.sol";
import {Token, Wallet} from "../src/interfaces/IWitnesses.sol";
import {TestToken, TestWallet} from "./HostileContracts.sol";
import {WitnessFixture} from "./WitnessFixture.sol";
import {vm} from "./Vm.sol";

/// @notice Registration of wallets and declaration of tokens.
contract WalletsTest is WitnessFixture {
    uint256 private constant NEW_KEY = 0xCAFE;
    uint256 private constant GROUP_ORDER = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141;

    function registration(bytes32 id, address account, bytes memory signature) internal view returns (bytes memory) {
        return abi.encodeCall(witnesses.registerWallet, (id, account, DEADLINE, signature));
    }

    function refusesSignature(address account, bytes memory signature) internal {
        bytes memory expected = abi.encodeWithSelector(IRefusals.WalletSignatureInvalid.selector, account);
        refusesWitness(AUTHORITY, AUTHORITY, registration(exchangeId, account, signature), expected);
        vm.assertEq(witnesses.wallet(account).exchangeId, 0, "not registered");
    }

    function test_a_registration_is_read_back() public {
        vm.warp(START + 5);
        registerWallet(exchangeId, NEW_KEY);
        Wallet memory read = witnesses.wallet(vm.addr(NEW_KEY));
        vm.assertEq(read.exchangeId, exchangeId, "exchange");
        vm.assertEq(read.registeredAt, START + 5, "time");
        vm.assertTrue(!read.retired, "active");
    }

    function test_only_the_authority_of_a_known_exchange_registers() public {
        address account = vm.addr(NEW_KEY);
        bytes memory good = signature(exchangeId, NEW_KEY);
        bytes memory expected = abi.encodeWithSelector(IRefusals.NotAuthority.selector, AUTHORITY, account);
        refusesWitness(account, account, registration(exchangeId, account, good), expected);
        expected = abi.encodeWithSelector(IRefusals.ExchangeUnknown.selector, bytes32(0));
        refusesWitness(address(0), address(0), registration(0, account, signature(0, NEW_KEY)), expected);
    }

    function test_signatures_for_elsewhere_are_refused() public {
        address account = vm.addr(NEW_KEY);
        bytes32 other = register("Another");
        refusesSignature(
            account, signed(NEW_KEY, registrationHash(exchangeId, account, DEADLINE, 1, address(witnesses)))
        );
        address elsewhere = address(new Witnesses(reserves));
        refusesSignature(
            account, signed(NEW_KEY, registrationHash(exchangeId, account, DEADLINE, block.chainid, elsewhere))
        );
        refusesSignature(account, signature(other, NEW_KEY));
        refusesSignature(account, signature(exchangeId, KEY));
        refusesSignature(
            account, signed(KEY, registrationHash(exchangeId, account, DEADLINE, block.chainid, address(witnesses)))
        );
    }

    function test_a_signature_ends_with_its_deadline() public {
        bytes memory good = signature(exchangeId, NEW_KEY);
        vm.warp(DEADLINE + 1);
        bytes memory expected = abi.encodeWithSelector(IRefusals.SignatureExpired.selector, DEADLINE, DEADLINE + 1);
        refusesWitness(AUTHORITY, AUTHORITY, registration(exchangeId, vm.addr(NEW_KEY), good), expected);
        // Whoever passes another deadline has no signature for it.
        bytes memory call = abi.encodeCall(witnesses.registerWallet, (exchangeId, vm.addr(NEW_KEY), DEADLINE + 1, good));
        expected = abi.encodeWithSelector(IRefusals.WalletSignatureInvalid.selector, vm.addr(NEW_KEY));
        refusesWitness(AUTHORITY, AUTHORITY, call, expected);
        vm.warp(DEADLINE);
        registerWallet(exchangeId, NEW_KEY);
    }

    function test_a_signature_does_not_follow_a_fork_to_another_chain_id() public {
        bytes memory here = signature(exchangeId, NEW_KEY);
        vm.chainId(77_777);
        refusesSignature(vm.addr(NEW_KEY), here);
        bytes32 digest = registrationHash(exchangeId, vm.addr(NEW_KEY), DEADLINE, 77_777, address(witnesses));
        vm.prank(AUTHORITY);
        witnesses.registerWallet(exchangeId, vm.addr(NEW_KEY), DEADLINE, signed(NEW_KEY, digest));
    }

    function test_malformed_signatures_are_refused() public {
        address account = vm.addr(NEW_KEY);
        bytes32 digest = registrationHash(exchangeId, account, DEADLINE, block.chainid, address(witnesses));
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(NEW_KEY, digest);
        refusesSignature(account, abi.encodePacked(r, bytes32(GROUP_ORDER - uint256(s)), v == 27 ? uint8(28) : 27));
        refusesSignature(account, abi.encodePacked(r, s));
        refusesSignature(account, abi.encodePacked(r, s, v, uint8(0)));
        refusesSignature(account, abi.encodePacked(r, s, uint8(29)));
        refusesSignature(account, "");
        // What the precompile cannot recover is the zero address.
        refusesSignature(address(0), abi.encodePacked(r, s, uint8(29)));
        refusesSignature(address(0), abi.encodePacked(r, s, v));
    }

    function test_a_contract_agrees_by_erc_1271() public {
        TestWallet account = new TestWallet();
        refusesSignature(address(account), signature(exchangeId, NEW_KEY));
        account.agree(registrationHash(exchangeId, address(account), DEADLINE, block.chainid, address(witnesses)));
        vm.prank(AUTHORITY);
        witnesses.registerWallet(exchangeId, address(account), DEADLINE, "");
        vm.assertEq(witnesses.wallet(address(account)).exchangeId, exchangeId, "exchange");
    }

    function test_contracts_that_do_not_agree_are_no_wallets() public {
        TestWallet account = new TestWallet();
        account.fail();
        refusesSignature(address(account), "");
        refusesSignature(address(low), "");
        account = new TestWallet();
        account.reenter(
            address(witnesses), abi.encodeCall(witnesses.registerWallet, (exchangeId, address(account), DEADLINE, ""))
        );
        refusesSignature(address(account), "");
        account.reenter(address(witnesses), abi.encodeCall(witnesses.retireWallet, (wallet)));
        refusesSignature(address(account), "");
    }

    function test_a_wallet_belongs_to_one_exchange_for_ever() public {
        bytes32 other = register("Another");
        bytes memory expected = abi.encodeWithSelector(IRefusals.WalletAlreadyRegistered.selector, wallet, exchangeId);
        for (uint256 i = 0; i < 2; ++i) {
            refusesWitness(AUTHORITY, AUTHORITY, registration(exchangeId, wallet, signature(exchangeId, KEY)), expected);
            refusesWitness(AUTHORITY, AUTHORITY, registration(other, wallet, signature(other, KEY)), expected);
            if (i == 0) {
                vm.prank(AUTHORITY);
                witnesses.retireWallet(wallet);
            }
        }
        vm.assertTrue(witnesses.wallet(wallet).retired, "retired");
    }

    function test_the_authority_or_the_wallet_retires_it() public {
        bytes memory call = abi.encodeCall(witnesses.retireWallet, (wallet));
        bytes memory expected = abi.encodeWithSelector(IRefusals.NotAuthority.selector, AUTHORITY, otherWallet);
        refusesWitness(otherWallet, otherWallet, call, expected);
        vm.prank(wallet);
        witnesses.retireWallet(wallet);
        expected = abi.encodeWithSelector(IRefusals.WalletUnknown.selector, wallet);
        refusesWitness(wallet, wallet, call, expected);
        refusesWitness(AUTHORITY, AUTHORITY, call, expected);
        call = abi.encodeCall(witnesses.retireWallet, (STRANGER));
        refusesWitness(STRANGER, STRANGER, call, abi.encodeWithSelector(IRefusals.WalletUnknown.selector, STRANGER));
    }

    function test_declarations_are_read_back() public view {
        Token[] memory expected = new Token[](3);
        expected[0] = Token(address(0), 1, 18);
        expected[1] = Token(address(low), 1, 18);
        expected[2] = Token(address(high), 2, 6);
        vm.assertEq(abi.encode(witnesses.tokens(exchangeId)), abi.encode(expected), "tokens");
        vm.assertEq(abi.encode(witnesses.token(exchangeId, address(low))), abi.encode(expected[1]), "one of them");
        vm.assertEq(witnesses.token(exchangeId, STRANGER).asset, 0, "none");
    }

    function refusesToken(address token, uint16 asset, string memory reason) internal {
        bytes memory call = abi.encodeCall(witnesses.declareToken, (exchangeId, token, asset));
        bytes memory expected = abi.encodeWithSelector(IRefusals.TokenInvalid.selector, token, asset, reason);
        refusesWitness(AUTHORITY, AUTHORITY, call, expected);
    }

    function test_tokens_that_are_none_are_refused() public {
        TestToken token = new TestToken(36);
        refusesToken(address(token), 0, "asset is not on the list");
        refusesToken(address(token), 3, "asset is not on the list");
        refusesToken(STRANGER, 1, "no contract that says its decimals");
        refusesToken(address(witnesses), 1, "no contract that says its decimals");
        // A precompile answers, and has no code.
        refusesToken(address(2), 1, "no contract that says its decimals");
        refusesToken(address(new TestToken(37)), 1, "more than 36 decimals");
        // Not 6 in the lowest byte.
        refusesToken(address(new TestToken(256 + 6)), 1, "more than 36 decimals");
        declare(address(token), 1);
    }

    function test_a_token_is_declared_once_and_by_the_authority() public {
        bytes memory call = abi.encodeCall(witnesses.declareToken, (exchangeId, address(low), 2));
        bytes memory expected = abi.encodeWithSelector(IRefusals.TokenAlreadyDeclared.selector, address(low), 1);
        refusesWitness(AUTHORITY, AUTHORITY, call, expected);
        call = abi.encodeCall(witnesses.declareToken, (exchangeId, address(new TestToken(6)), 2));
        expected = abi.encodeWithSelector(IRefusals.NotAuthority.selector, AUTHORITY, POSTER);
        refusesWitness(POSTER, POSTER, call, expected);
        call = abi.encodeCall(witnesses.declareToken, (bytes32("unknown"), address(low), 2));
        expected = abi.encodeWithSelector(IRefusals.ExchangeUnknown.selector, bytes32("unknown"));
        refusesWitness(address(0), address(0), call, expected);
    }

    /// @dev What was declared, and witnessed, before the list was cleared counts for nothing, also
    /// when the same list is set again.
    function test_a_list_that_is_set_again_has_its_own_tokens_and_looks() public {
        look(1, true, true, one(address(high), wallet));
        relist(numberedAssets(2));
        vm.assertEq(witnesses.tokens(exchangeId).length, 0, "tokens");
        vm.assertEq(witnesses.witnessOf(exchangeId, 1).began, 0, "looks");
        declare(address(high), 1);
        vm.assertEq(witnesses.token(exchangeId, address(high)).asset, 1, "declared anew");
        look(1, true, true, one(address(high), wallet));
        relist(twoAssets());
        vm.assertEq(witnesses.tokens(exchangeId).length, 0, "tokens of the first list set again");
        send(nextPost());
        for (uint16 number = 1; number <= 2; ++number) {
            Standing standing = witnesses.witnessedSolvencyByNumber(exchangeId, number, 600, 600).standing;
            vm.assertTrue(standing == Standing.Missing, "what was seen under another list");
        }
        refusesLook(
            1,
            true,
            true,
            one(address(high), wallet),
            abi.encodeWithSelector(IRefusals.TokenUndeclared.selector, address(high))
        );
        declare(address(high), 2);
        look(1, true, true, one(address(high), wallet));
    }

    function test_a_declaration_outlives_the_growth_of_its_list() public {
        vm.prank(AUTHORITY);
        reserves.appendAssets(exchangeId, 2, numberedAssets(1));
        bytes memory call = abi.encodeCall(witnesses.declareToken, (exchangeId, address(high), 3));
        bytes memory expected = abi.encodeWithSelector(IRefusals.TokenAlreadyDeclared.selector, address(high), 2);
        refusesWitness(AUTHORITY, AUTHORITY, call, expected);
        vm.assertEq(witnesses.tokens(exchangeId).length, 3, "tokens");
    }
}
