// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {IConsortium} from "../../../contracts/interfaces/IConsortium.sol";
import {IConsortiumEvents} from "../../../contracts/interfaces/IConsortiumEvents.sol";
import {Roles} from "../../../contracts/libraries/Roles.sol";
import {World} from "./World.sol";

/// @title Every function a member's keys could call, to show that all of them are refused.
abstract contract ExcludedKeys is World {
    function _join() internal {
        resolve(abi.encodeCall(IConsortium.admit, (founders(CHONGQING))));
    }

    function _giveNotice() internal pure returns (bytes memory) {
        return abi.encodeCall(IConsortium.giveNotice, ());
    }

    function _staff() internal returns (IConsortiumEvents.OperatorGrant[] memory) {
        return staff(makeAddr("new operator"), makeAddr("new law"));
    }

    function _requestRecovery() internal returns (bytes memory) {
        return abi.encodeCall(IConsortium.requestRecovery, (makeAddr("rescuer"), _staff()));
    }

    function _grant(address account) internal pure returns (bytes memory) {
        return abi.encodeCall(IConsortium.setOperator, (IConsortiumEvents.OperatorGrant(account, Roles.LAW, 0)));
    }

    /// @dev Every function that a member's keys could call, by every one of its keys that the function is for.
    function _everyKeyIsRefused(uint32 province, bytes memory why) internal {
        Team memory who = team(province);
        address[2] memory lawyers = [who.admin, who.law];
        for (uint256 i = 0; i < lawyers.length; i++) {
            refused(lawyers[i], _grant(makeAddr("mine")), why);
            refused(lawyers[i], abi.encodeCall(IConsortium.offerHandOver, (makeAddr("mine"), _staff())), why);
            refused(lawyers[i], abi.encodeCall(IConsortium.cancelHandOver, ()), why);
            refused(lawyers[i], _giveNotice(), why);
            refused(lawyers[i], abi.encodeCall(IConsortium.withdrawNotice, ()), why);
            refused(lawyers[i], abi.encodeCall(IConsortium.openMotion, (address(consortium), "", 999)), why);
            refused(lawyers[i], abi.encodeCall(IConsortium.vote, (bytes32(0), true)), why);
            refused(lawyers[i], abi.encodeCall(IConsortium.withdrawAct, (address(consortium), "")), why);
        }
        address heir = makeAddr("heir");
        if (consortium.bindingOf(heir).province != 0) {
            refused(heir, abi.encodeCall(IConsortium.acceptHandOver, (_staff())), why);
        }
        refused(who.recovery, _requestRecovery(), why);
        refused(who.recovery, abi.encodeCall(IConsortium.completeRecovery, (_staff())), why);
    }
}
