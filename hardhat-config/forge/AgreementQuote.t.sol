// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {IAgreementEvents} from "../../contracts/interfaces/IAgreementEvents.sol";
import {Agreements} from "./base/Agreements.sol";

/// @title "`quote(agreement, rule, institution, accreditation version, opened facts, time)` is a pure view, shown before anyone applies"
contract AgreementQuoteTest is Agreements {
    bytes32 private _agreement;

    function setUp() public override {
        super.setUp();
        _agreement = _active();
    }

    function test_quote_isTheRatioOfTheCreditsUpToTheMost() public view {
        uint256[7] memory values = _facts();
        (uint32 credits, IAgreementEvents.Refusal refusal) =
            agreements.quote(_agreement, 0, JOU, 1, 0x7f, values, _time());
        assertEq(uint8(refusal), uint8(IAgreementEvents.Refusal.None));
        assertEq(credits, 333);
    }
}
