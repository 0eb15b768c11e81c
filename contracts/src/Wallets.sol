// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.37;

import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import {SignatureChecker} from "@openzeppelin/contracts/utils/cryptography/SignatureChecker.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";

import {ASSETS_MAX, AssetList} from "./AssetList.sol";
import {Holdings} from "./Holdings.sol";
import {Asset, Exchange, IReserves} from "./interfaces/IReserves.sol";
import {IWitnesses, Token, Wallet} from "./interfaces/IWitnesses.sol";

/// @notice A declared token: one slot.
struct TokenState {
    /// 0 when it is not declared.
    uint16 asset;
    uint8 decimals;
    uint8 assetDecimals;
}

/// @notice The looks at one epoch's reserves.
struct WitnessState {
    uint48 began;
    uint48 lastLook;
    uint48 beganInBlock;
    uint48 lastLookInBlock;
    uint32 holdings;
    bool closed;
    /// On the list at the first look; it may have grown since.
    uint8 assets;
    /// Bit a - 1 is set when a holding of asset number a was looked at. An amount without its bit
    /// is of looks before these, and is 0.
    uint128 looked;
    address lastToken;
    address lastWallet;
    uint128[ASSETS_MAX] amounts;
}

/// @notice What counts in one generation of an exchange's list.
struct ListState {
    mapping(address token => TokenState) declared;
    address[] tokens;
    mapping(uint64 epoch => WitnessState) witnesses;
}

/// @title Wallets of exchanges, and the tokens that count
abstract contract Wallets is IWitnesses, EIP712 {
    using SafeCast for uint256;

    bytes32 private constant REGISTER_WALLET =
        keccak256("RegisterWallet(bytes32 exchangeId,address wallet,uint256 deadline)");

    /// @inheritdoc IWitnesses
    IReserves public immutable reserves;

    mapping(address account => Wallet) private _wallets;
    mapping(bytes32 exchangeId => mapping(uint32 generation => ListState)) private _lists;

    constructor(IReserves reservesOfExchanges) EIP712("Ballast", "1") {
        reserves = reservesOfExchanges;
    }

    /// @inheritdoc IWitnesses
    /// @dev The wallet's contract is asked by a static call, during which nothing can change.
    function registerWallet(bytes32 exchangeId, address account, uint64 deadline, bytes calldata signature) external {
        _ofAuthority(exchangeId);
        Wallet storage state = _wallets[account];
        if (state.exchangeId != 0) revert WalletAlreadyRegistered(account, state.exchangeId);
        if (block.timestamp > deadline) revert SignatureExpired(deadline, block.timestamp.toUint64());
        bytes32 digest = _hashTypedDataV4(keccak256(abi.encode(REGISTER_WALLET, exchangeId, account, deadline)));
        if (!SignatureChecker.isValidSignatureNowCalldata(account, digest, signature)) {
            revert WalletSignatureInvalid(account);
        }
        state.exchangeId = exchangeId;
        state.registeredAt = block.timestamp.toUint64();
        emit WalletRegistered(exchangeId, account);
    }

    /// @inheritdoc IWitnesses
    function retireWallet(address account) external {
        Wallet storage state = _wallets[account];
        bytes32 exchangeId = state.exchangeId;
        if (exchangeId == 0 || state.retired) revert WalletUnknown(account);
        if (msg.sender != account) _ofAuthority(exchangeId);
        state.retired = true;
        emit WalletRetired(exchangeId, account);
    }

    /// @inheritdoc IWitnesses
    function declareToken(bytes32 exchangeId, address account, uint16 asset) external {
        uint32 generation = _ofAuthority(exchangeId).generation;
        ListState storage list = _lists[exchangeId][generation];
        TokenState storage state = list.declared[account];
        if (state.asset != 0) revert TokenAlreadyDeclared(account, state.asset);
        Asset[] memory assets = reserves.assets(exchangeId);
        if (asset == 0 || asset > assets.length) revert TokenInvalid(account, asset, "asset is not on the list");
        (bool success, uint256 decimals) = Holdings.decimalsOf(account);
        if (!success) revert TokenInvalid(account, asset, "no contract that says its decimals");
        if (decimals > AssetList.DECIMALS_MAX) revert TokenInvalid(account, asset, "more than 36 decimals");
        state.asset = asset;
        state.decimals = decimals.toUint8();
        state.assetDecimals = assets[asset - 1].decimals;
        list.tokens.push(account);
        emit TokenDeclared(exchangeId, account, asset, state.decimals, generation);
    }

    /// @inheritdoc IWitnesses
    function wallet(address account) external view returns (Wallet memory) {
        return _wallets[account];
    }

    /// @inheritdoc IWitnesses
    function token(bytes32 exchangeId, address account) external view returns (Token memory) {
        return _token(_list(exchangeId), account);
    }

    /// @inheritdoc IWitnesses
    function tokens(bytes32 exchangeId) external view returns (Token[] memory list) {
        ListState storage state = _list(exchangeId);
        list = new Token[](state.tokens.length);
        for (uint256 i = 0; i < list.length; ++i) {
            list[i] = _token(state, state.tokens[i]);
        }
    }

    /// @dev What counts in the present generation of the exchange's list.
    function _list(bytes32 exchangeId) internal view returns (ListState storage) {
        return _lists[exchangeId][reserves.exchange(exchangeId).generation];
    }

    function _list(bytes32 exchangeId, Exchange memory exchange) internal view returns (ListState storage) {
        return _lists[exchangeId][exchange.generation];
    }

    function _isActive(bytes32 exchangeId, address account) internal view returns (bool) {
        Wallet storage state = _wallets[account];
        return state.exchangeId == exchangeId && !state.retired;
    }

    function _registered(bytes32 exchangeId) internal view returns (Exchange memory exchange) {
        exchange = reserves.exchange(exchangeId);
        if (exchange.nextEpoch == 0) revert ExchangeUnknown(exchangeId);
    }

    function _ofAuthority(bytes32 exchangeId) private view returns (Exchange memory exchange) {
        exchange = _registered(exchangeId);
        if (msg.sender != exchange.authority) revert NotAuthority(exchange.authority, msg.sender);
    }

    function _token(ListState storage list, address account) private view returns (Token memory) {
        TokenState memory state = list.declared[account];
        if (state.asset == 0) return Token(address(0), 0, 0);
        return Token(account, state.asset, state.decimals);
    }
}
