// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {IAgreementEvents} from "../../contracts/interfaces/IAgreementEvents.sol";
import {IClaimBook} from "../../contracts/interfaces/IClaimBook.sol";
import {Recognition} from "./base/Recognition.sol";

/// @title "the cap: (target institution, programme, enrolment, window), the programme's window kind set by the institution and only ever
/// tightened, counted at accept alone and across agreements"; "days and months are those of UTC+8".
contract TransferCapsTest is Recognition {
    uint256 private constant NEW_YEAR_2027 = 1_798_732_800; // 2027-01-01T00:00:00+08:00

    /// "the cap: (target institution, programme, enrolment, window)"
    /// Requests lock no room under a cap: those that are accepted first take it.
    function test_cap_isReachedByParallelRequests() public {
        Asked memory first = _ask(_issue(1), CLERKS);
        Asked memory second = _ask(_issue(2), CLERKS);
        Asked memory third = _ask(_issue(3), CLERKS);
        _accept(third, ENROLMENT, QUOTED);
        _accept(first, ENROLMENT, QUOTED);
        _acceptRefused(second, _exceeds(ENROLMENT, 999));
        _accept(second, ENROLMENT, CAP - 2 * QUOTED); // exactly full
        assertEq(_year(ENROLMENT), CAP);
        Asked memory fourth = _ask(_issue(4), CLERKS);
        _refused(officer[ZOU], address(ledger), _acceptCall(fourth, ENROLMENT, 1), _exceeds(ENROLMENT, CAP + 1));
        _accept(fourth, keccak256("another enrolment"), QUOTED); // a cap is an enrolment's
    }

    /// "across agreements": what another agreement gave counts.
    function test_cap_isReachedByTwoAgreements() public {
        _accepted(_issue(1));
        _accepted(_issue(2));
        bytes32 first = agreement;
        agreement = _propose(_lawOfTransfers());
        _approveByAll(agreement);
        skip(PUBLIC_NOTICE);
        assertTrue(agreement != first);
        Asked memory third = _ask(_issue(3), CLERKS);
        _acceptRefused(third, _exceeds(ENROLMENT, 3 * QUOTED));
        _accept(third, ENROLMENT, CAP - 2 * QUOTED);
    }

    /// A civil year ends at midnight in UTC+8, not in UTC.
    function test_cap_beginsAnewAcrossAWindowsBoundary() public {
        Asked[3] memory asked;
        vm.warp(NEW_YEAR_2027 - 10 days);
        for (uint256 i; i < 3; ++i) {
            asked[i] = _ask(_issue(i), CLERKS);
        }
        vm.warp(NEW_YEAR_2027 - 1);
        _accept(asked[0], ENROLMENT, QUOTED);
        _accept(asked[1], ENROLMENT, QUOTED);
        _acceptRefused(asked[2], _exceeds(ENROLMENT, 3 * QUOTED));
        vm.warp(NEW_YEAR_2027);
        _accept(asked[2], ENROLMENT, QUOTED);
        assertEq(_year(ENROLMENT), QUOTED);
        (uint64 last, uint64 whole) = book.usedBy(_account(ENROLMENT), uint64(NEW_YEAR_2027 - 1));
        assertEq(last, 2 * QUOTED);
        assertEq(whole, 3 * QUOTED);
    }

    /// "lowers the very window that it raised": last year's, not this year's.
    function test_cap_isLoweredByAReversalInTheNextWindow() public {
        vm.warp(NEW_YEAR_2027 - 10 days);
        Asked memory first = _accepted(_issue(1));
        Asked memory second = _accepted(_issue(2));
        vm.warp(NEW_YEAR_2027 + 10 days);
        Asked memory third = _accepted(_issue(3));
        _reverseByBoth(first);
        (uint64 last, uint64 whole) = book.usedBy(_account(ENROLMENT), uint64(NEW_YEAR_2027 - 1));
        assertEq(last, QUOTED);
        assertEq(whole, 2 * QUOTED);
        assertEq(_year(ENROLMENT), QUOTED);
        _reverseByBoth(second);
        _reverseByBoth(third);
        (last, whole) = book.usedBy(_account(ENROLMENT), uint64(NEW_YEAR_2027 - 1));
        assertEq(last + whole + _year(ENROLMENT), 0);
    }

    /// A window that becomes longer is exact from its first moment: what earlier years gave counts.
    function test_cap_countsEarlierYearsOnceTheWindowIsTheWhole() public {
        vm.warp(NEW_YEAR_2027 - 10 days);
        _accepted(_issue(1));
        _accepted(_issue(2));
        vm.warp(NEW_YEAR_2027 + 10 days);
        Asked memory third = _ask(_issue(3), CLERKS);
        _declare(ZOU, ADMINISTRATION, IClaimBook.Window.Whole);
        _acceptRefused(third, _exceeds(ENROLMENT, 3 * QUOTED));
        _accept(third, ENROLMENT, CAP - 2 * QUOTED);
    }

    function test_cap_thatIsNoneBoundsNothing() public {
        for (uint256 i; i < 4; ++i) {
            Certificate memory degree = _clerk(i, 0);
            (degree.values[0], degree.values[2]) = (uint256(keccak256("DEGREE")), 1);
            _accept(_ask(_issue(degree), DEGREES), ENROLMENT, 500);
        }
        assertEq(_year(ENROLMENT), 2000);
    }

    /// "target (province, institution or any, programme, course, kind), ratio, most credits per transfer, cap"
    /// Rules may differ in their caps: each acceptance is held against its own rule's.
    function test_cap_isThatOfTheRequestsRule() public {
        IAgreementEvents.Terms memory terms = _lawOfTransfers();
        terms.rules[CLERKS].cap = 3 * QUOTED;
        _accepted(_issue(1));
        _accepted(_issue(2));
        Asked memory strict = _ask(_issue(3), CLERKS);
        agreement = _propose(terms);
        _approveByAll(agreement);
        skip(PUBLIC_NOTICE);
        Asked memory wide = _ask(_issue(4), CLERKS);
        _acceptRefused(strict, _exceeds(ENROLMENT, 3 * QUOTED));
        _accept(wide, ENROLMENT, QUOTED);
    }

    function _account(bytes32 enrolment) private pure returns (IClaimBook.Account memory) {
        return IClaimBook.Account(ZOU, ADMINISTRATION, enrolment);
    }

    function _year(bytes32 enrolment) private view returns (uint64 year) {
        (year,) = book.usedBy(_account(enrolment), _time());
    }

    function _exceeds(bytes32 enrolment, uint256 total) private pure returns (bytes memory) {
        return abi.encodeWithSelector(IClaimBook.CapExceeded.selector, ZOU, ADMINISTRATION, enrolment, total, CAP);
    }
}
