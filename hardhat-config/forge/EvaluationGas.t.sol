// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {IEvaluationEvents} from "../../contracts/interfaces/IEvaluationEvents.sol";
import {Panels} from "./base/Panels.sol";

/// @title Gas of an evaluation's steps, as snapshot lines to be reviewed as a diff (execution alone). Each call starts from cold storage.
contract EvaluationGasTest is Panels {
    function test_gas_open() public {
        bytes memory call = _openCall(_subject());
        _as(lawyer[JIANGSU], address(evaluations), call);
        _cool();
        _as(admin[JIANGSU], address(evaluations), call);
        vm.snapshotGasLastCall("EvaluationRegistry.open (confirmation)");
        assertEq(evaluations.countOf(JOU, CLERK), 1);
    }

    function test_gas_nominate() public {
        bytes32 evaluation = _open();
        bytes memory call = _nominateCall(evaluation, _expert("1"));
        _as(lawyer[SHANGHAI], address(evaluations), call);
        _cool();
        _as(admin[SHANGHAI], address(evaluations), call);
        vm.snapshotGasLastCall("EvaluationRegistry.nominate (confirmation)");
        assertEq(evaluations.panelOf(evaluation).length, 1);
    }

    function test_gas_opineAndCloseOfTheLargestPanel() public {
        IEvaluationEvents.Subject memory subject = _subject();
        subject.seats = 15;
        bytes32 evaluation = _open(subject);
        uint32[3] memory provinces = [SHANGHAI, ZHEJIANG, ANHUI];
        address[] memory experts = new address[](15);
        for (uint256 i; i < 15; ++i) {
            experts[i] = _expert(vm.toString(i));
            _nominate(provinces[i / 5], evaluation, experts[i]);
        }
        for (uint256 i; i < 14; ++i) {
            _favour(experts[i], evaluation, 10 - uint8(i % 10), uint32(1000 - i)); // sorted the wrong way round
        }
        _cool();
        _favour(experts[14], evaluation, 1, 1);
        vm.snapshotGasLastCall("EvaluationRegistry.opine (last of 15)");
        _cool();
        _close(evaluation);
        vm.snapshotGasLastCall("EvaluationRegistry.close (15 seats)");
        assertTrue(evaluations.findingOf(evaluation).passed);
    }

    function _cool() private {
        vm.cool(address(consortium));
        vm.cool(address(directory));
        vm.cool(address(institutions));
        vm.cool(address(evaluations));
    }
}
