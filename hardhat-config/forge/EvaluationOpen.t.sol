// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {IConsortiumEvents} from "../../contracts/interfaces/IConsortiumEvents.sol";
import {IEvaluationEvents} from "../../contracts/interfaces/IEvaluationEvents.sol";
import {IInstitutionEvents} from "../../contracts/interfaces/IInstitutionEvents.sol";
import {Roles} from "../../contracts/libraries/Roles.sol";
import {Panels} from "./base/Panels.sol";

/// @title "a province opens one for an outcome (the seed case: Jiangsu's vocational skill certificate of administrative service clerks)
/// with a dossier digest"
contract EvaluationOpenTest is Panels {
    uint64 private constant PAUSE = 30 days;

    function test_open_keepsTheSubjectAsItWasOpened() public {
        IEvaluationEvents.Subject memory subject = _subject();
        bytes32 evaluation = _open(subject);
        assertEq(evaluation, keccak256(abi.encode(JOU, CLERK, uint32(1))));
        (uint32 province, IEvaluationEvents.Subject memory kept) = evaluations.subjectOf(evaluation);
        assertEq(province, JIANGSU);
        assertEq(keccak256(abi.encode(kept)), keccak256(abi.encode(subject)));
        assertEq(evaluations.countOf(JOU, CLERK), 1);
        assertTrue(evaluations.phaseOf(evaluation) == IEvaluationEvents.Phase.Nominating);
        IEvaluationEvents.Finding memory finding = evaluations.findingOf(evaluation);
        assertEq(finding.institution, JOU);
        assertEq(finding.outcome, CLERK);
        assertFalse(finding.passed);
        assertEq(uint256(finding.category) + finding.level + finding.credits + finding.closedAt, 0);
        assertEq(uint256(finding.awardedFrom) + finding.awardedUntil, 0);
        assertEq(evaluations.PAUSE(), PAUSE);
    }

    function test_anUnknownEvaluation_isNothing() public {
        bytes32 unknown = keccak256("unknown");
        assertTrue(evaluations.phaseOf(unknown) == IEvaluationEvents.Phase.None);
        (uint32 province, IEvaluationEvents.Subject memory subject) = evaluations.subjectOf(unknown);
        assertEq(province, 0);
        assertEq(subject.targets.length, 0);
        assertEq(evaluations.panelOf(unknown).length, 0);
        assertEq(evaluations.findingOf(unknown).institution, 0);
        assertEq(evaluations.countOf(JOU, keccak256("unknown")), 0);
        assertEq(evaluations.expertOf(address(this)), 0);
        bytes memory why = abi.encodeWithSelector(IEvaluationEvents.EvaluationUnknown.selector, unknown);
        _nominateRefused(SHANGHAI, unknown, _expert("1"), why);
        _refused(_expert("1"), address(evaluations), _opineCall(unknown, false, 0, 0), why);
        _refused(lawyer[ANHUI], address(evaluations), abi.encodeCall(evaluations.close, (unknown)), why);
    }

    // ---- who

    /// Nobody else blocks an outcome for the length of an evaluation and a pause.
    function test_open_byAProvinceThatDoesNotAccreditTheInstitution_isRefused() public {
        bytes memory why =
            abi.encodeWithSelector(IInstitutionEvents.InstitutionOfAnotherProvince.selector, JOU, JIANGSU, SHANGHAI);
        _refused(lawyer[SHANGHAI], address(evaluations), _openCall(_subject()), why);
    }

    function test_open_byAnAccountWithoutTheRole_isRefused() public {
        _refused(
            operator[JIANGSU], address(evaluations), _openCall(_subject()), _unauthorised(operator[JIANGSU], Roles.LAW)
        );
        _refused(address(this), address(evaluations), _openCall(_subject()), _unauthorised(address(this), Roles.LAW));
    }

    /// It cannot be undone and keeps the outcome's next one waiting, so one stolen key must not do it.
    function test_open_byOneAccount_isOnlyProposed() public {
        bytes memory call = _openCall(_subject());
        _as(lawyer[JIANGSU], address(evaluations), call);
        assertEq(evaluations.countOf(JOU, CLERK), 0);
        assertTrue(evaluations.phaseOf(evaluations.evaluationId(JOU, CLERK, 1)) == IEvaluationEvents.Phase.None);
        vm.prank(lawyer[JIANGSU]);
        (bool again,) = address(evaluations).call(call);
        assertFalse(again, "one account opened it alone");
        _as(admin[JIANGSU], address(evaluations), call);
        assertEq(evaluations.countOf(JOU, CLERK), 1);
    }

    /// What was possible when it was proposed is asked again when it is confirmed.
    function test_open_confirmedTooLateForItsTimes_isRefused() public {
        IEvaluationEvents.Subject memory subject = _subject();
        subject.nominationsUntil = time() + 7 days;
        _as(lawyer[JIANGSU], address(evaluations), _openCall(subject));
        skip(1);
        _refused(
            admin[JIANGSU],
            address(evaluations),
            _openCall(subject),
            _nominationsWhy(subject.nominationsUntil, time() + 7 days, time() + 180 days)
        );
    }

    function test_open_byAPausedMember_isRefused() public {
        _byMotion(address(consortium), abi.encodeCall(consortium.pause, (JIANGSU)));
        bytes memory why = abi.encodeWithSelector(
            IConsortiumEvents.ConsortiumPaused.selector, JIANGSU, vm.getBlockTimestamp() + 90 days
        );
        _refused(lawyer[JIANGSU], address(evaluations), _openCall(_subject()), why);
    }

    function test_open_forAnInstitutionNobodyAccredited_isRefused() public {
        IEvaluationEvents.Subject memory subject = _subject();
        subject.institution = AOU;
        _openRefused(subject, abi.encodeWithSelector(IInstitutionEvents.InstitutionUnknown.selector, AOU));
    }

    function test_open_forASuspendedInstitution_isRefused() public {
        _as(lawyer[JIANGSU], address(institutions), abi.encodeCall(institutions.suspend, (JOU)));
        bytes memory why = abi.encodeWithSelector(
            IInstitutionEvents.InstitutionStanding.selector, JOU, IInstitutionEvents.Standing.Suspended
        );
        _openRefused(_subject(), why);
    }

    function test_open_ofACategoryOutsideTheScope_isRefused() public {
        _law(JIANGSU, abi.encodeCall(institutions.narrow, (JOU, IInstitutionEvents.Scope(0x06, 10, 99_999))));
        uint8[3] memory outside = [0, 3, 200];
        for (uint256 i; i < outside.length; ++i) {
            IEvaluationEvents.Subject memory subject = _subject();
            subject.category = outside[i];
            bytes memory why =
                abi.encodeWithSelector(IEvaluationEvents.EvaluationCategory.selector, JOU, outside[i], uint8(0x06));
            _openRefused(subject, why);
        }
        _open();
    }

    // ---- what

    function test_open_withoutOutcomeOrDossier_isRefused() public {
        IEvaluationEvents.Subject memory subject = _subject();
        subject.outcome = 0;
        _openRefused(
            subject, abi.encodeWithSelector(IEvaluationEvents.EvaluationFieldMissing.selector, bytes32("outcome"))
        );
        subject = _subject();
        subject.dossier = 0;
        _openRefused(
            subject, abi.encodeWithSelector(IEvaluationEvents.EvaluationFieldMissing.selector, bytes32("dossier"))
        );
    }

    /// "it covers outcomes awarded in a period"
    function test_open_forAnEmptyPeriod_isRefused() public {
        IEvaluationEvents.Subject memory subject = _subject();
        (subject.awardedFrom, subject.awardedUntil) = (700, 700);
        _openRefused(
            subject, abi.encodeWithSelector(IEvaluationEvents.EvaluationPeriod.selector, uint16(700), uint16(700))
        );
        subject.awardedUntil = 701;
        _open(subject);
    }

    /// "a panel of at least five experts"
    function test_open_withFewerThanFiveSeatsOrMoreThanFifteen_isRefused() public {
        uint8[3] memory outside = [0, 4, 16];
        for (uint256 i; i < outside.length; ++i) {
            IEvaluationEvents.Subject memory subject = _subject();
            subject.seats = outside[i];
            bytes memory why =
                abi.encodeWithSelector(IEvaluationEvents.EvaluationSeats.selector, outside[i], uint8(5), uint8(15));
            _openRefused(subject, why);
        }
        IEvaluationEvents.Subject memory largest = _subject();
        largest.seats = 15;
        _open(largest);
    }

    function test_open_withoutTargetsOrWithMoreThanSeats_isRefused() public {
        IEvaluationEvents.Subject memory subject = _subject();
        subject.targets = new uint32[](0);
        _openRefused(
            subject, abi.encodeWithSelector(IEvaluationEvents.EvaluationTargets.selector, uint256(0), uint8(5))
        );
        subject.targets = new uint32[](6);
        _openRefused(
            subject, abi.encodeWithSelector(IEvaluationEvents.EvaluationTargets.selector, uint256(6), uint8(5))
        );
    }

    /// As many targets as seats are possible: what is wrong with these five is that they are nobody.
    function test_open_withAsManyTargetsAsSeats_isRefusedForWhatTheTargetsAre() public {
        IEvaluationEvents.Subject memory subject = _subject();
        subject.targets = new uint32[](5);
        _openRefused(
            subject, abi.encodeWithSelector(IEvaluationEvents.EvaluationTargetOrder.selector, uint32(0), uint32(0))
        );
    }

    function test_open_withTargetsOutOfOrder_isRefused() public {
        IEvaluationEvents.Subject memory subject = _subject();
        subject.targets = _provinces(ZHEJIANG, SHANGHAI);
        _openRefused(
            subject, abi.encodeWithSelector(IEvaluationEvents.EvaluationTargetOrder.selector, ZHEJIANG, SHANGHAI)
        );
        subject.targets = _provinces(SHANGHAI, SHANGHAI);
        _openRefused(
            subject, abi.encodeWithSelector(IEvaluationEvents.EvaluationTargetOrder.selector, SHANGHAI, SHANGHAI)
        );
    }

    function test_open_withATargetThatIsNoMemberOrTheOpener_isRefused() public {
        IEvaluationEvents.Subject memory subject = _subject();
        subject.targets = _provinces(SHANGHAI, 500_000);
        _openRefused(subject, abi.encodeWithSelector(IEvaluationEvents.EvaluationTarget.selector, uint32(500_000)));
        subject.targets = _provinces(JIANGSU, ZHEJIANG);
        _openRefused(subject, abi.encodeWithSelector(IEvaluationEvents.EvaluationTarget.selector, JIANGSU));
    }

    function test_open_withTimesOutOfBounds_isRefused() public {
        uint64 nominations = time() + 7 days;
        uint64 latest = time() + 180 days;
        _openUntil(nominations - 1, nominations + 7 days, _nominationsWhy(nominations - 1, nominations, latest));
        _openUntil(latest + 1, latest + 8 days, _nominationsWhy(latest + 1, nominations, latest));
        uint64 opinions = nominations + 7 days;
        uint64 last = nominations + 180 days;
        _openUntil(nominations, opinions - 1, _opinionsWhy(opinions - 1, opinions, last));
        _openUntil(nominations, last + 1, _opinionsWhy(last + 1, opinions, last));
        _openUntil(nominations, 0, _opinionsWhy(0, opinions, last));
        _openUntil(nominations, opinions, "");
    }

    function test_open_withTheLatestTimes_isAccepted() public {
        _openUntil(time() + 180 days, time() + 360 days, "");
    }

    // ---- one at a time, a pause before the next

    /// "one open evaluation per outcome": an open twin
    function test_open_ofAnOpenTwin_isRefused() public {
        bytes32 evaluation = _open();
        _openRefused(_subject(), abi.encodeWithSelector(IEvaluationEvents.EvaluationOpen.selector, evaluation));
        // Its times are over, but nobody closed it yet.
        skip(200 days);
        assertTrue(evaluations.phaseOf(evaluation) == IEvaluationEvents.Phase.Due);
        _openRefused(_subject(), abi.encodeWithSelector(IEvaluationEvents.EvaluationOpen.selector, evaluation));
        IEvaluationEvents.Subject memory other = _subject();
        other.outcome = keccak256("JS-CLERK-4");
        _open(other);
    }

    /// "a pause before the next"
    function test_open_withinThePause_isRefused() public {
        bytes32 evaluation = _passed(_subject(), 4, 600);
        uint64 until = evaluations.findingOf(evaluation).closedAt + PAUSE;
        bytes memory why = abi.encodeWithSelector(IEvaluationEvents.EvaluationPause.selector, evaluation, until);
        _openRefused(_subject(), why);
        vm.warp(until - 1);
        _openRefused(_subject(), why);
        vm.warp(until);
        bytes32 next = _open();
        assertEq(next, evaluations.evaluationId(JOU, CLERK, 2));
        assertEq(evaluations.countOf(JOU, CLERK), 2);
        // The first one's finding stays what it was.
        assertTrue(evaluations.findingOf(evaluation).passed);
    }

    /// An evaluation belongs to its outcome: where the institution has moved, its new province waits for it like everybody.
    function test_open_byTheNextProvinceOfAnInstitutionThatMoved_waitsForTheOpenOne() public {
        bytes32 evaluation = _open();
        _byMotion(address(institutions), abi.encodeCall(institutions.move, (JOU, ANHUI)));
        IEvaluationEvents.Subject memory subject = _subject();
        bytes memory why = abi.encodeWithSelector(IEvaluationEvents.EvaluationOpen.selector, evaluation);
        _refused(lawyer[ANHUI], address(evaluations), _openCall(subject), why);
    }

    // ---- inside

    function time() private view returns (uint64) {
        return uint64(vm.getBlockTimestamp());
    }

    function _openRefused(IEvaluationEvents.Subject memory subject, bytes memory why) private {
        _refused(lawyer[JIANGSU], address(evaluations), _openCall(subject), why);
    }

    /// @notice Opens with these times; refused with `why`, or not at all where that is empty.
    function _openUntil(uint64 nominations, uint64 opinions, bytes memory why) private {
        IEvaluationEvents.Subject memory subject = _subject();
        (subject.nominationsUntil, subject.opinionsUntil) = (nominations, opinions);
        if (why.length == 0) _open(subject);
        else _openRefused(subject, why);
    }

    function _nominationsWhy(uint64 given, uint64 earliest, uint64 latest) private pure returns (bytes memory) {
        return abi.encodeWithSelector(IEvaluationEvents.EvaluationNominationsUntil.selector, given, earliest, latest);
    }

    function _opinionsWhy(uint64 given, uint64 earliest, uint64 latest) private pure returns (bytes memory) {
        return abi.encodeWithSelector(IEvaluationEvents.EvaluationOpinionsUntil.selector, given, earliest, latest);
    }
}
