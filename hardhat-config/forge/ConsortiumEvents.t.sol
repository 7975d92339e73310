// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {IConsortium} from "../../contracts/interfaces/IConsortium.sol";
import {IConsortiumEvents} from "../../contracts/interfaces/IConsortiumEvents.sol";
import {Roles} from "../../contracts/libraries/Roles.sol";
import {NextAdmin} from "./base/NextAdmin.sol";
import {Vm} from "./base/Vm.sol";

/// @title What an event of the Consortium says is what happened: its fields beside what the contract answers afterwards.
/// @notice That the heads follow from the fields is shown elsewhere; were a field wrong, its head would be wrong in the same way.
contract ConsortiumEventsTest is NextAdmin {
    /// "pending acts live once, in Consortium, by keccak of province, contract, selector, arguments and nonce": the id that was
    /// announced is the one that is confirmed.
    function test_actConfirmed_namesTheActThatWasProposed() public {
        bytes memory call = _grant(makeAddr("second lawyer"));
        by(team(ANHUI).admin, address(consortium), call);
        (bytes32 id,) = consortium.pendingAct(ANHUI, address(consortium), call);
        vm.recordLogs();
        by(team(ANHUI).law, address(consortium), call);
        Vm.Log memory log = _last(IConsortiumEvents.ActConfirmed.selector);
        assertEq(log.topics[2], id);
        assertEq(address(uint160(uint256(log.topics[3]))), team(ANHUI).admin);
        assertEq(_actorOf(log.data), team(ANHUI).law);
    }

    function test_actWithdrawn_namesTheActThatWasProposed() public {
        bytes memory call = _grant(makeAddr("second lawyer"));
        by(team(ANHUI).admin, address(consortium), call);
        (bytes32 id,) = consortium.pendingAct(ANHUI, address(consortium), call);
        vm.recordLogs();
        by(team(ANHUI).admin, address(consortium), abi.encodeCall(IConsortium.withdrawAct, (address(consortium), call)));
        assertEq(_last(IConsortiumEvents.ActWithdrawn.selector).topics[2], id);
    }

    function test_memberAdmitted_namesTheTenureAndTheGenerationThatBegin() public {
        vm.recordLogs();
        resolve(abi.encodeCall(IConsortium.admit, (founders(CHONGQING))));
        _isAdmission();
        vm.recordLogs();
        resolve(abi.encodeCall(IConsortium.expel, (CHONGQING)));
        resolve(abi.encodeCall(IConsortium.admit, (founders(CHONGQING))));
        _isAdmission(); // the second time, both are others
    }

    function test_adminReplaced_namesTheGenerationThatBegins() public {
        act(ANHUI, _offer());
        vm.recordLogs();
        by(_next, address(consortium), _accept());
        Vm.Log memory log = _last(IConsortiumEvents.AdminReplaced.selector);
        assertEq(address(uint160(uint256(log.topics[2]))), team(ANHUI).admin);
        assertEq(address(uint160(uint256(log.topics[3]))), _next);
        (uint32 generation, address actor,,) = abi.decode(log.data, (uint32, address, uint64, bytes32));
        assertEq(generation, consortium.memberOf(ANHUI).generation);
        assertEq(actor, _next);
    }

    /// A pause that is ended leaves nothing behind: neither in the event nor in the member.
    function test_memberPaused_saysUntilWhen() public {
        vm.recordLogs();
        resolve(abi.encodeCall(IConsortium.pause, (ANHUI)));
        assertEq(_until(), time() + 90 days);
        assertEq(consortium.memberOf(ANHUI).pausedUntil, _pausedUntil);
        vm.recordLogs();
        resolve(abi.encodeCall(IConsortium.unpause, (ANHUI)));
        assertEq(_until(), 0);
        assertEq(consortium.memberOf(ANHUI).pausedUntil, 0);
    }

    /// Replacing a recovery address stops what the old one asked for, and says so; where it asked for nothing, nothing is said.
    function test_replaceRecovery_cancelsOnlyWhatIsPending() public {
        (, uint64 before) = consortium.headOf(ANHUI);
        vm.prank(address(consortium));
        consortium.replaceRecovery(ANHUI, makeAddr("second cold key"));
        (, uint64 afterwards) = consortium.headOf(ANHUI);
        assertEq(afterwards, before + 1);
        by(makeAddr("second cold key"), address(consortium), _request());
        vm.prank(address(consortium));
        consortium.replaceRecovery(ANHUI, makeAddr("third cold key"));
        (, uint64 last) = consortium.headOf(ANHUI);
        assertEq(last, afterwards + 3); // asked, cancelled, replaced
    }

    uint64 private _pausedUntil;

    function _until() private returns (uint64) {
        (_pausedUntil,,,) =
            abi.decode(_last(IConsortiumEvents.MemberPaused.selector).data, (uint64, address, uint64, bytes32));
        return _pausedUntil;
    }

    function _isAdmission() private {
        Vm.Log memory log = _last(IConsortiumEvents.MemberAdmitted.selector);
        (uint32 tenure, uint32 generation,,,) = abi.decode(log.data, (uint32, uint32, address, uint64, bytes32));
        assertEq(tenure, consortium.memberOf(CHONGQING).tenure);
        assertEq(tenure, consortium.tenures().length);
        assertEq(generation, consortium.memberOf(CHONGQING).generation);
        assertEq(consortium.bindingOf(team(CHONGQING).operator).generation, generation);
        assertEq(consortium.authorise(team(CHONGQING).operator, Roles.ANCHOR), CHONGQING);
    }

    /// @dev The last of the logs recorded with this topic.
    function _last(bytes32 topic) private returns (Vm.Log memory log) {
        Vm.Log[] memory logs = vm.getRecordedLogs();
        for (uint256 i = logs.length; i > 0; i--) {
            if (logs[i - 1].topics[0] == topic) return logs[i - 1];
        }
        assertTrue(false, "no such event");
    }

    function _actorOf(bytes memory data) private pure returns (address actor) {
        (actor,,) = abi.decode(data, (address, uint64, bytes32));
    }
}
