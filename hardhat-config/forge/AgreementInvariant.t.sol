// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {AgreementRegistry} from "../../contracts/AgreementRegistry.sol";
import {IAgreementEvents} from "../../contracts/interfaces/IAgreementEvents.sol";
import {AgreementHandler} from "./base/AgreementHandler.sol";
import {AgreementModel} from "./base/AgreementModel.sol";
import {Test} from "./base/Test.sol";

/// @title "Time-dependent state is a pure function of the clock over half-open intervals": whatever is done with agreements, where each of them
/// stood at any time is what its history says, and what is final is never left.
contract AgreementInvariantTest is Test {
    AgreementHandler private _handler;

    function setUp() public {
        _handler = new AgreementHandler();
        _handler.setUp();
        bytes4[] memory selectors = new bytes4[](13);
        selectors[0] = AgreementHandler.propose.selector;
        selectors[1] = AgreementHandler.approve.selector;
        selectors[2] = AgreementHandler.revoke.selector;
        selectors[3] = AgreementHandler.object.selector;
        selectors[4] = AgreementHandler.settle.selector;
        selectors[5] = AgreementHandler.withdraw.selector;
        selectors[6] = AgreementHandler.wait.selector;
        selectors[7] = AgreementHandler.waitForChange.selector;
        selectors[8] = AgreementHandler.pause.selector;
        selectors[9] = AgreementHandler.unpause.selector;
        selectors[10] = AgreementHandler.succeed.selector;
        selectors[11] = AgreementHandler.agree.selector;
        selectors[12] = AgreementHandler.atTheEdge.selector;
        targetSelector(address(_handler), selectors);
        targetContract(address(_handler));
    }

    /// Each call was accepted exactly where the model accepts it (8: by members that can act); no final state was left; the future came as
    /// foretold; each head follows from the last (6).
    function invariant_onlyThoseNamedDoWhatTheyMay() public view {
        assertEq(_handler.disagreements(), 0, _handler.firstDisagreement());
    }

    /// At each change, in the second before it, and now; and a rule gives something exactly while its agreement is in force.
    function invariant_whereAnAgreementStoodIsWhatItsHistorySays() public view {
        AgreementRegistry registry = _handler.registry();
        uint256[7] memory values;
        (values[2], values[3], values[4]) = (1, 6, 3000);
        for (uint256 i; i < _handler.ghostCount(); ++i) {
            AgreementModel.Ghost memory ghost = _handler.ghostOf(i);
            AgreementModel.Entry[] memory history = _handler.historyOf(i);
            IAgreementEvents.State before = IAgreementEvents.State.Unknown;
            for (uint256 k; k < history.length; ++k) {
                assertEq(uint8(registry.stateAt(ghost.id, history[k].time - 1)), uint8(before));
                before = history[k].state;
                assertEq(uint8(registry.stateAt(ghost.id, history[k].time)), uint8(before));
                (uint32 credits,) = registry.quote(ghost.id, 0, "123100004250004560", 1, 0x1c, values, history[k].time);
                assertEq(credits, before == IAgreementEvents.State.Active ? 3000 : 0);
            }
            assertEq(uint8(registry.stateAt(ghost.id, uint64(vm.getBlockTimestamp()))), uint8(ghost.state));
        }
    }

    /// The handler does what its name says, so that the invariants above speak of something: every action succeeds at least once here.
    function test_handler_reachesEveryAction() public {
        _handler.propose(0, 0, 100 days + 1, 30 days + 1, 1); // Shanghai and Jiangsu
        _handler.propose(3, 0, 100 days + 1, 30 days + 1, 1); // refused: no party
        _handler.approve(0, 0, 1);
        _handler.approve(0, 0, 1); // refused: twice
        _handler.revoke(0, 0, 1);
        _handler.approve(0, 0, 8); // refused: another round
        _handler.approve(0, 0, 1);
        _handler.approve(1, 0, 1);
        _handler.revoke(1, 0, 1);
        _handler.approve(1, 0, 1);
        _handler.object(3, 0);
        _handler.object(3, 0); // refused: suspended
        _handler.settle(0, 8, true); // refused: another round
        _handler.settle(0, 1, true);
        _handler.waitForChange(true);
        _handler.waitForChange(false);
        _handler.wait(2 days);
        _handler.object(2, 0); // refused: in force, the grace over, and no party
        _handler.propose(1, 1, 200 days + 1, 30 days + 1, 0); // supersedes the first
        _handler.pause(0);
        _handler.approve(0, 1, 1); // refused: paused
        _handler.unpause(0);
        for (uint256 i; i < 3; ++i) {
            _handler.approve(i, 1, 1);
        }
        _handler.succeed();
        for (uint256 i; i < 2; ++i) {
            _handler.wait(5 days);
        }
        _handler.object(0, 1);
        _handler.withdraw(1, 1);
        _handler.withdraw(2, 1); // refused: moves nothing
        _handler.settle(1, 1, false);
        _handler.propose(0, 0, 1, 4, 1); // its validity begins late
        string[12] memory actions = [
            "propose",
            "approve",
            "last approval",
            "revoke",
            "revoke in notice",
            "object",
            "settle",
            "withdraw",
            "edge",
            "pause",
            "unpause",
            "succeed"
        ];
        for (uint256 i; i < actions.length; ++i) {
            assertGt(_handler.done(actions[i]), 0, actions[i]);
        }
        assertEq(uint8(_handler.ghostOf(0).state), uint8(IAgreementEvents.State.Superseded));
        assertEq(uint8(_handler.ghostOf(1).state), uint8(IAgreementEvents.State.Lapsed));
        assertGt(_handler.oracle().events(), 10);
        invariant_onlyThoseNamedDoWhatTheyMay();
        invariant_whereAnAgreementStoodIsWhatItsHistorySays();
    }
}
