// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {IConsortium} from "../../contracts/interfaces/IConsortium.sol";
import {IConsortiumEvents} from "../../contracts/interfaces/IConsortiumEvents.sol";
import {Roles} from "../../contracts/libraries/Roles.sol";
import {ExcludedKeys} from "./base/ExcludedKeys.sol";

/// @title How members are paused, and who keeps the records of those that are gone.
contract ConsortiumPauseTest is ExcludedKeys {
    // --- pause -----------------------------------------------------------------------------------------------------

    /// Invariant 8: "no function succeeds for a paused or expelled member's keys"; "lapses after 90 days"
    function test_pause_stopsEveryKey_andLapsesAfterNinetyDays() public {
        act(ANHUI, abi.encodeCall(IConsortium.offerHandOver, (makeAddr("heir"), _staff())));
        resolve(abi.encodeCall(IConsortium.pause, (ANHUI)));
        assertTrue(consortium.isMember(ANHUI));
        assertFalse(consortium.canAct(ANHUI));
        bytes memory why = abi.encodeWithSelector(IConsortiumEvents.ConsortiumPaused.selector, ANHUI, time() + 90 days);
        _everyKeyIsRefused(ANHUI, why);
        skip(90 days - 1);
        _everyKeyIsRefused(ANHUI, why);
        skip(1);
        assertTrue(consortium.canAct(ANHUI));
        assertEq(consortium.authorise(team(ANHUI).law, Roles.LAW), ANHUI);
    }

    /// "A pause that would leave fewer unpaused members than that reverts"
    function test_pause_revertsWith_quorumLost() public {
        resolve(abi.encodeCall(IConsortium.pause, (ANHUI)));
        refusedMotion(
            address(consortium),
            abi.encodeCall(IConsortium.pause, (JIANGSU)),
            abi.encodeWithSelector(IConsortiumEvents.ConsortiumQuorumLost.selector, 2, 3)
        );
        resolve(abi.encodeCall(IConsortium.pause, (ANHUI))); // the same one again: from now on
        assertEq(consortium.memberOf(ANHUI).pausedUntil, time() + 90 days);
    }

    /// "than that": ceil(2N/3) of N, whatever N.
    /// forge-config: default.fuzz.runs = 32
    function testFuzz_pause_leavesTwoThirdsUnpaused(uint256 size) public {
        uint32[6] memory more = [CHONGQING, uint32(110000), 120000, 130000, 140000, 150000];
        size = bound(size, 4, 10);
        for (uint256 i = 0; i + 4 < size; i++) {
            resolve(abi.encodeCall(IConsortium.admit, (founders(more[i]))));
        }
        uint32[] memory present = consortium.members();
        uint256 may = size / 3; // N - ceil(2N/3)
        for (uint256 i = 0; i < may; i++) {
            resolve(abi.encodeCall(IConsortium.pause, (present[size - 1 - i])));
        }
        refusedMotion(
            address(consortium),
            abi.encodeCall(IConsortium.pause, (present[size - 1 - may])),
            abi.encodeWithSelector(IConsortiumEvents.ConsortiumQuorumLost.selector, size - may - 1, size - may)
        );
    }

    function test_pause_revertsWith_notMember() public {
        refusedMotion(
            address(consortium),
            abi.encodeCall(IConsortium.pause, (CHONGQING)),
            abi.encodeWithSelector(IConsortiumEvents.ConsortiumNotMember.selector, CHONGQING)
        );
        refusedMotion(
            address(consortium),
            abi.encodeCall(IConsortium.unpause, (CHONGQING)),
            abi.encodeWithSelector(IConsortiumEvents.ConsortiumNotMember.selector, CHONGQING)
        );
    }

    function test_unpause_endsThePause() public {
        bytes memory unpause = abi.encodeCall(IConsortium.unpause, (ANHUI));
        resolve(abi.encodeCall(IConsortium.pause, (ANHUI)));
        resolve(unpause);
        assertTrue(consortium.canAct(ANHUI));
        refusedMotion(
            address(consortium), unpause, abi.encodeWithSelector(IConsortiumEvents.ConsortiumNotPaused.selector, ANHUI)
        );
    }

    // --- custodian -------------------------------------------------------------------------------------------------

    /// "a custodian named by motion keeps a gone member's statuses and transfers"
    function test_custodianOf_aGoneMembersIsTheOneNamed() public {
        _join();
        assertEq(consortium.custodianOf(ANHUI), 0);
        act(ANHUI, _giveNotice());
        resolve(abi.encodeCall(IConsortium.nameCustodian, (ANHUI, JIANGSU)));
        assertEq(consortium.custodianOf(ANHUI), 0); // it keeps its own records while it is there
        skip(180 days);
        assertEq(consortium.custodianOf(ANHUI), JIANGSU);
        resolve(abi.encodeCall(IConsortium.nameCustodian, (ANHUI, ZHEJIANG)));
        assertEq(consortium.custodianOf(ANHUI), ZHEJIANG);
    }

    function test_custodianOf_isNobodyOnceTheCustodianIsGone() public {
        _join();
        resolve(abi.encodeCall(IConsortium.admit, (founders(650000))));
        resolve(abi.encodeCall(IConsortium.expel, (ANHUI)));
        resolve(abi.encodeCall(IConsortium.nameCustodian, (ANHUI, CHONGQING)));
        assertEq(consortium.custodianOf(ANHUI), CHONGQING);
        resolve(abi.encodeCall(IConsortium.expel, (CHONGQING)));
        assertEq(consortium.custodianOf(ANHUI), 0);
    }

    function test_nameCustodian_revertsWith_invalidCustodian() public {
        _join();
        uint32[2][4] memory bad = [
            [ANHUI, SHANGHAI], // is not going
            [uint32(650000), SHANGHAI], // never was a member
            [CHONGQING, CHONGQING], // keeps its own
            [CHONGQING, uint32(650000)] // is no member
        ];
        act(CHONGQING, _giveNotice());
        for (uint256 i = 0; i < bad.length; i++) {
            refusedMotion(
                address(consortium),
                abi.encodeCall(IConsortium.nameCustodian, (bad[i][0], bad[i][1])),
                abi.encodeWithSelector(IConsortiumEvents.ConsortiumInvalidCustodian.selector, bad[i][0], bad[i][1])
            );
        }
    }
}
