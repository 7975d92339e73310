// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {EvaluationRegistry} from "../../contracts/EvaluationRegistry.sol";
import {IEvaluationEvents} from "../../contracts/interfaces/IEvaluationEvents.sol";
import {EvaluationHandler} from "./base/EvaluationHandler.sol";
import {Test} from "./base/Test.sol";

/// @title Evaluations over random sequences of all actors: invariants 6 and 8 of the ledger, and the sentences about panels and findings.
contract EvaluationInvariantTest is Test {
    EvaluationHandler private _handler;

    function setUp() public {
        _handler = new EvaluationHandler();
        _handler.setUp();
        bytes4[] memory selectors = new bytes4[](12);
        selectors[0] = EvaluationHandler.open.selector;
        for (uint256 i = 1; i < 4; ++i) {
            selectors[i] = EvaluationHandler.nominate.selector; // thrice as often, so that panels get complete
            selectors[i + 3] = EvaluationHandler.opine.selector;
        }
        selectors[7] = EvaluationHandler.close.selector;
        selectors[8] = EvaluationHandler.pause.selector;
        selectors[9] = EvaluationHandler.expel.selector;
        selectors[10] = EvaluationHandler.wait.selector;
        selectors[11] = EvaluationHandler.succeed.selector;
        targetSelector(address(_handler), selectors);
        targetContract(address(_handler));
    }

    /// "8 apart from expire and execute, which are anyone's, no function succeeds for a paused or expelled member's keys": each call was
    /// accepted exactly where the model of the law accepts it, and the model asks whether the member can act.
    function invariant_eachCallIsAcceptedExactlyWhereTheLawSaysSo() public view {
        assertEq(_handler.disagreements(), 0, _handler.firstDisagreement());
    }

    /// "at most two of five seats a province … one opinion each": what is recorded is what was accepted, over successions too.
    function invariant_panelsAreWhatWasAccepted() public view {
        EvaluationRegistry registry = _handler.registry();
        for (uint256 e; e < _handler.count(); ++e) {
            EvaluationHandler.Known memory one = _handler.known(e);
            IEvaluationEvents.Seat[] memory panel = registry.panelOf(one.id);
            assertEq(panel.length, one.experts.length);
            for (uint256 i; i < panel.length; ++i) {
                assertEq(panel[i].expert, one.experts[i]);
                assertEq(panel[i].province, one.provinces[i]);
                assertEq(panel[i].opinedAt != 0, one.opinions[i] != 0);
                assertEq(panel[i].favourable, one.opinions[i] > 1);
                uint256 own;
                for (uint256 j; j < panel.length; ++j) {
                    if (panel[j].province == panel[i].province) ++own;
                }
                assertLe(own, 2);
            }
        }
    }

    /// "passes with two thirds of the SEATS favourable, level and credits the lower median of the favourable", and a finding never changes.
    function invariant_findingsFollowFromTheOpinions() public view {
        EvaluationRegistry registry = _handler.registry();
        for (uint256 e; e < _handler.count(); ++e) {
            EvaluationHandler.Known memory one = _handler.known(e);
            IEvaluationEvents.Finding memory finding = registry.findingOf(one.id);
            assertEq(finding.closedAt != 0, one.closed);
            uint8 level = one.closed ? _found(one.opinions) : 0;
            assertEq(finding.passed, level != 0);
            assertEq(finding.level, level);
            assertEq(finding.credits, 100 * uint256(level));
        }
    }

    /// "6 heads recomputed from the events equal the heads stored"
    function invariant_headsFollowFromTheEvents() public view {
        EvaluationRegistry registry = _handler.registry();
        for (uint256 i; i < 5; ++i) {
            (bytes32 head, uint64 sequence) = _handler.oracle().headOf(address(registry), _handler.provinces(i));
            (bytes32 stored, uint64 count) = registry.headOf(_handler.provinces(i));
            assertEq(count, sequence);
            if (sequence != 0) assertEq(stored, head);
        }
    }

    /// The handler does what its name says, so that the invariants above speak of something.
    function test_handler_reachesEveryAction() public {
        _handler.open(1, 0);
        _handler.open(1, 0); // refused: an open twin
        _handler.open(8, 1); // refused: not Jiangsu
        _handler.nominate(0, 0, 9);
        _handler.nominate(0, 0, 17);
        _handler.nominate(0, 0, 25); // refused: a third
        _handler.nominate(0, 3, 9);
        _handler.nominate(0, 3, 17);
        _handler.opine(0, 0, 4); // refused: the panel is not complete
        _handler.nominate(0, 3, 25); // refused
        _handler.nominate(0, 4, 9); // refused: Zhejiang's seat
        _handler.nominate(0, 2, 9);
        _handler.opine(0, 0, 4);
        _handler.succeed(8);
        _handler.opine(0, 0, 5); // refused: a second opinion
        for (uint256 seat = 1; seat < 4; ++seat) {
            _handler.opine(0, seat, 3 + seat);
        }
        _handler.close(0, 1); // refused: an opinion is missing
        _handler.pause(2);
        _handler.opine(0, 4, 0); // refused: paused
        _handler.wait(25 days);
        _handler.wait(25 days);
        _handler.wait(25 days);
        _handler.wait(25 days);
        _handler.close(0, 2);
        _handler.expel(0);
        string[7] memory actions = ["open", "nominate", "opine", "close", "pause", "expel", "succeed"];
        for (uint256 i; i < actions.length; ++i) {
            assertGt(_handler.done(actions[i]), 0, actions[i]);
        }
        assertTrue(_handler.registry().findingOf(_handler.known(0).id).passed);
        assertGt(_handler.oracle().events(), 10);
        invariant_eachCallIsAcceptedExactlyWhereTheLawSaysSo();
        invariant_panelsAreWhatWasAccepted();
        invariant_findingsFollowFromTheOpinions();
        invariant_headsFollowFromTheEvents();
    }

    /// Random sequences, as the campaign draws them, reach findings of both kinds and successions in between.
    function test_randomSequences_reachFindings() public {
        for (uint256 i; i < 1500; ++i) {
            uint256 draw = uint256(keccak256(abi.encode(i)));
            uint256 action = draw % 12;
            (uint256 a, uint256 b, uint256 c) = (draw >> 8 & 0xffff, draw >> 24 & 0xffff, draw >> 40 & 0xffff);
            if (action == 0) _handler.open(a, b);
            else if (action < 4) _handler.nominate(a, b, c);
            else if (action < 7) _handler.opine(a, b, c);
            else if (action == 7) _handler.close(a, b);
            else if (action == 8 && i % 40 == 0) _handler.pause(a);
            else if (action == 9 && i > 1200) _handler.expel(a);
            else if (action == 10 && i % 3 == 0) _handler.wait(a * 30);
            else if (action == 11) _handler.succeed(a);
        }
        uint256 passed;
        uint256 failed;
        for (uint256 e; e < _handler.count(); ++e) {
            IEvaluationEvents.Finding memory finding = _handler.registry().findingOf(_handler.known(e).id);
            if (finding.passed) ++passed;
            else if (finding.closedAt != 0) ++failed;
        }
        assertGt(passed, 0, "none passed");
        assertGt(failed, 0, "none failed");
        assertGt(_handler.done("succeed"), 3, "hardly ever succeeded");
        invariant_eachCallIsAcceptedExactlyWhereTheLawSaysSo();
        invariant_panelsAreWhatWasAccepted();
        invariant_findingsFollowFromTheOpinions();
        invariant_headsFollowFromTheEvents();
    }

    /// @dev Four of five in favour pass: the second smallest level of four, the third of five. Zero: not passed.
    function _found(uint8[] memory opinions) private pure returns (uint8) {
        uint256 favourable;
        for (uint256 i; i < opinions.length; ++i) {
            if (opinions[i] > 1) ++favourable;
        }
        if (favourable < 4) return 0;
        uint256 below;
        for (uint8 level = 1; level <= 10; ++level) {
            for (uint256 i; i < opinions.length; ++i) {
                if (opinions[i] == level + 1) ++below;
            }
            if (below >= favourable - 2) return level;
        }
        revert("no level");
    }
}
