// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {IAgreementEvents} from "../../contracts/interfaces/IAgreementEvents.sol";
import {Agreements} from "./base/Agreements.sol";

/// @title docs/storage.md for the AgreementRegistry, slot by slot: what eth_getProof is asked for lies where the document says, for ever.
contract AgreementStorageTest is Agreements {
    function test_outline_liesAtItsDocumentedSlots() public {
        bytes32 old = _proposed();
        IAgreementEvents.Terms memory terms = _termsSuperseding(old);
        bytes32 agreement = _propose(terms);
        uint256 slot = _slot(agreement, 1);
        assertEq(_load(slot), 3);
        uint256 word = _load(uint256(keccak256(abi.encode(slot))));
        assertEq(word, uint256(SHANGHAI) | uint256(JIANGSU) << 32 | uint256(ZHEJIANG) << 64);
        word = _load(slot + 1);
        assertEq(uint32(word), 2);
        assertEq(uint48(word >> 32), terms.from);
        assertEq(uint48(word >> 80), terms.until);
        assertEq(uint48(word >> 128), PUBLIC_NOTICE);
        assertEq(uint48(word >> 176), WITHDRAWAL_NOTICE);
        assertEq(word >> 224, 0);
        assertEq(_load(slot + 2), uint256(old));
    }

    function test_rule_liesAtItsDocumentedSlots() public {
        IAgreementEvents.Terms memory terms = _terms();
        terms.rules[0].acceptsUngraded = true;
        terms.rules[0].course = "course";
        IAgreementEvents.Rule memory rule = terms.rules[0];
        bytes32 agreement = _propose(terms);
        uint256 slot = uint256(keccak256(abi.encode(uint256(0), _slot(agreement, 2))));
        assertEq(_load(slot), uint256(JOU));
        assertEq(_load(slot + 1), uint256(CLERK));
        assertEq(_load(slot + 2), uint256(PANEL));
        uint256 word = _load(slot + 3);
        assertEq(uint32(word), JIANGSU);
        assertEq(uint8(word >> 32), 2);
        assertEq(uint8(word >> 40), 3);
        assertEq(uint8(word >> 48), 5);
        assertEq(uint8(word >> 56), 12);
        assertEq(uint8(word >> 64), 1);
        assertEq(uint16(word >> 72), 60);
        assertEq(word >> 88, 0);
        assertEq(_load(slot + 4), uint256(rule.targetInstitution));
        assertEq(_load(slot + 5), uint256(rule.programme));
        assertEq(_load(slot + 6), uint256(bytes32("course")));
        word = _load(slot + 7);
        assertEq(uint32(word), ZHEJIANG);
        assertEq(uint8(word >> 32), 2);
        assertEq(uint32(word >> 40), 2);
        assertEq(uint32(word >> 72), 3);
        assertEq(uint32(word >> 104), 400);
        assertEq(uint32(word >> 136), 2000);
        assertEq(uint64(word >> 168), rule.from);
        assertEq(word >> 232, 0);
        assertEq(_load(slot + 8), rule.until);
    }

    function test_roundAndStands_lieAtTheirDocumentedSlots() public {
        bytes32 agreement = _proposed();
        uint64 proposed = _time();
        skip(1 days);
        _approveByAll(agreement);
        uint64 begun = _time() + PUBLIC_NOTICE;
        skip(PUBLIC_NOTICE);
        _withdraw(SHANGHAI, agreement);
        uint64 ends = _time() + WITHDRAWAL_NOTICE;
        skip(1 days);
        _object(JIANGSU, agreement);
        _approve(ZHEJIANG, agreement);

        uint256 word = _load(_slot(agreement, 3));
        assertEq(uint32(word), 2);
        assertEq(uint16(word >> 32), 4); // the third of the parties
        assertEq(uint48(word >> 48), begun);
        assertEq(word >> 96, 0);

        uint256 slot = _slot(agreement, 4);
        assertEq(_load(slot), 4);
        uint256 first = uint256(keccak256(abi.encode(slot)));
        _checkStand(first, IAgreementEvents.Step.Proposed, proposed, 0, proposed + APPROVAL_TIME + GRACE);
        _checkStand(first + 1, IAgreementEvents.Step.Approved, proposed + 1 days, begun, 0);
        word = _load(first + 2);
        assertEq(uint8(word >> 8), 1); // leaving
        assertEq(uint48(word >> 160), ends);
        _checkStand(first + 3, IAgreementEvents.Step.Objected, begun + 1 days, begun, begun + 1 days + OBJECTION_LIFE);
    }

    /// Of several stands of one second only the last is kept.
    function test_standsOfOneSecond_areOne() public {
        bytes32 agreement = _noticed();
        _object(ANHUI, agreement);
        assertEq(_load(_slot(agreement, 4)), 1);
        skip(1);
        _approveByAll(agreement);
        assertEq(_load(_slot(agreement, 4)), 2);
    }

    function test_objectionAndSuccessor_lieAtTheirDocumentedSlots() public {
        bytes32 agreement = _active();
        bytes32 objected = keccak256(abi.encode(uint256(SHANGHAI), _slot(agreement, 5)));
        assertEq(_load(uint256(objected)), 0);
        _object(SHANGHAI, agreement);
        assertEq(_load(uint256(objected)), 1);
        bytes32 next = _propose(_termsSuperseding(agreement));
        _approveByAll(next);
        assertEq(_load(_slot(agreement, 6)), uint256(next));
    }

    function test_heads_lieAtSlotZero() public {
        _proposed();
        uint256 slot = uint256(keccak256(abi.encode(uint256(JIANGSU), uint256(0))));
        (bytes32 head, uint64 sequence) = agreements.headOf(JIANGSU);
        assertEq(_load(slot), uint256(head));
        assertEq(_load(slot + 1), sequence);
        assertEq(sequence, 1);
    }

    /// @dev A deadline of zero is not looked at.
    function _checkStand(uint256 slot, IAgreementEvents.Step step, uint64 since, uint64 from, uint64 deadline)
        private
        view
    {
        uint256 word = _load(slot);
        assertEq(uint8(word), uint8(step));
        assertEq(uint48(word >> 16), since);
        assertEq(uint48(word >> 64), from);
        if (deadline != 0) assertEq(uint48(word >> 112), deadline);
        assertGt(uint48(word >> 160), since);
        assertEq(word >> 208, 0);
    }

    function _slot(bytes32 agreement, uint256 at) private pure returns (uint256) {
        return uint256(keccak256(abi.encode(agreement, at)));
    }

    function _load(uint256 slot) private view returns (uint256) {
        return uint256(vm.load(address(agreements), bytes32(slot)));
    }
}
