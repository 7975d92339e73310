// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {IClaimBook} from "../../contracts/interfaces/IClaimBook.sol";
import {ICredentialEvents} from "../../contracts/interfaces/ICredentialEvents.sol";
import {ITransferEvents} from "../../contracts/interfaces/ITransferEvents.sol";
import {Recognition} from "./base/Recognition.sol";

/// @title What may come of a claim that is free: an appeal against the rejection that freed it, and "retire(institution, claim): used at
/// home, merged or void; final".
contract TransferAppealTest is Recognition {
    // ---- appeal

    function test_appeal_isFiledOnceAfterARejectionAndDecidedOnce() public {
        Asked memory asked = _ask(_issue(1), CLERKS);
        bytes memory stage = abi.encodeWithSelector(
            ITransferEvents.TransferStage.selector, JIANGSU, ZHEJIANG, uint64(1), ITransferEvents.Stage.Requested
        );
        _refused(operator[JIANGSU], address(ledger), _appealCall(asked), stage);
        _reject(asked);
        _refused(operator[ZHEJIANG], address(ledger), _decideCall(asked, true), _appealIs(asked, 0));
        _as(operator[JIANGSU], address(ledger), _appealCall(asked));
        assertEq(uint8(ledger.transferOf(asked.ref).appeal), uint8(ITransferEvents.Appeal.Filed));
        _refused(operator[JIANGSU], address(ledger), _appealCall(asked), _appealIs(asked, 1));
        _as(operator[ZHEJIANG], address(ledger), _decideCall(asked, true));
        assertEq(uint8(ledger.transferOf(asked.ref).appeal), uint8(ITransferEvents.Appeal.Filed)); // one key
        _as(admin[ZHEJIANG], address(ledger), _decideCall(asked, true));
        assertEq(uint8(ledger.transferOf(asked.ref).appeal), uint8(ITransferEvents.Appeal.Upheld));
        _refused(operator[ZHEJIANG], address(ledger), _decideCall(asked, false), _appealIs(asked, 2));
        _ask(_issue(1, 1), CLERKS); // the learner may apply again
    }

    function test_appeal_canBeDismissed() public {
        Asked memory asked = _ask(_issue(1), CLERKS);
        _reject(asked);
        _as(operator[JIANGSU], address(ledger), _appealCall(asked));
        _transferAct(ZHEJIANG, _decideCall(asked, false));
        assertEq(uint8(ledger.transferOf(asked.ref).appeal), uint8(ITransferEvents.Appeal.Dismissed));
    }

    function test_appeal_isForTheSourceAndDecidedByTheTarget() public {
        Asked memory asked = _ask(_issue(1), CLERKS);
        _reject(asked);
        bytes memory why =
            abi.encodeWithSelector(ITransferEvents.TransferByStranger.selector, JIANGSU, ZHEJIANG, ZHEJIANG);
        _refused(operator[ZHEJIANG], address(ledger), _appealCall(asked), why);
        _as(operator[JIANGSU], address(ledger), _appealCall(asked));
        why = abi.encodeWithSelector(ITransferEvents.TransferByStranger.selector, JIANGSU, ZHEJIANG, JIANGSU);
        _refused(operator[JIANGSU], address(ledger), _decideCall(asked, true), why);
    }

    function test_appeal_isAgainstADecisionAndInTime() public {
        Asked memory asked = _ask(_issue(1), CLERKS);
        _as(operator[JIANGSU], address(ledger), _cancelCall(asked));
        bytes memory why =
            abi.encodeWithSelector(ITransferEvents.TransferReason.selector, uint8(ITransferEvents.Return.Cancelled));
        _refused(operator[JIANGSU], address(ledger), _appealCall(asked), why);
        asked = _ask(_issue(2), CLERKS);
        _reject(asked);
        uint64 until = _time() + ledger.APPEAL_TIME() + GRACE;
        vm.warp(until);
        why = abi.encodeWithSelector(ITransferEvents.TransferTooLate.selector, until);
        _refused(operator[JIANGSU], address(ledger), _appealCall(asked), why);
        vm.warp(until - 1);
        _as(operator[JIANGSU], address(ledger), _appealCall(asked));
    }

    function test_appeal_isAgainstADecisionForWhateverReason() public {
        for (uint8 reason = 1; reason <= uint8(ITransferEvents.Return.Otherwise); ++reason) {
            Asked memory asked = _ask(_issue(10 + reason), CLERKS);
            _as(officer[ZOU], address(ledger), _rejectCall(asked, ITransferEvents.Return(reason)));
            _as(operator[JIANGSU], address(ledger), _appealCall(asked));
        }
        assertEq(ledger.APPEAL_TIME(), 30 days);
    }

    // ---- retire

    /// A request asks for a "claim neither live nor retired".
    function test_retire_isFinal() public {
        _transferAct(JIANGSU, _retireCall(JOU, _claimOf(1)));
        assertEq(uint8(book.claimOf(JOU, _claimOf(1)).use), uint8(IClaimBook.Use.Retired));
        bytes memory why = abi.encodeWithSelector(
            IClaimBook.ClaimTaken.selector, JOU, _claimOf(1), IClaimBook.Use.Retired, uint32(0), uint32(0), uint64(0)
        );
        _askRefused(_issue(1), _application(CLERKS), why);
        _as(operator[JIANGSU], address(ledger), _retireCall(JOU, _claimOf(1)));
        _refused(admin[JIANGSU], address(ledger), _retireCall(JOU, _claimOf(1)), why);
    }

    /// Among the binding acts are "retire, reverse".
    function test_retire_isABindingActOfTheProvinceThatAccredits() public {
        bytes memory why = abi.encodeWithSelector(ITransferEvents.RetireByStranger.selector, JOU, ZHEJIANG);
        _refused(operator[ZHEJIANG], address(ledger), _retireCall(JOU, _claimOf(1)), why);
        _as(operator[JIANGSU], address(ledger), _retireCall(JOU, _claimOf(1)));
        assertEq(uint8(book.claimOf(JOU, _claimOf(1)).use), 0); // one key
        bytes memory none = abi.encodeCall(ledger.retire, (JOU, _claimOf(1), ITransferEvents.Retirement.None));
        why = abi.encodeWithSelector(ITransferEvents.TransferReason.selector, uint8(0));
        _refused(operator[JIANGSU], address(ledger), none, why);
    }

    function test_retire_ofALiveClaimIsRefused() public {
        Asked memory asked = _ask(_issue(1), CLERKS);
        _as(operator[JIANGSU], address(ledger), _retireCall(JOU, _claimOf(1)));
        bytes memory why = _takenBy(asked, IClaimBook.Use.Requested);
        _refused(admin[JIANGSU], address(ledger), _retireCall(JOU, _claimOf(1)), why);
        _accept(asked, ENROLMENT, QUOTED);
        why = _takenBy(asked, IClaimBook.Use.Used);
        _refused(admin[JIANGSU], address(ledger), _retireCall(JOU, _claimOf(1)), why);
    }

    /// An unknown institution is nobody's: province zero has no operator.
    function test_retire_ofAnUnknownInstitutionIsRefused() public {
        bytes32 unknown = "an institution";
        bytes memory why = abi.encodeWithSelector(ITransferEvents.RetireByStranger.selector, unknown, JIANGSU);
        _refused(operator[JIANGSU], address(ledger), _retireCall(unknown, _claimOf(1)), why);
    }

    // ---- helpers

    function _appealCall(Asked memory asked) private view returns (bytes memory) {
        return abi.encodeCall(ledger.appeal, (asked.ref, keccak256("grounds")));
    }

    function _decideCall(Asked memory asked, bool upheld) private view returns (bytes memory) {
        return abi.encodeCall(ledger.decideAppeal, (asked.ref, upheld, keccak256("decision")));
    }

    function _appealIs(Asked memory asked, uint8 appeal) private pure returns (bytes memory) {
        return abi.encodeWithSelector(
            ITransferEvents.TransferAppeal.selector,
            asked.ref.source,
            asked.ref.target,
            asked.ref.number,
            ITransferEvents.Appeal(appeal)
        );
    }
}
