// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {IAgreementEvents} from "../../../contracts/interfaces/IAgreementEvents.sol";
import {ITransferEvents} from "../../../contracts/interfaces/ITransferEvents.sol";
import {HeadsOracle} from "./HeadsOracle.sol";
import {Recognition} from "./Recognition.sol";
import {Vm} from "./Vm.sol";

/// @title A second account of recognition, kept beside the contracts: certificates, transfers, claims, windows, and the sums of the events.
abstract contract RecognitionGhost is Recognition {
    /// @notice A certificate's leaf. `successor` is the edition it was superseded by, counted from 1, `proven` the batch that proved that one.
    struct Paper {
        bytes32 leaf;
        uint8 status;
        uint8 successor;
        uint8 proven;
    }

    /// @notice A batch that holds the certificate: 0 the first, 1 the one in which it was anchored again.
    struct Sheet {
        bytes32 root; // zero: not anchored
        uint32 province;
        uint8 status;
        uint8 attested; // mask over the provinces
    }

    /// @notice A transfer.
    struct Entry {
        Asked asked;
        uint256 person;
        uint256 edition;
        uint256 sheet;
        uint8 stage;
        uint8 reason;
        uint8 appeal;
        bool sourceReverses;
        bool targetReverses;
        uint32 quoted;
        uint32 awarded;
        uint64 deadline;
        uint64 decidedAt;
        bytes32 enrolment;
        IAgreementEvents.State lawAtRequest;
    }

    uint256 public constant PERSONS = 3;
    uint256 public constant EDITIONS = 2;
    uint8 internal constant REQUESTED = 1;
    uint8 internal constant ACCEPTED = 2;
    uint8 internal constant RETURNED = 3;
    uint8 internal constant REVERSED = 4;

    HeadsOracle public oracle;
    uint32[5] public provinces = [SHANGHAI, JIANGSU, ZHEJIANG, ANHUI, CHONGQING];
    Paper[2][3] internal papers;
    Sheet[2][2][3] internal sheets;
    Entry[] internal entries;
    uint8[3] public uses; // of the persons' claims, as IClaimBook.Use
    mapping(bytes32 institution => uint8) internal windows; // as IClaimBook.Window
    mapping(bytes32 account => mapping(uint256 year => uint256)) internal counts; // year 0: in all
    mapping(bytes32 consent => bool) internal spent;
    mapping(uint64 pair => ITransferEvents.Totals) internal sums; // of the events
    bytes32[] internal laws; // agreements there are

    // what was seen
    uint256 public disagreements;
    string public firstDisagreement;
    uint256 public actsOfTheExcluded; // invariant 8
    uint256 public passedWithTooFew; // invariant 7
    uint256 public blockedByTooFew; // invariant 7
    uint256 public capsBroken; // invariant 2
    mapping(string action => uint256) public done;

    // ---- acting

    /// @dev One call by one account. What it logged is taken in; that a key of an excluded member got through is counted.
    function _try(address account, address target, bytes memory call, bool anybodys) internal returns (bool did) {
        bool could = consortium.canAct(consortium.bindingOf(account).province);
        vm.getRecordedLogs();
        vm.prank(account);
        (did,) = target.call(call);
        if (!did) return false;
        if (!could && !anybodys) ++actsOfTheExcluded;
        _absorb(vm.getRecordedLogs());
    }

    function _try(address account, address target, bytes memory call) internal returns (bool) {
        return _try(account, target, call, false);
    }

    /// @dev A binding act, by the holder of the role and the admin; what only one of them did is no act.
    function _both(address holder, uint32 province, address target, bytes memory call) internal returns (bool) {
        _try(holder, target, call);
        return _try(admin[province], target, call);
    }

    function _lawful(uint32 province, address target, bytes memory call) internal returns (bool) {
        return _both(lawyer[province], province, target, call);
    }

    function _compare(string memory action, bool may, bool did) internal {
        if (did) ++done[action];
        if (may != did) _disagree(string.concat(action, may ? " was refused" : " was accepted"));
    }

    function _disagree(string memory what) internal {
        if (disagreements++ == 0) firstDisagreement = what;
    }

    function _absorb(Vm.Log[] memory logs) internal {
        // A revert of the oracle must not undo the action, and with it go unseen.
        try oracle.absorb(logs, vm.getBlockTimestamp()) {}
        catch {
            _disagree("a head does not follow");
        }
        for (uint256 i; i < logs.length; ++i) {
            if (logs[i].emitter == address(ledger)) _sum(logs[i]);
        }
    }

    /// @dev Invariant 3 speaks of events: they are added up as they come, whoever made them.
    function _sum(Vm.Log memory log) private {
        bytes32 topic = log.topics[0];
        if (topic == ITransferEvents.ClaimRetired.selector) return;
        ITransferEvents.Totals storage totals =
            sums[uint64(uint256(log.topics[1])) << 32 | uint64(uint256(log.topics[2]))];
        if (topic == ITransferEvents.TransferRequested.selector) {
            totals.requested += 1;
            totals.quoted += uint32(_word(log.data, 18)); // after 12 words of details and 6 of opened facts
        } else if (topic == ITransferEvents.TransferAccepted.selector) {
            totals.accepted += 1;
            totals.awarded += uint32(_word(log.data, 1));
        } else if (topic == ITransferEvents.TransferReturned.selector) {
            totals.returned += 1;
        } else if (topic == ITransferEvents.TransferReversed.selector) {
            totals.reversed += 1;
            totals.withdrawn += uint32(_word(log.data, 0));
        }
    }

    // ---- windows

    /// @return What the window that counts for the account holds now.
    function _held(bytes32 institution, bytes32 enrolment) internal view returns (uint256) {
        return counts[keccak256(abi.encode(institution, enrolment))][windows[institution] == 1 ? _year(_time()) : 0];
    }

    function _count(bytes32 institution, bytes32 enrolment, uint64 time, int256 credits) internal {
        bytes32 key = keccak256(abi.encode(institution, enrolment));
        counts[key][_year(time)] = uint256(int256(counts[key][_year(time)]) + credits);
        counts[key][0] = uint256(int256(counts[key][0]) + credits);
    }

    /// @dev Civil years of UTC+8 from 2026 on, counted out: independent of the library.
    function _year(uint64 time) internal pure returns (uint256 year) {
        uint64 start = 1_767_196_800; // 2026-01-01T00:00:00+08:00
        for (year = 2026;; ++year) {
            start += year % 4 == 0 ? 366 days : 365 days;
            if (time < start) return year;
        }
    }

    // ---- the law, said once more

    /// @return own Status of what the certificate is by now.
    /// @return batch Status of the batch that proves that.
    function _fate(Entry storage entry) internal view returns (uint8 own, uint8 batch) {
        uint256 edition = entry.edition;
        uint256 sheet = entry.sheet;
        while (papers[entry.person][edition].successor != 0) {
            Paper storage paper = papers[entry.person][edition];
            (edition, sheet) = (paper.successor - 1, paper.proven);
        }
        return (papers[entry.person][edition].status, sheets[entry.person][edition][sheet].status);
    }

    function _standing(Entry storage entry) internal view returns (ITransferEvents.Standing) {
        if (entry.stage == RETURNED) return ITransferEvents.Standing.Returned;
        if (entry.stage == REVERSED) return ITransferEvents.Standing.Reversed;
        if (entry.stage == REQUESTED) {
            bool open = _time() < entry.deadline + GRACE;
            return open ? ITransferEvents.Standing.Requested : ITransferEvents.Standing.Overdue;
        }
        (uint8 own, uint8 batch) = _fate(entry);
        return own + batch == 0 ? ITransferEvents.Standing.Accepted : ITransferEvents.Standing.Flagged;
    }

    function _speaksFor(uint32 acting, uint32 province) internal view returns (bool) {
        return acting == province || consortium.custodianOf(province) == acting;
    }

    function _accredited(bytes32 institution) internal view returns (bool) {
        return uint8(institutions.accreditationAt(institution, _time()).standing) == 1;
    }

    function _word(bytes memory data, uint256 index) private pure returns (uint256 word) {
        assembly ("memory-safe") {
            word := mload(add(add(data, 32), mul(index, 32)))
        }
    }
}
