// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {IEvaluationEvents} from "../../contracts/interfaces/IEvaluationEvents.sol";
import {Panels} from "./base/Panels.sol";

/// @title "a panel of at least five experts from at least three provinces, at most two of five seats a province, the target provinces
/// seated"
contract EvaluationPanelTest is Panels {
    function test_nominate_seatsAnExpertOfTheNominatingProvince() public {
        bytes32 evaluation = _open();
        address expert = _expert("of Shanghai");
        _nominate(SHANGHAI, evaluation, expert);
        IEvaluationEvents.Seat[] memory panel = evaluations.panelOf(evaluation);
        assertEq(panel.length, 1);
        assertEq(panel[0].expert, expert);
        assertEq(panel[0].province, SHANGHAI);
        assertEq(panel[0].key, _keyOf(expert));
        assertEq(panel[0].opinedAt, 0);
        assertEq(evaluations.expertOf(expert), SHANGHAI);
    }

    function test_nominate_ofAThirdExpertOfOneProvince_isRefused() public {
        bytes32 evaluation = _open();
        _nominate(SHANGHAI, evaluation, _expert("1"));
        _nominate(SHANGHAI, evaluation, _expert("2"));
        bytes memory why = abi.encodeWithSelector(IEvaluationEvents.PanelShare.selector, evaluation, SHANGHAI, 2);
        _nominateRefused(SHANGHAI, evaluation, _expert("3"), why);
    }
}
