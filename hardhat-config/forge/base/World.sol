// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {Consortium} from "../../../contracts/Consortium.sol";
import {Directory} from "../../../contracts/Directory.sol";
import {IConsortium} from "../../../contracts/interfaces/IConsortium.sol";
import {IConsortiumEvents} from "../../../contracts/interfaces/IConsortiumEvents.sol";
import {IDirectory} from "../../../contracts/interfaces/IDirectory.sol";
import {Roles} from "../../../contracts/libraries/Roles.sol";
import {Test} from "./Test.sol";

/// @title A consortium of four provinces, constituted, and the moves a test makes in it.
abstract contract World is Test {
    uint32 internal constant SHANGHAI = 310000;
    uint32 internal constant JIANGSU = 320000;
    uint32 internal constant ZHEJIANG = 330000;
    uint32 internal constant ANHUI = 340000;
    uint32 internal constant CHONGQING = 500000; // the later joiner

    uint64 internal constant START = 1_780_272_000; // 2026-06-01T00:00:00Z
    uint32 internal constant DAILY_LEAVES = 100_000;

    /// @notice Who acts for a province: the admin, its cold recovery address, the gateway's operator, the lawyer's.
    struct Team {
        address admin;
        address recovery;
        address operator; // ANCHOR, ATTEST, STATUS, TRANSFER
        address law; // LAW, BATCH_STATUS
    }

    Consortium internal consortium;
    Directory internal directory;
    uint256 internal motions; // nonces of the motions that helpers opened

    function setUp() public virtual {
        vm.warp(START);
        deploy(false);
        constitute();
    }

    /// @notice Consortium and Directory, each with the other's address, which a CREATE address lets one know beforehand.
    function deploy(bool trial) internal {
        uint64 nonce = vm.getNonce(address(this));
        address directoryAt = vm.computeCreateAddress(address(this), nonce + 1);
        consortium = new Consortium(IDirectory(directoryAt), trial, parameters());
        directory = new Directory(IConsortium(consortium));
        assertEq(address(directory), directoryAt);
    }

    function constitute() internal {
        (bytes32[] memory names, address[] memory targets) = registries();
        consortium.constitute(foundings(), names, targets);
    }

    /// @notice The contracts to list besides Consortium and Directory, deployed here. None unless a test overrides it.
    function registries() internal virtual returns (bytes32[] memory names, address[] memory targets) {
        return (names, targets);
    }

    function parameters() internal pure virtual returns (IConsortiumEvents.Parameters memory) {
        return IConsortiumEvents.Parameters({
            term: 365 days,
            motionNotice: 3 days,
            votingPeriod: 14 days,
            grace: 2 days,
            leavingNotice: 180 days,
            timeLock: 7 days
        });
    }

    // --- who -------------------------------------------------------------------------------------------------------

    function team(uint32 province) internal returns (Team memory) {
        string memory code = vm.toString(uint256(province));
        return Team({
            admin: makeAddr(string.concat(code, " admin")),
            recovery: makeAddr(string.concat(code, " recovery")),
            operator: makeAddr(string.concat(code, " operator")),
            law: makeAddr(string.concat(code, " law"))
        });
    }

    function foundings() internal virtual returns (IConsortiumEvents.Founding[] memory founding) {
        founding = new IConsortiumEvents.Founding[](4);
        founding[0] = founders(SHANGHAI);
        founding[1] = founders(JIANGSU);
        founding[2] = founders(ZHEJIANG);
        founding[3] = founders(ANHUI);
    }

    function founders(uint32 province) internal returns (IConsortiumEvents.Founding memory) {
        Team memory who = team(province);
        return IConsortiumEvents.Founding(province, who.admin, who.recovery, staff(who.operator, who.law));
    }

    function staff(address operator, address law)
        internal
        pure
        returns (IConsortiumEvents.OperatorGrant[] memory grants)
    {
        grants = new IConsortiumEvents.OperatorGrant[](2);
        uint8 daily = Roles.ANCHOR | Roles.ATTEST | Roles.STATUS | Roles.TRANSFER;
        grants[0] = IConsortiumEvents.OperatorGrant(operator, daily, DAILY_LEAVES);
        grants[1] = IConsortiumEvents.OperatorGrant(law, Roles.LAW | Roles.BATCH_STATUS, 0);
    }

    // --- moves -----------------------------------------------------------------------------------------------------

    /// @notice `who` calls `target`; a revert comes back as it is.
    function by(address who, address target, bytes memory data) internal returns (bytes memory) {
        vm.prank(who);
        (bool success, bytes memory result) = target.call(data);
        if (!success) {
            assembly ("memory-safe") {
                revert(add(result, 32), mload(result))
            }
        }
        return result;
    }

    /// @notice `target` refuses the call of `who`, with exactly this error.
    function refused(address who, address target, bytes memory data, bytes memory why) internal {
        vm.prank(who);
        (bool success, bytes memory result) = target.call(data);
        assertFalse(success, "the call was expected to be refused");
        assertEq(result, why, "refused for another reason");
    }

    /// @notice The Consortium refuses the call of `who`, with exactly this error.
    function refused(address who, bytes memory data, bytes memory why) internal {
        refused(who, address(consortium), data, why);
    }

    /// @notice A binding act that the first account may still propose and that fails with this error once it is confirmed.
    function refusedTwice(uint32 province, bytes memory data, bytes memory why) internal {
        by(team(province).admin, address(consortium), data);
        refused(team(province).law, address(consortium), data, why);
    }

    /// @notice A motion that is carried and whose call fails with this error.
    function refusedMotion(address target, bytes memory data, bytes memory why) internal {
        (bytes32 id, uint256 nonce) = open(target, data);
        voteByAll(id);
        refused(address(this), abi.encodeCall(IConsortium.execute, (target, data, nonce)), why);
    }

    /// @notice A binding act of `province`: its admin proposes, its law operator confirms.
    function twice(uint32 province, address target, bytes memory data) internal returns (bytes memory) {
        Team memory who = team(province);
        by(who.admin, target, data);
        return by(who.law, target, data);
    }

    /// @notice A binding act of `province` on the Consortium itself.
    function act(uint32 province, bytes memory data) internal {
        twice(province, address(consortium), data);
    }

    /// @notice Opens a motion in the name of the chair, so that it takes votes at once.
    function open(address target, bytes memory data) internal returns (bytes32 motion, uint256 nonce) {
        return open(consortium.chair(), target, data);
    }

    function open(uint32 province, address target, bytes memory data) internal returns (bytes32 motion, uint256 nonce) {
        nonce = ++motions;
        act(province, abi.encodeCall(IConsortium.openMotion, (target, data, nonce)));
        motion = consortium.motionId(target, data, nonce);
    }

    function vote(uint32 province, bytes32 motion, bool inFavour) internal {
        act(province, abi.encodeCall(IConsortium.vote, (motion, inFavour)));
    }

    /// @notice Every member that can act votes in favour of a motion of the chair's, and it is carried out.
    function motion(address target, bytes memory data) internal returns (bytes memory) {
        (bytes32 id, uint256 nonce) = open(target, data);
        voteByAll(id);
        return consortium.execute(target, data, nonce);
    }

    function voteByAll(bytes32 id) internal {
        uint32[] memory present = consortium.members();
        for (uint256 i = 0; i < present.length; i++) {
            if (consortium.canAct(present[i])) vote(present[i], id, true);
        }
    }

    /// @notice A motion on the Consortium itself.
    function resolve(bytes memory data) internal {
        motion(address(consortium), data);
    }

    function time() internal view returns (uint64) {
        return uint64(vm.getBlockTimestamp());
    }
}
