// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {IAgreementEvents} from "../../contracts/interfaces/IAgreementEvents.sol";
import {ITransferEvents} from "../../contracts/interfaces/ITransferEvents.sol";
import {Recognition} from "./base/Recognition.sol";

/// @title "The request's rule governs the decision": whatever became of its agreement between request and decision. A new request asks
/// for an agreement in force.
contract TransferAgreementTest is Recognition {
    function test_ruleExpiredBetweenRequestAndDecision_governsTheDecision() public {
        uint64 until = agreements.ruleOf(agreement, CLERKS).until;
        vm.warp(until - 1);
        Held memory late = _issue(2);
        Asked memory asked = _ask(_issue(1), CLERKS);
        vm.warp(until);
        _askRefused(late, _application(CLERKS), _refusal(CLERKS, IAgreementEvents.Refusal.AgreementNotActive));
        _accept(asked, ENROLMENT, QUOTED);
    }

    /// A rule may end before its agreement does.
    function test_ruleExpiredBeforeItsAgreement_governsTheDecision() public {
        IAgreementEvents.Terms memory terms = _lawOfTransfers();
        terms.rules[CLERKS].until = terms.from + 100 days;
        agreement = _propose(terms);
        _approveByAll(agreement);
        vm.warp(terms.rules[CLERKS].until - 1);
        Asked memory asked = _ask(_issue(1), CLERKS);
        skip(1);
        _askRefused(_issue(2), _application(CLERKS), _refusal(CLERKS, IAgreementEvents.Refusal.RuleNotInForce));
        _accept(asked, ENROLMENT, QUOTED);
    }

    function test_agreementWithdrawnWhileARequestIsOpen_governsTheDecision() public {
        Asked memory asked = _ask(_issue(1), CLERKS);
        _withdraw(ZHEJIANG, agreement);
        _ask(_issue(2), CLERKS); // its notice runs: in force
        skip(WITHDRAWAL_NOTICE);
        _is(agreement, IAgreementEvents.State.Withdrawn);
        _askRefused(_issue(3), _application(CLERKS), _refusal(CLERKS, IAgreementEvents.Refusal.AgreementNotActive));
        _accept(asked, ENROLMENT, QUOTED);
    }

    function test_agreementObjectedToWhileARequestIsOpen_governsTheDecision() public {
        Asked memory asked = _ask(_issue(1), CLERKS);
        skip(1);
        _object(SHANGHAI, agreement);
        _is(agreement, IAgreementEvents.State.Objected);
        _askRefused(_issue(2), _application(CLERKS), _refusal(CLERKS, IAgreementEvents.Refusal.AgreementNotActive));
        _accept(asked, ENROLMENT, QUOTED);
    }

    function test_agreementSupersededWhileARequestIsOpen_governsTheDecision() public {
        Asked memory asked = _ask(_issue(1), CLERKS);
        IAgreementEvents.Terms memory terms = _lawOfTransfers();
        terms.supersedes = agreement;
        terms.rules[CLERKS].cap = 1; // the successor's cap is not the request's
        bytes32 successor = _propose(terms);
        _approveByAll(successor);
        skip(PUBLIC_NOTICE);
        _is(agreement, IAgreementEvents.State.Superseded);
        _askRefused(_issue(2), _application(CLERKS), _refusal(CLERKS, IAgreementEvents.Refusal.AgreementNotActive));
        _accept(asked, ENROLMENT, QUOTED);
        agreement = successor;
        asked = _ask(_issue(3), CLERKS);
        _accept(asked, keccak256("another enrolment"), 1);
    }

    /// "rule active and matching"
    /// "no transfer is accepted outside an agreement active at its request"
    function test_agreementNotYetInForce_takesNoRequest() public {
        agreement = _propose(_lawOfTransfers());
        _askRefused(_issue(1), _application(CLERKS), _refusal(CLERKS, IAgreementEvents.Refusal.AgreementNotActive));
        _approveByAll(agreement);
        skip(PUBLIC_NOTICE - 1);
        _askRefused(_issue(2), _application(CLERKS), _refusal(CLERKS, IAgreementEvents.Refusal.AgreementNotActive));
        skip(1);
        _ask(_issue(3), CLERKS);
    }

    /// A party that was expelled binds nobody, and the request made before is decided by the institution it was made to.
    function test_sourceExpelledWhileARequestIsOpen_leavesItToTheInstitution() public {
        Asked memory asked = _ask(_issue(1), CLERKS);
        _byMotion(address(consortium), abi.encodeCall(consortium.admit, (_founding(500000, "Chongqing"))));
        _replace(JIANGSU, ANHUI);
        _accept(asked, ENROLMENT, QUOTED);
        _stageIs(asked, ITransferEvents.Stage.Accepted);
    }
}
