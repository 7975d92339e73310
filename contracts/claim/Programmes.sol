// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {Governed} from "../base/Governed.sol";
import {IClaimBook} from "../interfaces/IClaimBook.sol";
import {IInstitutionEvents} from "../interfaces/IInstitutionEvents.sol";
import {IInstitutionRegistry} from "../interfaces/IInstitutionRegistry.sol";
import {Calendar} from "../libraries/Calendar.sol";
import {Names} from "../libraries/Names.sol";
import {RecognitionKinds} from "../libraries/RecognitionKinds.sol";

/// @title Over what time a programme's caps count, and what each enrolment has used in it.
/// @dev Every use is counted in its civil year and in the whole, whichever the programme declared: so a window that becomes longer is exact
/// from its first moment. A `since` is a record's written-flag.
abstract contract Programmes is Governed, IClaimBook {
    struct Count {
        uint64 credits;
        uint64 since;
    }

    uint256 private constant EPOCH_YEAR = 1970;
    uint256 private constant MONTHS = 12;
    uint64 private constant WHOLE = 0; // the year that stands for all years
    uint32 private constant NO_CAP = type(uint32).max;

    mapping(bytes32 institution => mapping(bytes32 programme => Programme)) private _programmes; // slot 1
    mapping(bytes32 account => mapping(uint64 year => Count)) private _counts; // slot 2

    /// @inheritdoc IClaimBook
    function declareProgramme(bytes32 institution, bytes32 programme, Window window, uint32 headcount)
        external
        override
        inForce
    {
        uint32 province = _requireOfficer(institution);
        if (programme == 0) revert ProgrammeUndeclared(institution, programme);
        Window present = programmeOf(institution, programme).window;
        if (window == Window.Undeclared || window < present) {
            revert ProgrammeOnlyTightened(institution, programme, present, window);
        }
        _programmes[institution][programme] = Programme(window, headcount, uint64(block.timestamp));
        (uint64 sequence, bytes32 head) = _record(
            province,
            RecognitionKinds.PROGRAMME_DECLARED,
            keccak256(abi.encode(province, institution, programme, window, headcount))
        );
        emit ProgrammeDeclared(province, institution, programme, window, headcount, msg.sender, sequence, head);
    }

    /// @inheritdoc IClaimBook
    function programmeOf(bytes32 institution, bytes32 programme) public view override returns (Programme memory) {
        Programme storage declared = _programmes[institution][programme];
        if (declared.since == 0 && predecessor != address(0)) {
            return IClaimBook(predecessor).programmeOf(institution, programme);
        }
        return declared;
    }

    /// @inheritdoc IClaimBook
    function usedBy(Account calldata account, uint64 time) public view override returns (uint64 year, uint64 whole) {
        bytes32 key = _key(account);
        Count storage ofYear = _counts[key][_yearOf(time)];
        Count storage ofAll = _counts[key][WHOLE];
        if (predecessor != address(0) && (ofYear.since == 0 || ofAll.since == 0)) {
            (year, whole) = IClaimBook(predecessor).usedBy(account, time);
        }
        if (ofYear.since != 0) year = ofYear.credits;
        if (ofAll.since != 0) whole = ofAll.credits;
    }

    /// @dev Counts `credits` in both windows of this moment; the declared one then holds at most `cap`.
    function _fill(Account calldata account, uint32 credits, uint32 cap) internal {
        Window window = programmeOf(account.institution, account.programme).window;
        if (window == Window.Undeclared) revert ProgrammeUndeclared(account.institution, account.programme);
        (uint64 year, uint64 whole) = usedBy(account, uint64(block.timestamp));
        year += credits;
        whole += credits;
        uint64 total = window == Window.Year ? year : whole;
        if (cap != NO_CAP && total > cap) {
            revert CapExceeded(account.institution, account.programme, account.enrolment, total, cap);
        }
        _count(account, uint64(block.timestamp), year, whole);
    }

    /// @dev Takes `credits` out of the two windows in which they were counted at `usedAt`: not out of those of this moment.
    function _empty(Account calldata account, uint32 credits, uint64 usedAt) internal {
        (uint64 year, uint64 whole) = usedBy(account, usedAt);
        _count(account, usedAt, year - credits, whole - credits);
    }

    function _count(Account calldata account, uint64 time, uint64 year, uint64 whole) private {
        bytes32 key = _key(account);
        _counts[key][_yearOf(time)] = Count(year, uint64(block.timestamp));
        _counts[key][WHOLE] = Count(whole, uint64(block.timestamp));
    }

    /// @dev The province for which an officer of the institution acts: in force for the officers' delay, since a window that was lengthened
    /// stays so; the institution accredited; the province not paused or gone.
    function _requireOfficer(bytes32 institution) private view returns (uint32 province) {
        IInstitutionRegistry institutions = IInstitutionRegistry(_resolve(Names.INSTITUTION_REGISTRY));
        uint64 time = uint64(block.timestamp);
        IInstitutionRegistry.Accreditation memory current = institutions.accreditationAt(institution, time);
        province = current.province;
        uint64 since = institutions.officer(institution, msg.sender).validFrom;
        if (
            current.standing != IInstitutionEvents.Standing.Accredited
                || !institutions.officerInForceAt(institution, msg.sender, time)
                || time < since + institutions.OFFICER_DELAY() || !_consortium().canAct(province)
        ) revert ProgrammeByStranger(institution, msg.sender);
    }

    function _key(Account calldata account) private pure returns (bytes32) {
        return keccak256(abi.encode(account.institution, account.programme, account.enrolment));
    }

    /// @dev The civil year of UTC+8.
    function _yearOf(uint64 time) private pure returns (uint64) {
        return uint64(EPOCH_YEAR + Calendar.monthOf(time) / MONTHS);
    }
}
