// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {EvaluationRegistry} from "../../contracts/EvaluationRegistry.sol";
import {IEvaluationEvents} from "../../contracts/interfaces/IEvaluationEvents.sol";
import {IGoverned} from "../../contracts/interfaces/IGoverned.sol";
import {Names} from "../../contracts/libraries/Names.sol";
import {Panels} from "./base/Panels.sol";

/// @title "any successor reads through its immutable predecessor; heads continue; every write of the old one reverts": no evaluation is
/// lost with its registry, open or closed.
contract EvaluationSuccessionTest is Panels {
    EvaluationRegistry private _old;
    bytes32 private _closed;
    bytes32 private _nominating;
    bytes32 private _opining;
    address[] private _experts;

    /// @dev Three evaluations: one passed, one with two seats taken, one with two opinions given.
    function setUp() public override {
        super.setUp();
        _closed = _passed(_subject(), 4, 600);
        _opining = _open(_about("opining"));
        _experts = _seatFive(_opining);
        _favour(_experts[0], _opining, 3, 500);
        _disfavour(_experts[4], _opining);
        _nominating = _open(_about("nominating"));
        _nominate(SHANGHAI, _nominating, _experts[0]);
        _nominate(SHANGHAI, _nominating, _experts[1]);
        _old = evaluations;
    }

    function _about(string memory outcome) private view returns (IEvaluationEvents.Subject memory subject) {
        subject = _subject();
        subject.outcome = keccak256(bytes(outcome));
    }

    function _succession() private {
        evaluations = new EvaluationRegistry(consortium, directory, address(evaluations));
        _succeed(Names.EVALUATION_REGISTRY, address(evaluations));
    }

    function test_successor_readsThroughItsPredecessor() public {
        _succession();
        bytes32[3] memory all = [_closed, _nominating, _opining];
        for (uint256 i; i < all.length; ++i) {
            assertEq(_everything(evaluations, all[i]), _everything(_old, all[i]));
            assertNotEq(_everything(evaluations, all[i]), _everything(evaluations, keccak256("unknown")));
        }
        assertEq(evaluations.countOf(JOU, CLERK), 1);
        assertEq(evaluations.expertOf(_experts[4]), ANHUI);
        assertTrue(evaluations.phaseOf(_closed) == IEvaluationEvents.Phase.Passed);
        assertTrue(evaluations.phaseOf(_opining) == IEvaluationEvents.Phase.Opining);
        assertTrue(evaluations.phaseOf(keccak256("unknown")) == IEvaluationEvents.Phase.None);
    }

    /// "the successor accepts writes for old records, copying on first write"
    function test_successor_goesOnWithOpinions() public {
        _succession();
        _favour(_experts[1], _opining, 5, 700);
        IEvaluationEvents.Seat[] memory panel = evaluations.panelOf(_opining);
        assertEq(panel.length, 5);
        assertTrue(panel[0].favourable);
        assertEq(panel[0].level, 3);
        assertEq(panel[0].report, REPORT);
        assertEq(panel[0].key, _keyOf(_experts[0]));
        assertGt(panel[4].opinedAt, 0);
        assertEq(_old.panelOf(_opining)[1].opinedAt, 0);
        // An opinion given before the succession is the one opinion.
        bytes memory why = abi.encodeWithSelector(
            IEvaluationEvents.OpinionAlreadyGiven.selector, _opining, _experts[0], _old.panelOf(_opining)[0].opinedAt
        );
        _refused(_experts[0], address(evaluations), _opineCall(_opining, true, 9, 900), why);
        _favour(_experts[2], _opining, 4, 600);
        assertTrue(evaluations.phaseOf(_opining) == IEvaluationEvents.Phase.Opining);
        _favour(_experts[3], _opining, 4, 600);
        _close(_opining);
        IEvaluationEvents.Finding memory finding = evaluations.findingOf(_opining);
        assertTrue(finding.passed);
        assertEq(finding.level, 4);
        assertEq(finding.credits, 600);
        assertEq(_old.findingOf(_opining).closedAt, 0);
        (uint32 province, IEvaluationEvents.Subject memory copied) = evaluations.subjectOf(_opining);
        (, IEvaluationEvents.Subject memory original) = _old.subjectOf(_opining);
        assertEq(province, JIANGSU);
        assertEq(keccak256(abi.encode(copied)), keccak256(abi.encode(original)));
    }

    function test_successor_goesOnWithNominations() public {
        _succession();
        bytes memory why =
            abi.encodeWithSelector(IEvaluationEvents.PanelShare.selector, _nominating, SHANGHAI, uint256(2));
        _nominateRefused(SHANGHAI, _nominating, _expert("new"), why);
        why = abi.encodeWithSelector(IEvaluationEvents.ExpertOfAnotherProvince.selector, _experts[4], ANHUI, ZHEJIANG);
        _nominateRefused(ZHEJIANG, _nominating, _experts[4], why);
        _nominate(ZHEJIANG, _nominating, _experts[2]);
        assertEq(evaluations.panelOf(_nominating).length, 3);
        assertEq(_old.panelOf(_nominating).length, 2);
    }

    /// What was closed stays closed, and the outcome's next one counts on, after the pause.
    function test_successor_keepsFindingsNumbersAndPauses() public {
        uint64 until = _old.findingOf(_closed).closedAt + _old.PAUSE();
        _succession();
        bytes memory why = abi.encodeWithSelector(
            IEvaluationEvents.EvaluationInPhase.selector, _closed, IEvaluationEvents.Phase.Passed
        );
        _refused(lawyer[ANHUI], address(evaluations), abi.encodeCall(evaluations.close, (_closed)), why);
        why = abi.encodeWithSelector(IEvaluationEvents.EvaluationPause.selector, _closed, until);
        _refused(lawyer[JIANGSU], address(evaluations), _openCall(_subject()), why);
        vm.warp(until);
        assertEq(_open(), evaluations.evaluationId(JOU, CLERK, 2));
        assertEq(evaluations.countOf(JOU, CLERK), 2);
        assertEq(_old.countOf(JOU, CLERK), 1);
        IEvaluationEvents.Subject memory twin = _about("opining");
        why = abi.encodeWithSelector(IEvaluationEvents.EvaluationOpen.selector, _opining);
        _refused(lawyer[JIANGSU], address(evaluations), _openCall(twin), why);
    }

    /// A failed one is as closed as one that passed.
    function test_successor_doesNotReopenWhatFailed() public {
        skip(200 days);
        _close(_nominating);
        _succession();
        bytes memory why = abi.encodeWithSelector(
            IEvaluationEvents.EvaluationInPhase.selector, _nominating, IEvaluationEvents.Phase.Failed
        );
        _refused(lawyer[ANHUI], address(evaluations), abi.encodeCall(evaluations.close, (_nominating)), why);
    }

    function test_successor_knowsNoEvaluationThatNobodyOpened() public {
        _succession();
        bytes memory why = abi.encodeWithSelector(IEvaluationEvents.EvaluationUnknown.selector, keccak256("unknown"));
        _refused(lawyer[ANHUI], address(evaluations), abi.encodeCall(evaluations.close, (keccak256("unknown"))), why);
    }

    function test_successorOfASuccessor_readsThroughBoth() public {
        _succession();
        _favour(_experts[1], _opining, 5, 700);
        _succession();
        assertEq(evaluations.panelOf(_opining)[1].credits, 700);
        assertEq(evaluations.panelOf(_nominating).length, 2);
        assertEq(evaluations.expertOf(_experts[2]), ZHEJIANG);
        _favour(_experts[2], _opining, 4, 600);
        IEvaluationEvents.Seat[] memory panel = evaluations.panelOf(_opining);
        assertEq(panel[0].credits, 500);
        assertEq(panel[1].credits, 700);
        assertEq(panel[2].credits, 600);
    }

    /// "heads continue", and are recomputed from the logs of both.
    function test_heads_continueOverTheSuccession() public {
        (bytes32 head, uint64 sequence) = _old.headOf(ZHEJIANG);
        assertGt(sequence, 0);
        _succession();
        (bytes32 same, uint64 count) = evaluations.headOf(ZHEJIANG);
        assertEq(same, head);
        assertEq(count, sequence);
        _favour(_experts[2], _opining, 4, 600);
        (bytes32 next, uint64 following) = evaluations.headOf(ZHEJIANG);
        assertEq(following, sequence + 1);
        bytes32 fields = keccak256(abi.encode(ZHEJIANG, _opining, true, uint8(4), uint32(600), REPORT));
        assertEq(
            next, keccak256(abi.encode(head, sequence + 1, uint16(502), vm.getBlockTimestamp(), _experts[2], fields))
        );
    }

    /// "every write of the old one reverts"
    function test_predecessor_refusesEveryWrite() public {
        _succession();
        bytes memory why =
            abi.encodeWithSelector(IGoverned.Superseded.selector, Names.EVALUATION_REGISTRY, address(evaluations));
        _refused(lawyer[JIANGSU], address(_old), _openCall(_about("another")), why);
        _refused(lawyer[ZHEJIANG], address(_old), _nominateCall(_nominating, _experts[2]), why);
        _refused(_experts[1], address(_old), _opineCall(_opining, true, 5, 700), why);
        _refused(lawyer[ANHUI], address(_old), abi.encodeCall(_old.close, (_opining)), why);
    }

    /// @dev All that can be read of an evaluation.
    function _everything(EvaluationRegistry registry, bytes32 evaluation) private view returns (bytes32) {
        (uint32 province, IEvaluationEvents.Subject memory subject) = registry.subjectOf(evaluation);
        return keccak256(
            abi.encode(
                province,
                subject,
                registry.panelOf(evaluation),
                registry.findingOf(evaluation),
                registry.phaseOf(evaluation)
            )
        );
    }
}
