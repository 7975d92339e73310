// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {IAgreementEvents} from "../../contracts/interfaces/IAgreementEvents.sol";
import {IInstitutionEvents} from "../../contracts/interfaces/IInstitutionEvents.sol";
import {Facts} from "../../contracts/libraries/Facts.sol";
import {Agreements} from "./base/Agreements.sol";

/// @title Whose outcomes a rule takes, which facts it reads, and in which order a quote examines them: the first refusal that holds is the answer.
contract AgreementQuoteOrderTest is Agreements {
    uint8 private constant ALL = 0x7f;
    uint256 private constant CLOSED_CLAIM = 0x7d; // no rule reads the claim
    bytes32 private _agreement;

    function setUp() public override {
        super.setUp();
        _agreement = _active();
    }

    // ---- the order

    /// Everything is wrong at first, and is put right one thing after the other.
    function test_theFirstRefusalThatHoldsIsTheAnswer() public {
        IAgreementEvents.Terms memory terms = _terms();
        terms.rules[0].from = terms.from + 100 days;
        terms.rules[0].until = terms.from + 1000 days;
        terms.rules[0].greatestAge = 12;
        _agreement = _propose(terms);
        _approveByAll(_agreement);
        uint256[7] memory values; // of nothing
        values[Facts.GRADE] = Facts.UNGRADED;
        uint64 time = _time();
        _is(9, AOU, 0, values, time, IAgreementEvents.Refusal.UnknownRule);
        _is(0, AOU, 0, values, time, IAgreementEvents.Refusal.AgreementNotActive);
        time += PUBLIC_NOTICE;
        _is(0, AOU, 0, values, time, IAgreementEvents.Refusal.RuleNotInForce);
        time += 700 days; // month 703
        _is(0, AOU, 0, values, time, IAgreementEvents.Refusal.OtherInstitution);
        _byMotion(address(institutions), abi.encodeCall(institutions.move, (JOU, ANHUI)));
        _is(0, JOU, 0, values, time, IAgreementEvents.Refusal.OtherProvince);
        skip(1);
        _byMotion(address(institutions), abi.encodeCall(institutions.move, (JOU, JIANGSU)));
        _is(0, JOU, 0, values, time, IAgreementEvents.Refusal.FactClosed);
        _is(0, JOU, ALL, values, time, IAgreementEvents.Refusal.OtherOutcome);
        values[Facts.OUTCOME] = uint256(CLERK);
        _is(0, JOU, ALL, values, time, IAgreementEvents.Refusal.OtherCategory);
        values[Facts.CATEGORY] = 2;
        _is(0, JOU, ALL, values, time, IAgreementEvents.Refusal.LevelOutside);
        values[Facts.LEVEL] = 5;
        _is(0, JOU, ALL, values, time, IAgreementEvents.Refusal.Ungraded);
        values[Facts.GRADE] = 11;
        _is(0, JOU, ALL, values, time, IAgreementEvents.Refusal.GradeTooLow);
        values[Facts.GRADE] = 12;
        _is(0, JOU, ALL, values, time, IAgreementEvents.Refusal.TooOld);
        values[Facts.MONTH] = 720;
        values[Facts.CREDITS] = 601;
        _is(0, JOU, ALL, values, time, IAgreementEvents.Refusal.OutsideEvaluation);
        values[Facts.MONTH] = 700;
        _is(0, JOU, ALL, values, time, IAgreementEvents.Refusal.AboveEvaluation);
        values[Facts.CREDITS] = 1;
        _is(0, JOU, ALL, values, time, IAgreementEvents.Refusal.RoundsToNothing);
        values[Facts.CREDITS] = 2;
        _is(0, JOU, ALL, values, time, IAgreementEvents.Refusal.None);
    }

    /// Without an evaluation the scope is asked last but one.
    function test_theScopeIsAskedBeforeTheAmount() public {
        IAgreementEvents.Terms memory terms = _terms();
        terms.rules[1].denominator = 1_000_000;
        _agreement = _propose(terms);
        _approveByAll(_agreement);
        skip(PUBLIC_NOTICE);
        _law(SHANGHAI, abi.encodeCall(institutions.narrow, (SOU, IInstitutionEvents.Scope(0x02, 5, 3000))));
        _is(1, SOU, ALL, _degreeFacts(), _time(), IAgreementEvents.Refusal.RoundsToNothing);
        (, IAgreementEvents.Refusal refusal) = _quote(1, SOU, 2, ALL, _degreeFacts(), _time());
        assertEq(uint8(refusal), uint8(IAgreementEvents.Refusal.AboveScope));
    }

    // ---- whose

    function test_anotherInstitutionsOutcomeGivesNothing() public view {
        (, IAgreementEvents.Refusal refusal) = _quote(0, SOU, 1, ALL, _facts(), _time());
        assertEq(uint8(refusal), uint8(IAgreementEvents.Refusal.OtherInstitution));
    }

    /// An institution counts for the province that accredits it at that time.
    function test_anInstitutionOfAnotherProvinceGivesNothing() public {
        (, IAgreementEvents.Refusal refusal) = _quote(1, JOU, 1, ALL, _degreeFacts(), _time());
        assertEq(uint8(refusal), uint8(IAgreementEvents.Refusal.OtherProvince));
        (, refusal) = _quote(1, AOU, 1, ALL, _degreeFacts(), _time()); // never accredited
        assertEq(uint8(refusal), uint8(IAgreementEvents.Refusal.OtherProvince));
        uint64 before = _time();
        skip(1 days);
        _byMotion(address(institutions), abi.encodeCall(institutions.move, (JOU, ZHEJIANG)));
        _is(0, JOU, ALL, _facts(), _time(), IAgreementEvents.Refusal.OtherProvince);
        (, refusal) = _quote(0, JOU, 1, ALL, _facts(), before);
        assertEq(uint8(refusal), uint8(IAgreementEvents.Refusal.None));
    }

    // ---- facts

    /// The rule reads outcome, category, level, credits, grade and month here, each of which must be open; the claim it does not read.
    function test_aFactThatTheRuleReadsMustBeOpen() public view {
        (, IAgreementEvents.Refusal refusal) = _quote(0, JOU, 1, uint8(CLOSED_CLAIM), _facts(), _time());
        assertEq(uint8(refusal), uint8(IAgreementEvents.Refusal.None));
        for (uint256 k; k < 7; ++k) {
            if (k == Facts.CLAIM) continue;
            uint8 mask = uint8(CLOSED_CLAIM & ~(1 << k));
            (, refusal) = _quote(0, JOU, 1, mask, _facts(), _time());
            assertEq(uint8(refusal), uint8(IAgreementEvents.Refusal.FactClosed));
        }
    }

    /// A rule that names no outcome and asks for neither grade nor age reads three facts.
    function test_aFactThatTheRuleDoesNotReadMayStayClosed() public {
        uint256[7] memory values = _degreeFacts();
        for (uint256 k; k < 7; ++k) {
            uint8 mask = uint8(ALL & ~(1 << k));
            bool read = k == Facts.CATEGORY || k == Facts.LEVEL || k == Facts.CREDITS;
            (, IAgreementEvents.Refusal refusal) = _quote(1, SOU, 1, mask, values, _time());
            assertEq(uint8(refusal), uint8(read ? IAgreementEvents.Refusal.FactClosed : IAgreementEvents.Refusal.None));
        }
        IAgreementEvents.Terms memory terms = _terms();
        terms.rules[1].greatestAge = 1000;
        _agree(terms);
        (, IAgreementEvents.Refusal closed) = _quote(1, SOU, 1, 0x1c, values, _time());
        assertEq(uint8(closed), uint8(IAgreementEvents.Refusal.FactClosed)); // an age reads the month
    }

    // ---- helpers

    /// @dev What rule 1 takes of SOU: academic, level 6, 30.00 credits; it reads nothing else.
    function _degreeFacts() private pure returns (uint256[7] memory values) {
        (values[Facts.CATEGORY], values[Facts.LEVEL], values[Facts.CREDITS]) = (1, 6, 3000);
    }

    function _agree(IAgreementEvents.Terms memory terms) private {
        _agreement = _propose(terms);
        _approveByAll(_agreement);
        skip(PUBLIC_NOTICE);
    }

    function _quote(uint32 rule, bytes32 institution, uint32 version, uint8 mask, uint256[7] memory values, uint64 time)
        private
        view
        returns (uint32, IAgreementEvents.Refusal)
    {
        return agreements.quote(_agreement, rule, institution, version, mask, values, time);
    }

    /// @dev Of the first version of the accreditation.
    function _is(
        uint32 rule,
        bytes32 institution,
        uint8 mask,
        uint256[7] memory values,
        uint64 time,
        IAgreementEvents.Refusal why
    ) private view {
        (uint32 credits, IAgreementEvents.Refusal refusal) = _quote(rule, institution, 1, mask, values, time);
        assertEq(uint8(refusal), uint8(why));
        assertEq(credits == 0, why != IAgreementEvents.Refusal.None);
    }
}
