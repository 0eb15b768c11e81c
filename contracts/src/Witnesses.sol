// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.37;

import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";

import {AmountList} from "./AmountList.sol";
import {Holdings} from "./Holdings.sol";
import {Judgement} from "./Judgement.sol";
import {ListState, TokenState, Wallets, WitnessState} from "./Wallets.sol";
import {Amounts, Exchange, IReserves, Solvency, Standing} from "./interfaces/IReserves.sol";
import {Holding, IWitnesses, Witness} from "./interfaces/IWitnesses.sol";

/// @title Witnessed reserves of exchanges
/// @notice See `IWitnesses`. Looks are here; wallets and tokens, which precede them, are in `Wallets`.
contract Witnesses is Wallets {
    using SafeCast for uint256;

    uint256 private constant WINDOW = 600;

    constructor(IReserves reservesOfExchanges) Wallets(reservesOfExchanges) {}

    /// @inheritdoc IWitnesses
    function witness(bytes32 exchangeId, uint64 epoch, bool first, bool last, Holding[] calldata holdings) external {
        Exchange memory exchange = _registered(exchangeId);
        _checkCaller(exchangeId);
        if (exchange.paused) revert ExchangePaused(exchangeId);
        // Epoch 0 is before the first one: it is not the latest while there is none.
        if (epoch == 0 || (epoch != exchange.nextEpoch && epoch != exchange.nextEpoch - 1)) {
            revert WitnessEpochInvalid(exchange.nextEpoch, epoch);
        }
        if (holdings.length == 0) revert NothingToWitness();
        ListState storage list = _list(exchangeId, exchange);
        WitnessState storage state = list.witnesses[epoch];
        _begin(state, epoch, first);
        _look(exchangeId, epoch, list, holdings);
        state.lastLook = block.timestamp.toUint48();
        state.lastLookInBlock = block.number.toUint48();
        state.holdings = (state.holdings + holdings.length).toUint32();
        state.closed = last;
        emit Witnessed(exchangeId, epoch, state.began, state.holdings, last);
        if (last) emit ReservesWitnessed(exchangeId, epoch, state.began, state.looked, _amounts(list, state));
    }

    /// @inheritdoc IWitnesses
    function solvency(bytes32 exchangeId, string calldata symbol, uint64 maxAge)
        external
        view
        returns (Solvency memory)
    {
        ListState storage list = _list(exchangeId);
        return _solvency(exchangeId, list, _numberOf(list, symbol), maxAge);
    }

    /// @inheritdoc IWitnesses
    function solvencyByNumber(bytes32 exchangeId, uint16 number, uint64 maxAge)
        external
        view
        returns (Solvency memory)
    {
        return _solvency(exchangeId, _list(exchangeId), number, maxAge);
    }

    /// @inheritdoc IWitnesses
    function witnessOf(bytes32 exchangeId, uint64 epoch) external view returns (Witness memory result) {
        ListState storage list = _list(exchangeId);
        WitnessState storage state = list.witnesses[epoch];
        if (state.began == 0) return result;
        return Witness({
            began: state.began,
            lastLook: state.lastLook,
            beganInBlock: state.beganInBlock,
            lastLookInBlock: state.lastLookInBlock,
            closed: state.closed,
            holdings: state.holdings,
            looked: state.looked,
            amounts: _amounts(list, state)
        });
    }

    /// @dev A contract could borrow before the look and return after it; so could an account with code (EIP-7702), which may do more than one thing.
    function _checkCaller(bytes32 exchangeId) private view {
        address[] memory posters = reserves.posters(exchangeId);
        bool found = false;
        for (uint256 i = 0; i < posters.length; ++i) {
            if (posters[i] == msg.sender) found = true;
        }
        if (!found) revert NotPoster(exchangeId, msg.sender);
        if (msg.sender != tx.origin || msg.sender.code.length != 0) revert WitnessNotAlone(tx.origin, msg.sender);
    }

    /// @dev What looks before these left of the amounts is not cleared: without its bit in `looked` it is never read.
    function _begin(WitnessState storage state, uint64 epoch, bool first) private {
        if (state.closed) revert WitnessClosed(epoch);
        if (first) {
            state.began = block.timestamp.toUint48();
            state.beganInBlock = block.number.toUint48();
            state.holdings = 0;
            state.looked = 0;
            state.lastToken = address(0);
            state.lastWallet = address(0);
            return;
        }
        if (state.began == 0) revert WitnessNotBegun(epoch);
        if (block.timestamp > state.began + WINDOW) {
            revert WitnessWindowPassed(state.began, block.timestamp.toUint64());
        }
    }

    /// @dev The zero address is nobody's wallet, so that nothing comes before the first holding.
    function _look(bytes32 exchangeId, uint64 epoch, ListState storage list, Holding[] calldata holdings) private {
        WitnessState storage state = list.witnesses[epoch];
        Holding memory before = Holding(state.lastToken, state.lastWallet);
        uint128 looked = state.looked;
        for (uint256 i = 0; i < holdings.length; ++i) {
            Holding memory holding = holdings[i];
            if (holding.token < before.token || (holding.token == before.token && holding.wallet <= before.wallet)) {
                revert HoldingOutOfOrder(i);
            }
            if (!_isActive(exchangeId, holding.wallet)) revert WalletUnknown(holding.wallet);
            TokenState memory token = list.declared[holding.token];
            if (token.asset == 0) revert TokenUndeclared(holding.token);
            uint256 index = token.asset - 1;
            uint256 sum = (looked >> index) & 1 == 0 ? 0 : state.amounts[index];
            (bool success, uint256 added) = _add(sum, holding, token);
            if (!success) emit HoldingUnreadable(exchangeId, epoch, holding.token, holding.wallet);
            state.amounts[index] = (success ? added : sum).toUint128();
            looked |= (uint256(1) << index).toUint128();
            before = holding;
        }
        state.looked = looked;
        (state.lastToken, state.lastWallet) = (before.token, before.wallet);
    }

    /// @dev The sum with the holding, when it can be read and added.
    function _add(uint256 sum, Holding memory holding, TokenState memory token)
        private
        view
        returns (bool success, uint256 result)
    {
        uint256 balance;
        (success, balance) = Holdings.balanceOf(holding.token, holding.wallet);
        if (!success) return (false, 0);
        (success, result) = Holdings.toUnits(balance, token.decimals, token.assetDecimals);
        if (!success || result > AmountList.AMOUNT_MAX) return (false, 0);
        result += sum;
        success = result <= AmountList.AMOUNT_MAX;
    }

    function _amounts(ListState storage list, WitnessState storage state)
        private
        view
        returns (uint112[] memory amounts)
    {
        amounts = new uint112[](list.assets);
        for (uint256 i = 0; i < amounts.length; ++i) {
            amounts[i] = _amount(state, i);
        }
    }

    /// @param index of the asset, from 0
    function _amount(WitnessState storage state, uint256 index) private view returns (uint112) {
        return (state.looked >> index) & 1 == 0 ? 0 : uint256(state.amounts[index]).toUint112();
    }

    /// @dev What `reserves` answers, judged anew with what was witnessed.
    function _solvency(bytes32 exchangeId, ListState storage list, uint16 number, uint64 maxAge)
        private
        view
        returns (Solvency memory answer)
    {
        Solvency memory stated = reserves.solvencyByNumber(exchangeId, number, maxAge);
        if (stated.standing == Standing.Missing) return answer;
        WitnessState storage state = list.witnesses[stated.epoch];
        if (!state.closed || (state.looked >> (number - 1)) & 1 == 0) return answer;
        Amounts memory amounts = Amounts(stated.liability, _amount(state, number - 1));
        answer.epoch = stated.epoch;
        answer.asOf = state.began < stated.asOf ? state.began : stated.asOf;
        answer.liability = amounts.liability;
        answer.reserve = amounts.reserve;
        answer.standing = Judgement.standing(amounts, answer.asOf, maxAge);
        answer.ratioBps = Judgement.ratioBps(amounts);
        answer.setup = stated.setup;
    }
}
