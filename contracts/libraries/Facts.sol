// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

/// @title The seven facts of a leaf: which index means what, and which values exist.
/// @notice Outcome and claim are hashes, so every value of theirs exists; the other five have a range.
library Facts {
    uint256 internal constant OUTCOME = 0; // keccak256 of the outcome's code
    uint256 internal constant CLAIM = 1; // HMAC of person and outcome
    uint256 internal constant CATEGORY = 2; // 1 academic, 2 vocational, 3 community and culture
    uint256 internal constant LEVEL = 3; // of the regional framework, 1 to 10
    uint256 internal constant CREDITS = 4; // hundredths, 1 to 99,999
    uint256 internal constant GRADE = 5; // steps of 5 %, 0 to 20, or UNGRADED
    uint256 internal constant MONTH = 6; // months since 1970-01, UTC+8

    uint256 internal constant LAST_CATEGORY = 3;
    uint256 internal constant LAST_LEVEL = 10;
    uint256 internal constant MOST_CREDITS = 99_999;
    uint256 internal constant LAST_GRADE = 20;
    uint256 internal constant UNGRADED = 255;

    /// @notice Fact `index` was opened to a value that does not exist; `most` is the greatest that does (255 apart, for grades).
    error FactOutOfRange(uint256 index, uint256 value, uint256 most);

    /// @notice Reverts where an opened fact has a value that does not exist.
    /// @param anchorMonth Month of the anchor: an award dated later is refused. One before 1970 has no unsigned month,
    /// and a negative one, encoded, lies far above every month.
    function requireInRange(uint8 mask, uint256[7] memory values, uint256 anchorMonth) internal pure {
        _requireWithin(mask, values, CATEGORY, 1, LAST_CATEGORY);
        _requireWithin(mask, values, LEVEL, 1, LAST_LEVEL);
        _requireWithin(mask, values, CREDITS, 1, MOST_CREDITS);
        if (values[GRADE] != UNGRADED) _requireWithin(mask, values, GRADE, 0, LAST_GRADE);
        _requireWithin(mask, values, MONTH, 0, anchorMonth);
    }

    function _requireWithin(uint8 mask, uint256[7] memory values, uint256 index, uint256 least, uint256 most)
        private
        pure
    {
        if (mask >> index & 1 == 0) return;
        uint256 value = values[index];
        if (value < least || value > most) revert FactOutOfRange(index, value, most);
    }
}
