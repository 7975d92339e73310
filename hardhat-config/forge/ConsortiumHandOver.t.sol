// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {IConsortium} from "../../contracts/interfaces/IConsortium.sol";
import {IConsortiumEvents} from "../../contracts/interfaces/IConsortiumEvents.sol";
import {Roles} from "../../contracts/libraries/Roles.sol";
import {NextAdmin} from "./base/NextAdmin.sol";

/// @title How a member's admin hands its place over, in two steps.
contract ConsortiumHandOverTest is NextAdmin {
    /// "Two-step hand-over." and "replacing an admin voids its operators"
    function test_handOver_takesTheOfferAndTheAcceptance() public {
        act(ANHUI, _offer());
        assertEq(consortium.authorise(team(ANHUI).admin, Roles.LAW), ANHUI);
        _isNobody(_next);
        _isNobody(_staff[1].account);
        IConsortiumEvents.Change memory change = consortium.changeOf(ANHUI, false);
        assertEq(change.nextAdmin, _next);
        assertEq(change.at, time() + 7 days);
        assertEq(change.operators, keccak256(abi.encode(_staff)));

        by(_next, address(consortium), _accept());
        _isSuccession();
        assertEq(consortium.changeOf(ANHUI, false).nextAdmin, address(0));
    }

    /// "one key binds a province": the admin alone does not give its place away.
    function test_offerHandOver_isABindingAct() public {
        by(team(ANHUI).admin, address(consortium), _offer());
        assertEq(consortium.changeOf(ANHUI, false).nextAdmin, address(0));
        refused(_next, _accept(), _notMember());
    }

    function test_handOver_anOperatorOfBeforeMayServeTheNextAdmin() public {
        _staff[0].account = team(ANHUI).operator;
        act(ANHUI, _offer());
        by(_next, address(consortium), _accept());
        assertEq(consortium.dailyLeavesOf(team(ANHUI).operator), 10);
        assertEq(consortium.operatorsOf(ANHUI).length, 2);
    }

    /// An admin that offers its place to itself voids all operators but those it names.
    function test_handOver_toOneself_voidsTheOperators() public {
        _next = team(ANHUI).admin;
        act(ANHUI, _offer());
        by(_next, address(consortium), _accept());
        assertEq(consortium.authorise(_next, Roles.LAW), ANHUI);
        _refusesRole(team(ANHUI).law, Roles.LAW);
    }

    function test_handOver_acceptanceCountsForSevenDays() public {
        act(ANHUI, _offer());
        skip(7 days - 1);
        by(_next, address(consortium), _accept());
        _isSuccession();
    }

    function test_acceptHandOver_revertsWith_noHandOver() public {
        bytes memory why = abi.encodeWithSelector(IConsortiumEvents.ConsortiumNoHandOver.selector, ANHUI);
        refused(team(ANHUI).admin, _accept(), why);
        act(ANHUI, _offer());
        refused(team(ANHUI).admin, _accept(), why);
        refused(team(ANHUI).law, _accept(), why);
        skip(7 days);
        refused(_next, _accept(), why);
    }

    function test_acceptHandOver_revertsWith_operatorsMismatch() public {
        act(ANHUI, _offer());
        bytes32 announced = keccak256(abi.encode(_staff));
        _staff[0].account = makeAddr("accomplice");
        refused(
            _next,
            _accept(),
            abi.encodeWithSelector(
                IConsortiumEvents.ConsortiumOperatorsMismatch.selector, ANHUI, announced, keccak256(abi.encode(_staff))
            )
        );
    }

    function test_acceptHandOver_revertsWith_paused() public {
        act(ANHUI, _offer());
        resolve(abi.encodeCall(IConsortium.pause, (ANHUI)));
        refused(
            _next,
            _accept(),
            abi.encodeWithSelector(IConsortiumEvents.ConsortiumPaused.selector, ANHUI, time() + 90 days)
        );
    }

    /// The offer binds who it names, so that nobody else can take them; a second offer replaces the first.
    function test_offerHandOver_bindsAndIsReplacedByTheNext() public {
        act(ANHUI, _offer());
        assertEq(uint8(consortium.bindingOf(_next).family), uint8(IConsortiumEvents.Family.Admin));
        address first = _next;
        _next = makeAddr("another admin");
        act(ANHUI, _offer());
        refused(first, _accept(), abi.encodeWithSelector(IConsortiumEvents.ConsortiumNoHandOver.selector, ANHUI));
        by(_next, address(consortium), _accept());
        assertEq(consortium.authorise(_next, Roles.LAW), ANHUI);
    }

    function test_offerHandOver_revertsWith_noSecondAccount() public {
        _staff.pop();
        refusedTwice(
            ANHUI, _offer(), abi.encodeWithSelector(IConsortiumEvents.ConsortiumNoSecondAccount.selector, ANHUI)
        );
    }

    function test_cancelHandOver_takesItBack() public {
        act(ANHUI, _offer());
        bytes memory cancel = abi.encodeCall(IConsortium.cancelHandOver, ());
        by(team(ANHUI).law, address(consortium), cancel);
        assertEq(consortium.changeOf(ANHUI, false).nextAdmin, _next);
        by(team(ANHUI).admin, address(consortium), cancel);
        bytes memory why = abi.encodeWithSelector(IConsortiumEvents.ConsortiumNoHandOver.selector, ANHUI);
        refused(_next, _accept(), why);
        refused(team(ANHUI).admin, cancel, why);
    }

    /// An act that was pending under the old admin does not come true under the new one.
    function test_handOver_voidsPendingActs() public {
        bytes memory call = _grant(makeAddr("accomplice"));
        _staff[1].account = team(ANHUI).law; // the same lawyer serves on
        act(ANHUI, _offer());
        by(team(ANHUI).law, address(consortium), call);
        by(_next, address(consortium), _accept());
        by(_next, address(consortium), call);
        assertEq(consortium.bindingOf(makeAddr("accomplice")).province, 0);
    }
}
