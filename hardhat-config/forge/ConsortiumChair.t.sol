// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {IConsortium} from "../../contracts/interfaces/IConsortium.sol";
import {World} from "./base/World.sol";

/// @title "Chair: rotates by term over members in order, by the clock; a change of members starts a new count with the present chair."
contract ConsortiumChairTest is World {
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

    /// Nobody chairs before joining: the chairs of the years gone by stay those of the members of then.
    function test_chairAt_aLaterJoinerChangesNoPastChair() public {
        skip(5 * 365 days);
        resolve(abi.encodeCall(IConsortium.admit, (founders(CHONGQING))));
        uint32[4] memory order = [SHANGHAI, JIANGSU, ZHEJIANG, ANHUI];
        for (uint64 i = 0; i < 5; i++) {
            assertEq(consortium.chairAt(START + i * 365 days), order[i % 4]);
        }
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
}
