// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {Median} from "../../contracts/libraries/Median.sol";
import {Test} from "./base/Test.sol";

/// @title "level and credits the lower median of the favourable": the middle beside counting, which needs no order.
contract MedianTest is Test {
    /// Every order of the same four values has the same middle: the lower of the two.
    function test_lower_isTheSameInEveryOrder() public pure {
        uint32[4] memory four = [uint32(3), 7, 7, 9];
        for (uint256 first; first < 4; ++first) {
            for (uint256 second; second < 4; ++second) {
                for (uint256 third; third < 4; ++third) {
                    if (first == second || second == third || first == third) continue;
                    uint32[] memory values = new uint32[](4);
                    (values[0], values[1], values[2]) = (four[first], four[second], four[third]);
                    values[3] = four[6 - first - second - third];
                    assertEq(Median.lower(values), 7);
                }
            }
        }
    }

    function test_lower_ofOneAndOfTwo() public pure {
        uint32[] memory one = new uint32[](1);
        one[0] = 5;
        assertEq(Median.lower(one), 5);
        uint32[] memory two = new uint32[](2);
        (two[0], two[1]) = (9, 5);
        assertEq(Median.lower(two), 5);
    }

    /// In ascending order it stands in the middle: no more lie below it than its rank, and more than its rank do not lie above.
    function testFuzz_lower_standsInTheMiddle(uint256 seed, uint256 length) public pure {
        uint32[] memory values = new uint32[](bound(length, 1, 15));
        uint32[] memory said = new uint32[](values.length);
        for (uint256 i; i < values.length; ++i) {
            said[i] = uint32(uint256(keccak256(abi.encode(seed, i))) % 8); // so that many are equal
            values[i] = said[i];
        }
        uint32 middle = Median.lower(values);
        uint256 below;
        uint256 upTo;
        for (uint256 i; i < said.length; ++i) {
            if (said[i] < middle) ++below;
            if (said[i] <= middle) ++upTo;
        }
        uint256 rank = (said.length - 1) / 2; // counted from 0 in ascending order
        assertLe(below, rank);
        assertGt(upTo, rank);
    }
}
