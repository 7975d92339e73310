// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {IClaimBook} from "../../contracts/interfaces/IClaimBook.sol";
import {ITransferEvents} from "../../contracts/interfaces/ITransferEvents.sol";
import {Recognition} from "./base/Recognition.sol";

/// @title docs/storage.md, slot by slot, of ClaimBook and TransferLedger.
contract TransferStorageTest is Recognition {
    function test_transfer_liesAtItsDocumentedSlots() public {
        Held memory held = _issue(1);
        ITransferEvents.Application memory application = _application(CLERKS);
        Asked memory asked = _ask(held, application);
        uint48 requestedAt = uint48(_time());
        skip(60);
        _accept(asked, ENROLMENT, 300);
        _transferAct(ZHEJIANG, _reverseCall(asked));
        bytes32 pair = keccak256(abi.encode(uint256(ZHEJIANG), keccak256(abi.encode(uint256(JIANGSU), uint256(1)))));
        uint256 slot = uint256(keccak256(abi.encode(uint256(1), pair)));
        uint256 word = _load(address(ledger), slot);
        assertEq(uint8(word), uint8(ITransferEvents.Stage.Accepted));
        assertEq(uint8(word >> 8), 0);
        assertEq(uint8(word >> 16), 0);
        assertEq(uint8(word >> 24), 0); // the source's half
        assertEq(uint8(word >> 32), 1); // the target's
        assertEq(uint32(word >> 40), QUOTED);
        assertEq(uint32(word >> 72), 300);
        assertEq(uint48(word >> 104), requestedAt);
        assertEq(uint48(word >> 152), application.deadline);
        assertEq(uint48(word >> 200), requestedAt + 60);
        assertEq(word >> 248, 0);
        assertEq(_load(address(ledger), slot + 1), uint256(keccak256(abi.encode(asked.details))));
        assertEq(_load(address(ledger), slot + 2), uint256(ENROLMENT));
    }

    function test_returnedTransfer_liesAtItsDocumentedSlots() public {
        Asked memory asked = _ask(_issue(1), CLERKS);
        _reject(asked);
        _as(operator[JIANGSU], address(ledger), abi.encodeCall(ledger.appeal, (asked.ref, keccak256("grounds"))));
        bytes32 pair = keccak256(abi.encode(uint256(ZHEJIANG), keccak256(abi.encode(uint256(JIANGSU), uint256(1)))));
        uint256 word = _load(address(ledger), uint256(keccak256(abi.encode(uint256(1), pair))));
        assertEq(uint8(word), uint8(ITransferEvents.Stage.Returned));
        assertEq(uint8(word >> 8), uint8(ITransferEvents.Return.NotEquivalent));
        assertEq(uint8(word >> 16), uint8(ITransferEvents.Appeal.Filed));
    }

    function test_totalsAndConsents_lieAtTheirDocumentedSlots() public {
        ITransferEvents.Application memory application = _application(CLERKS);
        Asked memory asked = _ask(_issue(1), application);
        _accept(asked, ENROLMENT, 300);
        _reverseByBoth(asked);
        _reject(_ask(_issue(2), CLERKS));
        _ask(_issue(3), CLERKS);
        uint256 slot =
            uint256(keccak256(abi.encode(uint256(ZHEJIANG), keccak256(abi.encode(uint256(JIANGSU), uint256(2))))));
        uint256 word = _load(address(ledger), slot);
        assertEq(uint64(word), 3);
        assertEq(uint64(word >> 64), 1);
        assertEq(uint64(word >> 128), 1);
        assertEq(uint64(word >> 192), 1);
        word = _load(address(ledger), slot + 1);
        assertEq(uint64(word), 3 * QUOTED);
        assertEq(uint64(word >> 64), 300);
        assertEq(uint64(word >> 128), 300);
        bytes32 consents = keccak256(abi.encode(uint256(JIANGSU), uint256(3)));
        assertEq(_load(address(ledger), uint256(keccak256(abi.encode(application.consent, consents)))), 1);
    }

    function test_claimsCountsAndProgrammes_lieAtTheirDocumentedSlots() public {
        _accepted(_issue(1));
        uint256 word = _load(address(book), uint256(_nested(JOU, _claimOf(1), 3)));
        assertEq(uint8(word), uint8(IClaimBook.Use.Used));
        assertEq(uint32(word >> 8), JIANGSU);
        assertEq(uint32(word >> 40), ZHEJIANG);
        assertEq(uint64(word >> 72), 1);
        assertEq(uint64(word >> 136), _time());
        word = _load(address(book), uint256(_nested(ZOU, ADMINISTRATION, 1)));
        assertEq(uint8(word), uint8(IClaimBook.Window.Year));
        assertEq(uint32(word >> 8), 100);
        assertEq(uint64(word >> 40), _time());
        bytes32 account = keccak256(abi.encodePacked(ZOU, ADMINISTRATION, ENROLMENT));
        uint256[2] memory windows = [uint256(2026), 0];
        for (uint256 i; i < windows.length; ++i) {
            word = _load(address(book), uint256(_nested(account, bytes32(windows[i]), 2)));
            assertEq(uint64(word), QUOTED);
            assertEq(uint64(word >> 64), _time());
        }
    }

    /// @dev Of mapping(first => mapping(second => …)) at `slot`.
    function _nested(bytes32 first, bytes32 second, uint256 slot) private pure returns (bytes32) {
        return keccak256(abi.encode(second, keccak256(abi.encode(first, slot))));
    }

    function _load(address target, uint256 slot) private view returns (uint256) {
        return uint256(vm.load(target, bytes32(slot)));
    }
}
