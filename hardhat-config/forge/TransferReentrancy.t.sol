// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {Governed} from "../../contracts/base/Governed.sol";
import {IClaimBook} from "../../contracts/interfaces/IClaimBook.sol";
import {IConsortium} from "../../contracts/interfaces/IConsortium.sol";
import {IDirectory} from "../../contracts/interfaces/IDirectory.sol";
import {IGoverned} from "../../contracts/interfaces/IGoverned.sol";
import {ITransferEvents} from "../../contracts/interfaces/ITransferEvents.sol";
import {Names} from "../../contracts/libraries/Names.sol";
import {Recognition} from "./base/Recognition.sol";

/// @dev A book that calls the ledger back from within each step, and was made an officer before it had any code.
contract CallingBook is Governed {
    bytes[] private _calls;
    uint256 public refused;
    uint256 public done;

    constructor(IConsortium consortium_, IDirectory directory_, address predecessor_)
        Governed(Names.CLAIM_BOOK, consortium_, directory_, predecessor_)
    {}

    function prepare(bytes calldata call) external {
        _calls.push(call);
    }

    function lock(bytes32, bytes32, bytes32, ITransferEvents.Ref calldata) external {
        _callBack();
    }

    function release(bytes32, bytes32, ITransferEvents.Ref calldata) external {
        _callBack();
    }

    function use(bytes32, bytes32, ITransferEvents.Ref calldata, IClaimBook.Account calldata, uint32, uint32) external {
        _callBack();
    }

    function undo(bytes32, bytes32, ITransferEvents.Ref calldata, IClaimBook.Account calldata, uint32, uint64, bool)
        external
    {
        _callBack();
    }

    function programmeOf(bytes32, bytes32) external pure returns (IClaimBook.Programme memory) {
        return IClaimBook.Programme(IClaimBook.Window.Year, 1, 1);
    }

    function _callBack() private {
        for (uint256 i; i < _calls.length; ++i) {
            (bool success,) = msg.sender.call(_calls[i]);
            if (success) ++done;
            else ++refused;
        }
    }
}

/// @title Reentrancy: whoever calls back from within a step finds it taken. The worst caller there could be is a claim book that a motion
/// listed and that is an officer besides.
contract TransferReentrancyTest is Recognition {
    CallingBook private _hostile;

    function setUp() public override {
        super.setUp();
        address next = vm.computeCreateAddress(address(this), vm.getNonce(address(this)));
        _law(ZHEJIANG, abi.encodeCall(institutions.appointOfficer, (ZOU, next, 0)));
        _hostile = new CallingBook(consortium, directory, address(book));
        assertEq(address(_hostile), next);
        _succeed(Names.CLAIM_BOOK, address(_hostile));
        assertTrue(institutions.officerInForceAt(ZOU, next, _time()));
    }

    function test_reentrancy_findsEveryStepTaken() public {
        Asked memory asked = _ask(_issue(1), CLERKS);
        Asked memory other = _ask(_issue(2), CLERKS);
        uint64 pair = uint64(JIANGSU) << 32 | ZHEJIANG;
        _hostile.prepare(_acceptCall(asked, ENROLMENT, QUOTED));
        _hostile.prepare(_rejectCall(asked, ITransferEvents.Return.Otherwise));
        (, uint64 before) = IGoverned(address(ledger)).headOf(pair);
        _accept(asked, ENROLMENT, QUOTED);
        assertEq(_hostile.refused(), 2);
        _reverseByBoth(asked);
        assertEq(_hostile.refused(), 4);
        _hostile.prepare(_acceptCall(other, ENROLMENT, QUOTED));
        _hostile.prepare(_expireCall(other));
        skip(32 days);
        _as(admin[ANHUI], address(ledger), _expireCall(other));
        assertEq(_hostile.refused(), 8);
        assertEq(_hostile.done(), 0);
        ITransferEvents.Totals memory totals = ledger.totalsOf(JIANGSU, ZHEJIANG);
        assertEq(totals.accepted, 1);
        assertEq(totals.returned, 1);
        assertEq(totals.reversed, 1);
        assertEq(totals.awarded, QUOTED);
        (, uint64 sequence) = IGoverned(address(ledger)).headOf(pair);
        assertEq(sequence, before + 4);
    }

    /// A request is written whole before the book is called: what is called back from there finds a transfer like any other.
    function test_reentrancy_findsARequestWhole() public {
        Held memory held = _issue(1);
        ITransferEvents.Application memory application = _application(CLERKS);
        Asked memory asked = Asked(ITransferEvents.Ref(JIANGSU, ZHEJIANG, 1), _detailsOf(held, application));
        _hostile.prepare(_rejectCall(asked, ITransferEvents.Return.Otherwise));
        _as(operator[JIANGSU], address(ledger), _requestCall(held, application));
        assertEq(_hostile.done(), 1);
        assertEq(_hostile.refused(), 1); // the rejection called back once more, from the release
        _stageIs(asked, ITransferEvents.Stage.Returned);
        assertEq(ledger.totalsOf(JIANGSU, ZHEJIANG).returned, 1);
        _refused(
            operator[JIANGSU],
            address(ledger),
            _requestCall(held, application),
            abi.encodeWithSelector(ITransferEvents.TransferConsentUsed.selector, application.consent)
        );
    }
}
