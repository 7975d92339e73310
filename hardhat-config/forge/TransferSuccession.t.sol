// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {ClaimBook} from "../../contracts/ClaimBook.sol";
import {CredentialRegistry} from "../../contracts/CredentialRegistry.sol";
import {TransferLedger} from "../../contracts/TransferLedger.sol";
import {IClaimBook} from "../../contracts/interfaces/IClaimBook.sol";
import {ICredentialEvents} from "../../contracts/interfaces/ICredentialEvents.sol";
import {IGoverned} from "../../contracts/interfaces/IGoverned.sol";
import {ITransferEvents} from "../../contracts/interfaces/ITransferEvents.sol";
import {Names} from "../../contracts/libraries/Names.sol";
import {HeadsOracle} from "./base/HeadsOracle.sol";
import {Recognition} from "./base/Recognition.sol";

/// @title "a replaced contract forgets uses, caps or revocations": "ClaimBook stays; any successor reads through its immutable predecessor;
/// heads continue; every write of the old one reverts". Ledger, book and credentials are succeeded in turn.
contract TransferSuccessionTest is Recognition {
    TransferLedger private _oldLedger;
    ClaimBook private _oldBook;

    function test_uses_capsAndRevocationsSurviveEverySuccession() public {
        Held memory used = _issue(1);
        Asked memory first = _accepted(used);
        Held memory suspect = _issue(2);
        Asked memory second = _accepted(suspect);
        _transferAct(JIANGSU, _retireCall(JOU, _claimOf(3)));
        _setLeaf(suspect, ICredentialEvents.Status.Revoked);
        _succeedLedger();
        _succeedBook();
        CredentialRegistry next = new CredentialRegistry(consortium, directory, address(credentials));
        _succeed(Names.CREDENTIAL_REGISTRY, address(next));
        credentials = next;

        _askRefused(used, _application(SHANGHAIS), _takenBy(first, IClaimBook.Use.Used));
        _askRefused(_issue(2, 1), _application(CLERKS), _takenBy(second, IClaimBook.Use.Used));
        _standsAs(first, ITransferEvents.Standing.Accepted);
        _standsAs(second, ITransferEvents.Standing.Flagged);
        bytes memory retired = abi.encodeWithSelector(
            IClaimBook.ClaimTaken.selector, JOU, _claimOf(3), IClaimBook.Use.Retired, uint32(0), uint32(0), uint64(0)
        );
        _askRefused(_issue(3), _application(CLERKS), retired);
        Asked memory third = _ask(_issue(4), CLERKS);
        assertEq(third.ref.number, 3);
        bytes memory full =
            abi.encodeWithSelector(IClaimBook.CapExceeded.selector, ZOU, ADMINISTRATION, ENROLMENT, 3 * QUOTED, CAP);
        _acceptRefused(third, full);
        _accept(third, ENROLMENT, CAP - 2 * QUOTED);
    }

    /// What began under one ledger is decided, reversed and appealed under the next, copied on the first write.
    function test_openRequests_areDecidedUnderTheSuccessor() public {
        Asked memory asked = _ask(_issue(1), CLERKS);
        Asked memory other = _ask(_issue(2), CLERKS);
        Asked memory rejected = _ask(_issue(3), CLERKS);
        _reject(rejected);
        ITransferEvents.Transfer memory before = ledger.transferOf(asked.ref);
        _succeedLedger();
        assertEq(keccak256(abi.encode(ledger.transferOf(asked.ref))), keccak256(abi.encode(before)));
        _accept(asked, ENROLMENT, QUOTED);
        _as(operator[JIANGSU], address(ledger), _cancelCall(other));
        _as(operator[JIANGSU], address(ledger), abi.encodeCall(ledger.appeal, (rejected.ref, keccak256("grounds"))));
        ITransferEvents.Transfer memory copied = ledger.transferOf(asked.ref);
        assertEq(copied.requestedAt, before.requestedAt);
        assertEq(copied.deadline, before.deadline);
        assertEq(copied.details, before.details);
        assertEq(copied.quoted, QUOTED);
        assertEq(copied.awarded, QUOTED);
        assertEq(uint8(_oldLedger.transferOf(asked.ref).stage), uint8(ITransferEvents.Stage.Requested));
        assertEq(uint8(ledger.transferOf(rejected.ref).reason), uint8(ITransferEvents.Return.NotEquivalent));
        ITransferEvents.Totals memory totals = ledger.totalsOf(JIANGSU, ZHEJIANG);
        assertEq(totals.requested, 3);
        assertEq(totals.accepted, 1);
        assertEq(totals.returned, 2);
        assertEq(totals.quoted, 3 * QUOTED);
        _reverseByBoth(asked);
        assertEq(ledger.totalsOf(JIANGSU, ZHEJIANG).withdrawn, QUOTED);
    }

    /// A binding act half made dies with the contract that it was made to.
    function test_halfAReversal_isMadeAnewUnderTheSuccessor() public {
        Asked memory asked = _accepted(_issue(1));
        _transferAct(JIANGSU, _reverseCall(asked));
        _as(operator[ZHEJIANG], address(ledger), _reverseCall(asked));
        _succeedLedger();
        assertTrue(ledger.transferOf(asked.ref).sourceReverses); // what was carried out stays
        _as(admin[ZHEJIANG], address(ledger), _reverseCall(asked));
        _stageIs(asked, ITransferEvents.Stage.Accepted);
        _as(operator[ZHEJIANG], address(ledger), _reverseCall(asked));
        _stageIs(asked, ITransferEvents.Stage.Reversed);
    }

    function test_consents_areNotForgotten() public {
        ITransferEvents.Application memory application = _application(CLERKS);
        Held memory held = _issue(1);
        _reject(_ask(held, application));
        _succeedLedger();
        assertTrue(ledger.consentUsed(JIANGSU, application.consent));
        bytes memory why = abi.encodeWithSelector(ITransferEvents.TransferConsentUsed.selector, application.consent);
        _askRefused(held, application, why);
        _ask(held, CLERKS);
    }

    /// "zero never means 'ask the predecessor'": what the successor wrote as zero stays so.
    function test_successor_isBelievedAlsoWhereItWroteZero() public {
        Asked memory asked = _accepted(_issue(1));
        _succeedBook();
        _reverseByBoth(asked);
        _claimIs(asked, IClaimBook.Use.Free);
        assertEq(uint8(_oldBook.claimOf(JOU, _claimOf(1)).use), uint8(IClaimBook.Use.Used));
        IClaimBook.Account memory account = IClaimBook.Account(ZOU, ADMINISTRATION, ENROLMENT);
        (uint64 year, uint64 whole) = book.usedBy(account, _time());
        assertEq(year + whole, 0);
        (year, whole) = _oldBook.usedBy(account, _time());
        assertEq(year, QUOTED);
        assertEq(whole, QUOTED);
    }

    /// A year that only the old book wrote is read there, beside a whole that only the new one wrote.
    function test_windows_areReadFromWhereEachWasWritten() public {
        _accepted(_issue(1));
        uint64 last = _time();
        _succeedBook();
        vm.warp(last + 365 days);
        _accepted(_issue(2));
        IClaimBook.Account memory account = IClaimBook.Account(ZOU, ADMINISTRATION, ENROLMENT);
        (uint64 year, uint64 whole) = book.usedBy(account, last);
        assertEq(year, QUOTED);
        assertEq(whole, 2 * QUOTED);
        (year, whole) = book.usedBy(account, _time());
        assertEq(year, QUOTED);
        assertEq(whole, 2 * QUOTED);
        assertEq(uint8(book.programmeOf(ZOU, ADMINISTRATION).window), uint8(IClaimBook.Window.Year));
    }

    function test_programmes_areOnlyTightenedOverASuccession() public {
        _declare(ZOU, ADMINISTRATION, IClaimBook.Window.Whole);
        _succeedBook();
        bytes memory why = abi.encodeWithSelector(
            IClaimBook.ProgrammeOnlyTightened.selector,
            ZOU,
            ADMINISTRATION,
            IClaimBook.Window.Whole,
            IClaimBook.Window.Year
        );
        bytes memory call = _declareCall(ZOU, ADMINISTRATION, IClaimBook.Window.Year, 1);
        _refused(officer[ZOU], address(book), call, why);
    }

    /// What the successor wrote is its answer, though the predecessor has one of its own.
    function test_programmes_declaredUnderTheSuccessorStandThere() public {
        _succeedBook();
        _declare(ZOU, ADMINISTRATION, IClaimBook.Window.Whole);
        assertEq(uint8(book.programmeOf(ZOU, ADMINISTRATION).window), uint8(IClaimBook.Window.Whole));
        assertEq(uint8(_oldBook.programmeOf(ZOU, ADMINISTRATION).window), uint8(IClaimBook.Window.Year));
    }

    /// "every write of the old one reverts"
    function test_predecessor_refusesEveryWrite() public {
        Held memory held = _issue(1);
        Asked memory asked = _ask(held, CLERKS);
        _succeedLedger();
        _succeedBook();
        bytes memory why = abi.encodeWithSelector(IGoverned.Superseded.selector, Names.TRANSFER_LEDGER, address(ledger));
        bytes[] memory calls = new bytes[](9);
        calls[0] = _requestCall(held, _application(CLERKS));
        calls[1] = _acceptCall(asked, ENROLMENT, QUOTED);
        calls[2] = _rejectCall(asked, ITransferEvents.Return.Otherwise);
        calls[3] = _cancelCall(asked);
        calls[4] = _expireCall(asked);
        calls[5] = _reverseCall(asked);
        calls[6] = abi.encodeCall(ledger.appeal, (asked.ref, bytes32(0)));
        calls[7] = abi.encodeCall(ledger.decideAppeal, (asked.ref, true, bytes32(0)));
        calls[8] = _retireCall(JOU, _claimOf(2));
        for (uint256 i; i < calls.length; ++i) {
            _refused(operator[JIANGSU], address(_oldLedger), calls[i], why);
            _refused(officer[ZOU], address(_oldLedger), calls[i], why);
        }
        bytes[] memory bulk = new bytes[](1);
        bulk[0] = calls[4];
        _refused(officer[ZOU], address(_oldLedger), abi.encodeCall(ledger.multicall, (bulk)), why);
        why = abi.encodeWithSelector(IGoverned.Superseded.selector, Names.CLAIM_BOOK, address(book));
        IClaimBook.Account memory account;
        calls = new bytes[](6);
        calls[0] = abi.encodeCall(book.lock, (JOU, JOU, _claimOf(1), asked.ref));
        calls[1] = abi.encodeCall(book.release, (JOU, _claimOf(1), asked.ref));
        calls[2] = abi.encodeCall(book.use, (JOU, _claimOf(1), asked.ref, account, 1, 1));
        calls[3] = abi.encodeCall(book.undo, (JOU, _claimOf(1), asked.ref, account, 1, 1, true));
        calls[4] = abi.encodeCall(book.retire, (JOU, _claimOf(1)));
        calls[5] = _declareCall(ZOU, ADMINISTRATION, IClaimBook.Window.Whole, 1);
        for (uint256 i; i < calls.length; ++i) {
            _refused(address(ledger), address(_oldBook), calls[i], why);
            _refused(officer[ZOU], address(_oldBook), calls[i], why);
        }
    }

    /// The old ledger is no ledger any more for the book that stays.
    function test_predecessor_writesNoClaims() public {
        _succeedLedger();
        ITransferEvents.Ref memory ref = ITransferEvents.Ref(JIANGSU, ZHEJIANG, 1);
        bytes memory call = abi.encodeCall(book.lock, (JOU, JOU, _claimOf(1), ref));
        bytes memory why = abi.encodeWithSelector(IClaimBook.ClaimBookUnauthorised.selector, address(_oldLedger));
        _refused(address(_oldLedger), address(book), call, why);
    }

    /// "heads continue", and are recomputed from the logs of both.
    function test_heads_continueOverTheSuccession() public {
        HeadsOracle oracle = new HeadsOracle();
        oracle.follow(address(ledger));
        uint64 pair = uint64(JIANGSU) << 32 | ZHEJIANG;
        vm.recordLogs();
        Asked memory asked = _ask(_issue(1), CLERKS);
        oracle.absorb(vm.getRecordedLogs(), _time());
        _checkHead(oracle, address(ledger), pair);
        _succeedLedger();
        oracle.follow(address(ledger));
        oracle.continues(address(ledger), address(_oldLedger), pair);
        vm.getRecordedLogs();
        _accept(asked, ENROLMENT, QUOTED);
        oracle.absorb(vm.getRecordedLogs(), _time());
        _checkHead(oracle, address(ledger), pair);
        (, uint64 sequence) = ledger.headOf(pair);
        assertEq(sequence, 2);
    }

    function test_successorOfASuccessor_readsThroughBoth() public {
        Asked memory asked = _accepted(_issue(1));
        _succeedLedger();
        _succeedBook();
        Asked memory second = _ask(_issue(2), CLERKS);
        _succeedLedger();
        _succeedBook();
        assertEq(ledger.totalsOf(JIANGSU, ZHEJIANG).requested, 2);
        _accept(second, ENROLMENT, QUOTED);
        _reverseByBoth(asked);
        (uint64 year,) = book.usedBy(IClaimBook.Account(ZOU, ADMINISTRATION, ENROLMENT), _time());
        assertEq(year, QUOTED);
        assertEq(_ask(_issue(3), CLERKS).ref.number, 3);
    }

    function _succeedLedger() private {
        _oldLedger = ledger;
        ledger = new TransferLedger(consortium, directory, address(_oldLedger));
        _succeed(Names.TRANSFER_LEDGER, address(ledger));
    }

    function _succeedBook() private {
        _oldBook = book;
        book = new ClaimBook(consortium, directory, address(_oldBook));
        _succeed(Names.CLAIM_BOOK, address(book));
    }
}
