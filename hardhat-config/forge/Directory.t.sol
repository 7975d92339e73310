// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {Directory} from "../../contracts/Directory.sol";
import {IConsortium} from "../../contracts/interfaces/IConsortium.sol";
import {IDirectory} from "../../contracts/interfaces/IDirectory.sol";
import {IGoverned} from "../../contracts/interfaces/IGoverned.sol";
import {Names} from "../../contracts/libraries/Names.sol";
import {Roles} from "../../contracts/libraries/Roles.sol";
import {NextConsortium, NextDirectory, Register} from "./base/Doubles.sol";
import {World} from "./base/World.sol";

/// @title "Directory: at which address, code hash and version each other contract lives, now and before"
contract DirectoryTest is World {
    bytes32 private constant NAME = "Register";
    Register private _first;
    Register private _second;

    function registries() internal override returns (bytes32[] memory names, address[] memory targets) {
        _first = new Register(NAME, consortium, directory, address(0));
        names = new bytes32[](1);
        targets = new address[](1);
        names[0] = NAME;
        targets[0] = address(_first);
    }

    function setUp() public override {
        super.setUp();
        _second = new Register(NAME, consortium, directory, address(_first));
    }

    // --- constitution ----------------------------------------------------------------------------------------------

    function test_constitute_listsConsortiumDirectoryAndTheOthers() public view {
        bytes32[] memory names = directory.names();
        assertEq(names.length, 3);
        assertEq(names[0], Names.CONSORTIUM);
        assertEq(names[1], Names.DIRECTORY);
        assertEq(names[2], NAME);
        IDirectory.Entry[] memory entries = directory.history(NAME);
        assertEq(entries.length, 1);
        assertEq(entries[0].target, address(_first));
        assertEq(entries[0].version, 1);
        assertEq(entries[0].from, START);
        assertEq(entries[0].codeHash, address(_first).codehash);
        assertEq(directory.resolveAt(NAME, START - 1), address(0));
        assertEq(directory.resolve("Nothing"), address(0));
    }

    function test_constitute_revertsWith_unauthorised() public {
        refused(
            address(this),
            address(directory),
            _constitute(0, 0),
            abi.encodeWithSelector(IDirectory.DirectoryUnauthorised.selector, address(this))
        );
    }

    function test_constitute_revertsWith_constituted() public {
        refused(
            address(consortium),
            address(directory),
            _constitute(0, 0),
            abi.encodeWithSelector(IDirectory.DirectoryConstituted.selector, START)
        );
    }

    /// Not by motion either: the first addresses come once.
    function test_constitute_revertsWith_constituted_byMotion() public {
        refusedMotion(
            address(directory),
            _constitute(0, 0),
            abi.encodeWithSelector(IDirectory.DirectoryConstituted.selector, START)
        );
    }

    function test_constitute_revertsWith_lengths() public {
        deploy(false);
        refused(
            address(consortium),
            address(directory),
            _constitute(2, 1),
            abi.encodeWithSelector(IDirectory.DirectoryLengths.selector, 2, 1)
        );
    }

    // --- scheduling ------------------------------------------------------------------------------------------------

    /// "Directory changes by motion after a time lock"; "Time-dependent state is a pure function of the clock over half-open intervals"
    function test_schedule_takesEffectByTheClock() public {
        uint64 from = time() + 7 days;
        motion(address(directory), _schedule(NAME, address(_second)));
        skip(7 days - 1);
        assertEq(directory.resolve(NAME), address(_first));
        assertTrue(directory.isCurrent(address(_first)));
        assertFalse(directory.isCurrent(address(_second)));
        assertEq(directory.resolveAt(NAME, from), address(_second));
        skip(1);
        assertEq(directory.resolve(NAME), address(_second));
        assertFalse(directory.isCurrent(address(_first)));
        assertTrue(directory.isCurrent(address(_second)));
        assertEq(directory.resolveAt(NAME, from - 1), address(_first));
        IDirectory.Entry[] memory entries = directory.history(NAME);
        assertEq(entries.length, 2);
        assertEq(entries[1].version, 2);
        assertEq(entries[1].from, from);
        assertEq(entries[1].codeHash, address(_second).codehash);
        assertEq(directory.names().length, 3);
    }

    /// "Directory changes by motion": nobody else changes it.
    function test_scheduleAndCancel_revertWith_notByMotion() public {
        address[2] memory callers = [team(SHANGHAI).admin, address(this)];
        for (uint256 i = 0; i < callers.length; i++) {
            bytes memory why = abi.encodeWithSelector(IGoverned.NotByMotion.selector, Names.DIRECTORY, callers[i]);
            refused(callers[i], address(directory), _schedule(NAME, address(_second)), why);
            refused(callers[i], address(directory), _cancel(NAME), why);
        }
    }

    /// A contract of a new name, such as those that come later, needs no predecessor.
    function test_schedule_aNewName() public {
        Register other = new Register("Other", consortium, directory, address(0));
        motion(address(directory), _schedule("Other", address(other)));
        assertEq(directory.resolve("Other"), address(0));
        assertEq(directory.names()[3], bytes32("Other"));
        skip(7 days);
        assertEq(directory.resolve("Other"), address(other));
    }

    function test_schedule_revertsWith_notAContract() public {
        refusedMotion(
            address(directory),
            _schedule(NAME, makeAddr("nobody")),
            abi.encodeWithSelector(IDirectory.DirectoryNotAContract.selector, makeAddr("nobody"))
        );
    }

    function test_schedule_revertsWith_alreadyListed() public {
        refusedMotion(
            address(directory),
            _schedule(NAME, address(_first)),
            abi.encodeWithSelector(IDirectory.DirectoryAlreadyListed.selector, address(_first), NAME)
        );
    }

    function test_schedule_revertsWith_nameMismatch() public {
        Register other = new Register("Other", consortium, directory, address(_first));
        refusedMotion(
            address(directory),
            _schedule(NAME, address(other)),
            abi.encodeWithSelector(IDirectory.DirectoryNameMismatch.selector, NAME, address(other), bytes32("Other"))
        );
    }

    /// Row "a replaced contract forgets uses, caps or revocations": "any successor reads through its immutable `predecessor`",
    /// so none is listed that would begin from nothing.
    function test_row_aReplacedContractForgets() public {
        Register forgetful = new Register(NAME, consortium, directory, address(0));
        refusedMotion(
            address(directory),
            _schedule(NAME, address(forgetful)),
            abi.encodeWithSelector(
                IDirectory.DirectoryPredecessorMismatch.selector, address(forgetful), address(_first), address(0)
            )
        );
        Register early = new Register("Other", consortium, directory, address(_first));
        refusedMotion(
            address(directory),
            _schedule("Other", address(early)),
            abi.encodeWithSelector(
                IDirectory.DirectoryPredecessorMismatch.selector, address(early), address(0), address(_first)
            )
        );
    }

    function test_schedule_revertsWith_entryPending() public {
        uint64 from = time() + 7 days;
        motion(address(directory), _schedule(NAME, address(_second)));
        Register third = new Register(NAME, consortium, directory, address(_second));
        refusedMotion(
            address(directory),
            _schedule(NAME, address(third)),
            abi.encodeWithSelector(IDirectory.DirectoryEntryPending.selector, NAME, address(_second), from)
        );
        skip(7 days);
        motion(address(directory), _schedule(NAME, address(third)));
        skip(7 days);
        assertEq(directory.resolve(NAME), address(third));
        assertEq(directory.history(NAME)[2].version, 3);
    }

    function test_cancel_takesAnEntryBackBeforeItsTime() public {
        motion(address(directory), _schedule(NAME, address(_second)));
        skip(7 days - 1);
        motion(address(directory), _cancel(NAME));
        skip(1);
        assertEq(directory.resolve(NAME), address(_first));
        assertEq(directory.history(NAME).length, 1);
        motion(address(directory), _schedule(NAME, address(_second))); // and it may come again
        skip(7 days);
        assertEq(directory.resolve(NAME), address(_second));
        assertEq(directory.history(NAME)[1].version, 2);
    }

    /// What is in force is not taken back: only a successor follows.
    function test_cancel_revertsWith_nothingPending() public {
        bytes memory why = abi.encodeWithSelector(IDirectory.DirectoryNothingPending.selector, NAME);
        refusedMotion(address(directory), _cancel(NAME), why);
        motion(address(directory), _schedule(NAME, address(_second)));
        skip(7 days);
        refusedMotion(address(directory), _cancel(NAME), why);
        refusedMotion(
            address(directory),
            _cancel("Nothing"),
            abi.encodeWithSelector(IDirectory.DirectoryNothingPending.selector, bytes32("Nothing"))
        );
    }

    /// forge-config: default.fuzz.runs = 32
    function testFuzz_resolveAt_isTheLastEntryBegun(uint64 t) public {
        t = uint64(bound(t, START - 1 days, START + 60 days));
        motion(address(directory), _schedule(NAME, address(_second)));
        uint64 second = time() + 7 days;
        skip(20 days);
        Register third = new Register(NAME, consortium, directory, address(_second));
        motion(address(directory), _schedule(NAME, address(third)));
        uint64 last = time() + 7 days;
        address expected =
            t < START ? address(0) : t < second ? address(_first) : t < last ? address(_second) : address(third);
        assertEq(directory.resolveAt(NAME, t), expected);
        vm.warp(t < START ? START : t);
        assertEq(directory.resolve(NAME), t < START ? address(_first) : expected);
    }

    function testFuzz_isCurrent_isFalseForStrangers(address stranger) public view {
        vm.assume(stranger != address(_first) && stranger != address(consortium) && stranger != address(directory));
        assertFalse(directory.isCurrent(stranger));
    }

    // --- succession of a registry ----------------------------------------------------------------------------------

    /// "first head = …, or the predecessor's last"
    /// "Once a successor is named, EVERY write of the old contract reverts"; "Heads: … or the predecessor's last"
    function test_succession_theOldOneStops_andTheHeadsGoOn() public {
        twice(ANHUI, address(_first), abi.encodeCall(Register.set, (ANHUI, Roles.LAW, 1)));
        (bytes32 head, uint64 sequence) = _first.headOf(ANHUI);
        assertEq(sequence, 1);
        motion(address(directory), _schedule(NAME, address(_second)));
        bytes memory early = abi.encodeWithSelector(IGoverned.Superseded.selector, NAME, address(_first));
        refused(team(ANHUI).admin, address(_second), abi.encodeCall(Register.set, (ANHUI, Roles.LAW, 2)), early);
        skip(7 days);
        bytes memory why = abi.encodeWithSelector(IGoverned.Superseded.selector, NAME, address(_second));
        refused(team(ANHUI).admin, address(_first), abi.encodeCall(Register.set, (ANHUI, Roles.LAW, 2)), why);
        refused(address(consortium), address(_first), abi.encodeCall(Register.decree, (2)), why);

        (bytes32 read, uint64 count) = _second.headOf(ANHUI);
        assertEq(read, head);
        assertEq(count, 1);
        twice(ANHUI, address(_second), abi.encodeCall(Register.set, (ANHUI, Roles.LAW, 2)));
        (bytes32 next, uint64 nextCount) = _second.headOf(ANHUI);
        assertEq(nextCount, 2);
        bytes32 fields = keccak256(abi.encode(ANHUI, uint256(2)));
        assertEq(next, keccak256(abi.encode(head, uint64(2), uint16(900), uint256(time()), team(ANHUI).law, fields)));
        (bytes32 kept,) = _first.headOf(ANHUI);
        assertEq(kept, head);
    }

    /// The calls that an old registry's name still gives it are worth nothing: the Consortium asks the Directory.
    function test_succession_theOldOneCannotAskForActs() public {
        motion(address(directory), _schedule(NAME, address(_second)));
        skip(7 days);
        vm.expectRevert(abi.encodeWithSignature("ConsortiumUnknownCaller(address)", address(_first)));
        _first.bindingAct(ANHUI, team(ANHUI).admin, Roles.LAW, "");
    }

    // --- succession of the Directory itself ------------------------------------------------------------------------

    /// "Consortium and Directory are immutable in the others and appoint their own successors by motion"
    function test_succession_ofTheDirectory_isFoundByWalking() public {
        NextDirectory next = new NextDirectory(consortium, address(directory));
        motion(address(directory), _schedule(Names.DIRECTORY, address(next)));
        assertEq(_first.currentDirectory(), address(directory));
        skip(7 days);
        assertEq(directory.successor(), address(next));
        assertEq(_first.currentDirectory(), address(next));
        bytes memory why = abi.encodeWithSelector(IGoverned.Superseded.selector, Names.DIRECTORY, address(next));
        refused(address(consortium), address(directory), _schedule(NAME, address(_second)), why);
        refused(address(consortium), address(directory), _cancel(NAME), why);
        motion(address(_first), abi.encodeCall(Register.decree, (7))); // the registry goes on under the new one
        assertEq(_first.number(), 7);
    }

    // --- helpers ---------------------------------------------------------------------------------------------------

    function _schedule(bytes32 name, address target) private pure returns (bytes memory) {
        return abi.encodeCall(IDirectory.schedule, (name, target));
    }

    function _cancel(bytes32 name) private pure returns (bytes memory) {
        return abi.encodeCall(IDirectory.cancel, (name));
    }

    function _constitute(uint256 names, uint256 targets) private pure returns (bytes memory) {
        return abi.encodeCall(IDirectory.constitute, (new bytes32[](names), new address[](targets)));
    }
}
