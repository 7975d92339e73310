// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {IConsortiumEvents} from "../../contracts/interfaces/IConsortiumEvents.sol";
import {Rotation} from "../../contracts/libraries/Rotation.sol";
import {Test} from "./base/Test.sol";

/// @title The rotation as a pure function, beside the sentence acted out tick by tick on random histories.
contract RotationTest is Test {
    IConsortiumEvents.Tenure[] private _history;

    /// "Time-dependent state is a pure function of the clock"
    /// The rotation beside a clock that ticks second by second (terms of a few ticks): the sentence, acted out.
    function testFuzz_chairAt_equalsTheSentenceActedOut(uint256 seed, uint64 term) public {
        term = uint64(bound(term, 1, 9));
        _invent(seed);
        uint256 seat;
        uint64 counted;
        for (uint64 t = 1; t < 60; t++) {
            if (t > 1) {
                counted++;
                uint256 chair = seat;
                if (counted == term) {
                    chair = _next(seat, t - 1); // the term is over: the next of those who were members until now
                    counted = 0;
                }
                if (_changes(t)) {
                    counted = 0; // a new count, with the present chair, or where it goes the next in order that stays
                    while (!_holds(chair, t)) chair = (chair + 1) % _history.length;
                }
                seat = chair;
            } else {
                while (!_holds(seat, t)) seat++;
            }
            assertEq(Rotation.chairAt(_history, term, t), _history[seat].province);
        }
    }

    function testFuzz_membersAt_areThoseWhoseTimeItIs(uint256 seed, uint64 t) public {
        _invent(seed);
        t = uint64(bound(t, 0, 70));
        uint32[] memory present = Rotation.membersAt(_history, t);
        uint256 count;
        for (uint256 i = 0; i < _history.length; i++) {
            if (_holds(i, t)) assertEq(present[count++], _history[i].province);
        }
        assertEq(present.length, count);
    }

    /// One member alone chairs from its first second on, and nobody before it.
    function test_chairAt_withOneMember() public {
        _history.push(IConsortiumEvents.Tenure(7, 100, type(uint64).max));
        assertEq(Rotation.chairAt(_history, 9, 99), 0);
        assertEq(Rotation.chairAt(_history, 9, 100), 7);
    }

    /// The first to begin chairs while the second has not begun.
    function test_chairAt_beginsWithTheFirst() public {
        _history.push(IConsortiumEvents.Tenure(7, 100, type(uint64).max));
        _history.push(IConsortiumEvents.Tenure(8, 200, type(uint64).max));
        assertEq(Rotation.chairAt(_history, 1000, 99), 0);
        assertEq(Rotation.chairAt(_history, 1000, 100), 7);
        assertEq(Rotation.chairAt(_history, 1000, 199), 7);
    }

    /// A century of terms of one second costs what a few cost: whole rounds are not walked.
    function test_chairAt_doesNotWalkWholeRounds() public {
        _history.push(IConsortiumEvents.Tenure(7, 1, type(uint64).max));
        _history.push(IConsortiumEvents.Tenure(8, 1, type(uint64).max));
        assertEq(Rotation.chairAt(_history, 1, 3_155_760_001), 7);
        assertEq(Rotation.chairAt(_history, 1, 3_155_760_002), 8);
    }

    // --- helpers ---------------------------------------------------------------------------------------------------

    /// @dev Up to eight memberships from tick 1 on, in order of joining; the second never ends, so there always is a member.
    function _invent(uint256 seed) private {
        uint256 size = 2 + seed % 7;
        uint64 from = 1;
        for (uint256 i = 0; i < size; i++) {
            seed = uint256(keccak256(abi.encode(seed)));
            if (i > 1) from += uint64(seed % 12);
            uint64 until = seed & (1 << 200) == 0 ? type(uint64).max : from + uint64((seed >> 64) % 30);
            if (i == 1) until = type(uint64).max;
            _history.push(IConsortiumEvents.Tenure(uint32(i + 1), from, until));
        }
    }

    function _holds(uint256 i, uint64 t) private view returns (bool) {
        return _history[i].from <= t && t < _history[i].until;
    }

    function _next(uint256 seat, uint64 t) private view returns (uint256) {
        do {
            seat = (seat + 1) % _history.length;
        } while (!_holds(seat, t));
        return seat;
    }

    function _changes(uint64 t) private view returns (bool) {
        for (uint256 i = 0; i < _history.length; i++) {
            if (_history[i].from == t || _history[i].until == t) return true;
        }
        return false;
    }
}
