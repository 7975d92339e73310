// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {IConsortium} from "../../../contracts/interfaces/IConsortium.sol";
import {IConsortiumEvents} from "../../../contracts/interfaces/IConsortiumEvents.sol";
import {Roles} from "../../../contracts/libraries/Roles.sol";
import {World} from "./World.sol";

/// @title Anhui under its next admin: who is named, the calls that name it, and how one sees that it has taken over.
abstract contract NextAdmin is World {
    address internal _next;
    IConsortiumEvents.OperatorGrant[] internal _staff;

    function setUp() public override {
        super.setUp();
        _next = makeAddr("next admin");
        _staff.push(IConsortiumEvents.OperatorGrant(makeAddr("next operator"), Roles.ANCHOR, 10));
        _staff.push(IConsortiumEvents.OperatorGrant(makeAddr("next law"), Roles.LAW, 0));
    }

    function _isSuccession() internal {
        assertEq(consortium.memberOf(ANHUI).admin, _next);
        assertEq(consortium.memberOf(ANHUI).generation, 2);
        assertEq(consortium.authorise(_next, Roles.LAW), ANHUI);
        assertEq(consortium.authorise(_staff[1].account, Roles.LAW), ANHUI);
        assertEq(consortium.dailyLeavesOf(_staff[0].account), 10);
        _refusesRole(team(ANHUI).admin, Roles.LAW);
        _refusesRole(team(ANHUI).law, Roles.LAW);
        _refusesRole(team(ANHUI).operator, Roles.ANCHOR);
        assertEq(consortium.dailyLeavesOf(team(ANHUI).operator), 0);
        assertEq(consortium.operatorsOf(ANHUI).length, 2);
    }

    function _isNobody(address account) internal {
        _refusesRole(account, Roles.LAW);
    }

    function _refusesRole(address account, uint8 role) internal {
        vm.expectRevert(abi.encodeWithSelector(IConsortiumEvents.ConsortiumUnauthorised.selector, account, ANHUI, role));
        consortium.authorise(account, role);
    }

    function _notMember() internal pure returns (bytes memory) {
        return abi.encodeWithSelector(IConsortiumEvents.ConsortiumNotMember.selector, 0);
    }

    function _grant(address account) internal pure returns (bytes memory) {
        return abi.encodeCall(IConsortium.setOperator, (IConsortiumEvents.OperatorGrant(account, Roles.LAW, 0)));
    }

    function _offer() internal view returns (bytes memory) {
        return abi.encodeCall(IConsortium.offerHandOver, (_next, _staff));
    }

    function _accept() internal view returns (bytes memory) {
        return abi.encodeCall(IConsortium.acceptHandOver, (_staff));
    }

    function _request() internal view returns (bytes memory) {
        return _requestFor(_next);
    }

    function _requestFor(address admin) internal view returns (bytes memory) {
        return abi.encodeCall(IConsortium.requestRecovery, (admin, _staff));
    }

    function _complete() internal view returns (bytes memory) {
        return abi.encodeCall(IConsortium.completeRecovery, (_staff));
    }
}
