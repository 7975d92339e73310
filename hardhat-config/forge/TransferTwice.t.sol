// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {IClaimBook} from "../../contracts/interfaces/IClaimBook.sol";
import {ITransferEvents} from "../../contracts/interfaces/ITransferEvents.sol";
import {Recognition} from "./base/Recognition.sol";

/// @title "the same outcome used twice, also after a reissue, a deleted and re-opened account, another batch, a joint award": "lock by
/// (canonical institution, claim); the claim depends on the person and the outcome, not on the certificate".
contract TransferTwiceTest is Recognition {
    IClaimBook.Use private constant REQUESTED = IClaimBook.Use.Requested;
    IClaimBook.Use private constant USED = IClaimBook.Use.Used;

    function test_sameOutcome_isUsedOnceByTwoProvinces() public {
        Held memory held = _issue(1);
        Asked memory first = _ask(held, CLERKS);
        _askRefused(held, _application(SHANGHAIS), _takenBy(first, REQUESTED));
        _accept(first, ENROLMENT, QUOTED);
        _askRefused(held, _application(SHANGHAIS), _takenBy(first, USED));
        _askRefused(held, _application(CLERKS), _takenBy(first, USED));
    }

    function test_sameOutcome_isUsedOnceAlsoAfterAReissue() public {
        Held memory held = _issue(1);
        Asked memory first = _accepted(held);
        Held memory again = _issue(1, 1);
        _supersede(held, again);
        _askRefused(again, _application(CLERKS), _takenBy(first, USED));
        _askRefused(again, _application(SHANGHAIS), _takenBy(first, USED));
    }

    /// A centre that deleted a person's account and opened it anew computes the same claim: "The same person's same outcome has one claim
    /// for ever, deleted accounts included". Everything else about the new certificate is new.
    function test_sameOutcome_isUsedOnceAlsoAfterAccountDeletionAndReopening() public {
        Asked memory first = _accepted(_issue(1));
        skip(400 days);
        Certificate memory fresh = _clerk(1, 2);
        fresh.values[6] = 690;
        Held memory reopened = _issue(fresh);
        assertTrue(reopened.batch.leaves[reopened.index] != first.details.leaf);
        _askRefused(reopened, _application(CLERKS), _takenBy(first, USED));
    }

    function test_sameOutcome_isUsedOnceAlsoFromAnotherBatch() public {
        Certificate memory made = _clerk(1, 0);
        Asked memory first = _accepted(_issue(made));
        Certificate[] memory alone = new Certificate[](1);
        alone[0] = made;
        Held memory again;
        again.batch = _seal(JOU, alone);
        _anchor(JIANGSU, _toBatch(again.batch));
        _attest(ANHUI, again.batch);
        assertEq(again.batch.leaves[0], first.details.leaf);
        _askRefused(again, _application(SHANGHAIS), _takenBy(first, USED));
    }

    /// "A renamed or jointly awarded outcome is an alias": both certificates carry the claim over the canonical outcome, and are locked
    /// under the canonical institution.
    function test_sameOutcome_isUsedOnceAlsoFromAJointAward() public {
        bytes32 nou = "12320000466000124N";
        bytes32 joint = keccak256("JOINT");
        _byMotion(address(institutions), abi.encodeCall(institutions.permit, (nou, JIANGSU)));
        _accredit(JIANGSU, nou, "officer of NOU");
        _alias(nou, joint, JOU, CLERK);
        Certificate memory other = _certificate(nou, 9);
        other.values = _facts();
        other.values[0] = uint256(joint);
        other.values[1] = uint256(_claimOf(1));
        other.values[2] = 1; // so that rule DEGREES takes it
        Asked memory first = _accepted(_issue(1));
        _askRefused(_issue(other), _application(DEGREES), _takenBy(first, USED));
    }

    function test_sameOutcome_isAskedForAgainAfterARejection() public {
        Held memory held = _issue(1);
        Asked memory first = _ask(held, CLERKS);
        _reject(first);
        _claimIs(first, IClaimBook.Use.Free);
        Asked memory second = _ask(held, CLERKS);
        assertEq(second.ref.number, 2);
        _accept(second, ENROLMENT, QUOTED);
        _stageIs(first, ITransferEvents.Stage.Returned);
        _claimIs(second, USED);
    }

    /// "claim neither live nor retired"
    function test_sameOutcome_isAskedForOnceByTwoRequestsOfOneBlock() public {
        Held memory held = _issue(1);
        Asked memory first = _ask(held, CLERKS); // no time passes
        _askRefused(held, _application(CLERKS), _takenBy(first, REQUESTED));
        bytes[] memory calls = new bytes[](2);
        Held memory other = _issue(2);
        calls[0] = _requestCall(other, _application(CLERKS));
        calls[1] = _requestCall(other, _application(SHANGHAIS));
        first.ref.number = 2;
        first.details.claim = _claimOf(2);
        bytes memory why = _takenBy(first, REQUESTED);
        _refused(operator[JIANGSU], address(ledger), abi.encodeCall(ledger.multicall, (calls)), why);
        assertEq(ledger.totalsOf(JIANGSU, ZHEJIANG).requested, 1); // all or none
    }

    /// Two outcomes of one person, and one outcome of two persons, are claims of their own.
    function test_otherOutcomes_areNotTouched() public {
        _accepted(_issue(1));
        Certificate memory degree = _clerk(1, 3);
        (degree.values[0], degree.values[1], degree.values[2]) =
        (uint256(keccak256("DEGREE")), uint256(keccak256("claim over DEGREE")), 1);
        _ask(_issue(degree), DEGREES);
        _ask(_issue(2), CLERKS);
        assertEq(ledger.totalsOf(JIANGSU, ZHEJIANG).requested, 3);
    }

    /// "another province locks a victim's claim": "the institution is inside the leaf, and must be the batch's own".
    function test_anotherProvince_cannotLockAVictimsClaim() public {
        Certificate memory forged = _certificate(SOU, 5);
        forged.values = _facts();
        forged.values[1] = uint256(_claimOf(1));
        Held memory held = _issue(forged);
        assertEq(uint8(book.claimOf(JOU, _claimOf(1)).use), 0);
        forged.institution = JOU; // claimed under the victim's institution, the batch is SOU's
        held.batch.certificates[held.index].institution = JOU;
        bytes memory why = abi.encodeWithSignature("BatchUnknown(bytes32,bytes32)", JOU, held.batch.nodes[0]);
        _refused(operator[SHANGHAI], address(ledger), _requestCall(held, _application(CLERKS)), why);
        _ask(_issue(1), CLERKS);
    }

    /// An alias set after the anchoring gave the outcome another claim: the certificate is reissued over the new one first.
    function test_alias_setSinceTheAnchoringRefusesTheRequest() public {
        Held memory held = _issue(1);
        skip(1);
        _alias(JOU, CLERK, JOU, keccak256("CLERK-2027"));
        bytes memory why = abi.encodeWithSelector(ITransferEvents.TransferAliasSince.selector, JOU, CLERK);
        _askRefused(held, _application(CLERKS), why);
    }

    function test_alias_setSinceTheRequestRefusesTheAcceptance() public {
        Asked memory asked = _ask(_issue(1), CLERKS);
        skip(1);
        _alias(JOU, CLERK, JOU, keccak256("CLERK-2027"));
        _acceptRefused(asked, abi.encodeWithSelector(ITransferEvents.TransferAliasSince.selector, JOU, CLERK));
    }

    /// A leaf that was used, whose outcome then became another institution's, and that was anchored again: its claim would be free there.
    function test_alias_setSinceTheUseLetsNoLeafBeAnchoredAgainAndUsedAgain() public {
        bytes32 nou = "12320000466000124N";
        _byMotion(address(institutions), abi.encodeCall(institutions.permit, (nou, JIANGSU)));
        _accredit(JIANGSU, nou, "officer of NOU");
        Certificate memory made = _clerk(1, 0);
        Asked memory first = _accepted(_issue(made));
        skip(1);
        _alias(JOU, CLERK, nou, keccak256("CLERK-NOU"));
        Certificate[] memory alone = new Certificate[](1);
        alone[0] = made;
        Held memory again;
        again.batch = _seal(JOU, alone);
        _anchor(JIANGSU, _toBatch(again.batch));
        _attest(ANHUI, again.batch);
        assertEq(again.batch.leaves[0], first.details.leaf);
        assertEq(uint8(book.claimOf(nou, _claimOf(1)).use), 0);
        _askRefused(again, _application(CLERKS), _takenBy(first, USED));
        _askRefused(again, _application(SHANGHAIS), _takenBy(first, USED));
    }

    /// To another institution, of the same outcome code.
    function test_alias_toAnotherInstitutionRefusesTheRequestToo() public {
        bytes32 nou = "12320000466000124N";
        _byMotion(address(institutions), abi.encodeCall(institutions.permit, (nou, JIANGSU)));
        _accredit(JIANGSU, nou, "officer of NOU");
        Held memory held = _issue(1);
        skip(1);
        _alias(JOU, CLERK, nou, CLERK);
        bytes memory why = abi.encodeWithSelector(ITransferEvents.TransferAliasSince.selector, JOU, CLERK);
        _askRefused(held, _application(CLERKS), why);
    }

    /// A certificate over an alias that was set before is locked under the canonical institution.
    function test_alias_setBeforeLocksUnderTheCanonicalInstitution() public {
        bytes32 nou = "12320000466000124N";
        _byMotion(address(institutions), abi.encodeCall(institutions.permit, (nou, JIANGSU)));
        _accredit(JIANGSU, nou, "officer of NOU");
        _alias(JOU, CLERK, nou, keccak256("CLERK-NOU"));
        Held memory held = _issue(1);
        ITransferEvents.Application memory application = _application(CLERKS);
        _as(operator[JIANGSU], address(ledger), _requestCall(held, application));
        assertEq(uint8(book.claimOf(nou, _claimOf(1)).use), uint8(REQUESTED));
        assertEq(uint8(book.claimOf(JOU, _claimOf(1)).use), 0);
        Asked memory asked = Asked(ITransferEvents.Ref(JIANGSU, ZHEJIANG, 1), _detailsOf(held, application));
        asked.details.canonical = nou;
        _accept(asked, ENROLMENT, QUOTED);
        assertEq(uint8(book.claimOf(nou, _claimOf(1)).use), uint8(USED));
    }

    /// "digest of the learner's consent (which names leaf, rule, target, deadline and a nonce)"
    /// "One consent serves one request", of one province: nobody uses up another's.
    function test_consent_servesOneRequest() public {
        Held memory held = _issue(1);
        ITransferEvents.Application memory application = _application(CLERKS);
        Asked memory first = _ask(held, application);
        assertTrue(ledger.consentUsed(JIANGSU, application.consent));
        assertFalse(ledger.consentUsed(SHANGHAI, application.consent));
        _reject(first);
        bytes memory why = abi.encodeWithSelector(ITransferEvents.TransferConsentUsed.selector, application.consent);
        _askRefused(held, application, why);
        application.consent = 0;
        _askRefused(held, application, abi.encodeWithSelector(ITransferEvents.TransferConsentUsed.selector, bytes32(0)));
    }

    function _alias(bytes32 institution, bytes32 outcome, bytes32 canonical, bytes32 canonicalOutcome) private {
        bytes32 structHash = keccak256(
            abi.encode(
                keccak256(
                    "Alias(bytes32 institution,bytes32 outcome,bytes32 canonicalInstitution,bytes32 canonicalOutcome,uint64 deadline)"
                ),
                institution,
                outcome,
                canonical,
                canonicalOutcome,
                type(uint64).max
            )
        );
        bytes32 digest = _typedData(address(institutions), "Huren InstitutionRegistry", structHash);
        bytes memory mine = signature(keyOf[officer[institution]], digest);
        bytes memory other = signature(keyOf[officer[canonical]], digest);
        _law(
            JIANGSU,
            abi.encodeCall(
                institutions.setAlias,
                (institution, outcome, canonical, canonicalOutcome, type(uint64).max, mine, other)
            )
        );
    }
}
