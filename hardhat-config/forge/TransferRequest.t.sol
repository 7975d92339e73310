// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {IAgreementEvents} from "../../contracts/interfaces/IAgreementEvents.sol";
import {IClaimBook} from "../../contracts/interfaces/IClaimBook.sol";
import {IConsortiumEvents} from "../../contracts/interfaces/IConsortiumEvents.sol";
import {IInstitutionEvents} from "../../contracts/interfaces/IInstitutionEvents.sol";
import {ITransferEvents} from "../../contracts/interfaces/ITransferEvents.sol";
import {Facts} from "../../contracts/libraries/Facts.sol";
import {Roles} from "../../contracts/libraries/Roles.sol";
import {Recognition} from "./base/Recognition.sol";
import {Trees} from "./base/Trees.sol";

/// @title "request: an operator of the source province; opening, proof, rule, target institution, digest of the learner's consent. …
/// Checked: leaf of that institution, batch attested by another province, status good, rule active and matching, claim neither live nor
/// retired. It locks the claim and stores the quote."
contract TransferRequestTest is Recognition {
    function test_request_locksTheClaimAndStoresTheQuote() public {
        Held memory held = _issue(1);
        ITransferEvents.Application memory application = _application(CLERKS);
        Asked memory asked = _ask(held, application);
        ITransferEvents.Transfer memory transfer = ledger.transferOf(asked.ref);
        assertEq(uint8(transfer.stage), uint8(ITransferEvents.Stage.Requested));
        assertEq(transfer.quoted, QUOTED);
        assertEq(transfer.requestedAt, _time());
        assertEq(transfer.deadline, application.deadline);
        assertEq(transfer.details, keccak256(abi.encode(asked.details)));
        assertEq(transfer.awarded + transfer.decidedAt + uint256(transfer.enrolment), 0);
        IClaimBook.Claim memory claim = book.claimOf(JOU, _claimOf(1));
        assertEq(uint8(claim.use), uint8(IClaimBook.Use.Requested));
        assertEq(claim.source, JIANGSU);
        assertEq(claim.target, ZHEJIANG);
        assertEq(claim.number, 1);
        _standsAs(asked, ITransferEvents.Standing.Requested);
    }

    /// "number counts the pair's requests from 1; the pair is fixed at request"
    function test_number_countsThePairsRequestsFromOne() public {
        assertEq(_ask(_issue(1), CLERKS).ref.number, 1);
        assertEq(_ask(_issue(2), CLERKS).ref.number, 2);
        assertEq(_ask(_issue(3), SHANGHAIS).ref.number, 1);
        assertEq(ledger.totalsOf(JIANGSU, ZHEJIANG).requested, 2);
        assertEq(ledger.totalsOf(JIANGSU, ZHEJIANG).quoted, 2 * QUOTED);
        assertEq(ledger.totalsOf(JIANGSU, SHANGHAI).quoted, 500);
        assertEq(ledger.totalsOf(ZHEJIANG, JIANGSU).requested, 0);
    }

    // ---- who

    function test_request_isForAnOperatorOfTheSourceProvince() public {
        Held memory held = _issue(1);
        _attest(SHANGHAI, held.batch); // or the attestation of Anhui itself would be all there is
        bytes memory call = _requestCall(held, _application(CLERKS));
        bytes memory why = abi.encodeWithSelector(ITransferEvents.TransferByStranger.selector, JIANGSU, ZHEJIANG, ANHUI);
        _refused(operator[ANHUI], address(ledger), call, why);
        why = abi.encodeWithSelector(ITransferEvents.TransferByStranger.selector, JIANGSU, ZHEJIANG, ZHEJIANG);
        _refused(operator[ZHEJIANG], address(ledger), call, why);
        _refused(lawyer[JIANGSU], address(ledger), call, _unauthorised(lawyer[JIANGSU], Roles.TRANSFER));
        _refused(officer[JOU], address(ledger), call, _unauthorised(officer[JOU], Roles.TRANSFER));
    }

    function test_request_byAnExpelledOrAPausedProvinceIsRefused() public {
        Held memory held = _issue(1);
        bytes memory call = _requestCall(held, _application(CLERKS));
        _byMotion(address(consortium), abi.encodeCall(consortium.pause, (JIANGSU)));
        vm.prank(operator[JIANGSU]);
        vm.expectPartialRevert(IConsortiumEvents.ConsortiumPaused.selector);
        ledger.request(
            _application(CLERKS),
            _opening(held.batch.certificates[held.index], OPEN_ALL),
            held.batch.nodes[0],
            Trees.proofOf(held.batch.nodes, held.index)
        );
        _byMotion(address(consortium), abi.encodeCall(consortium.admit, (_founding(500000, "Chongqing"))));
        _replace(JIANGSU, ANHUI);
        bytes memory why = abi.encodeWithSelector(IConsortiumEvents.ConsortiumNotMember.selector, JIANGSU);
        _refused(operator[JIANGSU], address(ledger), call, why);
    }

    /// The institution moved: its new province is not the rule's.
    function test_request_ofAMovedInstitutionFindsNoRule() public {
        Held memory held = _issue(1);
        _byMotion(address(institutions), abi.encodeCall(institutions.move, (JOU, ANHUI)));
        _askRefused(held, _application(CLERKS), _refusal(CLERKS, IAgreementEvents.Refusal.OtherProvince));
    }

    // ---- the rule

    function test_request_ofAnUngradedOutcomeAgainstAMinimumIsRefused() public {
        Certificate memory made = _clerk(1, 0);
        made.values[Facts.GRADE] = Facts.UNGRADED;
        _askRefused(_issue(made), _application(CLERKS), _refusal(CLERKS, IAgreementEvents.Refusal.Ungraded));
    }

    function test_request_ofACultureOutcomeAsAcademicCreditIsRefused() public {
        Certificate memory made = _clerk(1, 0);
        (made.values[Facts.OUTCOME], made.values[Facts.CATEGORY]) = (uint256(keccak256("CHOIR")), 3);
        Held memory held = _issue(made);
        _askRefused(held, _application(DEGREES), _refusal(DEGREES, IAgreementEvents.Refusal.OtherCategory));
        _ask(held, CULTURES); // and as culture credit it counts
    }

    function test_request_withFactsAboveTheEvaluationsIsRefused() public {
        Certificate memory made = _clerk(1, 0);
        made.values[Facts.CREDITS] = 601; // the panel found 600
        _askRefused(_issue(made), _application(CLERKS), _refusal(CLERKS, IAgreementEvents.Refusal.AboveEvaluation));
        made = _clerk(2, 0);
        made.values[Facts.MONTH] = AWARDED_FROM - 1;
        _askRefused(
            _issue(made), _application(SHANGHAIS), _refusal(SHANGHAIS, IAgreementEvents.Refusal.OutsideEvaluation)
        );
        made = _clerk(3, 0);
        made.values[Facts.LEVEL] = 6;
        _askRefused(_issue(made), _application(CLERKS), _refusal(CLERKS, IAgreementEvents.Refusal.LevelOutside));
    }

    function test_request_underAnUnknownRuleOrAgreementIsRefused() public {
        Held memory held = _issue(1);
        ITransferEvents.Application memory application = _application(CLERKS);
        application.rule = 4;
        _askRefused(held, application, _refusal(4, IAgreementEvents.Refusal.UnknownRule));
        application.rule = 0;
        application.agreement = keccak256("unknown");
        bytes memory why = abi.encodeWithSelector(
            ITransferEvents.TransferRefused.selector,
            application.agreement,
            uint32(0),
            IAgreementEvents.Refusal.UnknownRule
        );
        _askRefused(held, application, why);
    }

    // ---- the target

    /// "target (province, institution or any, programme, course, kind)"
    function test_request_toATargetThatTheRuleDoesNotNameIsRefused() public {
        Held memory held = _issue(1);
        ITransferEvents.Application memory application = _application(CLERKS);
        application.targetInstitution = SOU;
        _askRefused(held, application, _badTarget(application));
        application = _application(CLERKS);
        application.programme = keccak256("ANOTHER");
        _askRefused(held, application, _badTarget(application));
        application = _application(SHANGHAIS); // any institution of Shanghai; ZOU is of Zhejiang
        application.targetInstitution = ZOU;
        _askRefused(held, application, _badTarget(application));
        bytes32 another = "12330000470009999X"; // of the rule's province, and not the institution that it names
        _byMotion(address(institutions), abi.encodeCall(institutions.permit, (another, ZHEJIANG)));
        _accredit(ZHEJIANG, another, "officer of another institution of Zhejiang");
        skip(3 days);
        _declare(another, ADMINISTRATION, IClaimBook.Window.Year);
        application = _application(CLERKS);
        application.targetInstitution = another;
        _askRefused(held, application, _badTarget(application));
        application = _application(SHANGHAIS);
        application.course = keccak256("any course"); // the rule names none
        _ask(held, application);
    }

    /// "target (province, institution or any, programme, course, kind)"
    function test_request_toAnotherCourseThanTheRulesIsRefused() public {
        IAgreementEvents.Terms memory terms = _lawOfTransfers();
        terms.rules[CLERKS].course = keccak256("OFFICE WORK");
        agreement = _propose(terms);
        _approveByAll(agreement);
        skip(PUBLIC_NOTICE);
        Held memory held = _issue(1);
        ITransferEvents.Application memory application = _application(CLERKS);
        _askRefused(held, application, _badTarget(application));
        application.course = keccak256("OFFICE WORK");
        _ask(held, application);
    }

    function test_request_toAProgrammeThatWasNotDeclaredIsRefused() public {
        ITransferEvents.Application memory application = _application(SHANGHAIS);
        application.programme = keccak256("UNDECLARED");
        bytes memory why = abi.encodeWithSelector(IClaimBook.ProgrammeUndeclared.selector, SOU, application.programme);
        _askRefused(_issue(1), application, why);
    }

    function test_request_needsBothInstitutionsAccredited() public {
        Held memory held = _issue(1);
        _as(lawyer[ZHEJIANG], address(institutions), abi.encodeCall(institutions.suspend, (ZOU)));
        _askRefused(held, _application(CLERKS), _badInstitution(ZOU, IInstitutionEvents.Standing.Suspended));
        _law(JIANGSU, abi.encodeCall(institutions.withdraw, (JOU)));
        _askRefused(held, _application(CLERKS), _badInstitution(JOU, IInstitutionEvents.Standing.Withdrawn));
        ITransferEvents.Application memory application = _application(SHANGHAIS);
        _law(JIANGSU, abi.encodeCall(institutions.accredit, (JOU, _scope(), new address[](0))));
        application.targetInstitution = AOU;
        _askRefused(held, application, _badInstitution(AOU, IInstitutionEvents.Standing.None));
    }

    function test_request_needsADeadlineAheadWithinTheLongest() public {
        Held memory held = _issue(1);
        ITransferEvents.Application memory application = _application(CLERKS);
        uint64 latest = _time() + ledger.LONGEST_DEADLINE();
        application.deadline = _time();
        bytes memory why = abi.encodeWithSelector(ITransferEvents.TransferDeadline.selector, _time(), latest);
        _askRefused(held, application, why);
        application.deadline = latest + 1;
        why = abi.encodeWithSelector(ITransferEvents.TransferDeadline.selector, latest + 1, latest);
        _askRefused(held, application, why);
        application.deadline = latest;
        _ask(held, application);
        application = _application(CLERKS);
        application.deadline = _time() + 1;
        _ask(_issue(2), application);
        assertEq(latest - _time(), 180 days);
    }

    /// Bulk is one transaction of many calls, all or none.
    function test_requests_areMadeInBulk() public {
        bytes[] memory calls = new bytes[](3);
        for (uint256 i; i < 3; ++i) {
            calls[i] = _requestCall(_issue(i), _application(CLERKS));
        }
        _as(operator[JIANGSU], address(ledger), abi.encodeCall(ledger.multicall, (calls)));
        assertEq(ledger.totalsOf(JIANGSU, ZHEJIANG).requested, 3);
        assertEq(book.claimOf(JOU, _claimOf(2)).number, 3);
    }

    // ---- helpers

    function _badTarget(ITransferEvents.Application memory application) private pure returns (bytes memory) {
        return abi.encodeWithSelector(
            ITransferEvents.TransferTarget.selector,
            application.targetInstitution,
            application.programme,
            application.course
        );
    }

    function _badInstitution(bytes32 institution, IInstitutionEvents.Standing standing)
        private
        pure
        returns (bytes memory)
    {
        return abi.encodeWithSelector(ITransferEvents.TransferInstitution.selector, institution, standing);
    }
}
