// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {IClaimBook} from "../../contracts/interfaces/IClaimBook.sol";
import {IInstitutionEvents} from "../../contracts/interfaces/IInstitutionEvents.sol";
import {ITransferEvents} from "../../contracts/interfaces/ITransferEvents.sol";
import {Recognition} from "./base/Recognition.sol";

/// @title "which outcomes of which person are in use, used or retired, and how full each cap is". The book trusts no ledger to be without
/// fault: here it is called in the place of one.
contract ClaimBookTest is Recognition {
    bytes32 private constant CLAIM = keccak256("a claim");
    IClaimBook.Use private constant FREE = IClaimBook.Use.Free;
    IClaimBook.Use private constant REQUESTED = IClaimBook.Use.Requested;
    IClaimBook.Use private constant USED = IClaimBook.Use.Used;
    IClaimBook.Use private constant SPENT = IClaimBook.Use.Spent;
    IClaimBook.Use private constant RETIRED = IClaimBook.Use.Retired;

    // ---- claims

    function test_claim_goesItsWays() public {
        _is(FREE);
        _byLedger(_lockCall());
        _is(REQUESTED);
        _byLedger(_releaseCall());
        _is(FREE);
        _byLedger(_lockCall());
        _byLedger(_useCall(100, 800));
        _is(USED);
        _byLedger(_undoCall(100, false));
        _is(FREE);
        IClaimBook.Claim memory claim = book.claimOf(JOU, CLAIM);
        assertEq(claim.number, 7); // who last held it stays known
        assertEq(claim.since, _time());
        _byLedger(abi.encodeCall(book.retire, (JOU, CLAIM)));
        _is(RETIRED);
    }

    function test_claim_saysSinceWhenItIsWhatItIs() public {
        bytes[4] memory steps = [_lockCall(), _useCall(100, 800), _undoCall(100, false), _lockCall()];
        for (uint256 i; i < steps.length; ++i) {
            skip(1 hours);
            if (i == 2) steps[i] = _undoCall(100, false); // it names the time of the use: in the same window
            _byLedger(steps[i]);
            assertEq(book.claimOf(JOU, CLAIM).since, _time());
        }
        skip(1 hours);
        _byLedger(_releaseCall());
        assertEq(book.claimOf(JOU, CLAIM).since, _time());
    }

    function test_claim_thatIsSpentOrRetiredIsNeverFreeAgain() public {
        _byLedger(_lockCall());
        _byLedger(_useCall(100, 800));
        _byLedger(_undoCall(100, true));
        _is(SPENT);
        _allRefused(SPENT, 7);
    }

    function test_claim_thatIsRetiredIsNeverFreeAgain() public {
        _byLedger(abi.encodeCall(book.retire, (JOU, CLAIM)));
        _allRefused(RETIRED, 0);
    }

    function test_everyStep_leadsFromItsStateAlone() public {
        _ledgerRefused(_releaseCall(), _not(REQUESTED, FREE, 0));
        _ledgerRefused(_useCall(1, 800), _not(REQUESTED, FREE, 0));
        _ledgerRefused(_undoCall(1, false), _not(USED, FREE, 0));
        _byLedger(_lockCall());
        _ledgerRefused(_lockCall(), _taken(REQUESTED, 7));
        _ledgerRefused(abi.encodeCall(book.retire, (JOU, CLAIM)), _taken(REQUESTED, 7));
        _ledgerRefused(_undoCall(1, false), _not(USED, REQUESTED, 7));
        _byLedger(_useCall(1, 800));
        _ledgerRefused(_lockCall(), _taken(USED, 7));
        _ledgerRefused(_releaseCall(), _not(REQUESTED, USED, 7));
        _ledgerRefused(_useCall(1, 800), _not(REQUESTED, USED, 7));
    }

    /// A lock is its own transfer's: a ledger that mixes two up frees, uses and undoes nothing.
    function test_everyStep_isOfTheTransferThatHoldsTheClaim() public {
        _byLedger(_lockCall());
        ITransferEvents.Ref[3] memory others = [
            ITransferEvents.Ref(JIANGSU, ZHEJIANG, 8),
            ITransferEvents.Ref(JIANGSU, SHANGHAI, 7),
            ITransferEvents.Ref(SHANGHAI, ZHEJIANG, 7)
        ];
        for (uint256 i; i < others.length; ++i) {
            bytes memory why = _not(REQUESTED, REQUESTED, 7);
            _ledgerRefused(abi.encodeCall(book.release, (JOU, CLAIM, others[i])), why);
            _ledgerRefused(abi.encodeCall(book.use, (JOU, CLAIM, others[i], _account(), 1, 800)), why);
        }
        _byLedger(_useCall(1, 800));
        for (uint256 i; i < others.length; ++i) {
            bytes memory call = abi.encodeCall(book.undo, (JOU, CLAIM, others[i], _account(), 1, _time(), false));
            _ledgerRefused(call, _not(USED, USED, 7));
        }
        _is(USED);
    }

    /// Under another canonical institution than the issuing one, a claim must be free under both.
    function test_lock_needsTheClaimFreeUnderTheIssuingInstitutionToo() public {
        _byLedger(_lockCall());
        bytes memory call = abi.encodeCall(book.lock, (AOU, JOU, CLAIM, _holder(8)));
        _ledgerRefused(call, _taken(REQUESTED, 7));
        _byLedger(_releaseCall());
        _byLedger(call);
        assertEq(uint8(book.claimOf(AOU, CLAIM).use), uint8(REQUESTED));
        _is(FREE);
    }

    /// "the only writer of ClaimBook"
    function test_claims_areWrittenByTheLedgerInForceAlone() public {
        bytes[] memory calls = new bytes[](5);
        calls[0] = _lockCall();
        calls[1] = _releaseCall();
        calls[2] = _useCall(1, 1);
        calls[3] = _undoCall(1, true);
        calls[4] = abi.encodeCall(book.retire, (JOU, CLAIM));
        address[4] memory strangers = [admin[JIANGSU], officer[JOU], address(consortium), address(credentials)];
        for (uint256 i; i < calls.length; ++i) {
            for (uint256 j; j < strangers.length; ++j) {
                bytes memory why = abi.encodeWithSelector(IClaimBook.ClaimBookUnauthorised.selector, strangers[j]);
                _refused(strangers[j], address(book), calls[i], why);
            }
        }
    }

    /// Taking more out of a window than it holds is a fault of the ledger, and changes nothing.
    function test_undo_ofMoreThanTheWindowHoldsIsRefused() public {
        _byLedger(_lockCall());
        _byLedger(_useCall(100, 800));
        vm.prank(address(ledger));
        vm.expectRevert(abi.encodeWithSignature("Panic(uint256)", 0x11));
        book.undo(JOU, CLAIM, _holder(7), _account(), 101, _time(), false);
        _is(USED);
    }

    // ---- programmes

    /// "the programme's window kind set by the institution and only ever tightened"
    function test_programme_isOnlyEverTightened() public {
        bytes32 programme = keccak256("PROGRAMME");
        assertEq(uint8(book.programmeOf(ZOU, programme).window), 0);
        _declare(ZOU, programme, IClaimBook.Window.Year);
        skip(5);
        _as(officer[ZOU], address(book), _declareCall(ZOU, programme, IClaimBook.Window.Year, 250)); // headcount
        IClaimBook.Programme memory declared = book.programmeOf(ZOU, programme);
        assertEq(declared.headcount, 250);
        assertEq(declared.since, _time());
        _declare(ZOU, programme, IClaimBook.Window.Whole);
        assertEq(uint8(book.programmeOf(ZOU, programme).window), uint8(IClaimBook.Window.Whole));
        IClaimBook.Window[2] memory wider = [IClaimBook.Window.Year, IClaimBook.Window.Undeclared];
        for (uint256 i; i < wider.length; ++i) {
            bytes memory why = abi.encodeWithSelector(
                IClaimBook.ProgrammeOnlyTightened.selector, ZOU, programme, IClaimBook.Window.Whole, wider[i]
            );
            _refused(officer[ZOU], address(book), _declareCall(ZOU, programme, wider[i], 1), why);
        }
        bytes memory undeclared = abi.encodeWithSelector(
            IClaimBook.ProgrammeOnlyTightened.selector,
            ZOU,
            keccak256("OTHER"),
            IClaimBook.Window.Undeclared,
            IClaimBook.Window.Undeclared
        );
        bytes memory call = _declareCall(ZOU, keccak256("OTHER"), IClaimBook.Window.Undeclared, 1);
        _refused(officer[ZOU], address(book), call, undeclared);
        _declare(ZOU, keccak256("STRICT"), IClaimBook.Window.Whole); // the first may be any
    }

    function test_programme_hasACode() public {
        bytes memory why = abi.encodeWithSelector(IClaimBook.ProgrammeUndeclared.selector, ZOU, bytes32(0));
        _refused(officer[ZOU], address(book), _declareCall(ZOU, 0, IClaimBook.Window.Year, 1), why);
    }

    function test_programme_isDeclaredByAnOfficerInForceOfTheInstitution() public {
        address[5] memory strangers = [officer[SOU], officer[JOU], admin[ZHEJIANG], lawyer[ZHEJIANG], address(ledger)];
        for (uint256 i; i < strangers.length; ++i) {
            _declareRefused(strangers[i]);
        }
        _law(ZHEJIANG, abi.encodeCall(institutions.retireOfficer, (ZOU, officer[ZOU], 0)));
        _declareRefused(officer[ZOU]);
    }

    /// A window that was lengthened stays so: an officer who was appointed just now does not lengthen it.
    function test_programme_isDeclaredByNoOfficerYoungerThanTheDelay() public {
        address young = _account("young");
        _law(ZHEJIANG, abi.encodeCall(institutions.appointOfficer, (ZOU, young, 0)));
        skip(institutions.OFFICER_DELAY() - 1);
        _declareRefused(young);
        skip(1);
        _as(young, address(book), _declareCall(ZOU, ADMINISTRATION, IClaimBook.Window.Whole, 1));
    }

    function test_programme_isDeclaredWhileTheInstitutionIsAccredited() public {
        _as(lawyer[ZHEJIANG], address(institutions), abi.encodeCall(institutions.suspend, (ZOU)));
        assertEq(
            uint8(institutions.accreditationAt(ZOU, _time()).standing), uint8(IInstitutionEvents.Standing.Suspended)
        );
        _declareRefused(officer[ZOU]);
    }

    function test_programme_isDeclaredWhileTheProvinceCanAct() public {
        _byMotion(address(consortium), abi.encodeCall(consortium.pause, (ZHEJIANG)));
        _declareRefused(officer[ZOU]);
    }

    function test_use_inAProgrammeThatWasNotDeclaredIsRefused() public {
        _byLedger(_lockCall());
        bytes memory call = abi.encodeCall(
            book.use, (JOU, CLAIM, _holder(7), IClaimBook.Account(ZOU, keccak256("UNDECLARED"), ENROLMENT), 1, 1)
        );
        bytes memory why = abi.encodeWithSelector(IClaimBook.ProgrammeUndeclared.selector, ZOU, keccak256("UNDECLARED"));
        _ledgerRefused(call, why);
    }

    // ---- windows

    /// For any times of use and reversal: each window holds exactly the uses of its civil year in UTC+8, and the whole holds all.
    function testFuzz_windows_holdTheUsesOfTheirYears(uint64[6] memory times, uint32[6] memory credits, uint8 undone)
        public
    {
        uint64 latest = _time();
        uint64[6] memory usedAt;
        for (uint256 i; i < 6; ++i) {
            latest += uint64(bound(times[i], 0, 300 days));
            vm.warp(latest);
            usedAt[i] = latest;
            credits[i] = uint32(bound(credits[i], 1, 99_999));
            bytes32 claim = keccak256(abi.encode(i));
            _byLedger(abi.encodeCall(book.lock, (JOU, JOU, claim, _holder(7))));
            _byLedger(abi.encodeCall(book.use, (JOU, claim, _holder(7), _account(), credits[i], type(uint32).max)));
        }
        uint256 whole;
        for (uint256 i; i < 6; ++i) {
            if (undone >> i & 1 == 1) {
                bytes32 claim = keccak256(abi.encode(i));
                _byLedger(abi.encodeCall(book.undo, (JOU, claim, _holder(7), _account(), credits[i], usedAt[i], false)));
                credits[i] = 0;
            }
            whole += credits[i];
        }
        for (uint256 i; i < 6; ++i) {
            uint256 expected;
            for (uint256 j; j < 6; ++j) {
                if (_yearOf(usedAt[j]) == _yearOf(usedAt[i])) expected += credits[j];
            }
            (uint64 year, uint64 all) = book.usedBy(_account(), usedAt[i]);
            assertEq(year, expected);
            assertEq(all, whole);
        }
    }

    function test_cap_ofMaximumMeansNone() public {
        _byLedger(_lockCall());
        _byLedger(_useCall(type(uint32).max, type(uint32).max));
        _byLedger(abi.encodeCall(book.lock, (JOU, JOU, keccak256("another"), _holder(8))));
        uint32 cap = type(uint32).max; // which a sum in 64 bits goes beyond
        bytes memory call = abi.encodeCall(book.use, (JOU, keccak256("another"), _holder(8), _account(), 5, cap));
        _byLedger(call);
        (uint64 year,) = book.usedBy(_account(), _time());
        assertEq(year, uint64(cap) + 5);
    }

    // ---- helpers

    function _holder(uint64 number) private pure returns (ITransferEvents.Ref memory) {
        return ITransferEvents.Ref(JIANGSU, ZHEJIANG, number);
    }

    /// @dev Gregorian years of UTC+8, from a table: independent of the library.
    function _yearOf(uint64 time) private pure returns (uint256 year) {
        uint64 start = 1_767_196_800; // 2026-01-01T00:00:00+08:00
        for (year = 2026;; ++year) {
            start += year % 4 == 0 ? 366 days : 365 days;
            if (time < start) return year;
        }
    }

    function _account() private pure returns (IClaimBook.Account memory) {
        return IClaimBook.Account(ZOU, ADMINISTRATION, ENROLMENT);
    }

    function _lockCall() private view returns (bytes memory) {
        return abi.encodeCall(book.lock, (JOU, JOU, CLAIM, _holder(7)));
    }

    function _releaseCall() private view returns (bytes memory) {
        return abi.encodeCall(book.release, (JOU, CLAIM, _holder(7)));
    }

    function _useCall(uint32 credits, uint32 cap) private view returns (bytes memory) {
        return abi.encodeCall(book.use, (JOU, CLAIM, _holder(7), _account(), credits, cap));
    }

    function _undoCall(uint32 credits, bool spent) private view returns (bytes memory) {
        return abi.encodeCall(book.undo, (JOU, CLAIM, _holder(7), _account(), credits, _time(), spent));
    }

    function _byLedger(bytes memory call) private {
        _as(address(ledger), address(book), call);
    }

    function _ledgerRefused(bytes memory call, bytes memory why) private {
        _refused(address(ledger), address(book), call, why);
    }

    function _allRefused(IClaimBook.Use present, uint64 number) private {
        _ledgerRefused(_lockCall(), _taken(present, number));
        _ledgerRefused(_releaseCall(), _not(REQUESTED, present, number));
        _ledgerRefused(_useCall(1, 800), _not(REQUESTED, present, number));
        _ledgerRefused(_undoCall(1, false), _not(USED, present, number));
        _ledgerRefused(abi.encodeCall(book.retire, (JOU, CLAIM)), _taken(present, number));
    }

    function _declareRefused(address caller) private {
        bytes memory why = abi.encodeWithSelector(IClaimBook.ProgrammeByStranger.selector, ZOU, caller);
        _refused(caller, address(book), _declareCall(ZOU, ADMINISTRATION, IClaimBook.Window.Whole, 1), why);
    }

    function _is(IClaimBook.Use use) private view {
        assertEq(uint8(book.claimOf(JOU, CLAIM).use), uint8(use));
    }

    function _not(IClaimBook.Use needed, IClaimBook.Use present, uint64 number) private pure returns (bytes memory) {
        (uint32 source, uint32 target) = number == 0 ? (uint32(0), uint32(0)) : (JIANGSU, ZHEJIANG);
        return abi.encodeWithSelector(IClaimBook.ClaimNot.selector, JOU, CLAIM, needed, present, source, target, number);
    }

    function _taken(IClaimBook.Use present, uint64 number) private pure returns (bytes memory) {
        (uint32 source, uint32 target) = number == 0 ? (uint32(0), uint32(0)) : (JIANGSU, ZHEJIANG);
        return abi.encodeWithSelector(IClaimBook.ClaimTaken.selector, JOU, CLAIM, present, source, target, number);
    }
}
