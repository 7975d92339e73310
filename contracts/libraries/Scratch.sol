// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

/// @title Gives memory back inside long loops, whose price would otherwise grow with the square of their length.
/// @dev Solidity never frees memory and never assumes that free memory is zero (its documentation, "Layout in Memory"), so moving the
/// free pointer back is safe as long as nothing made since the mark is used again.
library Scratch {
    /// @return at Where free memory begins.
    function mark() internal pure returns (uint256 at) {
        assembly ("memory-safe") {
            at := mload(0x40)
        }
    }

    /// @notice Frees what was made since `mark` gave `at`.
    function release(uint256 at) internal pure {
        assembly ("memory-safe") {
            mstore(0x40, at)
        }
    }
}
