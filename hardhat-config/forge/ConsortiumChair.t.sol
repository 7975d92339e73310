// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {IConsortium} from "../../contracts/interfaces/IConsortium.sol";
import {IConsortiumEvents} from "../../contracts/interfaces/IConsortiumEvents.sol";
import {Rotation} from "../../contracts/libraries/Rotation.sol";
import {World} from "./base/World.sol";

/// @title "Chair: rotates by term over members in order, by the clock; a change of members starts a new count with the present chair."
contract ConsortiumChairTest is World {
    IConsortiumEvents.Tenure[] private _history;

    /// "rotates by term over members in order, by the clock"
    function test_chair_rotatesByTermInOrder() public {
        uint32[4] memory order = [SHANGHAI, JIANGSU, ZHEJIANG, ANHUI];
        for (uint256 i = 0; i < 9; i++) {
            assertEq(consortium.chair(), order[i % 4]);
            skip(365 days - 1);
            assertEq(consortium.chair(), order[i % 4]);
            skip(1);
        }
    }

    function test_chairAt_isZeroBeforeTheConstitution() public view {
        assertEq(consortium.chairAt(START - 1), 0);
        assertEq(consortium.chairAt(START), SHANGHAI);
    }

    /// "a change of members starts a new count with the present chair"
    function test_chair_aJoiningStartsANewCount() public {
        skip(365 days + 100 days); // Jiangsu, a hundred days in
        resolve(abi.encodeCall(IConsortium.admit, (founders(CHONGQING))));
        assertEq(consortium.chair(), JIANGSU);
        skip(365 days - 1);
        assertEq(consortium.chair(), JIANGSU);
        skip(1);
        assertEq(consortium.chair(), ZHEJIANG);
        skip(730 days);
        assertEq(consortium.chair(), CHONGQING);
        skip(365 days);
        assertEq(consortium.chair(), SHANGHAI);
    }

    /// A chair that goes hands on to the next in order, whose term is a full one.
    function test_chair_anExpelledChairHandsOnToTheNext() public {
        resolve(abi.encodeCall(IConsortium.admit, (founders(CHONGQING))));
        skip(365 days + 10 days);
        assertEq(consortium.chair(), JIANGSU);
        resolve(abi.encodeCall(IConsortium.expel, (JIANGSU)));
        assertEq(consortium.chair(), ZHEJIANG);
        skip(365 days - 1);
        assertEq(consortium.chair(), ZHEJIANG);
        skip(1);
        assertEq(consortium.chair(), ANHUI);
    }

    /// "also over scheduled leavings": the chairs of the years to come are known as soon as the notice is given.
    function test_chairAt_knowsScheduledLeavings() public {
        resolve(abi.encodeCall(IConsortium.admit, (founders(CHONGQING))));
        act(JIANGSU, abi.encodeCall(IConsortium.giveNotice, ()));
        uint64 leaves = time() + 180 days;
        assertEq(consortium.chairAt(leaves), SHANGHAI);
        assertEq(consortium.chairAt(leaves + 365 days - 1), SHANGHAI);
        assertEq(consortium.chairAt(leaves + 365 days), ZHEJIANG);
        act(JIANGSU, abi.encodeCall(IConsortium.withdrawNotice, ()));
        assertEq(consortium.chairAt(leaves + 365 days - 1), JIANGSU);
    }

    /// The chair that gave notice chairs until it is gone, to the second.
    function test_chairAt_aLeavingChairHandsOn() public {
        resolve(abi.encodeCall(IConsortium.admit, (founders(CHONGQING))));
        act(SHANGHAI, abi.encodeCall(IConsortium.giveNotice, ()));
        uint64 leaves = time() + 180 days;
        assertEq(consortium.chairAt(leaves - 1), SHANGHAI);
        assertEq(consortium.chairAt(leaves), JIANGSU);
    }

    /// A change at the very end of a term: the next chair is the present one, and starts the new count.
    function test_chairAt_aChangeAtTheEndOfATerm() public {
        skip(365 days);
        resolve(abi.encodeCall(IConsortium.admit, (founders(CHONGQING))));
        assertEq(consortium.chair(), JIANGSU);
        assertEq(consortium.chairAt(time() + 365 days - 1), JIANGSU);
    }

    /// A membership that ended in the second it began was none, also as the very first.
    function test_chairAt_passesOverAnEmptyMembership() public {
        deploy(true);
        constitute();
        resolve(abi.encodeCall(IConsortium.expel, (SHANGHAI)));
        assertEq(consortium.chair(), JIANGSU);
        assertEq(consortium.members()[0], JIANGSU);
        assertEq(consortium.chairAt(START + 365 days), ZHEJIANG);
    }

    /// The past does not change: who chaired stays who chaired, whatever happens later.
    /// forge-config: default.fuzz.runs = 32
    function testFuzz_chairAt_thePastStays(uint64 ago, uint64 later) public {
        skip(bound(later, 1, 3000 days));
        uint64 then = START + uint64(bound(ago, 0, time() - START));
        uint32 chair = consortium.chairAt(then);
        resolve(abi.encodeCall(IConsortium.admit, (founders(CHONGQING))));
        resolve(abi.encodeCall(IConsortium.expel, (chair)));
        if (then < time()) assertEq(consortium.chairAt(then), chair);
    }

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
