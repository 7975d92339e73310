// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {IConsortium} from "../../contracts/interfaces/IConsortium.sol";
import {IConsortiumEvents} from "../../contracts/interfaces/IConsortiumEvents.sol";
import {Names} from "../../contracts/libraries/Names.sol";
import {Register} from "./base/Doubles.sol";
import {World} from "./base/World.sol";

/// @title "Motion: a call to a function that any contract in the Directory reserves to the consortium"
contract ConsortiumMotionsTest is World {
    Register private _register;

    function registries() internal override returns (bytes32[] memory names, address[] memory targets) {
        _register = new Register(Names.INSTITUTION_REGISTRY, consortium, directory, address(0));
        names = new bytes32[](1);
        targets = new address[](1);
        names[0] = Names.INSTITUTION_REGISTRY;
        targets[0] = address(_register);
    }

    // --- opening ---------------------------------------------------------------------------------------------------

    /// "the chair may open a motion at once"
    function test_openMotion_theChairsTakesVotesAtOnce() public {
        (bytes32 id,) = open(SHANGHAI, address(_register), _decree(7));
        IConsortiumEvents.Motion memory opened = consortium.motionOf(id);
        assertEq(opened.province, SHANGHAI);
        assertEq(opened.opensAt, time());
        assertEq(opened.closesAt, time() + 16 days);
        assertFalse(opened.executed);
        vote(ANHUI, id, true);
        assertTrue(consortium.ballotOf(id, ANHUI).inFavour);
    }

    /// "otherwise it opens by itself after the notice period"
    function test_openMotion_anotherMembersOpensByItselfAfterTheNotice() public {
        (bytes32 id, uint256 nonce) = open(ANHUI, address(_register), _decree(7));
        uint64 opensAt = time() + 3 days;
        bytes memory why = abi.encodeWithSelector(IConsortiumEvents.ConsortiumMotionNotOpen.selector, id, opensAt);
        refused(team(ANHUI).admin, abi.encodeCall(IConsortium.vote, (id, true)), why);
        skip(3 days - 1);
        refused(team(ANHUI).admin, abi.encodeCall(IConsortium.vote, (id, true)), why);
        refused(address(this), _execute(7, nonce), why);
        skip(1);
        voteByAll(id);
        consortium.execute(address(_register), _decree(7), nonce);
        assertEq(_register.number(), 7);
    }

    /// "a chair can delay or block nothing": a motion against its will opens, carries and is carried out without it.
    function test_theChairBlocksNothing() public {
        resolve(abi.encodeCall(IConsortium.admit, (founders(CHONGQING))));
        bytes memory expel = abi.encodeCall(IConsortium.expel, (SHANGHAI));
        (bytes32 id, uint256 nonce) = open(ANHUI, address(consortium), expel);
        skip(7 days);
        vote(SHANGHAI, id, false);
        vote(JIANGSU, id, true);
        vote(ZHEJIANG, id, true);
        vote(ANHUI, id, true);
        vote(CHONGQING, id, true);
        consortium.execute(address(consortium), expel, nonce);
        assertFalse(consortium.isMember(SHANGHAI));
        assertEq(consortium.chair(), JIANGSU);
    }

    /// "motions and votes" are binding acts.
    function test_openMotionAndVote_takeTwoAccounts() public {
        bytes memory call = abi.encodeCall(IConsortium.openMotion, (address(_register), _decree(7), 1));
        bytes32 id = consortium.motionId(address(_register), _decree(7), 1);
        by(team(SHANGHAI).admin, address(consortium), call);
        assertEq(consortium.motionOf(id).closesAt, 0);
        by(team(SHANGHAI).law, address(consortium), call);
        assertEq(consortium.motionOf(id).province, SHANGHAI);
        by(team(SHANGHAI).law, address(consortium), abi.encodeCall(IConsortium.vote, (id, true)));
        assertEq(consortium.ballotOf(id, SHANGHAI).tenure, 0);
    }

    /// "with a nonce": the same call can be moved again, and a nonce is used once.
    function test_openMotion_revertsWith_motionExists() public {
        (bytes32 id, uint256 nonce) = open(address(_register), _decree(7));
        bytes memory again = abi.encodeCall(IConsortium.openMotion, (address(_register), _decree(7), nonce));
        bytes memory why = abi.encodeWithSelector(IConsortiumEvents.ConsortiumMotionExists.selector, id);
        refused(team(ANHUI).admin, again, why);
        voteByAll(id);
        consortium.execute(address(_register), _decree(7), nonce);
        refused(team(ANHUI).admin, again, why);
        skip(100 days);
        refused(team(ANHUI).admin, again, why);
        (bytes32 other,) = open(address(_register), _decree(7));
        assertNotEq(other, id);
    }

    function testFuzz_motionId_isThatOfChainConsortiumTargetDataAndNonce(
        address target,
        bytes calldata data,
        uint256 nonce
    ) public view {
        bytes32 id = keccak256(abi.encode(block.chainid, address(consortium), target, data, nonce));
        assertEq(consortium.motionId(target, data, nonce), id);
    }

    // --- passing ---------------------------------------------------------------------------------------------------

    /// "passes with ceil(2N/3) of N"
    function test_execute_revertsWith_motionNotCarried() public {
        (bytes32 id, uint256 nonce) = open(address(_register), _decree(7));
        for (uint256 inFavour = 0; inFavour < 3; inFavour++) {
            refused(
                address(this),
                _execute(7, nonce),
                abi.encodeWithSelector(IConsortiumEvents.ConsortiumMotionNotCarried.selector, id, inFavour, 3)
            );
            vote(consortium.members()[inFavour], id, true);
        }
        by(makeAddr("anybody"), address(consortium), _execute(7, nonce));
        assertEq(_register.number(), 7);
        assertTrue(consortium.motionOf(id).executed);
    }

    /// "ceil(2N/3) of N", whatever N; invariant 7: "floor(N/3) or fewer of them can block none"
    /// forge-config: default.fuzz.runs = 32
    function testFuzz_execute_takesTwoThirdsOfTheMembers(uint256 size, uint256 inFavour) public {
        uint32[5] memory more = [CHONGQING, uint32(110000), 120000, 130000, 140000];
        size = bound(size, 4, 9);
        inFavour = bound(inFavour, 0, size);
        for (uint256 i = 0; i + 4 < size; i++) {
            resolve(abi.encodeCall(IConsortium.admit, (founders(more[i]))));
        }
        (bytes32 id, uint256 nonce) = open(address(_register), _decree(7));
        uint32[] memory present = consortium.members();
        for (uint256 i = 0; i < size; i++) {
            vote(present[i], id, i < inFavour);
        }
        uint256 threshold = size - size / 3;
        (uint256 counted, uint256 needed) = consortium.tally(id);
        assertEq(counted, inFavour);
        assertEq(needed, threshold);
        if (inFavour < threshold) {
            refused(
                address(this),
                _execute(7, nonce),
                abi.encodeWithSelector(IConsortiumEvents.ConsortiumMotionNotCarried.selector, id, inFavour, threshold)
            );
        } else {
            consortium.execute(address(_register), _decree(7), nonce);
            assertEq(_register.number(), 7);
        }
    }

    /// "paused members counting in N", and their votes do not count while they are paused.
    function test_execute_pausedMembersCountInN_butTheirVotesDoNot() public {
        (bytes32 id, uint256 nonce) = open(address(_register), _decree(7));
        vote(JIANGSU, id, true);
        vote(ZHEJIANG, id, true);
        vote(ANHUI, id, true);
        resolve(abi.encodeCall(IConsortium.pause, (ANHUI)));
        refused(
            address(this),
            _execute(7, nonce),
            abi.encodeWithSelector(IConsortiumEvents.ConsortiumMotionNotCarried.selector, id, 2, 3)
        );
        resolve(abi.encodeCall(IConsortium.unpause, (ANHUI)));
        consortium.execute(address(_register), _decree(7), nonce);
        assertEq(_register.number(), 7);
    }

    /// "tallied at execution over the members of that moment": the vote of one that is gone does not count, and N is smaller.
    function test_execute_talliesOverTheMembersOfThatMoment() public {
        resolve(abi.encodeCall(IConsortium.admit, (founders(CHONGQING))));
        (bytes32 id, uint256 nonce) = open(address(_register), _decree(7));
        vote(CHONGQING, id, true);
        vote(SHANGHAI, id, true);
        vote(JIANGSU, id, true);
        resolve(abi.encodeCall(IConsortium.expel, (CHONGQING)));
        (uint256 inFavour, uint256 threshold) = consortium.tally(id);
        assertEq(inFavour, 2);
        assertEq(threshold, 3);
        vote(ZHEJIANG, id, true);
        consortium.execute(address(_register), _decree(7), nonce);
        assertEq(_register.number(), 7);
    }

    /// A stale vote: who was expelled and joins again starts without the vote of its first membership.
    function test_execute_aRejoinedMembersOldVoteDoesNotCount() public {
        resolve(abi.encodeCall(IConsortium.admit, (founders(CHONGQING))));
        (bytes32 id,) = open(address(_register), _decree(7));
        vote(CHONGQING, id, true);
        resolve(abi.encodeCall(IConsortium.expel, (CHONGQING)));
        resolve(abi.encodeCall(IConsortium.admit, (founders(CHONGQING))));
        (uint256 inFavour,) = consortium.tally(id);
        assertEq(inFavour, 0);
        vote(CHONGQING, id, true);
        (inFavour,) = consortium.tally(id);
        assertEq(inFavour, 1);
    }

    /// A member that joins while a motion is open votes on it, and counts in N.
    function test_execute_aNewMemberCountsInN() public {
        (bytes32 id, uint256 nonce) = open(address(_register), _decree(7));
        voteByAll(id);
        resolve(abi.encodeCall(IConsortium.admit, (founders(CHONGQING))));
        vote(ANHUI, id, false); // a later vote replaces an earlier one
        refused(
            address(this),
            _execute(7, nonce),
            abi.encodeWithSelector(IConsortiumEvents.ConsortiumMotionNotCarried.selector, id, 3, 4)
        );
        vote(CHONGQING, id, true);
        consortium.execute(address(_register), _decree(7), nonce);
        assertEq(_register.number(), 7);
    }

    // --- expiry ----------------------------------------------------------------------------------------------------

    /// "expires"; "a decision counts until deadline + grace, expiry from then on"
    function test_motion_countsUntilDeadlinePlusGrace() public {
        (bytes32 late, uint256 lateNonce) = open(address(_register), _decree(1));
        (bytes32 inTime, uint256 nonce) = open(address(_register), _decree(2));
        vote(JIANGSU, inTime, true);
        vote(ZHEJIANG, inTime, true);
        voteByAll(late);
        skip(16 days - 1);
        vote(ANHUI, inTime, true);
        consortium.execute(address(_register), _decree(2), nonce);
        assertEq(_register.number(), 2);
        skip(1);
        bytes memory why = abi.encodeWithSelector(IConsortiumEvents.ConsortiumMotionClosed.selector, late, time());
        refused(address(this), _execute(1, lateNonce), why);
        refused(team(ANHUI).admin, abi.encodeCall(IConsortium.vote, (late, false)), why);
    }

    function test_execute_revertsWith_motionExecuted() public {
        (bytes32 id, uint256 nonce) = open(address(_register), _decree(7));
        voteByAll(id);
        consortium.execute(address(_register), _decree(7), nonce);
        bytes memory why = abi.encodeWithSelector(IConsortiumEvents.ConsortiumMotionExecuted.selector, id);
        refused(address(this), _execute(7, nonce), why);
        refused(team(ANHUI).admin, abi.encodeCall(IConsortium.vote, (id, false)), why);
    }

    function testFuzz_vote_revertsWith_unknownMotion(bytes32 id) public {
        refused(
            team(ANHUI).admin,
            abi.encodeCall(IConsortium.vote, (id, true)),
            abi.encodeWithSelector(IConsortiumEvents.ConsortiumUnknownMotion.selector, id)
        );
    }

    /// Other arguments than those voted on are another motion, which nobody opened.
    function testFuzz_execute_revertsWith_unknownMotion(uint256 value) public {
        vm.assume(value != 7);
        (bytes32 id, uint256 nonce) = open(address(_register), _decree(7));
        voteByAll(id);
        refused(
            address(this),
            _execute(value, nonce),
            abi.encodeWithSelector(
                IConsortiumEvents.ConsortiumUnknownMotion.selector,
                consortium.motionId(address(_register), _decree(value), nonce)
            )
        );
    }

    // --- helpers ---------------------------------------------------------------------------------------------------

    function _decree(uint256 value) private pure returns (bytes memory) {
        return abi.encodeCall(Register.decree, (value));
    }

    function _execute(uint256 value, uint256 nonce) private view returns (bytes memory) {
        return abi.encodeCall(IConsortium.execute, (address(_register), _decree(value), nonce));
    }
}
