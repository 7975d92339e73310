// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

/// @title The middle of what several people said.
library Median {
    /// @notice The lower median: of the values in ascending order the one in the middle, of an even number the lower of the two. Half of those
    /// who spoke, at least, went as high.
    /// @param values At least one; they are left sorted.
    function lower(uint32[] memory values) internal pure returns (uint32) {
        for (uint256 i = 1; i < values.length; ++i) {
            uint32 value = values[i];
            uint256 j = i;
            for (; j > 0 && values[j - 1] > value; --j) {
                values[j] = values[j - 1];
            }
            values[j] = value;
        }
        return values[(values.length - 1) / 2];
    }
}
