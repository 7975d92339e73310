// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {ITransferEvents} from "../../contracts/interfaces/ITransferEvents.sol";
import {Recognition} from "./base/Recognition.sol";

/// @title Gas of a transfer's calls, as snapshot lines to be reviewed as a diff (execution alone). Each starts from cold storage, under a
/// tree of 1,024 leaves, after a first transfer of the pair.
contract TransferGasTest is Recognition {
    function test_gas_requestAndAccept() public {
        _accepted(_issue(1));
        Held memory held = _inALargeBatch(2);
        ITransferEvents.Application memory application = _application(CLERKS);
        bytes memory call = _requestCall(held, application);
        _cool();
        _as(operator[JIANGSU], address(ledger), call);
        vm.snapshotGasLastCall("TransferLedger.request(7 facts, depth 10)");
        Asked memory asked = Asked(ITransferEvents.Ref(JIANGSU, ZHEJIANG, 2), _detailsOf(held, application));
        call = _acceptCall(asked, ENROLMENT, QUOTED);
        _cool();
        _as(officer[ZOU], address(ledger), call);
        vm.snapshotGasLastCall("TransferLedger.accept");
        _stageIs(asked, ITransferEvents.Stage.Accepted);
        _cool();
        _standsAs(asked, ITransferEvents.Standing.Accepted);
        vm.snapshotGasLastCall("TransferLedger.standingOf");
    }

    function test_gas_reject() public {
        Asked memory asked = _ask(_issue(1), CLERKS);
        bytes memory call = _rejectCall(asked, ITransferEvents.Return.Otherwise);
        _cool();
        _as(officer[ZOU], address(ledger), call);
        vm.snapshotGasLastCall("TransferLedger.reject");
        _stageIs(asked, ITransferEvents.Stage.Returned);
    }

    function test_gas_reverse() public {
        Asked memory asked = _accepted(_issue(1));
        _transferAct(JIANGSU, _reverseCall(asked));
        _as(operator[ZHEJIANG], address(ledger), _reverseCall(asked));
        _cool();
        _as(admin[ZHEJIANG], address(ledger), _reverseCall(asked));
        vm.snapshotGasLastCall("TransferLedger.reverse(second side, confirmed)");
        _stageIs(asked, ITransferEvents.Stage.Reversed);
    }

    function test_gas_acceptTenInBulk() public {
        _accepted(_issue(100));
        bytes[] memory calls = new bytes[](10);
        for (uint256 i; i < 10; ++i) {
            calls[i] = _acceptCall(_ask(_issue(i), CLERKS), keccak256(abi.encode(i)), QUOTED);
        }
        bytes memory bulk = abi.encodeCall(ledger.multicall, (calls));
        _cool();
        _as(officer[ZOU], address(ledger), bulk);
        vm.snapshotGasLastCall("TransferLedger.multicall(10 accept)");
        assertEq(ledger.totalsOf(JIANGSU, ZHEJIANG).accepted, 11);
    }

    function _inALargeBatch(uint256 person) private returns (Held memory held) {
        Certificate[] memory made = new Certificate[](1024);
        for (uint256 i; i < 1023; ++i) {
            made[i] = _certificate(JOU, i);
        }
        made[1023] = _clerk(person, 0);
        bytes32 leaf = _leafOf(made[1023]);
        held.batch = _seal(JOU, made);
        while (held.batch.leaves[held.index] != leaf) {
            ++held.index;
        }
        _anchor(JIANGSU, _toBatch(held.batch));
        _attest(ANHUI, held.batch);
    }

    function _cool() private {
        vm.cool(address(consortium));
        vm.cool(address(directory));
        vm.cool(address(institutions));
        vm.cool(address(credentials));
        vm.cool(address(agreements));
        vm.cool(address(findings));
        vm.cool(address(book));
        vm.cool(address(ledger));
    }
}
