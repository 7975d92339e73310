// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {IAgreementEvents} from "../../contracts/interfaces/IAgreementEvents.sol";
import {IGoverned} from "../../contracts/interfaces/IGoverned.sol";
import {ITransferEvents} from "../../contracts/interfaces/ITransferEvents.sol";
import {RecognitionGhost} from "./base/RecognitionGhost.sol";
import {RecognitionHandler} from "./base/RecognitionHandler.sol";
import {RecognitionWorld} from "./base/RecognitionWorld.sol";
import {Test} from "./base/Test.sol";

/// @title The eight invariants of the ledger, over random sequences of all actors: five provinces, officers, strangers, the paused and the
/// expelled; certificates, institutions, agreements, members and four of the contracts change meanwhile, the last three also by motion.
contract RecognitionInvariantTest is Test {
    bytes32 private constant SOU = "123100004250004560";
    bytes32 private constant ZOU = "123300004700012347";
    RecognitionHandler private _handler;

    function setUp() public {
        _handler = new RecognitionHandler();
        _handler.setUp();
        bytes4[] memory selectors = new bytes4[](24);
        // Some stand twice: what is chosen more often.
        selectors[0] = RecognitionHandler.request.selector;
        selectors[1] = RecognitionHandler.request.selector;
        selectors[2] = RecognitionHandler.request.selector;
        selectors[3] = RecognitionHandler.accept.selector;
        selectors[4] = RecognitionHandler.accept.selector;
        selectors[5] = RecognitionHandler.accept.selector;
        selectors[6] = RecognitionHandler.reject.selector;
        selectors[7] = RecognitionHandler.cancel.selector;
        selectors[8] = RecognitionHandler.expire.selector;
        selectors[9] = RecognitionHandler.reverse.selector;
        selectors[10] = RecognitionHandler.reverse.selector;
        selectors[11] = RecognitionHandler.appeal.selector;
        selectors[12] = RecognitionHandler.decideAppeal.selector;
        selectors[13] = RecognitionHandler.retire.selector;
        selectors[14] = RecognitionWorld.setLeaf.selector;
        selectors[15] = RecognitionWorld.setBatch.selector;
        selectors[16] = RecognitionWorld.supersede.selector;
        selectors[17] = RecognitionWorld.anchorAgain.selector;
        selectors[18] = RecognitionWorld.attest.selector;
        selectors[19] = RecognitionWorld.suspendOrResume.selector;
        selectors[20] = RecognitionWorld.changeOfficers.selector;
        selectors[21] = RecognitionWorld.declare.selector;
        selectors[22] = RecognitionWorld.unsettle.selector;
        selectors[23] = RecognitionWorld.wait.selector;
        targetSelector(address(_handler), selectors);
        selectors = new bytes4[](2);
        selectors[0] = RecognitionWorld.conclude.selector;
        selectors[1] = RecognitionWorld.move.selector;
        targetSelector(address(_handler), selectors);
        targetContract(address(_handler));
    }

    /// "1 a (canonical institution, claim) has at most one live transfer and none after retirement, over contract successions too";
    /// "2 awarded credits never exceed the quote, and caps hold over any order of requests, decisions, returns and reversals";
    /// "3 counters per province pair equal the sums of their events"; "4 only those named above change a status, Revoked never changes";
    /// "5 no transfer is accepted outside an agreement active at its request"; "6 heads recomputed from the events equal the heads stored";
    /// "7 no motion passes with fewer than ceil(2N/3) of the members of that moment, and floor(N/3) or fewer of them can block none";
    /// "8 apart from expire and execute, which are anyone's, no function succeeds for a paused or expelled member's keys".
    function invariant_1to8_holdTogether() public view {
        _1_aClaimHasAtMostOneLiveTransferAndNoneAfterRetirement();
        _2_awardedNeverExceedsTheQuoteAndCapsHold();
        _3_countersEqualTheSumsOfTheirEvents();
        _4_revokedNeverChanges();
        _5_noTransferIsAcceptedOutsideAnAgreementActiveAtItsRequest();
        _6_headsRecomputedEqualTheHeadsStored();
        _7_motionsPassWithTwoThirdsAndNoFewerBlock();
        _8_noFunctionSucceedsForAPausedOrExpelledMembersKeys();
    }

    /// A claim that is spent stays used: it has no live transfer either.
    function _1_aClaimHasAtMostOneLiveTransferAndNoneAfterRetirement() private view {
        uint256 count = _handler.transfers();
        uint256[3] memory live;
        for (uint256 i; i < count; ++i) {
            RecognitionGhost.Entry memory known = _handler.transfer(i);
            ITransferEvents.Stage stage = _handler.kept(i).stage;
            assertEq(uint8(stage), known.stage);
            if (stage == ITransferEvents.Stage.Requested || stage == ITransferEvents.Stage.Accepted) {
                ++live[known.person];
            }
        }
        for (uint256 person; person < 3; ++person) {
            uint8 use = _handler.claim(person);
            assertEq(use, _handler.uses(person));
            assertEq(live[person], use == 1 || use == 2 ? 1 : 0);
        }
    }

    function _2_awardedNeverExceedsTheQuoteAndCapsHold() private view {
        uint256 count = _handler.transfers();
        for (uint256 i; i < count; ++i) {
            ITransferEvents.Transfer memory kept = _handler.kept(i);
            assertLe(kept.awarded, kept.quoted);
            assertEq(kept.awarded, _handler.transfer(i).awarded);
        }
        assertEq(_handler.capsBroken(), 0);
        for (uint256 i = 1; i < 3; ++i) {
            _checkWindows(ZOU, bytes32(i));
            _checkWindows(SOU, bytes32(i));
        }
    }

    function _3_countersEqualTheSumsOfTheirEvents() private view {
        uint32[2] memory targets = [uint32(330000), 310000];
        for (uint256 i; i < targets.length; ++i) {
            (ITransferEvents.Totals memory known, ITransferEvents.Totals memory told) = _handler.totals(targets[i]);
            assertEq(keccak256(abi.encode(told)), keccak256(abi.encode(known)));
        }
    }

    /// And every other call too was accepted exactly where the law says so.
    function _4_revokedNeverChanges() private view {
        assertEq(_handler.disagreements(), 0, _handler.firstDisagreement());
        for (uint256 person; person < 3; ++person) {
            for (uint256 edition; edition < 2; ++edition) {
                (uint8 known, uint8 told) = _handler.statusOf(person, edition);
                assertEq(told, known);
            }
        }
        uint256 count = _handler.transfers();
        for (uint256 i; i < count; ++i) {
            (ITransferEvents.Standing known, ITransferEvents.Standing told) = _handler.standing(i);
            assertEq(uint8(told), uint8(known));
        }
    }

    function _5_noTransferIsAcceptedOutsideAnAgreementActiveAtItsRequest() private view {
        uint256 count = _handler.transfers();
        for (uint256 i; i < count; ++i) {
            assertEq(uint8(_handler.transfer(i).lawAtRequest), uint8(IAgreementEvents.State.Active));
        }
    }

    function _6_headsRecomputedEqualTheHeadsStored() private view {
        address[5] memory contracts = _handler.contracts();
        for (uint256 i; i < contracts.length; ++i) {
            for (uint256 j; j <= 7; ++j) {
                uint64 subject = _handler.subject(j);
                (bytes32 head, uint64 sequence) = _handler.oracle().headOf(contracts[i], subject);
                (bytes32 stored, uint64 count) = IGoverned(contracts[i]).headOf(subject);
                assertEq(count, sequence);
                assertEq(stored, head);
            }
        }
    }

    function _7_motionsPassWithTwoThirdsAndNoFewerBlock() private view {
        assertEq(_handler.passedWithTooFew(), 0);
        assertEq(_handler.blockedByTooFew(), 0);
    }

    function _8_noFunctionSucceedsForAPausedOrExpelledMembersKeys() private view {
        assertEq(_handler.actsOfTheExcluded(), 0);
    }

    function _checkWindows(bytes32 institution, bytes32 enrolment) private view {
        (uint256[2] memory known, uint256[2] memory told) = _handler.windowsOf(institution, enrolment);
        assertEq(told[0], known[0]);
        assertEq(told[1], known[1]);
    }

    /// The invariants say nothing if nothing ever succeeds: a few lives of random steps meet everything that can happen.
    function test_handler_reachesEverything() public {
        string[28] memory actions = [
            "request",
            "accept",
            "capped",
            "reject",
            "cancel",
            "expire",
            "agree",
            "reverse",
            "spend",
            "appeal",
            "decideAppeal",
            "retire",
            "setLeaf",
            "setBatch",
            "supersede",
            "anchorAgain",
            "attest",
            "suspendOrResume",
            "changeOfficers",
            "declare",
            "conclude",
            "object",
            "withdraw",
            "execute",
            "succeed",
            "moveInstitution",
            "expel",
            "pause"
        ];
        uint256[28] memory counts;
        uint256 seed = 11;
        uint256 birth = vm.snapshotState();
        vm.pauseGasMetering();
        _spendOne(); // the rarest thing of all
        counts[8] = _handler.done("spend");
        invariant_1to8_holdTogether();
        vm.revertToState(birth);
        for (uint256 life; life < 16; ++life) {
            for (uint256 i; i < 250; ++i) {
                seed = uint256(keccak256(abi.encode(seed)));
                _step(seed % 26, seed >> 8);
            }
            for (uint256 i; i < actions.length; ++i) {
                counts[i] += _handler.done(actions[i]);
            }
            invariant_1to8_holdTogether();
            vm.revertToState(birth);
        }
        string memory met;
        for (uint256 i; i < actions.length; ++i) {
            met = string.concat(met, " ", actions[i], " ", vm.toString(counts[i]));
        }
        for (uint256 i; i < actions.length; ++i) {
            assertGt(counts[i], 0, met);
        }
    }

    /// @dev Jiangsu asks, ZOU accepts, Jiangsu revokes the certificate, and Zhejiang reverses alone.
    function _spendOne() private {
        _handler.request(1, 0, 0, 1, 1 << 64);
        _handler.accept(1, 1, 1, 1);
        _handler.setLeaf(1, 0, 0, 8);
        _handler.reverse(1, 1);
    }

    function _step(uint256 choice, uint256 seed) private {
        (uint256 a, uint256 b, uint256 c, uint256 d) = (seed >> 16, seed >> 80, seed >> 112, seed >> 144);
        if (choice < 6) _handler.request(seed, a, b, c, d);
        else if (choice < 10) _handler.accept(seed, a, b, c);
        else if (choice == 10) _handler.reject(seed, a, b);
        else if (choice == 11) _handler.cancel(seed, a);
        else if (choice == 12) _handler.expire(seed, a);
        else if (choice < 15) _handler.reverse(seed, a);
        else if (choice == 15) _handler.appeal(seed, a);
        else if (choice == 16) _handler.decideAppeal(seed, a, b % 2 == 0);
        else if (choice == 17) a % 4 == 0 ? _handler.retire(seed, b) : _handler.attest(seed, b, c);
        else if (choice == 18) b % 2 == 0 ? _handler.setLeaf(seed, a, b, c) : _handler.setBatch(seed, a, b, c, d);
        else if (choice == 19) c % 4 == 0 ? _handler.supersede(seed, a, b, d) : _handler.anchorAgain(a, b);
        else if (choice == 20) _handler.suspendOrResume(seed);
        else if (choice == 21) _handler.changeOfficers(seed);
        else if (choice == 22) _handler.declare(seed, a, b);
        else if (choice == 23) a % 4 == 0 ? _handler.conclude(seed) : _handler.unsettle(seed, a, b);
        else if (choice == 24) _handler.move(seed, a, b);
        else _handler.wait(a);
    }
}
