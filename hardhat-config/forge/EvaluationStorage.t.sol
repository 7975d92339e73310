// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {IEvaluationEvents} from "../../contracts/interfaces/IEvaluationEvents.sol";
import {Panels} from "./base/Panels.sol";

/// @title docs/storage.md, slot by slot: what eth_getProof is asked for lies where the document says, for ever.
contract EvaluationStorageTest is Panels {
    function test_evaluation_liesAtItsDocumentedSlots() public {
        IEvaluationEvents.Subject memory subject = _subject();
        bytes32 evaluation = _open(subject);
        address[] memory experts = _seatFive(evaluation);
        uint256 slot = uint256(keccak256(abi.encode(evaluation, uint256(1))));
        _favour(experts[0], evaluation, 4, 600);
        assertEq(_load(slot), uint256(JOU));
        assertEq(_load(slot + 1), uint256(CLERK));
        uint256 word = _load(slot + 2);
        assertEq(uint32(word), JIANGSU);
        assertEq(uint8(word >> 32), VOCATIONAL);
        assertEq(uint8(word >> 40), 5); // seats
        assertEq(uint8(word >> 48), 1); // opinions
        assertEq(uint16(word >> 56), 600);
        assertEq(uint16(word >> 72), 720);
        assertEq(uint64(word >> 88), subject.nominationsUntil);
        assertEq(uint64(word >> 152), subject.opinionsUntil);
        assertEq(word >> 216, 0);
        assertEq(_load(slot + 3), 0); // open
        assertEq(_load(slot + 4), uint256(DOSSIER));
        assertEq(_load(slot + 5), 2); // targets
        word = _load(uint256(keccak256(abi.encode(slot + 5))));
        assertEq(uint32(word), SHANGHAI);
        assertEq(uint32(word >> 32), ZHEJIANG);
        assertEq(_load(slot + 6), 5); // panel

        for (uint256 i = 1; i < 5; ++i) {
            _favour(experts[i], evaluation, 4, 600);
        }
        _close(evaluation);
        word = _load(slot + 3);
        assertEq(uint64(word), vm.getBlockTimestamp());
        assertEq(uint8(word >> 64), 1); // passed
        assertEq(uint8(word >> 72), 4);
        assertEq(uint32(word >> 80), 600);
        assertEq(word >> 112, 0);
    }

    function test_seat_liesAtItsDocumentedSlots() public {
        bytes32 evaluation = _open();
        address[] memory experts = _seatFive(evaluation);
        skip(60);
        _favour(experts[3], evaluation, 4, 600);
        uint256 panel = uint256(keccak256(abi.encode(evaluation, uint256(1)))) + 6;
        uint256 slot = uint256(keccak256(abi.encode(panel))) + 4 * 3;
        uint256 word = _load(slot);
        assertEq(address(uint160(word)), experts[3]);
        assertEq(uint32(word >> 160), ZHEJIANG);
        assertEq(uint8(word >> 192), 1); // favourable
        assertEq(uint8(word >> 200), 4);
        assertEq(uint32(word >> 208), 600);
        assertEq(word >> 240, 0);
        assertEq(_load(slot + 1), vm.getBlockTimestamp());
        assertEq(_load(slot + 2), uint256(_keyOf(experts[3])));
        assertEq(_load(slot + 3), uint256(REPORT));
    }

    function test_numbersAndExperts_lieAtTheirDocumentedSlots() public {
        bytes32 evaluation = _open();
        address expert = _expert("1");
        _nominate(ANHUI, evaluation, expert);
        bytes32 inner = keccak256(abi.encode(JOU, uint256(2)));
        assertEq(_load(uint256(keccak256(abi.encode(CLERK, inner)))), 1);
        assertEq(_load(uint256(keccak256(abi.encode(expert, uint256(3))))), ANHUI);
        // The heads lie at slot 0, as in every contract.
        (bytes32 head, uint64 sequence) = evaluations.headOf(ANHUI);
        uint256 slot = uint256(keccak256(abi.encode(uint256(ANHUI), uint256(0))));
        assertEq(_load(slot), uint256(head));
        assertEq(_load(slot + 1), sequence);
        assertEq(sequence, 1);
    }

    function _load(uint256 slot) private view returns (uint256) {
        return uint256(vm.load(address(evaluations), bytes32(slot)));
    }
}
