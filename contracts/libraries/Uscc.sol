// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

/// @title The unified social credit code of an institution (GB 32100-2015), held as 18 ASCII characters, left-aligned and zero-padded.
library Uscc {
    uint256 internal constant LENGTH = 18;

    /// @dev Value of each character from "0" to "Z" in the standard's alphabet of 31 (GB 32100, table 1: no I, O, Z, S, V); 0xff: not in it.
    bytes private constant VALUES =
        hex"00010203040506070809ffffffffffffff0a0b0c0d0e0f1011ff1213141516ff171819ff1a1bff1c1d1eff";

    /// @notice Not 18 characters followed by zeros.
    error UsccMisshapen(bytes32 institution);

    /// @notice The character at `position` (from 1) is not of the alphabet 0123456789ABCDEFGHJKLMNPQRTUWXY.
    error UsccCharacter(bytes32 institution, uint256 position);

    /// @notice The 18th character is not the one that the other 17 give.
    error UsccCheckCharacter(bytes32 institution);

    /// @notice Reverts unless 18 bytes that are not zero are followed by 14 that are.
    function requireShape(bytes32 institution) internal pure {
        for (uint256 i; i < 32; ++i) {
            if ((institution[i] == 0) != (i >= LENGTH)) revert UsccMisshapen(institution);
        }
    }

    /// @notice Reverts where a character lies outside the alphabet or the check character is wrong (GB 32100, clause 5.6: weights
    /// 3^(i−1) mod 31, check = (31 − sum mod 31) mod 31, so that the weighted sum of all 18 is a multiple of 31).
    function requireValid(bytes32 institution) internal pure {
        requireShape(institution);
        uint256 sum;
        uint256 weight = 1;
        for (uint256 i; i < LENGTH - 1; ++i) {
            sum += _valueAt(institution, i) * weight;
            weight = weight * 3 % 31;
        }
        if (_valueAt(institution, LENGTH - 1) != (31 - sum % 31) % 31) revert UsccCheckCharacter(institution);
    }

    /// @return The province (GB/T 2260, six digits) that the 3rd and 4th characters name; zero where they are no digits.
    function provinceOf(bytes32 institution) internal pure returns (uint32) {
        uint256 tens = uint8(institution[2]);
        uint256 ones = uint8(institution[3]);
        if (tens < 0x30 || tens > 0x39 || ones < 0x30 || ones > 0x39) return 0;
        return uint32(((tens - 0x30) * 10 + (ones - 0x30)) * 10_000);
    }

    function _valueAt(bytes32 institution, uint256 index) private pure returns (uint256 value) {
        uint256 character = uint8(institution[index]);
        value = 0xff;
        if (character >= 0x30 && character <= 0x5a) value = uint8(VALUES[character - 0x30]);
        if (value == 0xff) revert UsccCharacter(institution, index + 1);
    }
}
