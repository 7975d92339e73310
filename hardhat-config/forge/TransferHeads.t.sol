// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {IClaimBook} from "../../contracts/interfaces/IClaimBook.sol";
import {ICredentialEvents} from "../../contracts/interfaces/ICredentialEvents.sol";
import {ITransferEvents} from "../../contracts/interfaces/ITransferEvents.sol";
import {HeadsOracle} from "./base/HeadsOracle.sol";
import {Recognition} from "./base/Recognition.sol";

/// @title Each event of ClaimBook and TransferLedger, field by field, and the heads it gives: "source<<32 | target for transfers".
contract TransferHeadsTest is Recognition {
    uint64 private constant PAIR = uint64(JIANGSU) << 32 | ZHEJIANG;
    HeadsOracle private _oracle;

    function setUp() public override {
        super.setUp();
        _oracle = new HeadsOracle();
        _oracle.follow(address(ledger));
        vm.recordLogs();
    }

    function test_requestAndDecisions_carryTheirFieldsAndTheNextHead() public {
        Held memory held = _issue(1);
        Certificate memory made = held.batch.certificates[held.index];
        ITransferEvents.Application memory application = _application(CLERKS);
        Asked memory asked = _ask(held, application);
        ITransferEvents.Opened memory opened = ITransferEvents.Opened(OPEN_ALL, 2, 5, 500, 15, 674);
        assertEq(made.values[6], 674);
        bytes memory fields =
            abi.encode(JIANGSU, ZHEJIANG, uint64(1), asked.details, opened, QUOTED, application.deadline);
        _check(operator[JIANGSU], ITransferEvents.TransferRequested.selector, fields);

        skip(60);
        _accept(asked, ENROLMENT, 300);
        fields = abi.encode(JIANGSU, ZHEJIANG, uint64(1), ENROLMENT, uint32(300));
        _check(officer[ZOU], ITransferEvents.TransferAccepted.selector, fields);

        asked = _ask(_issue(2), CLERKS);
        _reject(asked);
        ITransferEvents.Return reason = ITransferEvents.Return.NotEquivalent;
        fields = abi.encode(JIANGSU, ZHEJIANG, uint64(2), reason, keccak256("explanation"));
        _check(officer[ZOU], ITransferEvents.TransferReturned.selector, fields);

        _as(operator[JIANGSU], address(ledger), abi.encodeCall(ledger.appeal, (asked.ref, keccak256("grounds"))));
        fields = abi.encode(JIANGSU, ZHEJIANG, uint64(2), keccak256("grounds"));
        _check(operator[JIANGSU], ITransferEvents.AppealFiled.selector, fields);

        _transferAct(ZHEJIANG, abi.encodeCall(ledger.decideAppeal, (asked.ref, true, keccak256("decision"))));
        fields = abi.encode(JIANGSU, ZHEJIANG, uint64(2), true, keccak256("decision"));
        _check(admin[ZHEJIANG], ITransferEvents.AppealDecided.selector, fields);
        (, uint64 sequence) = ledger.headOf(PAIR);
        assertEq(sequence, 6);
    }

    function test_cancelExpireAndReverse_carryTheirFieldsAndTheNextHead() public {
        Asked memory asked = _ask(_issue(1), CLERKS);
        _as(operator[JIANGSU], address(ledger), _cancelCall(asked));
        bytes memory fields = abi.encode(JIANGSU, ZHEJIANG, uint64(1), ITransferEvents.Return.Cancelled, bytes32(0));
        _check(operator[JIANGSU], ITransferEvents.TransferReturned.selector, fields);

        asked = _ask(_issue(2), CLERKS);
        _oracle.absorb(vm.getRecordedLogs(), _time());
        skip(40 days);
        _as(officer[SOU], address(ledger), _expireCall(asked));
        fields = abi.encode(JIANGSU, ZHEJIANG, uint64(2), ITransferEvents.Return.Expired, bytes32(0));
        _check(officer[SOU], ITransferEvents.TransferReturned.selector, fields);

        Held memory held = _issue(3);
        asked = _accepted(held);
        _transferAct(JIANGSU, _reverseCall(asked));
        _check(
            admin[JIANGSU], ITransferEvents.ReversalAgreed.selector, abi.encode(JIANGSU, ZHEJIANG, uint64(3), JIANGSU)
        );
        _transferAct(ZHEJIANG, _reverseCall(asked));
        fields = abi.encode(JIANGSU, ZHEJIANG, uint64(3), QUOTED, false);
        _check(admin[ZHEJIANG], ITransferEvents.TransferReversed.selector, fields);

        asked = _accepted(held);
        _setLeaf(held, ICredentialEvents.Status.Revoked);
        _transferAct(ZHEJIANG, _reverseCall(asked));
        fields = abi.encode(JIANGSU, ZHEJIANG, uint64(4), QUOTED, true);
        _check(admin[ZHEJIANG], ITransferEvents.TransferReversed.selector, fields);
    }

    function test_retirement_isInTheHeadsOfTheActingProvince() public {
        _transferAct(JIANGSU, _retireCall(JOU, _claimOf(1)));
        _checkLogs(
            _oracle,
            address(ledger),
            JIANGSU,
            admin[JIANGSU],
            ITransferEvents.ClaimRetired.selector,
            abi.encode(JIANGSU, JOU, _claimOf(1), ITransferEvents.Retirement.UsedAtHome)
        );
    }

    function test_declaration_isInTheHeadsOfTheAccreditingProvince() public {
        HeadsOracle ofBook = new HeadsOracle();
        ofBook.follow(address(book));
        bytes32 programme = keccak256("LAW");
        // The programmes of the set-up were declared before the recording; Anhui's heads begin here.
        _byMotion(address(institutions), abi.encodeCall(institutions.permit, (AOU, ANHUI)));
        _accredit(ANHUI, AOU, "officer of AOU");
        skip(3 days);
        vm.getRecordedLogs();
        _declare(AOU, programme, IClaimBook.Window.Whole);
        _checkLogs(
            ofBook,
            address(book),
            ANHUI,
            officer[AOU],
            IClaimBook.ProgrammeDeclared.selector,
            abi.encode(ANHUI, AOU, programme, IClaimBook.Window.Whole, uint32(100))
        );
    }

    function _check(address actor, bytes32 topic, bytes memory fields) private {
        _checkLogs(_oracle, address(ledger), PAIR, actor, topic, fields);
    }
}
