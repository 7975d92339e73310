// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {IConsortium} from "../../contracts/interfaces/IConsortium.sol";
import {IConsortiumEvents} from "../../contracts/interfaces/IConsortiumEvents.sol";
import {Names} from "../../contracts/libraries/Names.sol";
import {Roles} from "../../contracts/libraries/Roles.sol";
import {Register} from "./base/Doubles.sol";
import {World} from "./base/World.sol";

/// @title Binding acts: the same call by two accounts of a member.
contract ConsortiumActsTest is World {
    Register private _register;

    function registries() internal override returns (bytes32[] memory names, address[] memory targets) {
        _register = new Register(Names.INSTITUTION_REGISTRY, consortium, directory, address(0));
        names = new bytes32[](1);
        targets = new address[](1);
        names[0] = Names.INSTITUTION_REGISTRY;
        targets[0] = address(_register);
    }

    /// "Binding acts (propose and confirm by two accounts of a member"
    /// Row "one key binds a province": "binding acts are proposed by one account and confirmed by a second of the same member, on chain"
    function test_row_oneKeyBindsAProvince() public {
        Team memory who = team(ANHUI);
        bytes memory call = _set(ANHUI, 5);
        by(who.admin, address(_register), call);
        assertEq(_register.number(), 0);
        bytes32 id = _id(ANHUI, call, 0);
        refused(
            who.admin,
            address(_register),
            call,
            abi.encodeWithSelector(IConsortiumEvents.ConsortiumActAlreadyProposed.selector, id, who.admin)
        );
        assertEq(_register.number(), 0);
        by(who.law, address(_register), call);
        assertEq(_register.number(), 5);
    }

    /// "confirmed by a second of the same member": a colleague elsewhere is none.
    function test_bindingAct_revertsWith_unauthorised_forAnotherMember() public {
        bytes memory call = _set(ANHUI, 5);
        by(team(ANHUI).admin, address(_register), call);
        address[4] memory others = [team(JIANGSU).admin, team(JIANGSU).law, team(ANHUI).recovery, team(ANHUI).operator];
        for (uint256 i = 0; i < others.length; i++) {
            refused(
                others[i],
                address(_register),
                call,
                abi.encodeWithSelector(IConsortiumEvents.ConsortiumUnauthorised.selector, others[i], ANHUI, Roles.LAW)
            );
        }
        assertEq(_register.number(), 0);
    }

    /// "pending acts live once, in Consortium, by keccak of province, contract, selector, arguments and nonce, for 7 days"
    function test_bindingAct_isPendingUnderItsId() public {
        bytes memory call = _set(ANHUI, 5);
        (bytes32 none, IConsortiumEvents.Act memory nothing) = consortium.pendingAct(ANHUI, address(_register), call);
        assertEq(none, bytes32(0));
        assertEq(nothing.proposer, address(0));
        bytes32 id = _id(ANHUI, call, 0);
        (, uint64 sequence) = consortium.headOf(ANHUI);
        (bytes32 head,) = consortium.headOf(ANHUI);
        bytes32 fields = keccak256(abi.encode(ANHUI, id, address(_register), call, time() + 7 days));
        bytes32 next =
            keccak256(abi.encode(head, sequence + 1, uint16(120), vm.getBlockTimestamp(), team(ANHUI).law, fields));
        vm.expectEmit(address(consortium));
        emit IConsortiumEvents.ActProposed(
            ANHUI, id, address(_register), call, time() + 7 days, team(ANHUI).law, sequence + 1, next
        );
        by(team(ANHUI).law, address(_register), call);
        (bytes32 found, IConsortiumEvents.Act memory pending) = consortium.pendingAct(ANHUI, address(_register), call);
        assertEq(found, id);
        assertEq(pending.proposer, team(ANHUI).law);
        assertEq(pending.until, time() + 7 days);
        assertEq(pending.generation, 1);
    }

    /// "for 7 days", half-open: the last second counts, the next does not.
    function test_bindingAct_livesForSevenDays() public {
        bytes memory call = _set(ANHUI, 5);
        by(team(ANHUI).admin, address(_register), call);
        skip(7 days - 1);
        by(team(ANHUI).law, address(_register), call);
        assertEq(_register.number(), 5);

        bytes memory other = _set(ANHUI, 6);
        by(team(ANHUI).admin, address(_register), other);
        skip(7 days);
        (bytes32 gone,) = consortium.pendingAct(ANHUI, address(_register), other);
        assertEq(gone, bytes32(0));
        by(team(ANHUI).law, address(_register), other); // a proposal of its own
        assertEq(_register.number(), 5);
        by(team(ANHUI).admin, address(_register), other);
        assertEq(_register.number(), 6);
    }

    /// "and nonce": an act confirmed once does not confirm the next identical call.
    function test_bindingAct_theSameCallAgainIsANewAct() public {
        bytes memory call = _set(ANHUI, 5);
        twice(ANHUI, address(_register), call);
        twice(ANHUI, address(_register), _set(ANHUI, 6));
        by(team(ANHUI).law, address(_register), call);
        assertEq(_register.number(), 6);
        (bytes32 id,) = consortium.pendingAct(ANHUI, address(_register), call);
        assertEq(id, _id(ANHUI, call, 1));
        by(team(ANHUI).admin, address(_register), call);
        assertEq(_register.number(), 5);
    }

    /// "arguments": what the second account signs is what happens.
    function testFuzz_bindingAct_anotherArgumentIsAnotherAct(uint256 first, uint256 second) public {
        vm.assume(first != second);
        by(team(ANHUI).admin, address(_register), _set(ANHUI, first));
        by(team(ANHUI).law, address(_register), _set(ANHUI, second));
        assertEq(_register.number(), 0);
    }

    /// "contract": the same bytes to another contract are another act.
    function test_bindingAct_anotherContractIsAnotherAct() public {
        Register other = new Register("Other", consortium, directory, address(0));
        motion(address(directory), abi.encodeWithSignature("schedule(bytes32,address)", bytes32("Other"), other));
        skip(7 days);
        by(team(ANHUI).admin, address(_register), _set(ANHUI, 5));
        by(team(ANHUI).law, address(other), _set(ANHUI, 5));
        assertEq(_register.number(), 0);
        assertEq(other.number(), 0);
    }

    /// A pending act whose proposer lost the role in between does not confirm; the second call proposes anew.
    function test_bindingAct_aProposerThatLostItsRoleNoLongerCounts() public {
        address second = makeAddr("second lawyer");
        act(ANHUI, _grant(second, Roles.LAW));
        bytes memory call = _set(ANHUI, 5);
        by(second, address(_register), call);
        act(ANHUI, _grant(second, Roles.STATUS));
        by(team(ANHUI).law, address(_register), call);
        assertEq(_register.number(), 0);
        (bytes32 id, IConsortiumEvents.Act memory pending) = consortium.pendingAct(ANHUI, address(_register), call);
        assertEq(id, _id(ANHUI, call, 1));
        assertEq(pending.proposer, team(ANHUI).law);
        by(team(ANHUI).admin, address(_register), call);
        assertEq(_register.number(), 5);
    }

    /// The role asked for is the one the contract asks for now: an anchor's proposal is no lawyer's.
    function test_bindingAct_theProposerMustHoldTheRoleThatIsAskedFor() public {
        bytes memory call = abi.encodeCall(Register.set, (ANHUI, Roles.STATUS, 5));
        by(team(ANHUI).operator, address(_register), call);
        refused(
            team(ANHUI).law,
            address(_register),
            call,
            abi.encodeWithSelector(
                IConsortiumEvents.ConsortiumUnauthorised.selector, team(ANHUI).law, ANHUI, Roles.STATUS
            )
        );
        by(team(ANHUI).admin, address(_register), call);
        assertEq(_register.number(), 5);
    }

    function test_bindingAct_revertsWith_paused() public {
        bytes memory call = _set(ANHUI, 5);
        by(team(ANHUI).admin, address(_register), call);
        resolve(abi.encodeCall(IConsortium.pause, (ANHUI)));
        refused(
            team(ANHUI).law,
            address(_register),
            call,
            abi.encodeWithSelector(IConsortiumEvents.ConsortiumPaused.selector, ANHUI, time() + 90 days)
        );
    }

    function testFuzz_bindingAct_revertsWith_unknownCaller(address stranger) public {
        vm.assume(!directory.isCurrent(stranger));
        refused(
            stranger,
            abi.encodeCall(IConsortium.bindingAct, (ANHUI, team(ANHUI).admin, Roles.LAW, "")),
            abi.encodeWithSelector(IConsortiumEvents.ConsortiumUnknownCaller.selector, stranger)
        );
    }

    /// A motion calls as the Consortium, and must not be able to forge a member's binding act.
    function test_bindingAct_revertsWith_unknownCaller_forAMotion() public {
        refusedMotion(
            address(consortium),
            abi.encodeCall(IConsortium.bindingAct, (ANHUI, team(ANHUI).admin, Roles.LAW, "")),
            abi.encodeWithSelector(IConsortiumEvents.ConsortiumUnknownCaller.selector, address(consortium))
        );
    }

    /// A contract that is listed and asks in whoever's name only ever confirms acts of its own.
    function test_bindingAct_aListedContractCannotConfirmAnothersAct() public {
        bytes memory call = _grant(makeAddr("mine"), Roles.ALL);
        by(team(ANHUI).law, address(consortium), call);
        assertFalse(_register.bindingAct(ANHUI, team(ANHUI).admin, Roles.LAW, call));
        assertTrue(_register.bindingAct(ANHUI, team(ANHUI).law, Roles.LAW, call)); // its own act, of no effect here
        assertEq(consortium.bindingOf(makeAddr("mine")).province, 0);
    }

    /// A Consortium lists no province 0: an account that nobody bound is nobody's.
    function test_bindingAct_revertsWith_unauthorised_forProvinceZero() public {
        vm.expectRevert(
            abi.encodeWithSelector(
                IConsortiumEvents.ConsortiumUnauthorised.selector, makeAddr("stranger"), 0, Roles.LAW
            )
        );
        _register.bindingAct(0, makeAddr("stranger"), Roles.LAW, "");
    }

    /// A stolen account can propose what it likes: alone it gets nothing, and it holds up nobody else.
    function testFuzz_aSingleStolenAccountNeitherActsNorBlocks(uint256 evil, uint256 good) public {
        vm.assume(evil != good && evil != 0 && good != 0);
        address thief = team(ANHUI).law;
        act(ANHUI, _grant(makeAddr("second lawyer"), Roles.LAW));
        by(thief, address(_register), _set(ANHUI, evil));
        by(thief, address(_register), _set(ANHUI, good)); // even with a pending act of the very same call
        by(team(ANHUI).admin, address(_register), _set(ANHUI, good));
        assertEq(_register.number(), good);
        by(thief, address(_register), _set(ANHUI, good));
        by(thief, address(consortium), abi.encodeCall(IConsortium.withdrawAct, (address(_register), _set(ANHUI, good))));
        by(makeAddr("second lawyer"), address(_register), _set(ANHUI, evil ^ good));
        assertEq(_register.number(), good);
    }

    // --- withdrawing -----------------------------------------------------------------------------------------------

    function test_withdrawAct_theProposerTakesItBack() public {
        bytes memory call = _set(ANHUI, 5);
        by(team(ANHUI).admin, address(_register), call);
        by(team(ANHUI).admin, address(consortium), _withdraw(call));
        by(team(ANHUI).law, address(_register), call);
        assertEq(_register.number(), 0);
        (bytes32 id,) = consortium.pendingAct(ANHUI, address(_register), call);
        assertEq(id, _id(ANHUI, call, 1)); // the id of the act withdrawn is spent
    }

    function test_withdrawAct_revertsWith_noPendingAct() public {
        bytes memory call = _set(ANHUI, 5);
        bytes memory why =
            abi.encodeWithSelector(IConsortiumEvents.ConsortiumNoPendingAct.selector, _id(ANHUI, call, 0));
        refused(team(ANHUI).admin, _withdraw(call), why);
        by(team(ANHUI).admin, address(_register), call);
        refused(team(ANHUI).law, _withdraw(call), why);
        refused(
            team(JIANGSU).admin,
            _withdraw(call),
            abi.encodeWithSelector(IConsortiumEvents.ConsortiumNoPendingAct.selector, _id(JIANGSU, call, 0))
        );
        skip(7 days);
        refused(team(ANHUI).admin, _withdraw(call), why);
    }

    function test_withdrawAct_revertsWith_noPendingAct_onceTheProposerIsNoOperatorMore() public {
        address second = makeAddr("second lawyer");
        act(ANHUI, _grant(second, Roles.LAW));
        bytes memory call = _set(ANHUI, 5);
        by(second, address(_register), call);
        act(ANHUI, _grant(second, 0));
        refused(
            second,
            _withdraw(call),
            abi.encodeWithSelector(IConsortiumEvents.ConsortiumNoPendingAct.selector, _id(ANHUI, call, 0))
        );
    }

    function test_withdrawAct_revertsWith_notMember_forAStranger() public {
        refused(
            makeAddr("stranger"),
            _withdraw(""),
            abi.encodeWithSelector(IConsortiumEvents.ConsortiumNotMember.selector, 0)
        );
    }

    // --- helpers ---------------------------------------------------------------------------------------------------

    function _set(uint32 province, uint256 number) private pure returns (bytes memory) {
        return abi.encodeCall(Register.set, (province, Roles.LAW, number));
    }

    function _grant(address account, uint8 roles) private pure returns (bytes memory) {
        return abi.encodeCall(IConsortium.setOperator, (IConsortiumEvents.OperatorGrant(account, roles, 0)));
    }

    function _withdraw(bytes memory call) private view returns (bytes memory) {
        return abi.encodeCall(IConsortium.withdrawAct, (address(_register), call));
    }

    function _id(uint32 province, bytes memory call, uint256 nonce) private view returns (bytes32) {
        return keccak256(abi.encode(keccak256(abi.encode(province, address(_register), call)), nonce));
    }
}
