// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {ITransferEvents} from "../../contracts/interfaces/ITransferEvents.sol";
import {Recognition} from "./base/Recognition.sol";

/// @title "Hot fields are stored, the rest of the request as a digest that is passed back": what is decided is the very request, once.
contract TransferDecisionDetailsTest is Recognition {
    uint256 private constant FIELDS = 12; // of Details, a word each

    Asked internal asked;

    function setUp() public override {
        super.setUp();
        asked = _ask(_issue(1), CLERKS);
    }

    /// "the rest of the request as a digest that is passed back": each of its twelve fields, altered by one bit.
    function test_decision_needsTheDetailsOfTheRequest() public {
        for (uint256 field; field < FIELDS; ++field) {
            Asked memory forged = asked;
            ITransferEvents.Details memory details = forged.details;
            assembly ("memory-safe") {
                let word := add(details, mul(field, 32))
                mstore(word, xor(mload(word), 1))
            }
            assertTrue(keccak256(abi.encode(details)) != keccak256(abi.encode(asked.details)));
            _isNoneOfThem(forged);
        }
        assertEq(abi.encode(asked.details).length, FIELDS * 32);
        _accept(asked, ENROLMENT, QUOTED);
    }

    /// A leaf of another institution's batch, which is anchored and attested, in the place of the request's.
    function test_accept_onAForeignLeafIsRefused() public {
        _replaced(_issue(_certificate(SOU, 3)));
    }

    /// A leaf of the institution's own batch that no other province attested.
    function test_accept_onALeafUnattestedIsRefused() public {
        _replaced(_anchorOnly(_clerk(1, 1)));
    }

    function test_accept_onALeafNeverAnchoredIsRefused() public {
        _replaced(_sealTwo(_clerk(1, 1)));
    }

    /// Not even a good leaf of the same person and outcome: what was asked about is decided, the reissue is asked for anew.
    function test_accept_onAnotherGoodLeafIsRefused() public {
        _replaced(_issue(1, 1));
    }

    function test_decision_isTakenOnce() public {
        _accept(asked, ENROLMENT, QUOTED);
        bytes memory why = abi.encodeWithSelector(
            ITransferEvents.TransferStage.selector, JIANGSU, ZHEJIANG, uint64(1), ITransferEvents.Stage.Accepted
        );
        _acceptRefused(asked, why);
        _refused(officer[ZOU], address(ledger), _rejectCall(asked, ITransferEvents.Return.Otherwise), why);
        _refused(operator[JIANGSU], address(ledger), _cancelCall(asked), why);
        skip(100 days);
        _refused(operator[JIANGSU], address(ledger), _expireCall(asked), why);
    }

    function test_unknownTransfer_isAnError() public {
        Asked memory unknown = asked;
        unknown.ref.number = 2;
        bytes memory why =
            abi.encodeWithSelector(ITransferEvents.TransferUnknown.selector, JIANGSU, ZHEJIANG, uint64(2));
        _acceptRefused(unknown, why);
        _refused(operator[JIANGSU], address(ledger), _cancelCall(unknown), why);
        _refused(operator[JIANGSU], address(ledger), _reverseCall(unknown), why);
        _standsAs(unknown, ITransferEvents.Standing.Unknown);
    }

    /// Bulk: an officer decides several requests in one transaction.
    function test_decisions_areTakenInBulk() public {
        Asked memory other = _ask(_issue(2), CLERKS);
        bytes[] memory calls = new bytes[](2);
        calls[0] = _acceptCall(asked, ENROLMENT, QUOTED);
        calls[1] = _rejectCall(other, ITransferEvents.Return.NotEnrolled);
        _as(officer[ZOU], address(ledger), abi.encodeCall(ledger.multicall, (calls)));
        _stageIs(asked, ITransferEvents.Stage.Accepted);
        _stageIs(other, ITransferEvents.Stage.Returned);
    }

    // ---- helpers

    /// @dev Institution, root and leaf of another certificate: all three, and each alone.
    function _replaced(Held memory held) private {
        for (uint256 which; which < 4; ++which) {
            Asked memory forged = asked;
            if (which == 0 || which == 1) forged.details.leaf = held.batch.leaves[held.index];
            if (which == 0 || which == 2) forged.details.root = held.batch.nodes[0];
            if (which == 0 || which == 3) forged.details.institution = held.batch.institution;
            if (which != 3 || held.batch.institution != asked.details.institution) _isNoneOfThem(forged);
        }
        _stageIs(asked, ITransferEvents.Stage.Requested);
        _accept(asked, ENROLMENT, QUOTED);
    }

    function _isNoneOfThem(Asked memory forged) private {
        bytes memory why =
            abi.encodeWithSelector(ITransferEvents.TransferDetails.selector, JIANGSU, ZHEJIANG, uint64(1));
        _refused(officer[ZOU], address(ledger), _acceptCall(forged, ENROLMENT, QUOTED), why);
        _refused(officer[ZOU], address(ledger), _rejectCall(forged, ITransferEvents.Return.Otherwise), why);
        _refused(operator[JIANGSU], address(ledger), _cancelCall(forged), why);
        _refused(operator[JIANGSU], address(ledger), _expireCall(forged), why);
        vm.expectRevert(why);
        ledger.standingOf(forged.ref, forged.details);
    }
}
