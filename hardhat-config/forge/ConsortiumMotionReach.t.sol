// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {IConsortium} from "../../contracts/interfaces/IConsortium.sol";
import {IConsortiumEvents} from "../../contracts/interfaces/IConsortiumEvents.sol";
import {IGoverned} from "../../contracts/interfaces/IGoverned.sol";
import {Names} from "../../contracts/libraries/Names.sol";
import {Roles} from "../../contracts/libraries/Roles.sol";
import {Register} from "./base/Doubles.sol";
import {World} from "./base/World.sol";

/// @title What a motion can do, and what it cannot.
contract ConsortiumMotionReachTest is World {
    Register private _register;

    function registries() internal override returns (bytes32[] memory names, address[] memory targets) {
        _register = new Register(Names.INSTITUTION_REGISTRY, consortium, directory, address(0));
        names = new bytes32[](1);
        targets = new address[](1);
        names[0] = Names.INSTITUTION_REGISTRY;
        targets[0] = address(_register);
    }

    /// "that any contract in the Directory reserves to the consortium"
    function test_byMotion_nobodyElse() public {
        address[3] memory callers = [team(SHANGHAI).admin, address(directory), address(this)];
        for (uint256 i = 0; i < callers.length; i++) {
            refused(
                callers[i],
                address(_register),
                _decree(7),
                abi.encodeWithSelector(IGoverned.NotByMotion.selector, Names.INSTITUTION_REGISTRY, callers[i])
            );
        }
        motion(address(_register), _decree(7));
        assertEq(_register.number(), 7);
    }

    /// "any contract in the Directory": nothing else is called, whatever was voted.
    function test_execute_revertsWith_invalidTarget() public {
        Register stranger = new Register("Stranger", consortium, directory, address(0));
        refusedMotion(
            address(stranger),
            _decree(7),
            abi.encodeWithSelector(IConsortiumEvents.ConsortiumInvalidTarget.selector, address(stranger))
        );
        refusedMotion(
            address(0), "", abi.encodeWithSelector(IConsortiumEvents.ConsortiumInvalidTarget.selector, address(0))
        );
    }

    /// A motion is carried out once, also where the target calls back while it is.
    function test_execute_aReentrantTargetRunsItOnce() public {
        bytes memory inner = _decree(9);
        (bytes32 innerId, uint256 innerNonce) = open(address(_register), inner);
        bytes memory again = abi.encodeCall(IConsortium.execute, (address(_register), inner, innerNonce));
        bytes memory outer = abi.encodeCall(Register.decreeAndCall, (address(consortium), again));
        voteByAll(innerId);
        motion(address(_register), outer); // another motion may be carried out within one
        assertEq(_register.number(), 1);
        assertTrue(consortium.motionOf(innerId).executed);

        bytes memory hostile = abi.encodeCall(Register.decreeAndReplay, ());
        (bytes32 id, uint256 nonce) = open(address(_register), hostile);
        voteByAll(id);
        _register.prepare(abi.encodeCall(IConsortium.execute, (address(_register), hostile, nonce)));
        consortium.execute(address(_register), hostile, nonce);
        assertEq(_register.number(), 101); // once, and what it called back was refused
    }

    /// A motion on the Consortium speaks for nobody: no function that is a member's works for it.
    function test_execute_theConsortiumIsNoMember() public {
        bytes memory why = abi.encodeWithSelector(
            IConsortiumEvents.ConsortiumUnauthorised.selector, address(consortium), 0, Roles.LAW
        );
        refusedMotion(address(consortium), abi.encodeCall(IConsortium.giveNotice, ()), why);
        refusedMotion(address(consortium), abi.encodeCall(IConsortium.vote, (bytes32(0), true)), why);
        refusedMotion(
            address(_register),
            abi.encodeCall(Register.set, (ANHUI, Roles.LAW, 7)),
            abi.encodeWithSelector(
                IConsortiumEvents.ConsortiumUnauthorised.selector, address(consortium), ANHUI, Roles.LAW
            )
        );
    }

    /// What a motion answers comes back to whoever carried it out; why it failed, too, and it can be tried again.
    function test_execute_returnsAndRevertsWhatTheTargetSaid() public {
        bytes memory call = abi.encodeCall(Register.decreeAndCall, (address(_register), ""));
        bytes memory answer = motion(address(_register), call);
        assertEq(answer, abi.encode(false));

        bytes memory unpause = abi.encodeCall(IConsortium.unpause, (ANHUI));
        (bytes32 id, uint256 nonce) = open(address(consortium), unpause);
        voteByAll(id);
        refused(
            address(this),
            abi.encodeCall(IConsortium.execute, (address(consortium), unpause, nonce)),
            abi.encodeWithSelector(IConsortiumEvents.ConsortiumNotPaused.selector, ANHUI)
        );
        assertFalse(consortium.motionOf(id).executed);
        resolve(abi.encodeCall(IConsortium.pause, (ANHUI)));
        consortium.execute(address(consortium), unpause, nonce);
        assertTrue(consortium.canAct(ANHUI));
    }

    function _decree(uint256 value) private pure returns (bytes memory) {
        return abi.encodeCall(Register.decree, (value));
    }

    function _execute(uint256 value, uint256 nonce) private view returns (bytes memory) {
        return abi.encodeCall(IConsortium.execute, (address(_register), _decree(value), nonce));
    }
}
