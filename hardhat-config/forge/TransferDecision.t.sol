// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {IClaimBook} from "../../contracts/interfaces/IClaimBook.sol";
import {ICredentialEvents} from "../../contracts/interfaces/ICredentialEvents.sol";
import {IInstitutionEvents} from "../../contracts/interfaces/IInstitutionEvents.sol";
import {ITransferEvents} from "../../contracts/interfaces/ITransferEvents.sol";
import {Roles} from "../../contracts/libraries/Roles.sol";
import {Recognition} from "./base/Recognition.sol";

/// @title "accept / reject: only an officer of the TARGET INSTITUTION (the body that grants the certificate decides). accept reads status
/// and standing of both sides again, takes the enrolment, is bounded by the stored quote and by the cap."
contract TransferDecisionTest is Recognition {
    ICredentialEvents.Status private constant VALID = ICredentialEvents.Status.Valid;
    ICredentialEvents.Status private constant SUSPENDED = ICredentialEvents.Status.Suspended;
    ICredentialEvents.Status private constant REVOKED = ICredentialEvents.Status.Revoked;

    Held internal held;
    Asked internal asked;

    function setUp() public override {
        super.setUp();
        Held memory made = _issue(1);
        held.index = made.index;
        held.batch.institution = JOU;
        for (uint256 i; i < 2; ++i) {
            held.batch.certificates.push(made.batch.certificates[i]);
            held.batch.leaves.push(made.batch.leaves[i]);
        }
        held.batch.nodes = made.batch.nodes;
        asked = _ask(made, CLERKS);
    }

    /// The enrolment is "given at the decision, never in the request".
    function test_accept_awardsCreditsToAnEnrolment() public {
        skip(1 days);
        _accept(asked, ENROLMENT, 300);
        ITransferEvents.Transfer memory transfer = ledger.transferOf(asked.ref);
        assertEq(uint8(transfer.stage), uint8(ITransferEvents.Stage.Accepted));
        assertEq(transfer.awarded, 300);
        assertEq(transfer.enrolment, ENROLMENT);
        assertEq(transfer.decidedAt, _time());
        assertEq(transfer.quoted, QUOTED);
        _claimIs(asked, IClaimBook.Use.Used);
        _standsAs(asked, ITransferEvents.Standing.Accepted);
        ITransferEvents.Totals memory totals = ledger.totalsOf(JIANGSU, ZHEJIANG);
        assertEq(totals.accepted, 1);
        assertEq(totals.awarded, 300);
        (uint64 year, uint64 whole) = book.usedBy(IClaimBook.Account(ZOU, ADMINISTRATION, ENROLMENT), _time());
        assertEq(year, 300);
        assertEq(whole, 300);
    }

    function test_reject_returnsTheRequestAndFreesTheClaim() public {
        for (uint8 reason = 1; reason <= 5; ++reason) {
            Asked memory next = _ask(_issue(10 + reason), CLERKS);
            _as(officer[ZOU], address(ledger), _rejectCall(next, ITransferEvents.Return(reason)));
            ITransferEvents.Transfer memory transfer = ledger.transferOf(next.ref);
            assertEq(uint8(transfer.stage), uint8(ITransferEvents.Stage.Returned));
            assertEq(uint8(transfer.reason), reason);
            assertEq(transfer.decidedAt, _time());
            _claimIs(next, IClaimBook.Use.Free);
            _standsAs(next, ITransferEvents.Standing.Returned);
        }
        assertEq(ledger.totalsOf(JIANGSU, ZHEJIANG).returned, 5);
    }

    function test_reject_takesTheReasonsOfADecisionAlone() public {
        ITransferEvents.Return[3] memory reasons =
            [ITransferEvents.Return.None, ITransferEvents.Return.Cancelled, ITransferEvents.Return.Expired];
        for (uint256 i; i < reasons.length; ++i) {
            bytes memory why = abi.encodeWithSelector(ITransferEvents.TransferReason.selector, uint8(reasons[i]));
            _refused(officer[ZOU], address(ledger), _rejectCall(asked, reasons[i]), why);
        }
    }

    // ---- how much

    function test_accept_aboveTheQuoteIsRefused() public {
        uint32[3] memory credits = [QUOTED + 1, type(uint32).max, uint32(0)];
        for (uint256 i; i < credits.length; ++i) {
            bytes memory why =
                abi.encodeWithSelector(ITransferEvents.TransferAward.selector, ENROLMENT, credits[i], QUOTED);
            _refused(officer[ZOU], address(ledger), _acceptCall(asked, ENROLMENT, credits[i]), why);
        }
        bytes memory none = abi.encodeWithSelector(ITransferEvents.TransferAward.selector, bytes32(0), QUOTED, QUOTED);
        _refused(officer[ZOU], address(ledger), _acceptCall(asked, 0, QUOTED), none);
        _accept(asked, ENROLMENT, QUOTED);
    }

    // ---- who

    function test_decision_byACentreIsRefused() public {
        address[6] memory centre = [
            admin[ZHEJIANG],
            operator[ZHEJIANG],
            lawyer[ZHEJIANG],
            admin[JIANGSU],
            operator[JIANGSU],
            address(consortium)
        ];
        for (uint256 i; i < centre.length; ++i) {
            _noOfficer(centre[i]);
        }
    }

    function test_decision_byAnotherInstitutionsOfficerIsRefused() public {
        _noOfficer(officer[SOU]);
        _noOfficer(officer[JOU]);
        bytes32 other = "12330000470009999X";
        _byMotion(address(institutions), abi.encodeCall(institutions.permit, (other, ZHEJIANG)));
        _accredit(ZHEJIANG, other, "officer of another institution of Zhejiang");
        skip(4 days);
        _noOfficer(officer[other]);
    }

    /// "one centre decides a transfer alone by appointing itself an officer": "any officer accepts transfers only after 3 days in force".
    function test_decision_byAnOfficerYoungerThanTheDelayIsRefused() public {
        address young = _account("young");
        _law(ZHEJIANG, abi.encodeCall(institutions.appointOfficer, (ZOU, young, 0)));
        uint64 delay = institutions.OFFICER_DELAY();
        skip(delay - 1);
        _noOfficer(young);
        skip(1);
        _as(young, address(ledger), _acceptCall(asked, ENROLMENT, QUOTED));
    }

    /// A founding officer approves anchors at once, and neither declares a programme nor decides a transfer sooner than any other.
    function test_decision_byAFoundingOfficerWaitsTheDelayToo() public {
        bytes32 nou = "12330000470009999X";
        _byMotion(address(institutions), abi.encodeCall(institutions.permit, (nou, ZHEJIANG)));
        _accredit(ZHEJIANG, nou, "founding officer");
        assertTrue(institutions.mayApproveAnchor(nou, officer[nou]));
        bytes memory why = abi.encodeWithSelector(IClaimBook.ProgrammeByStranger.selector, nou, officer[nou]);
        skip(3 days - 1);
        bytes memory call = _declareCall(nou, ADMINISTRATION, IClaimBook.Window.Year, 1);
        _refused(officer[nou], address(book), call, why);
        // Had another declared it, the founding officer would still wait.
        bytes32 slot = keccak256(abi.encode(ADMINISTRATION, keccak256(abi.encode(nou, uint256(1)))));
        vm.store(address(book), slot, bytes32(uint256(1) << 40 | 1));
        Certificate memory degree = _clerk(2, 0);
        (degree.values[0], degree.values[2]) = (uint256(keccak256("DEGREE")), 1);
        Held memory another = _issue(degree);
        ITransferEvents.Application memory application = _application(DEGREES);
        application.targetInstitution = nou;
        Asked memory next = _ask(another, application);
        why = abi.encodeWithSelector(ITransferEvents.TransferOfficer.selector, nou, officer[nou]);
        _refused(officer[nou], address(ledger), _acceptCall(next, ENROLMENT, 500), why);
        skip(1);
        _as(officer[nou], address(ledger), _acceptCall(next, ENROLMENT, 500));
    }

    function test_decision_byARetiredOrReportedOfficerIsRefused() public {
        _law(ZHEJIANG, abi.encodeCall(institutions.retireOfficer, (ZOU, officer[ZOU], 0)));
        _noOfficer(officer[ZOU]);
    }

    function test_decision_inAnExpelledOrPausedProvinceIsRefused() public {
        _byMotion(address(consortium), abi.encodeCall(consortium.pause, (ZHEJIANG)));
        _noOfficer(officer[ZOU]);
        _byMotion(address(consortium), abi.encodeCall(consortium.unpause, (ZHEJIANG)));
        _byMotion(address(consortium), abi.encodeCall(consortium.admit, (_founding(500000, "Chongqing"))));
        _replace(ZHEJIANG, ANHUI);
        _noOfficer(officer[ZOU]);
    }

    /// "the pair is fixed at request": whoever the institution was moved to is no party to it, or the source itself could come to decide.
    function test_decision_inAnotherProvinceThanThePairsIsRefused() public {
        uint32[2] memory provinces = [ANHUI, JIANGSU];
        for (uint256 i; i < provinces.length; ++i) {
            _byMotion(address(institutions), abi.encodeCall(institutions.move, (ZOU, provinces[i])));
            _noOfficer(officer[ZOU]); // an institution takes no officer along
            address next = _account(string.concat("officer in ", vm.toString(provinces[i])));
            _law(provinces[i], abi.encodeCall(institutions.appointOfficer, (ZOU, next, 0)));
            skip(3 days);
            _noOfficer(next);
        }
        _as(operator[JIANGSU], address(ledger), _cancelCall(asked)); // what can still be done
        _claimIs(asked, IClaimBook.Use.Free);
    }

    // ---- "revoked between request and decision": "accept reads the status again"

    /// "revoked between request and decision | accept reads the status again"
    function test_accept_onALeafRevokedOrSuspendedSinceIsRefused() public {
        _setLeaf(held, SUSPENDED);
        _acceptRefused(asked, _badStatus(SUSPENDED, VALID));
        _lift(JIANGSU, held.batch, held.index);
        _setLeaf(held, REVOKED);
        _acceptRefused(asked, _badStatus(REVOKED, VALID));
        _reject(asked); // what can still be done
    }

    function test_accept_onALeafSupersededSinceIsRefused() public {
        _supersede(held, _issue(1, 1));
        _acceptRefused(asked, _badStatus(REVOKED, VALID));
    }

    function test_accept_onALeafOfABatchRevokedOrSuspendedSinceIsRefused() public {
        _setBatch(JIANGSU, JOU, held.batch.nodes[0], SUSPENDED);
        _acceptRefused(asked, _badStatus(VALID, SUSPENDED));
        _setBatch(JIANGSU, JOU, held.batch.nodes[0], REVOKED);
        _acceptRefused(asked, _badStatus(VALID, REVOKED));
    }

    function test_accept_needsBothInstitutionsAccreditedStill() public {
        _as(lawyer[JIANGSU], address(institutions), abi.encodeCall(institutions.suspend, (JOU)));
        _acceptRefused(asked, _badInstitution(JOU, IInstitutionEvents.Standing.Suspended));
        _law(JIANGSU, abi.encodeCall(institutions.resume, (JOU)));
        _as(lawyer[ZHEJIANG], address(institutions), abi.encodeCall(institutions.suspend, (ZOU)));
        _acceptRefused(asked, _badInstitution(ZOU, IInstitutionEvents.Standing.Suspended));
        _reject(asked); // a suspended institution still says no
    }

    // ---- when

    /// "a decision counts until deadline + grace, expiry from then on"
    function test_decision_countsUntilDeadlineAndGrace() public {
        uint64 until = _time() + 30 days + GRACE;
        vm.warp(until - 1);
        _standsAs(asked, ITransferEvents.Standing.Requested);
        bytes memory why = abi.encodeWithSelector(ITransferEvents.TransferNotExpired.selector, until);
        _refused(officer[ZOU], address(ledger), _expireCall(asked), why);
        uint256 before = vm.snapshotState();
        _accept(asked, ENROLMENT, QUOTED);
        vm.revertToState(before);
        vm.warp(until);
        _standsAs(asked, ITransferEvents.Standing.Overdue);
        why = abi.encodeWithSelector(ITransferEvents.TransferTooLate.selector, until);
        _acceptRefused(asked, why);
        _refused(officer[ZOU], address(ledger), _rejectCall(asked, ITransferEvents.Return.Otherwise), why);
    }

    /// "Past deadline and grace anyone may expire it"
    function test_expire_isForAnybody() public {
        Asked memory second = _ask(_issue(2), CLERKS);
        skip(32 days);
        address stranger = address(uint160(uint256(keccak256("of no province"))));
        assertEq(consortium.bindingOf(stranger).province, 0);
        _as(stranger, address(ledger), _expireCall(asked));
        assertEq(uint8(ledger.transferOf(asked.ref).reason), uint8(ITransferEvents.Return.Expired));
        _claimIs(asked, IClaimBook.Use.Free);
        assertEq(ledger.totalsOf(JIANGSU, ZHEJIANG).returned, 1);
        _byMotion(address(consortium), abi.encodeCall(consortium.pause, (JIANGSU)));
        _as(operator[JIANGSU], address(ledger), _expireCall(second)); // a paused member's accounts are anyone's, too
        _claimIs(second, IClaimBook.Use.Free);
    }

    function test_cancel_isForTheSourceProvinceAlone() public {
        bytes memory why =
            abi.encodeWithSelector(ITransferEvents.TransferByStranger.selector, JIANGSU, ZHEJIANG, ZHEJIANG);
        _refused(operator[ZHEJIANG], address(ledger), _cancelCall(asked), why);
        why = _unauthorised(lawyer[JIANGSU], Roles.TRANSFER);
        _refused(lawyer[JIANGSU], address(ledger), _cancelCall(asked), why);
        _as(operator[JIANGSU], address(ledger), _cancelCall(asked));
        assertEq(uint8(ledger.transferOf(asked.ref).reason), uint8(ITransferEvents.Return.Cancelled));
        _claimIs(asked, IClaimBook.Use.Free);
    }

    /// "a custodian named by motion keeps a gone member's statuses and transfers"
    function test_cancel_isForTheCustodianOnceTheSourceIsGone() public {
        _byMotion(address(consortium), abi.encodeCall(consortium.admit, (_founding(500000, "Chongqing"))));
        bytes memory why = abi.encodeWithSelector(ITransferEvents.TransferByStranger.selector, JIANGSU, ZHEJIANG, ANHUI);
        _refused(operator[ANHUI], address(ledger), _cancelCall(asked), why);
        _replace(JIANGSU, ANHUI);
        _as(operator[ANHUI], address(ledger), _cancelCall(asked));
        _stageIs(asked, ITransferEvents.Stage.Returned);
    }

    // ---- helpers

    function _noOfficer(address account) private {
        bytes memory why = abi.encodeWithSelector(ITransferEvents.TransferOfficer.selector, ZOU, account);
        _refused(account, address(ledger), _acceptCall(asked, ENROLMENT, QUOTED), why);
        _refused(account, address(ledger), _rejectCall(asked, ITransferEvents.Return.Otherwise), why);
    }

    function _badStatus(ICredentialEvents.Status own, ICredentialEvents.Status batch)
        private
        view
        returns (bytes memory)
    {
        return abi.encodeWithSelector(ITransferEvents.TransferStatus.selector, asked.details.leaf, own, batch);
    }

    function _badInstitution(bytes32 institution, IInstitutionEvents.Standing standing)
        private
        pure
        returns (bytes memory)
    {
        return abi.encodeWithSelector(ITransferEvents.TransferInstitution.selector, institution, standing);
    }
}
