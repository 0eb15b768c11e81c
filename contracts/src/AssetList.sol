// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.37;

import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";

import {Identifiers} from "./Identifiers.sol";
import {IRefusals} from "./interfaces/IRefusals.sol";
import {Asset} from "./interfaces/IReserves.sol";

/// @dev Assets of one exchange: one for each total of a public vector. (Of a file, as a library's constant is no length of an array.)
uint256 constant ASSETS_MAX = 128;

/// @notice One asset as it is stored.
struct ListedAsset {
    /// Zero-padded.
    bytes16 symbol;
    uint8 decimals;
}

/// @notice The assets of one exchange, in the order of their numbers from 1.
struct AssetListState {
    bytes32 digest;
    ListedAsset[] assets;
    /// 0 for a symbol that is not on the list.
    mapping(bytes16 symbol => uint16) number;
}

/// @title Asset lists
library AssetList {
    /// @notice Decimals of an asset's unit, and of a token's.
    uint8 internal constant DECIMALS_MAX = 36;

    uint256 private constant SYMBOL_MAX = 16;

    /// @notice Replaces the list. Refuses one that the specification's section 1 does not allow.
    function set(AssetListState storage list, Asset[] calldata assets) internal {
        if (assets.length == 0) revert IRefusals.AssetListInvalid(0, "no asset");
        if (assets.length > ASSETS_MAX) revert IRefusals.AssetListInvalid(0, "more than 128 assets");
        _clear(list);
        bytes16[] memory symbols = new bytes16[](assets.length);
        for (uint256 i = 0; i < assets.length; ++i) {
            (bytes16 symbol, bool valid) = parse(assets[i].symbol);
            if (!valid) revert IRefusals.AssetListInvalid(i + 1, "symbol is not 1 to 16 of A-Z a-z 0-9 . _ -");
            if (assets[i].decimals > DECIMALS_MAX) revert IRefusals.AssetListInvalid(i + 1, "more than 36 decimals");
            if (list.number[symbol] != 0) revert IRefusals.AssetListInvalid(i + 1, "symbol listed twice");
            list.number[symbol] = SafeCast.toUint16(i + 1);
            list.assets.push(ListedAsset(symbol, assets[i].decimals));
            symbols[i] = symbol;
        }
        list.digest = Identifiers.assetListDigest(assets, symbols);
    }

    /// @notice The list with readable symbols.
    function read(AssetListState storage list) internal view returns (Asset[] memory assets) {
        assets = new Asset[](list.assets.length);
        for (uint256 i = 0; i < assets.length; ++i) {
            ListedAsset memory listed = list.assets[i];
            assets[i] = Asset(text(listed.symbol), listed.decimals);
        }
    }

    /// @notice The number of the asset called `symbol`, 0 when there is none.
    function numberOf(AssetListState storage list, string calldata symbol) internal view returns (uint16) {
        (bytes16 padded, bool valid) = parse(symbol);
        return valid ? list.number[padded] : 0;
    }

    /// @notice The symbol, zero-padded, and whether it is one.
    function parse(string calldata symbol) internal pure returns (bytes16 padded, bool valid) {
        bytes calldata characters = bytes(symbol);
        if (characters.length == 0 || characters.length > SYMBOL_MAX) return (0, false);
        for (uint256 i = 0; i < characters.length; ++i) {
            if (!_isAllowed(characters[i])) return (0, false);
        }
        // forge-lint: disable-next-line(unsafe-typecast)
        return (bytes16(characters), true);
    }

    /// @notice The symbol without its padding.
    function text(bytes16 symbol) internal pure returns (string memory) {
        uint256 length = 0;
        while (length < SYMBOL_MAX && symbol[length] != 0) ++length;
        bytes memory characters = new bytes(length);
        for (uint256 i = 0; i < length; ++i) {
            characters[i] = symbol[i];
        }
        return string(characters);
    }

    function _clear(AssetListState storage list) private {
        for (uint256 i = 0; i < list.assets.length; ++i) {
            delete list.number[list.assets[i].symbol];
        }
        delete list.assets;
    }

    function _isAllowed(bytes1 character) private pure returns (bool) {
        return (character >= "A" && character <= "Z") || (character >= "a" && character <= "z")
            || (character >= "0" && character <= "9") || character == "." || character == "_" || character == "-";
    }
}
