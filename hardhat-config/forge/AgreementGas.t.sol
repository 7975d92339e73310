// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {IAgreementEvents} from "../../contracts/interfaces/IAgreementEvents.sol";
import {Agreements} from "./base/Agreements.sol";

/// @title Gas of the AgreementRegistry, as snapshot lines to be reviewed as a diff (execution alone: the transaction's 21,000 and its
/// calldata come on top). Each call starts from cold storage.
contract AgreementGasTest is Agreements {
    function test_gas_propose2() public {
        _propose(2, "AgreementRegistry.propose(2 rules)");
    }

    /// The most that terms can hold must fit a block many times over.
    function test_gas_propose64() public {
        _propose(64, "AgreementRegistry.propose(64 rules)");
    }

    function test_gas_approve() public {
        bytes32 agreement = _proposed();
        _approve(SHANGHAI, agreement);
        bytes memory call = _approveCall(agreement);
        _as(lawyer[JIANGSU], address(agreements), call);
        _measure(admin[JIANGSU], call, "AgreementRegistry.approve");
    }

    function test_gas_lastApproval() public {
        bytes32 agreement = _proposed();
        _approve(SHANGHAI, agreement);
        _approve(JIANGSU, agreement);
        bytes memory call = _approveCall(agreement);
        _as(lawyer[ZHEJIANG], address(agreements), call);
        _measure(admin[ZHEJIANG], call, "AgreementRegistry.approve(the last)");
    }

    function test_gas_object() public {
        bytes memory call = _objectCall(_active());
        _as(lawyer[ZHEJIANG], address(agreements), call);
        _measure(admin[ZHEJIANG], call, "AgreementRegistry.object");
    }

    /// What every request pays: once for a rule with an evaluation, once for one within the scope.
    function test_gas_quote() public {
        bytes32 agreement = _active();
        uint256[7] memory values = _facts();
        uint64 time = _time();
        _cool();
        (uint32 credits,) = agreements.quote(agreement, 0, JOU, 1, 0x7f, values, time);
        vm.snapshotGasLastCall("AgreementRegistry.quote(evaluation)");
        assertEq(credits, 333);
        values[2] = 1;
        _cool();
        (credits,) = agreements.quote(agreement, 1, SOU, 1, 0x7f, values, time);
        vm.snapshotGasLastCall("AgreementRegistry.quote(scope)");
        assertEq(credits, 500);
    }

    function _propose(uint256 rules, string memory name) private {
        IAgreementEvents.Terms memory terms = _terms();
        IAgreementEvents.Rule memory rule = terms.rules[0];
        rule.course = "course";
        terms.rules = new IAgreementEvents.Rule[](rules);
        for (uint256 i; i < rules; ++i) {
            terms.rules[i] = rule;
        }
        _measure(lawyer[JIANGSU], _proposeCall(terms), name);
        assertEq(agreements.outlineOf(agreements.agreementId(terms)).rules, rules);
    }

    function _measure(address account, bytes memory call, string memory name) private {
        _cool();
        _as(account, address(agreements), call);
        vm.snapshotGasLastCall(name);
    }

    function _cool() private {
        vm.cool(address(consortium));
        vm.cool(address(directory));
        vm.cool(address(institutions));
        vm.cool(address(agreements));
        vm.cool(address(findings));
    }
}
