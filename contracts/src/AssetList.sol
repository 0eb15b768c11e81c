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
    /// How often the list was cleared.
    uint32 generation;
    ListedAsset[] assets;
    /// By folded symbol; 0 for one that is not on the list.
    mapping(bytes16 folded => uint16) number;
}

/// @title Asset lists
/// @dev Section 1 of the specification: a list only grows, and no two of its symbols are alike.
library AssetList {
    /// @notice Decimals of an asset's unit, and of a token's.
    uint8 internal constant DECIMALS_MAX = 36;

    uint256 private constant SYMBOL_MAX = 16;

    /// @notice Adds `assets` behind the list's last. New ones are compared with all, old ones never again.
    function append(AssetListState storage list, Asset[] calldata assets) internal {
        uint256 listed = list.assets.length;
        if (assets.length == 0) _refuse(0, "no asset");
        if (listed + assets.length > ASSETS_MAX) _refuse(0, "more than 128 assets");
        bytes32 digest = list.digest;
        for (uint256 i = 0; i < assets.length; ++i) {
            uint256 number = listed + i + 1;
            uint8 decimals = assets[i].decimals;
            (bytes16 symbol, bytes16 folded) = parse(assets[i].symbol);
            if (folded == 0) _refuse(number, "symbol is not 1 to 16 of A-Z a-z 0-9 . _ -, with a letter or digit");
            if (decimals > DECIMALS_MAX) _refuse(number, "more than 36 decimals");
            if (list.number[folded] != 0) _refuse(number, "symbol is like another one");
            list.number[folded] = SafeCast.toUint16(number);
            list.assets.push(ListedAsset(symbol, decimals));
            digest = Identifiers.nextAssetListDigest(digest, symbol, decimals);
        }
        list.digest = digest;
    }

    /// @notice Empties the list and begins another generation of it.
    function clear(AssetListState storage list) internal {
        for (uint256 i = 0; i < list.assets.length; ++i) {
            delete list.number[fold(list.assets[i].symbol)];
        }
        delete list.assets;
        list.digest = 0;
        ++list.generation;
    }

    /// @notice The list with readable symbols.
    function read(AssetListState storage list) internal view returns (Asset[] memory assets) {
        assets = new Asset[](list.assets.length);
        for (uint256 i = 0; i < assets.length; ++i) {
            ListedAsset memory listed = list.assets[i];
            assets[i] = Asset(text(listed.symbol), listed.decimals);
        }
    }

    /// @notice The number of the asset called `symbol`, to the letter; 0 when there is none.
    function numberOf(AssetListState storage list, string calldata symbol) internal view returns (uint16 number) {
        (bytes16 padded, bytes16 folded) = parse(symbol);
        if (folded == 0) return 0;
        number = list.number[folded];
        if (number != 0 && list.assets[number - 1].symbol != padded) number = 0;
    }

    /// @notice The symbol, zero-padded, and as it is compared: in upper case, without `.`, `_` and `-`.
    /// @return padded zero when it is no symbol
    /// @return folded zero when it is no symbol
    function parse(string calldata symbol) internal pure returns (bytes16 padded, bytes16 folded) {
        bytes calldata characters = bytes(symbol);
        if (characters.length == 0 || characters.length > SYMBOL_MAX) return (0, 0);
        for (uint256 i = 0; i < characters.length; ++i) {
            if (!_isVisible(characters[i]) && !_isPunctuation(characters[i])) return (0, 0);
        }
        // forge-lint: disable-next-line(unsafe-typecast)
        padded = bytes16(characters);
        folded = fold(padded);
        if (folded == 0) padded = 0;
    }

    /// @notice A symbol as it is compared; zero for one of punctuation alone.
    function fold(bytes16 symbol) internal pure returns (bytes16 folded) {
        uint256 kept = 0;
        for (uint256 i = 0; i < SYMBOL_MAX; ++i) {
            bytes1 character = symbol[i];
            if (!_isVisible(character)) continue;
            if (character >= "a") character = bytes1(uint8(character) - 32);
            folded |= bytes16(character) >> (8 * kept);
            ++kept;
        }
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

    function _refuse(uint256 number, string memory reason) private pure {
        revert IRefusals.AssetListInvalid(number, reason);
    }

    function _isVisible(bytes1 character) private pure returns (bool) {
        return (character >= "A" && character <= "Z") || (character >= "a" && character <= "z")
            || (character >= "0" && character <= "9");
    }

    function _isPunctuation(bytes1 character) private pure returns (bool) {
        return character == "." || character == "_" || character == "-";
    }
}
