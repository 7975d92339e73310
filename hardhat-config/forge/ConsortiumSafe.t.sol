// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {IConsortiumEvents} from "../../contracts/interfaces/IConsortiumEvents.sol";
import {Names} from "../../contracts/libraries/Names.sol";
import {Roles} from "../../contracts/libraries/Roles.sol";
import {Register} from "./base/Doubles.sol";
import {World} from "./base/World.sol";

/// @notice A wallet of two owners that calls what both of them asked for, as a Safe does.
contract Safe {
    error NotAnOwner(address who);

    address[2] private _owners;
    mapping(bytes32 call => address) private _asked;

    constructor(address first, address second) {
        _owners = [first, second];
    }

    function ask(address target, bytes calldata data) external {
        if (msg.sender != _owners[0] && msg.sender != _owners[1]) revert NotAnOwner(msg.sender);
        bytes32 call = keccak256(abi.encode(target, data));
        address first = _asked[call];
        if (first == address(0) || first == msg.sender) {
            _asked[call] = msg.sender;
            return;
        }
        delete _asked[call];
        (bool done, bytes memory answer) = target.call(data);
        if (!done) {
            assembly {
                revert(add(answer, 32), mload(answer))
            }
        }
    }
}

/// @title A member whose admin is a contract.
contract ConsortiumSafeTest is World {
    Register private _register;
    Safe private _safe;
    address private _first = makeAddr("first owner");
    address private _second = makeAddr("second owner");

    function registries() internal override returns (bytes32[] memory names, address[] memory targets) {
        _register = new Register(Names.INSTITUTION_REGISTRY, consortium, directory, address(0));
        names = new bytes32[](1);
        targets = new address[](1);
        names[0] = Names.INSTITUTION_REGISTRY;
        targets[0] = address(_register);
    }

    function foundings() internal override returns (IConsortiumEvents.Founding[] memory founding) {
        _safe = new Safe(_first, _second);
        founding = super.foundings();
        founding[3].admin = address(_safe);
    }

    /// "per member an admin (which may be a contract, such as a Safe)"
    function test_admin_mayBeAContract() public {
        assertTrue(consortium.memberOf(ANHUI).admin == address(_safe));
        _bothAsk(5);
        vm.prank(team(ANHUI).law);
        _register.set(ANHUI, Roles.LAW, 5);
        assertEq(_register.number(), 5);
    }

    /// "a Safe as admin counts as one": however many of its owners signed, a second account of the member has to confirm.
    function test_bindingAct_revertsWith_alreadyProposed_forASafeAlone() public {
        _bothAsk(5);
        assertEq(_register.number(), 0);
        bytes memory call = abi.encodeCall(Register.set, (ANHUI, Roles.LAW, 5));
        vm.prank(_first);
        _safe.ask(address(_register), call);
        bytes32 id = _pending(call);
        vm.expectRevert(
            abi.encodeWithSelector(IConsortiumEvents.ConsortiumActAlreadyProposed.selector, id, address(_safe))
        );
        vm.prank(_second);
        _safe.ask(address(_register), call);
        assertEq(_register.number(), 0);
    }

    function _bothAsk(uint256 number) private {
        bytes memory call = abi.encodeCall(Register.set, (ANHUI, Roles.LAW, number));
        vm.prank(_first);
        _safe.ask(address(_register), call);
        vm.prank(_second);
        _safe.ask(address(_register), call);
    }

    function _pending(bytes memory call) private view returns (bytes32 id) {
        (id,) = consortium.pendingAct(ANHUI, address(_register), call);
    }
}
