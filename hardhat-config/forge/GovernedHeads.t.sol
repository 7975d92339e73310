// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {IConsortium} from "../../contracts/interfaces/IConsortium.sol";
import {IDirectory} from "../../contracts/interfaces/IDirectory.sol";
import {Names} from "../../contracts/libraries/Names.sol";
import {Roles} from "../../contracts/libraries/Roles.sol";
import {Register} from "./base/Doubles.sol";
import {HeadLedger} from "./base/HeadLedger.sol";
import {World} from "./base/World.sol";

/// @title Heads: where they lie, and that the events of a whole life give them.
contract GovernedHeadsTest is World, HeadLedger {
    Register private _register;

    function registries() internal override returns (bytes32[] memory names, address[] memory targets) {
        _register = new Register(Names.INSTITUTION_REGISTRY, consortium, directory, address(0));
        names = new bytes32[](1);
        targets = new address[](1);
        names[0] = Names.INSTITUTION_REGISTRY;
        targets[0] = address(_register);
    }

    function setUp() public override {
        vm.recordLogs();
        super.setUp();
    }

    /// "a `Head {bytes32 head; uint64 sequence}` at a documented mapping slot": slot 0, the same in every contract.
    function test_headsLieAtTheDocumentedSlot() public {
        twice(ANHUI, address(_register), abi.encodeCall(Register.set, (ANHUI, Roles.LAW, 1)));
        address[3] memory emitters = [address(consortium), address(directory), address(_register)];
        uint64[2] memory subjects = [uint64(0), ANHUI];
        uint256 written;
        for (uint256 i = 0; i < emitters.length; i++) {
            for (uint256 j = 0; j < subjects.length; j++) {
                (bytes32 head, uint64 sequence) = Register(emitters[i]).headOf(subjects[j]);
                bytes32 slot = keccak256(abi.encode(subjects[j], uint256(0)));
                assertEq(uint256(vm.load(emitters[i], bytes32(uint256(slot) + 1))), sequence);
                if (sequence != 0) {
                    written++;
                    assertEq(vm.load(emitters[i], slot), head);
                } else {
                    assertEq(head, keccak256(abi.encode(block.chainid, emitters[i], subjects[j])));
                }
            }
        }
        assertEq(written, 4); // Consortium 0 and Anhui, Directory 0, Register Anhui
    }

    /// "Every event carries actor, sequence and head", and invariant 6: each event there is, recomputed from what was logged.
    function test_everyEvent_givesTheHeadThatIsStored() public {
        resolve(abi.encodeCall(IConsortium.admit, (founders(CHONGQING))));
        act(ANHUI, abi.encodeCall(IConsortium.giveNotice, ()));
        resolve(abi.encodeCall(IConsortium.nameCustodian, (ANHUI, SHANGHAI)));
        act(ANHUI, abi.encodeCall(IConsortium.withdrawNotice, ()));
        resolve(abi.encodeCall(IConsortium.pause, (ANHUI)));
        resolve(abi.encodeCall(IConsortium.unpause, (ANHUI)));
        _register.bindOfficer(makeAddr("officer"), ANHUI);
        by(team(ANHUI).law, address(consortium), abi.encodeCall(IConsortium.giveNotice, ()));
        by(
            team(ANHUI).law,
            address(consortium),
            abi.encodeCall(IConsortium.withdrawAct, (address(consortium), abi.encodeCall(IConsortium.giveNotice, ())))
        );
        bytes memory offer = abi.encodeCall(
            IConsortium.offerHandOver, (makeAddr("heir"), staff(makeAddr("new operator"), makeAddr("new law")))
        );
        act(ANHUI, offer);
        act(ANHUI, abi.encodeCall(IConsortium.cancelHandOver, ()));
        act(ANHUI, offer);
        by(
            makeAddr("heir"),
            address(consortium),
            abi.encodeCall(IConsortium.acceptHandOver, (staff(makeAddr("new operator"), makeAddr("new law"))))
        );
        by(
            team(ANHUI).recovery,
            address(consortium),
            abi.encodeCall(
                IConsortium.requestRecovery, (team(ANHUI).admin, staff(team(ANHUI).operator, team(ANHUI).law))
            )
        );
        _motionWithoutAnhui(abi.encodeCall(IConsortium.replaceRecovery, (ANHUI, makeAddr("cold"))));
        Register next = new Register(Names.INSTITUTION_REGISTRY, consortium, directory, address(_register));
        _motionWithoutAnhui(
            address(directory), abi.encodeCall(IDirectory.schedule, (Names.INSTITUTION_REGISTRY, address(next)))
        );
        _motionWithoutAnhui(address(directory), abi.encodeCall(IDirectory.cancel, (Names.INSTITUTION_REGISTRY)));
        _motionWithoutAnhui(abi.encodeCall(IConsortium.expel, (ANHUI)));

        absorb(vm.getRecordedLogs());
        uint64[6] memory subjects = [uint64(0), SHANGHAI, JIANGSU, ZHEJIANG, ANHUI, CHONGQING];
        for (uint256 i = 0; i < subjects.length; i++) {
            _equalsStored(address(consortium), subjects[i]);
        }
        _equalsStored(address(directory), 0);
        assertEq(mismatches, 0);
        uint16[19] memory kinds =
            [uint16(100), 101, 102, 103, 104, 110, 111, 112, 113, 114, 115, 120, 121, 122, 130, 131, 132, 200, 201];
        for (uint256 i = 0; i < kinds.length; i++) {
            assertGt(seen[kinds[i]], 0, vm.toString(uint256(kinds[i])));
        }
    }

    /// "proves that a list of events lacks nothing and was not altered"
    /// The check of the check: one event less, or one word changed, and the heads no longer agree.
    function test_recomputingHeads_noticesWhatIsMissing() public {
        absorb(vm.getRecordedLogs());
        assertEq(mismatches, 0);
        _equalsStored(address(consortium), SHANGHAI);
        vm.recordLogs();
        act(SHANGHAI, abi.encodeCall(IConsortium.openMotion, (address(consortium), "", 1)));
        vm.getRecordedLogs(); // lost
        (bytes32 head,) = consortium.headOf(SHANGHAI);
        assertNotEq(link(address(consortium), SHANGHAI).head, head);
        act(SHANGHAI, abi.encodeCall(IConsortium.openMotion, (address(consortium), "", 2)));
        absorb(vm.getRecordedLogs());
        assertGt(mismatches, 0);
    }

    /// A successor of a successor reads through both.
    function test_headOf_readsThroughEveryPredecessor() public {
        twice(ANHUI, address(_register), abi.encodeCall(Register.set, (ANHUI, Roles.LAW, 1)));
        Register second = new Register(Names.INSTITUTION_REGISTRY, consortium, directory, address(_register));
        Register third = new Register(Names.INSTITUTION_REGISTRY, consortium, directory, address(second));
        (bytes32 head, uint64 sequence) = _register.headOf(ANHUI);
        (bytes32 read, uint64 count) = third.headOf(ANHUI);
        assertEq(read, head);
        assertEq(count, sequence);
        (bytes32 first, uint64 none) = third.headOf(SHANGHAI);
        assertEq(first, keccak256(abi.encode(block.chainid, address(_register), uint64(SHANGHAI))));
        assertEq(none, 0);
    }

    function _motionWithoutAnhui(bytes memory data) private {
        _motionWithoutAnhui(address(consortium), data);
    }

    function _motionWithoutAnhui(address target, bytes memory data) private {
        (bytes32 id, uint256 nonce) = open(target, data);
        vote(SHANGHAI, id, true);
        vote(JIANGSU, id, true);
        vote(ZHEJIANG, id, true);
        vote(CHONGQING, id, true);
        consortium.execute(target, data, nonce);
    }

    function _equalsStored(address emitter, uint64 subject) private view {
        (bytes32 head, uint64 sequence) = Register(emitter).headOf(subject);
        Link memory known = link(emitter, subject);
        assertEq(sequence, known.sequence);
        assertEq(head, known.head);
    }
}
