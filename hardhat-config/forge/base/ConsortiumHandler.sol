// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {Consortium} from "../../../contracts/Consortium.sol";
import {IConsortium} from "../../../contracts/interfaces/IConsortium.sol";
import {IConsortiumEvents} from "../../../contracts/interfaces/IConsortiumEvents.sol";
import {Roles} from "../../../contracts/libraries/Roles.sol";
import {ConsortiumGhost} from "./ConsortiumGhost.sol";
import {Vm} from "./Vm.sol";

/// @title What anybody may try on a consortium, in any order: members, thieves with one key, the paused, the expelled, strangers.
/// @dev No function here ever reverts: what the contracts refuse is only counted.
contract ConsortiumHandler is ConsortiumGhost {
    uint32[6] private _provinces = [SHANGHAI, JIANGSU, ZHEJIANG, ANHUI, CHONGQING, uint32(650000)];
    address[] private _accounts;
    address[] private _targets; // of the motions opened
    bytes[] private _data;
    uint256 private _fresh;

    constructor() {
        vm.warp(START);
        vm.recordLogs();
        deploy(false);
        constitute();
        for (uint256 i = 0; i < 4; i++) {
            Team memory who = team(_provinces[i]);
            _accounts.push(who.admin);
            _accounts.push(who.recovery);
            _accounts.push(who.operator);
            _accounts.push(who.law);
        }
        observe(vm.getRecordedLogs());
    }

    // --- tried by accounts -----------------------------------------------------------------------------------------

    /// @notice One account, whichever, tries one call.
    function single(uint256 who, uint256 what, uint256 seed) external {
        _attempt(_account(who), _call(what, seed));
    }

    /// @notice A member's admin and a lawyer of it try to make a binding act; now and then the one takes it back, or another confirms.
    function binding(uint256 province, uint256 what, uint256 seed) external {
        uint32 code = _provinces[province % 6];
        bytes memory call = _call(what, seed);
        address admin = consortium.memberOf(code).admin;
        _attempt(admin, call);
        if (seed % 7 == 0) {
            _attempt(admin, abi.encodeCall(IConsortium.withdrawAct, (address(consortium), call)));
        }
        _attempt(seed % 5 == 0 ? _account(seed >> 8) : _lawyer(code), call);
    }

    /// @notice Whoever was offered a place tries to take it, and every recovery address what was asked.
    function takeOver(uint256 who, uint256 seed) external {
        address account = _account(who);
        bytes memory call = seed % 2 == 0
            ? abi.encodeCall(IConsortium.acceptHandOver, (_announced[consortium.bindingOf(account).province][false]))
            : abi.encodeCall(IConsortium.completeRecovery, (_announced[consortium.bindingOf(account).province][true]));
        _attempt(account, call);
    }

    /// @notice A province's recovery address asks, names new accounts, and after the delay completes.
    function recover(uint256 province, uint256 wait) external {
        uint32 code = _provinces[province % 6];
        address recovery = consortium.memberOf(code).recovery;
        _attempt(recovery, abi.encodeCall(IConsortium.requestRecovery, (_someone(wait), _staff(wait >> 8))));
        skip(bound(wait, 0, 9 days));
        _attempt(recovery, abi.encodeCall(IConsortium.completeRecovery, (_announced[code][true])));
    }

    /// @notice The members move something and vote; `reluctant` says who is against it.
    function move(uint256 opener, uint256 what, uint256 seed, uint8 reluctant) external {
        bytes memory data = _decree(what, seed);
        uint256 nonce = _data.length;
        bytes memory call = abi.encodeCall(IConsortium.openMotion, (address(consortium), data, nonce));
        uint32 code = _provinces[opener % 6];
        _attempt(consortium.memberOf(code).admin, call);
        if (!_attempt(_lawyer(code), call)) return;
        _targets.push(address(consortium));
        _data.push(data);
        if (seed % 4 != 0) skip(3 days);
        bytes32 id = consortium.motionId(address(consortium), data, nonce);
        for (uint256 i = 0; i < 6; i++) {
            bytes memory ballot = abi.encodeCall(IConsortium.vote, (id, reluctant & (1 << i) == 0));
            _attempt(consortium.memberOf(_provinces[i]).admin, ballot);
            _attempt(_lawyer(_provinces[i]), ballot);
        }
        if (seed % 3 != 0) _execute(nonce);
    }

    /// @notice Anybody carries out any motion there ever was, once or again.
    function execute(uint256 which) external {
        if (_data.length != 0) _execute(which % _data.length);
    }

    function wait(uint256 time) external {
        skip(bound(time, 1, 45 days));
    }

    function kindsSeen(uint16 kind) external view returns (uint256) {
        return seen[kind];
    }

    function theConsortium() external view returns (Consortium) {
        return consortium;
    }

    // --- how -------------------------------------------------------------------------------------------------------

    function _attempt(address account, bytes memory data) private returns (bool success) {
        if (account == address(0)) return false; // nobody has its key
        bool could = consortium.canAct(consortium.bindingOf(account).province);
        vm.recordLogs();
        vm.prank(account);
        (success,) = address(consortium).call(data);
        Vm.Log[] memory logs = vm.getRecordedLogs(); // also what a call logged that was reverted in the end
        if (!success) return false;
        observe(logs);
        successes += 1;
        if (!could) actsOfTheExcluded += 1;
    }

    function _execute(uint256 which) private {
        bytes32 id = consortium.motionId(_targets[which], _data[which], which);
        bool open = _isOpen(id);
        bool carried = carries(id);
        vm.recordLogs();
        (bool success, bytes memory why) =
            address(consortium).call(abi.encodeCall(IConsortium.execute, (_targets[which], _data[which], which)));
        Vm.Log[] memory logs = vm.getRecordedLogs();
        if (success) observe(logs);
        if (success && !(open && carried)) passedWithTooFew += 1;
        bytes4 reason = success ? bytes4(0) : bytes4(why);
        if (carried && open && reason == IConsortiumEvents.ConsortiumMotionNotCarried.selector) blockedByTooFew += 1;
        if (success) executed += 1;
    }

    function _isOpen(bytes32 id) private view returns (bool) {
        IConsortiumEvents.Motion memory known = consortium.motionOf(id);
        return known.opensAt <= time() && time() < known.closesAt && !known.executed;
    }

    function _call(uint256 what, uint256 seed) private returns (bytes memory) {
        uint256 choice = what % 11;
        if (choice == 0) {
            IConsortiumEvents.OperatorGrant memory grant =
                IConsortiumEvents.OperatorGrant(_someone(seed), uint8(seed >> 16) & Roles.ALL, uint32(seed >> 32));
            return abi.encodeCall(IConsortium.setOperator, (grant));
        }
        if (choice == 1) return abi.encodeCall(IConsortium.offerHandOver, (_someone(seed), _staff(seed)));
        if (choice == 2) return abi.encodeCall(IConsortium.cancelHandOver, ());
        if (choice == 3) return abi.encodeCall(IConsortium.giveNotice, ());
        if (choice == 4) return abi.encodeCall(IConsortium.withdrawNotice, ());
        if (choice == 5) return abi.encodeCall(IConsortium.requestRecovery, (_someone(seed), _staff(seed)));
        if (choice == 6) {
            return abi.encodeCall(IConsortium.openMotion, (address(consortium), _decree(seed, seed >> 8), seed));
        }
        if (choice == 7) return abi.encodeCall(IConsortium.withdrawAct, (address(consortium), _call(3, seed)));
        if (choice == 8) return _decree(seed, seed >> 8);
        if (choice == 9) return abi.encodeCall(IConsortium.bindOfficer, (_someone(seed), _provinces[seed % 6]));
        return abi.encodeCall(IConsortium.bindingAct, (_provinces[seed % 6], _account(seed), Roles.LAW, ""));
    }

    function _decree(uint256 what, uint256 seed) private returns (bytes memory) {
        uint32 code = _provinces[seed % 6];
        uint256 choice = what % 8;
        if (choice == 0) return abi.encodeCall(IConsortium.expel, (code));
        if (choice == 1) return abi.encodeCall(IConsortium.pause, (code));
        if (choice == 2) return abi.encodeCall(IConsortium.unpause, (code));
        if (choice == 3) return abi.encodeCall(IConsortium.nameCustodian, (code, _provinces[(seed >> 8) % 6]));
        if (choice == 4) return abi.encodeCall(IConsortium.cancelRecovery, (code));
        if (choice == 5) return abi.encodeCall(IConsortium.replaceRecovery, (code, _someone(seed >> 8)));
        IConsortiumEvents.Founding memory joining =
            IConsortiumEvents.Founding(code, _someone(seed >> 8), _someone(seed >> 16), _staff(seed >> 24));
        return abi.encodeCall(IConsortium.admit, (joining));
    }

    /// @dev Mostly somebody new, sometimes somebody who serves already.
    function _someone(uint256 seed) private returns (address account) {
        if (seed % 4 == 0) return _account(seed >> 2);
        account = address(uint160(uint256(keccak256(abi.encode("somebody", ++_fresh)))));
        _accounts.push(account);
    }

    function _staff(uint256 seed) private returns (IConsortiumEvents.OperatorGrant[] memory) {
        return staff(_someone(seed), _someone(seed >> 4));
    }

    function _account(uint256 seed) private view returns (address) {
        return _accounts[seed % _accounts.length];
    }

    /// @dev An operator of the province that holds LAW; the zero address where there is none.
    function _lawyer(uint32 code) private view returns (address) {
        address[] memory operators = consortium.operatorsOf(code);
        for (uint256 i = 0; i < operators.length; i++) {
            if (consortium.bindingOf(operators[i]).roles & Roles.LAW != 0) return operators[i];
        }
        return address(0);
    }
}
