// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {IClaimBook} from "../../contracts/interfaces/IClaimBook.sol";
import {ICredentialEvents} from "../../contracts/interfaces/ICredentialEvents.sol";
import {IGoverned} from "../../contracts/interfaces/IGoverned.sol";
import {ITransferEvents} from "../../contracts/interfaces/ITransferEvents.sol";
import {Roles} from "../../contracts/libraries/Roles.sol";
import {Recognition} from "./base/Recognition.sol";

/// @title "reverse needs both sides (the target's alone once the source is revoked, and then the claim stays used) and lowers the very window
/// that it raised"; "standingOf(transfer): Accepted shows as Flagged".
contract TransferReversalTest is Recognition {
    ICredentialEvents.Status private constant VALID = ICredentialEvents.Status.Valid;
    ICredentialEvents.Status private constant SUSPENDED = ICredentialEvents.Status.Suspended;
    ICredentialEvents.Status private constant REVOKED = ICredentialEvents.Status.Revoked;
    ITransferEvents.Standing private constant ACCEPTED = ITransferEvents.Standing.Accepted;
    ITransferEvents.Standing private constant FLAGGED = ITransferEvents.Standing.Flagged;

    // ---- reverse

    function test_reverse_needsBothSides() public {
        Asked memory asked = _accepted(_issue(1));
        _transferAct(JIANGSU, _reverseCall(asked));
        assertTrue(ledger.transferOf(asked.ref).sourceReverses);
        _stageIs(asked, ITransferEvents.Stage.Accepted);
        _claimIs(asked, IClaimBook.Use.Used);
        _transferAct(ZHEJIANG, _reverseCall(asked));
        _stageIs(asked, ITransferEvents.Stage.Reversed);
        _standsAs(asked, ITransferEvents.Standing.Reversed);
        _claimIs(asked, IClaimBook.Use.Free);
        ITransferEvents.Totals memory totals = ledger.totalsOf(JIANGSU, ZHEJIANG);
        assertEq(totals.reversed, 1);
        assertEq(totals.withdrawn, QUOTED);
        assertEq(totals.awarded, QUOTED);
        (uint64 year, uint64 whole) = book.usedBy(IClaimBook.Account(ZOU, ADMINISTRATION, ENROLMENT), _time());
        assertEq(year + whole, 0);
    }

    function test_reverse_beginsAtEitherSide() public {
        Asked memory asked = _accepted(_issue(1));
        _transferAct(ZHEJIANG, _reverseCall(asked));
        assertTrue(ledger.transferOf(asked.ref).targetReverses);
        assertFalse(ledger.transferOf(asked.ref).sourceReverses);
        _transferAct(JIANGSU, _reverseCall(asked));
        _stageIs(asked, ITransferEvents.Stage.Reversed);
        assertEq(uint8(ledger.transferOf(asked.ref).stage), 4);
    }

    /// "one key binds a province": among the binding acts are "retire, reverse", the latter of each side.
    function test_reverse_isABindingActOfEachSide() public {
        Asked memory asked = _accepted(_issue(1));
        _as(operator[JIANGSU], address(ledger), _reverseCall(asked));
        assertFalse(ledger.transferOf(asked.ref).sourceReverses);
        vm.prank(operator[JIANGSU]);
        vm.expectRevert(); // the same account does not confirm
        ledger.reverse(asked.ref, asked.details);
        _refused(lawyer[JIANGSU], address(ledger), _reverseCall(asked), _unauthorised(lawyer[JIANGSU], Roles.TRANSFER));
        _as(admin[JIANGSU], address(ledger), _reverseCall(asked));
        assertTrue(ledger.transferOf(asked.ref).sourceReverses);
    }

    function test_reverse_isAgreedOnceASide() public {
        Asked memory asked = _accepted(_issue(1));
        _transferAct(JIANGSU, _reverseCall(asked));
        bytes memory why = abi.encodeWithSelector(ITransferEvents.TransferReversalAgreed.selector, JIANGSU);
        _refused(operator[JIANGSU], address(ledger), _reverseCall(asked), why);
        asked = _accepted(_issue(2));
        _transferAct(ZHEJIANG, _reverseCall(asked));
        why = abi.encodeWithSelector(ITransferEvents.TransferReversalAgreed.selector, ZHEJIANG);
        _refused(operator[ZHEJIANG], address(ledger), _reverseCall(asked), why);
    }

    function test_reverse_byAStrangerIsRefused() public {
        Asked memory asked = _accepted(_issue(1));
        bytes memory why = abi.encodeWithSelector(ITransferEvents.TransferByStranger.selector, JIANGSU, ZHEJIANG, ANHUI);
        _refused(operator[ANHUI], address(ledger), _reverseCall(asked), why);
    }

    function test_reverse_needsAnAcceptedTransferAndItsDetails() public {
        Asked memory asked = _ask(_issue(1), CLERKS);
        bytes memory why = abi.encodeWithSelector(
            ITransferEvents.TransferStage.selector, JIANGSU, ZHEJIANG, uint64(1), ITransferEvents.Stage.Requested
        );
        _refused(operator[JIANGSU], address(ledger), _reverseCall(asked), why);
        _accept(asked, ENROLMENT, QUOTED);
        asked.details.claim = keccak256("another");
        why = abi.encodeWithSelector(ITransferEvents.TransferDetails.selector, JIANGSU, ZHEJIANG, uint64(1));
        _refused(operator[JIANGSU], address(ledger), _reverseCall(asked), why);
    }

    /// What was reversed may be used again, by another transfer.
    function test_reverse_letsTheOutcomeBeUsedAgain() public {
        Held memory held = _issue(1);
        _reverseByBoth(_accepted(held));
        Asked memory again = _ask(held, SHANGHAIS);
        assertEq(book.claimOf(JOU, _claimOf(1)).target, SHANGHAI);
        _accept(again, ENROLMENT, 500);
    }

    // ---- once the source is revoked

    function test_reverse_ofARevokedCredentialIsTheTargetsAloneAndTheClaimStaysUsed() public {
        Held memory held = _issue(1);
        Asked memory asked = _accepted(held);
        _setLeaf(held, SUSPENDED);
        _transferAct(ZHEJIANG, _reverseCall(asked)); // suspended is not revoked: half of it
        _stageIs(asked, ITransferEvents.Stage.Accepted);
        _setLeaf(held, REVOKED);
        _transferAct(ZHEJIANG, _reverseCall(asked)); // again, though it agreed before
        _stageIs(asked, ITransferEvents.Stage.Reversed);
        _claimIs(asked, IClaimBook.Use.Spent);
        bytes memory why = _takenBy(asked, IClaimBook.Use.Spent);
        _askRefused(_issue(1, 1), _application(CLERKS), why);
        (uint64 year,) = book.usedBy(IClaimBook.Account(ZOU, ADMINISTRATION, ENROLMENT), _time());
        assertEq(year, 0);
    }

    function test_reverse_ofARevokedCredentialIsNotTheSourcesAlone() public {
        Held memory held = _issue(1);
        Asked memory asked = _accepted(held);
        _setLeaf(held, REVOKED);
        _transferAct(JIANGSU, _reverseCall(asked));
        _stageIs(asked, ITransferEvents.Stage.Accepted);
        _transferAct(ZHEJIANG, _reverseCall(asked)); // both: the claim is free
        _claimIs(asked, IClaimBook.Use.Free);
    }

    /// The good leaves of a revoked batch are anchored again, and their claims used again.
    function test_reverse_ofARevokedBatchIsTheTargetsAloneAndTheClaimIsFree() public {
        Certificate memory made = _clerk(1, 0);
        Held memory held = _issue(made);
        Asked memory asked = _accepted(held);
        _setBatch(JIANGSU, JOU, held.batch.nodes[0], REVOKED);
        _transferAct(ZHEJIANG, _reverseCall(asked));
        _stageIs(asked, ITransferEvents.Stage.Reversed);
        _claimIs(asked, IClaimBook.Use.Free);
        Certificate[] memory alone = new Certificate[](1);
        alone[0] = made;
        Held memory again;
        again.batch = _seal(JOU, alone);
        _anchor(JIANGSU, _toBatch(again.batch));
        _attest(ANHUI, again.batch);
        _accepted(again);
    }

    /// A reissue takes nothing from anybody: the successor is good.
    function test_reverse_ofASupersededCredentialNeedsBothSides() public {
        Held memory held = _issue(1);
        Asked memory asked = _accepted(held);
        Held memory next = _issue(1, 1);
        _supersede(held, next);
        _transferAct(ZHEJIANG, _reverseCall(asked));
        _stageIs(asked, ITransferEvents.Stage.Accepted);
        _setLeaf(next, REVOKED);
        _transferAct(ZHEJIANG, _reverseCall(asked));
        _claimIs(asked, IClaimBook.Use.Spent);
    }

    // ---- custodians

    /// "a custodian named by motion keeps a gone member's statuses and transfers"
    function test_custodian_reversesForAGoneSide() public {
        Asked memory asked = _accepted(_issue(1));
        Asked memory other = _accepted(_issue(2));
        _byMotion(address(consortium), abi.encodeCall(consortium.admit, (_founding(500000, "Chongqing"))));
        _replace(JIANGSU, ANHUI);
        _transferAct(ANHUI, _reverseCall(asked));
        assertTrue(ledger.transferOf(asked.ref).sourceReverses);
        _transferAct(ZHEJIANG, _reverseCall(asked));
        _stageIs(asked, ITransferEvents.Stage.Reversed);
        // Where the target itself keeps the gone source's records, it acts for both.
        _byMotion(address(consortium), abi.encodeCall(consortium.nameCustodian, (JIANGSU, ZHEJIANG)));
        _transferAct(ZHEJIANG, _reverseCall(other));
        _stageIs(other, ITransferEvents.Stage.Reversed);
        _claimIs(other, IClaimBook.Use.Free);
    }

    // ---- standing

    /// "Accepted shows as Flagged, with no further call, once the source credential or its batch is suspended or revoked"
    function test_standing_isFlaggedWithNoFurtherCall() public {
        Held memory held = _issue(1);
        Asked memory asked = _accepted(held);
        _standsAs(asked, ACCEPTED);
        _setLeaf(held, SUSPENDED);
        _standsAs(asked, FLAGGED);
        _lift(JIANGSU, held.batch, held.index);
        _standsAs(asked, ACCEPTED);
        _setBatch(JIANGSU, JOU, held.batch.nodes[0], SUSPENDED);
        _standsAs(asked, FLAGGED);
        _setBatch(JIANGSU, JOU, held.batch.nodes[0], VALID);
        _standsAs(asked, ACCEPTED);
        _setLeaf(held, REVOKED);
        _standsAs(asked, FLAGGED);
    }

    /// "where it was superseded, it follows the successor": its own status, and that of the batch that proved it.
    function test_standing_followsTheSuccessors() public {
        Held memory first = _issue(1);
        Asked memory asked = _accepted(first);
        Held memory second = _issue(1, 1);
        Held memory third = _issue(1, 2);
        _supersede(first, second);
        _supersede(second, third);
        _standsAs(asked, ACCEPTED);
        _setBatch(JIANGSU, JOU, first.batch.nodes[0], REVOKED); // of no interest any more
        _setBatch(JIANGSU, JOU, second.batch.nodes[0], REVOKED);
        _standsAs(asked, ACCEPTED);
        _setBatch(JIANGSU, JOU, third.batch.nodes[0], SUSPENDED);
        _standsAs(asked, FLAGGED);
        _setBatch(JIANGSU, JOU, third.batch.nodes[0], VALID);
        _setLeaf(third, SUSPENDED);
        _standsAs(asked, FLAGGED);
    }

    /// A chain of reissues that nobody needs cannot keep the target from taking back what it awarded, or the reader from an answer.
    function test_standing_ofAnEndlessChainOfReissuesIsFlagged() public {
        Certificate[] memory made = new Certificate[](34);
        for (uint256 edition; edition < made.length; ++edition) {
            made[edition] = _clerk(1, edition);
        }
        Held memory held;
        held.batch = _seal(JOU, made);
        _anchor(JIANGSU, _toBatch(held.batch));
        _attest(ANHUI, held.batch);
        Asked memory asked = _accepted(held);
        for (uint256 i; i < 32; ++i) {
            bytes memory call = _supersedeCall(held.batch, i, held.batch, i + 1);
            _as(operator[JIANGSU], address(credentials), call);
        }
        _standsAs(asked, ACCEPTED);
        _as(operator[JIANGSU], address(credentials), _supersedeCall(held.batch, 32, held.batch, 33));
        _standsAs(asked, FLAGGED);
        _transferAct(ZHEJIANG, _reverseCall(asked));
        _claimIs(asked, IClaimBook.Use.Spent);
    }

    // ---- bulk

    /// Each call within a `multicall` is the binding act that it would be alone: what one account proposed by itself, another confirms in bulk.
    function test_bindingActs_areConfirmedInBulk() public {
        bytes[] memory calls = new bytes[](3);
        calls[0] = _retireCall(JOU, _claimOf(1));
        calls[1] = _retireCall(JOU, _claimOf(2));
        calls[2] = _retireCall(JOU, _claimOf(3));
        for (uint256 i; i < 2; ++i) {
            _as(operator[JIANGSU], address(ledger), calls[i]);
        }
        bytes memory bulk = abi.encodeCall(ledger.multicall, (calls));
        _as(admin[JIANGSU], address(ledger), bulk);
        for (uint256 i = 1; i <= 3; ++i) {
            IClaimBook.Use expected = i == 3 ? IClaimBook.Use.Free : IClaimBook.Use.Retired;
            assertEq(uint8(book.claimOf(JOU, _claimOf(i)).use), uint8(expected));
        }
        (bytes32 act,) = consortium.pendingAct(JIANGSU, address(ledger), calls[2]);
        assertTrue(act != 0); // proposed in bulk
        (act,) = consortium.pendingAct(JIANGSU, address(ledger), bulk);
        assertEq(act, bytes32(0)); // the bulk itself is none
        _as(operator[JIANGSU], address(ledger), calls[2]);
        assertEq(uint8(book.claimOf(JOU, _claimOf(3)).use), uint8(IClaimBook.Use.Retired));
        (, uint64 sequence) = IGoverned(address(ledger)).headOf(JIANGSU);
        assertEq(sequence, 3);
    }
}
