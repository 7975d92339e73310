// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {IConsortium} from "../../contracts/interfaces/IConsortium.sol";
import {IConsortiumEvents} from "../../contracts/interfaces/IConsortiumEvents.sol";
import {IDirectory} from "../../contracts/interfaces/IDirectory.sol";
import {IGoverned} from "../../contracts/interfaces/IGoverned.sol";
import {Names} from "../../contracts/libraries/Names.sol";
import {Roles} from "../../contracts/libraries/Roles.sol";
import {NextConsortium, Register} from "./base/Doubles.sol";
import {World} from "./base/World.sol";

/// @title A Consortium names its successor, and stops.
contract ConsortiumSuccessionTest is World {
    Register private _register;
    NextConsortium private _next;

    function registries() internal override returns (bytes32[] memory names, address[] memory targets) {
        _register = new Register(Names.INSTITUTION_REGISTRY, consortium, directory, address(0));
        names = new bytes32[](1);
        targets = new address[](1);
        names[0] = Names.INSTITUTION_REGISTRY;
        targets[0] = address(_register);
    }

    function setUp() public override {
        super.setUp();
        _next = new NextConsortium(directory, address(consortium));
    }

    /// "appoint their own successors by motion"
    function test_successor_takesOverWhenTheTimeLockEnds() public {
        _name();
        assertEq(consortium.successor(), address(0));
        assertEq(_register.currentConsortium(), address(consortium));
        skip(7 days - 1);
        assertEq(consortium.successor(), address(0));
        resolve(abi.encodeCall(IConsortium.pause, (ANHUI))); // until then the old one works
        skip(1);
        assertEq(consortium.successor(), address(_next));
        assertEq(_register.currentConsortium(), address(_next));
    }

    /// A successor can be taken back while the time lock runs, like every entry.
    function test_successor_canBeTakenBackBeforeItsTime() public {
        _name();
        motion(address(directory), abi.encodeCall(IDirectory.cancel, (Names.CONSORTIUM)));
        skip(7 days);
        assertEq(consortium.successor(), address(0));
        resolve(abi.encodeCall(IConsortium.pause, (ANHUI)));
    }

    function test_successor_revertsWith_predecessorMismatch() public {
        NextConsortium stranger = new NextConsortium(directory, address(0));
        refusedMotion(
            address(directory),
            abi.encodeCall(IDirectory.schedule, (Names.CONSORTIUM, address(stranger))),
            abi.encodeWithSelector(
                IDirectory.DirectoryPredecessorMismatch.selector, address(stranger), address(consortium), address(0)
            )
        );
    }

    /// "Once a successor is named, EVERY write of the old contract reverts"
    function test_everyWrite_revertsWith_superseded() public {
        IConsortiumEvents.OperatorGrant[] memory grants = staff(makeAddr("new operator"), makeAddr("new law"));
        (bytes32 id, uint256 nonce) = open(address(_register), abi.encodeCall(Register.decree, (7)));
        voteByAll(id);
        _name();
        skip(7 days);
        bytes[18] memory writes = [
            abi.encodeCall(IConsortium.setOperator, (grants[0])),
            abi.encodeCall(IConsortium.offerHandOver, (makeAddr("heir"), grants)),
            abi.encodeCall(IConsortium.cancelHandOver, ()),
            abi.encodeCall(IConsortium.acceptHandOver, (grants)),
            abi.encodeCall(IConsortium.requestRecovery, (makeAddr("heir"), grants)),
            abi.encodeCall(IConsortium.completeRecovery, (grants)),
            abi.encodeCall(IConsortium.giveNotice, ()),
            abi.encodeCall(IConsortium.withdrawNotice, ()),
            abi.encodeCall(IConsortium.openMotion, (address(_register), "", 99)),
            abi.encodeCall(IConsortium.vote, (id, true)),
            abi.encodeCall(IConsortium.withdrawAct, (address(_register), "")),
            abi.encodeCall(IConsortium.execute, (address(_register), abi.encodeCall(Register.decree, (7)), nonce)),
            abi.encodeCall(IConsortium.admit, (founders(CHONGQING))),
            abi.encodeCall(IConsortium.expel, (ANHUI)),
            abi.encodeCall(IConsortium.pause, (ANHUI)),
            abi.encodeCall(IConsortium.unpause, (ANHUI)),
            abi.encodeCall(IConsortium.nameCustodian, (ANHUI, SHANGHAI)),
            abi.encodeCall(IConsortium.cancelRecovery, (ANHUI))
        ];
        address[4] memory callers = [team(ANHUI).admin, team(ANHUI).recovery, address(consortium), address(_register)];
        bytes memory why = abi.encodeWithSelector(IGoverned.Superseded.selector, Names.CONSORTIUM, address(_next));
        for (uint256 i = 0; i < callers.length; i++) {
            for (uint256 j = 0; j < writes.length; j++) {
                refused(callers[i], writes[j], why);
            }
            refused(callers[i], abi.encodeCall(IConsortium.replaceRecovery, (ANHUI, makeAddr("cold"))), why);
            refused(callers[i], abi.encodeCall(IConsortium.bindOfficer, (makeAddr("officer"), ANHUI)), why);
            refused(callers[i], abi.encodeCall(IConsortium.bindingAct, (ANHUI, team(ANHUI).admin, Roles.LAW, "")), why);
        }
        IConsortiumEvents.Founding[] memory founding = foundings();
        refused(
            address(this),
            abi.encodeCall(IConsortium.constitute, (founding, new bytes32[](0), new address[](0))),
            abi.encodeWithSelector(IConsortiumEvents.ConsortiumAlreadyConstituted.selector, START)
        );
    }

    /// A registry survives its Consortium: it asks the one in force, and obeys its motions alone.
    function test_aRegistryObeysTheSuccessor() public {
        _name();
        skip(7 days);
        bytes memory decree = abi.encodeCall(Register.decree, (7));
        refused(
            address(consortium),
            address(_register),
            decree,
            abi.encodeWithSelector(IGoverned.NotByMotion.selector, Names.INSTITUTION_REGISTRY, address(consortium))
        );
        _next.command(address(_register), decree);
        assertEq(_register.number(), 7);
        _register.set(ANHUI, Roles.LAW, 8); // the successor's word on binding acts, which in this double is yes
        assertEq(_register.number(), 8);
    }

    /// The Directory, too, obeys the successor, with whose time lock it works, and no other.
    function test_theDirectoryObeysTheSuccessor() public {
        _name();
        skip(7 days);
        Register follower = new Register(Names.INSTITUTION_REGISTRY, consortium, directory, address(_register));
        bytes memory call = abi.encodeCall(IDirectory.schedule, (Names.INSTITUTION_REGISTRY, address(follower)));
        refused(
            address(consortium),
            address(directory),
            call,
            abi.encodeWithSelector(IGoverned.NotByMotion.selector, Names.DIRECTORY, address(consortium))
        );
        _next.command(address(directory), call);
        skip(7 days);
        assertEq(directory.resolve(Names.INSTITUTION_REGISTRY), address(follower));
        NextConsortium third = new NextConsortium(directory, address(_next));
        _next.command(address(directory), abi.encodeCall(IDirectory.schedule, (Names.CONSORTIUM, address(third))));
        skip(7 days);
        assertEq(follower.currentConsortium(), address(third)); // two steps, one walk
        assertEq(consortium.successor(), address(third));
    }

    /// "first head = …, or the predecessor's last"
    /// "Heads: … or the predecessor's last": the consortium's own heads go on in its successor.
    function test_headOf_goesOnInTheSuccessor() public {
        _name();
        skip(7 days);
        (bytes32 head, uint64 sequence) = consortium.headOf(ANHUI);
        (bytes32 read, uint64 count) = _next.headOf(ANHUI);
        assertEq(read, head);
        assertEq(count, sequence);
    }

    function _name() private {
        motion(address(directory), abi.encodeCall(IDirectory.schedule, (Names.CONSORTIUM, address(_next))));
    }
}
