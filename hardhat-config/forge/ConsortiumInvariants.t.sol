// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {Consortium} from "../../contracts/Consortium.sol";
import {IConsortiumEvents} from "../../contracts/interfaces/IConsortiumEvents.sol";
import {ConsortiumHandler} from "./base/ConsortiumHandler.sol";
import {Test} from "./base/Test.sol";

/// @title What holds in a consortium whatever anybody does, in whatever order.
/// forge-config: default.invariant.fail-on-revert = true
contract ConsortiumInvariantsTest is Test {
    ConsortiumHandler private _handler;
    Consortium private _consortium;

    function setUp() public {
        _handler = new ConsortiumHandler();
        _consortium = _handler.theConsortium();
        bytes4[] memory selectors = new bytes4[](7);
        selectors[0] = ConsortiumHandler.single.selector;
        selectors[1] = ConsortiumHandler.binding.selector;
        selectors[2] = ConsortiumHandler.takeOver.selector;
        selectors[3] = ConsortiumHandler.recover.selector;
        selectors[4] = ConsortiumHandler.move.selector;
        selectors[5] = ConsortiumHandler.execute.selector;
        selectors[6] = ConsortiumHandler.wait.selector;
        targetSelector(address(_handler), selectors);
        targetContract(address(_handler));
    }

    /// Invariant 6: "heads recomputed from the events equal the heads stored"
    function invariant_6_headsRecomputedFromEventsEqualThoseStored() public view {
        assertEq(_handler.mismatchesOfHeads(), 0);
        uint32[7] memory subjects = [uint32(0), 310000, 320000, 330000, 340000, 500000, 650000];
        for (uint256 i = 0; i < subjects.length; i++) {
            (bytes32 head, uint64 sequence) = _consortium.headOf(subjects[i]);
            (bytes32 known, uint64 count) = _handler.knownHead(address(_consortium), subjects[i]);
            assertEq(sequence, count);
            assertEq(head, known);
        }
    }

    /// Invariant 7: "no motion passes with fewer than ceil(2N/3) of the members of that moment, and floor(N/3) or fewer of them can block none"
    function invariant_7_motionsPassWithTwoThirdsAndNoFewerBlock() public view {
        assertEq(_handler.passedWithTooFew(), 0);
        assertEq(_handler.blockedByTooFew(), 0);
    }

    /// Invariant 8: "apart from expire and execute, which are anyone's, no function succeeds for a paused or expelled member's keys";
    /// and "binding acts are proposed by one account and confirmed by a second of the same member"
    function invariant_8_nothingSucceedsForTheExcludedNorForOneKey() public view {
        assertEq(_handler.actsOfTheExcluded(), 0);
        assertEq(_handler.actsOfOneKey(), 0);
        assertEq(_handler.changesWithoutAnAct(), 0);
    }

    /// "a pending recovery freezes hand-over and operator changes"; "An address serves one province and one role family for ever.";
    /// "Below four members only in a trial.", each of them with an admin and a lawyer; whoever chairs is a member.
    function invariant_membersAndTheirAccountsStayWhole() public view {
        assertEq(_handler.changesWhileFrozen(), 0);
        assertEq(_handler.rebindings(), 0);
        uint256 staying;
        IConsortiumEvents.Tenure[] memory tenures = _consortium.tenures();
        for (uint256 i = 0; i < tenures.length; i++) {
            if (tenures[i].until == type(uint64).max) staying++;
        }
        assertGe(staying, 4);
        assertTrue(_consortium.isMember(_consortium.chair()));
        uint32[] memory present = _consortium.members();
        for (uint256 i = 0; i < present.length; i++) {
            uint8 held;
            address[] memory operators = _consortium.operatorsOf(present[i]);
            for (uint256 j = 0; j < operators.length; j++) {
                assertNotEq(operators[j], _consortium.memberOf(present[i]).admin);
                held |= _consortium.bindingOf(operators[j]).roles;
            }
            assertEq(held & 16, 16);
        }
    }

    /// The invariants say nothing if nothing ever succeeds: a life of four hundred random steps meets every kind of event.
    function test_handler_reachesEverything() public {
        uint256 seed = 7;
        for (uint256 i = 0; i < 400; i++) {
            seed = uint256(keccak256(abi.encode(seed)));
            uint256 choice = seed % 16;
            if (choice < 2) _handler.single(seed >> 8, seed >> 24, seed >> 40);
            else if (choice < 8) _handler.binding(seed >> 8, seed >> 24, seed >> 40);
            else if (choice < 10) _handler.takeOver(seed >> 8, seed >> 24);
            else if (choice < 11) _handler.recover(seed >> 8, seed >> 24);
            else if (choice < 15) _handler.move(seed >> 8, seed >> 24, seed >> 40, 0);
            else _handler.wait(seed >> 8);
        }
        uint16[15] memory kinds = [uint16(101), 102, 103, 104, 110, 111, 112, 113, 114, 120, 121, 122, 130, 131, 132];
        for (uint256 i = 0; i < kinds.length; i++) {
            assertGt(_handler.kindsSeen(kinds[i]), 0, vm.toString(uint256(kinds[i])));
        }
        assertGt(_handler.executed(), 10);
        assertEq(_handler.mismatchesOfHeads(), 0);
    }
}
