// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.37;

import {IERC165} from "@openzeppelin/contracts/utils/introspection/IERC165.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";

import {AmountList} from "./AmountList.sol";
import {Holdings} from "./Holdings.sol";
import {Judgement, Proved} from "./Judgement.sol";
import {ListState, TokenState, Wallets, WitnessState} from "./Wallets.sol";
import {Amounts, Exchange, IReserves, Solvency, Standing} from "./interfaces/IReserves.sol";
import {Holding, IWitnesses, Witness, WitnessedSolvency} from "./interfaces/IWitnesses.sol";

/// @title Witnessed reserves of exchanges
/// @notice See `IWitnesses`. Looks are here; wallets and tokens, which precede them, are in
/// `Wallets`.
contract Witnesses is Wallets, IERC165 {
    using SafeCast for uint256;

    uint256 private constant WINDOW = 600;
    /// Seconds between an epoch's as-of time and each look that counts for it.
    uint256 private constant DISTANCE_MAX = 3600;

    constructor(IReserves reservesOfExchanges) Wallets(reservesOfExchanges) {}

    /// @inheritdoc IERC165
    function supportsInterface(bytes4 interfaceId) external pure returns (bool) {
        return interfaceId == type(IWitnesses).interfaceId || interfaceId == type(IERC165).interfaceId;
    }

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
        _begin(state, epoch, first, exchange.assetCount);
        _look(exchangeId, epoch, list, holdings);
        state.lastLook = block.timestamp.toUint48();
        state.lastLookInBlock = block.number.toUint48();
        state.holdings = (state.holdings + holdings.length).toUint32();
        state.closed = last;
        emit Witnessed(exchangeId, epoch, state.began, state.holdings, last);
        if (last) emit ReservesWitnessed(exchangeId, epoch, state.began, state.looked, _amounts(state));
    }

    /// @inheritdoc IWitnesses
    function witnessedSolvency(bytes32 exchangeId, string calldata symbol, uint64 maxAge, uint64 maxSpan)
        external
        view
        returns (WitnessedSolvency memory)
    {
        return _solvency(exchangeId, reserves.numberOf(exchangeId, symbol), maxAge, maxSpan);
    }

    /// @inheritdoc IWitnesses
    function witnessedSolvencyByNumber(bytes32 exchangeId, uint16 number, uint64 maxAge, uint64 maxSpan)
        external
        view
        returns (WitnessedSolvency memory)
    {
        return _solvency(exchangeId, number, maxAge, maxSpan);
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
            amounts: _amounts(state)
        });
    }

    /// @dev A contract could borrow before the look and return after it; so could an account with
    /// code (EIP-7702), which may do more than one thing.
    function _checkCaller(bytes32 exchangeId) private view {
        address[] memory posters = reserves.posters(exchangeId);
        bool found = false;
        for (uint256 i = 0; i < posters.length; ++i) {
            if (posters[i] == msg.sender) found = true;
        }
        if (!found) revert NotPoster(exchangeId, msg.sender);
        if (msg.sender != tx.origin || msg.sender.code.length != 0) revert WitnessNotAlone(tx.origin, msg.sender);
    }

    /// @dev What looks before these left of the amounts is not cleared: without its bit in `looked`
    /// it is never read.
    /// @param assets how many the list has now
    function _begin(WitnessState storage state, uint64 epoch, bool first, uint16 assets) private {
        if (state.closed) revert WitnessClosed(epoch);
        if (first) {
            state.assets = uint256(assets).toUint8();
            state.began = block.timestamp.toUint48();
            state.beganInBlock = block.number.toUint48();
            state.holdings = 0;
            state.looked = 0;
            state.lastToken = address(0);
            state.lastWallet = address(0);
            return;
        }
        // In one generation a list only grows: as many assets are the same list.
        if (state.began == 0 || state.assets != assets) revert WitnessNotBegun(epoch);
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

    function _amounts(WitnessState storage state) private view returns (uint112[] memory amounts) {
        amounts = new uint112[](state.assets);
        for (uint256 i = 0; i < amounts.length; ++i) {
            amounts[i] = _amount(state, i);
        }
    }

    /// @param index of the asset, from 0
    function _amount(WitnessState storage state, uint256 index) private view returns (uint112) {
        return (state.looked >> index) & 1 == 0 ? 0 : uint256(state.amounts[index]).toUint112();
    }

    /// @dev What `reserves` answers, judged anew with what was witnessed.
    function _solvency(bytes32 exchangeId, uint16 number, uint64 maxAge, uint64 maxSpan)
        private
        view
        returns (WitnessedSolvency memory answer)
    {
        Solvency memory stated = reserves.solvencyByNumber(exchangeId, number, maxAge);
        if (stated.standing == Standing.Missing) return answer;
        Exchange memory exchange = reserves.exchange(exchangeId);
        WitnessState storage state = _list(exchangeId, exchange).witnesses[stated.epoch];
        if (!_counts(state, number, stated.asOf, maxSpan)) return answer;
        Amounts memory amounts = Amounts(stated.liability, _amount(state, number - 1));
        Proved memory proved;
        (proved.setup, proved.retired) = reserves.circuits().provenance(stated.circuitId);
        (proved.asOf, proved.cadence) = (stated.asOf, exchange.cadence);
        uint64 time = state.began < stated.asOf ? state.began : stated.asOf;
        return WitnessedSolvency({
            standing: Judgement.standing(amounts, proved, time, maxAge),
            epoch: stated.epoch,
            asOf: stated.asOf,
            liability: amounts.liability,
            reserve: amounts.reserve,
            ratioBps: Judgement.ratioBps(amounts),
            setup: stated.setup,
            circuitId: stated.circuitId,
            firstLook: state.began,
            span: state.lastLook - state.began
        });
    }

    /// @dev Whether the looks say anything of this asset for an epoch of the time `asOf`.
    function _counts(WitnessState storage state, uint16 number, uint64 asOf, uint64 maxSpan)
        private
        view
        returns (bool)
    {
        if (!state.closed || (state.looked >> (number - 1)) & 1 == 0) return false;
        // What is paid in or out in between is held at one time and owed at the other.
        if (uint256(state.began) + DISTANCE_MAX < asOf || state.lastLook > asOf + DISTANCE_MAX) return false;
        return state.lastLook - state.began <= maxSpan;
    }
}
