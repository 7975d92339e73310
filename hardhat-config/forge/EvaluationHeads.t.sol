// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {IEvaluationEvents} from "../../contracts/interfaces/IEvaluationEvents.sol";
import {HeadsOracle} from "./base/HeadsOracle.sol";
import {Panels} from "./base/Panels.sol";

/// @title Each event of the EvaluationRegistry, field by field, and the heads it gives: "in Agreement- and EvaluationRegistry the acting
/// province".
contract EvaluationHeadsTest is Panels {
    HeadsOracle private _oracle;

    function setUp() public override {
        super.setUp();
        _oracle = new HeadsOracle();
        _oracle.follow(address(evaluations));
        vm.recordLogs();
    }

    function test_everyEvent_carriesItsFieldsAndTheNextHead() public {
        IEvaluationEvents.Subject memory subject = _subject();
        bytes32 evaluation = _open(subject);
        _check(
            JIANGSU,
            admin[JIANGSU],
            IEvaluationEvents.EvaluationOpened.selector,
            abi.encode(JIANGSU, evaluation, JOU, subject)
        );
        address first = _expert("1");
        _nominate(SHANGHAI, evaluation, first);
        _check(
            SHANGHAI,
            admin[SHANGHAI],
            IEvaluationEvents.ExpertNominated.selector,
            abi.encode(SHANGHAI, evaluation, first, _keyOf(first), uint8(1))
        );
        uint32[4] memory provinces = [SHANGHAI, ZHEJIANG, ZHEJIANG, ANHUI];
        address[] memory experts = new address[](5);
        experts[0] = first;
        for (uint256 i = 1; i < 5; ++i) {
            experts[i] = _expert(vm.toString(i + 1));
            _nominate(provinces[i - 1], evaluation, experts[i]);
        }
        _oracle.absorb(vm.getRecordedLogs(), vm.getBlockTimestamp());
        skip(7);
        _disfavour(experts[4], evaluation);
        bytes memory fields = abi.encode(ANHUI, evaluation, false, uint8(0), uint32(0), REPORT);
        _check(ANHUI, experts[4], IEvaluationEvents.OpinionGiven.selector, fields);
        for (uint256 i; i < 4; ++i) {
            _favour(experts[i], evaluation, 4, 600);
        }
        fields = abi.encode(ZHEJIANG, evaluation, true, uint8(4), uint32(600), REPORT);
        _check(ZHEJIANG, experts[3], IEvaluationEvents.OpinionGiven.selector, fields);
        skip(7);
        _close(evaluation);
        fields = abi.encode(ANHUI, evaluation, true, uint8(4), uint8(5), uint8(4), uint32(600));
        _check(ANHUI, lawyer[ANHUI], IEvaluationEvents.EvaluationClosed.selector, fields);
        assertEq(_oracle.events(), 12);
    }

    /// A proposal alone is the Consortium's event, not one of the evaluation.
    function test_aNominationProposed_extendsNoHead() public {
        bytes32 evaluation = _open();
        _as(lawyer[SHANGHAI], address(evaluations), _nominateCall(evaluation, _expert("1")));
        (, uint64 sequence) = evaluations.headOf(SHANGHAI);
        assertEq(sequence, 0);
    }

    function _check(uint64 subject, address actor, bytes32 topic, bytes memory fields) private {
        _checkLogs(_oracle, address(evaluations), subject, actor, topic, fields);
    }
}
