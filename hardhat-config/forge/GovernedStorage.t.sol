// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {IConsortium} from "../../contracts/interfaces/IConsortium.sol";
import {IConsortiumEvents} from "../../contracts/interfaces/IConsortiumEvents.sol";
import {IDirectory} from "../../contracts/interfaces/IDirectory.sol";
import {Names} from "../../contracts/libraries/Names.sol";
import {World} from "./base/World.sol";

/// @title docs/storage.md for Consortium and Directory: which contract is in force, who is a member and who acts for it, by slot number.
contract GovernedStorageTest is World {
    function test_directory_entriesLieAtTheirDocumentedSlots() public view {
        uint256 list = uint256(keccak256(abi.encode(Names.CONSORTIUM, uint256(1))));
        IDirectory.Entry memory entry = directory.history(Names.CONSORTIUM)[0];
        assertEq(_at(address(directory), list), 1);
        uint256 first = uint256(keccak256(abi.encode(list)));
        uint256 word = _at(address(directory), first);
        assertEq(address(uint160(word)), address(consortium));
        assertEq(uint32(word >> 160), 1);
        assertEq(word >> 192, START);
        assertEq(bytes32(_at(address(directory), first + 1)), entry.codeHash);
        assertEq(entry.codeHash, address(consortium).codehash);
    }

    function test_consortium_membersLieAtTheirDocumentedSlots() public {
        resolve(abi.encodeCall(IConsortium.admit, (founders(CHONGQING))));
        act(JIANGSU, abi.encodeCall(IConsortium.giveNotice, ()));
        uint64 gone = time() + parameters().leavingNotice;
        resolve(abi.encodeCall(IConsortium.nameCustodian, (JIANGSU, ANHUI)));
        resolve(abi.encodeCall(IConsortium.pause, (JIANGSU)));
        uint256 slot = uint256(keccak256(abi.encode(uint256(JIANGSU), uint256(1))));
        uint256 word = _at(address(consortium), slot);
        assertEq(address(uint160(word)), team(JIANGSU).admin);
        assertEq(uint32(word >> 160), 1); // generation
        assertEq(word >> 192, 2); // number of the membership
        word = _at(address(consortium), slot + 1);
        assertEq(address(uint160(word)), team(JIANGSU).recovery);
        assertEq(uint64(word >> 160), time() + 90 days);
        assertEq(word >> 224, ANHUI);

        assertEq(_at(address(consortium), 2), 5);
        word = _at(address(consortium), uint256(keccak256(abi.encode(uint256(2)))) + 1);
        assertEq(uint32(word), JIANGSU);
        assertEq(uint64(word >> 32), START);
        assertEq(word >> 96, gone);
    }

    function test_consortium_bindingsLieAtTheirDocumentedSlot() public {
        address operator = team(SHANGHAI).operator;
        IConsortiumEvents.Binding memory binding = consortium.bindingOf(operator);
        uint256 word = _at(address(consortium), uint256(keccak256(abi.encode(operator, uint256(3)))));
        assertEq(uint32(word), SHANGHAI);
        assertEq(uint8(word >> 32), uint8(IConsortiumEvents.Family.Operator));
        assertEq(uint8(word >> 40), binding.roles);
        assertEq(uint32(word >> 48), DAILY_LEAVES);
        assertEq(word >> 80, 1); // generation
        assertGt(binding.roles, 0);
    }

    function _at(address where, uint256 slot) private view returns (uint256) {
        return uint256(vm.load(where, bytes32(slot)));
    }
}
