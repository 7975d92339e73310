// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {IAgreementEvents} from "../../contracts/interfaces/IAgreementEvents.sol";
import {Agreements} from "./base/Agreements.sol";
import {HeadsOracle} from "./base/HeadsOracle.sol";

/// @title "Every event carries actor, sequence and head … (in Agreement- and EvaluationRegistry the acting province)": each event of the
/// AgreementRegistry, field by field, and the heads it gives.
contract AgreementHeadsTest is Agreements {
    HeadsOracle private _oracle;

    function setUp() public override {
        super.setUp();
        _oracle = new HeadsOracle();
        _oracle.follow(address(agreements));
        vm.recordLogs();
    }

    /// "in Agreement- and EvaluationRegistry the acting province"
    function test_everyEvent_carriesItsFieldsAndTheNextHead() public {
        IAgreementEvents.Terms memory terms = _terms();
        bytes32 agreement = _propose(terms);
        _check(
            JIANGSU, lawyer[JIANGSU], IAgreementEvents.AgreementProposed.selector, abi.encode(JIANGSU, agreement, terms)
        );
        _approve(SHANGHAI, agreement);
        _approved(SHANGHAI, agreement, 1, 1, 0);
        _revoke(SHANGHAI, agreement);
        _check(
            SHANGHAI,
            admin[SHANGHAI],
            IAgreementEvents.ApprovalRevoked.selector,
            abi.encode(SHANGHAI, agreement, uint32(1))
        );
        _approve(JIANGSU, agreement);
        _approved(JIANGSU, agreement, 1, 1, 0);
        _approve(SHANGHAI, agreement);
        _approved(SHANGHAI, agreement, 1, 2, 0);
        _approve(ZHEJIANG, agreement);
        uint64 from = _time() + PUBLIC_NOTICE;
        _approved(ZHEJIANG, agreement, 1, 3, from);
        _object(ANHUI, agreement);
        _objected(ANHUI, agreement, 2);
        _settle(agreement, true);
        _settled(agreement, 2, true, from);
        vm.warp(from + 1);
        _object(SHANGHAI, agreement);
        _objected(SHANGHAI, agreement, 3);
        _approveByAll(agreement);
        _approved(ZHEJIANG, agreement, 3, 3, _time());
        _withdraw(ZHEJIANG, agreement);
        _check(
            ZHEJIANG,
            admin[ZHEJIANG],
            IAgreementEvents.AgreementWithdrawn.selector,
            abi.encode(ZHEJIANG, agreement, _time() + WITHDRAWAL_NOTICE)
        );
        _object(JIANGSU, agreement);
        _objected(JIANGSU, agreement, 4);
        _settle(agreement, false);
        _settled(agreement, 4, false, 0);
        assertEq(_oracle.events(), 15);
    }

    function test_theFirstHeadOfASubjectIsThatOfChainContractAndSubject() public view {
        (bytes32 head, uint64 sequence) = agreements.headOf(JIANGSU);
        assertEq(head, keccak256(abi.encode(block.chainid, address(agreements), uint64(JIANGSU))));
        assertEq(sequence, 0);
    }

    function _approved(uint32 province, bytes32 agreement, uint32 round, uint32 approvals, uint64 from) private {
        _check(
            province,
            admin[province],
            IAgreementEvents.AgreementApproved.selector,
            abi.encode(province, agreement, round, approvals, from)
        );
    }

    function _objected(uint32 province, bytes32 agreement, uint32 round) private {
        _check(
            province,
            admin[province],
            IAgreementEvents.AgreementObjected.selector,
            abi.encode(province, agreement, round, keccak256("reasons"), _time() + OBJECTION_LIFE)
        );
    }

    function _settled(bytes32 agreement, uint32 round, bool goesOn, uint64 from) private {
        _check(
            0,
            address(consortium),
            IAgreementEvents.ObjectionSettled.selector,
            abi.encode(agreement, round, goesOn, from)
        );
    }

    function _check(uint64 subject, address actor, bytes32 topic, bytes memory fields) private {
        _checkLogs(_oracle, address(agreements), subject, actor, topic, fields);
    }
}
