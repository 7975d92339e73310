// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {Governed} from "../../../contracts/base/Governed.sol";
import {IConsortium} from "../../../contracts/interfaces/IConsortium.sol";
import {IConsortiumEvents} from "../../../contracts/interfaces/IConsortiumEvents.sol";
import {IDirectory} from "../../../contracts/interfaces/IDirectory.sol";
import {IEvaluationEvents} from "../../../contracts/interfaces/IEvaluationEvents.sol";
import {Names} from "../../../contracts/libraries/Names.sol";

/// @title The smallest contract the law can govern: a number that a binding act, or a motion, sets.
contract Register is Governed {
    event NumberSet(uint32 indexed province, uint256 number, address actor, uint64 sequence, bytes32 head);

    uint16 internal constant NUMBER_SET = 900;

    uint256 public number;
    bytes public replay;

    constructor(bytes32 name, IConsortium consortium_, IDirectory directory_, address predecessor_)
        Governed(name, consortium_, directory_, predecessor_)
    {}

    /// @notice A binding act that asks for `role`.
    function set(uint32 province, uint8 role, uint256 value) external inForce {
        if (!_bindingAct(province, role)) return;
        number = value;
        (uint64 sequence, bytes32 head) = _record(province, NUMBER_SET, keccak256(abi.encode(province, value)));
        emit NumberSet(province, value, msg.sender, sequence, head);
    }

    /// @notice Reserved to the consortium.
    function decree(uint256 value) external inForce byMotion {
        number = value;
    }

    /// @notice Reserved to the consortium; calls whoever gave it the motion back, and keeps what came of it.
    function decreeAndCall(address target, bytes calldata data) external inForce byMotion returns (bool success) {
        (success,) = target.call(data);
        number = success ? 1 : 2;
    }

    /// @notice What `decreeAndReplay` calls back; a call cannot hold a copy of itself.
    function prepare(bytes calldata data) external {
        replay = data;
    }

    /// @notice Reserved to the consortium; calls it back, as a hostile contract would.
    function decreeAndReplay() external inForce byMotion {
        (bool success,) = msg.sender.call(replay);
        number += success ? 1 : 100;
    }

    function bindOfficer(address account, uint32 province) external inForce {
        _consortium().bindOfficer(account, province);
    }

    function bindingAct(uint32 province, address account, uint8 role, bytes calldata call) external returns (bool) {
        return _consortium().bindingAct(province, account, role, call);
    }

    function currentConsortium() external view returns (address) {
        return address(_consortium());
    }

    function currentDirectory() external view returns (address) {
        return address(_directory());
    }
}

/// @title A Consortium that follows another: as much of one as a Directory and a registry ask for.
contract NextConsortium is Governed {
    constructor(IDirectory directory_, address predecessor_)
        Governed(Names.CONSORTIUM, IConsortium(address(this)), directory_, predecessor_)
    {}

    function successor() external view returns (address) {
        address current = _resolve(NAME);
        return current == address(this) ? address(0) : current;
    }

    function parameters() external view returns (IConsortiumEvents.Parameters memory) {
        return IConsortium(predecessor).parameters();
    }

    /// @notice What only a Consortium in force may do.
    function command(address target, bytes calldata data) external inForce {
        (bool success, bytes memory result) = target.call(data);
        if (!success) {
            assembly ("memory-safe") {
                revert(add(result, 32), mload(result))
            }
        }
    }

    /// @notice Whoever asks, alone: enough to show that it is this Consortium that a registry asks.
    function bindingAct(uint32, address, uint8, bytes calldata) external pure returns (bool) {
        return true;
    }
}

/// @title A Directory that follows another and lists what that one listed.
contract NextDirectory is Governed {
    constructor(IConsortium consortium_, address predecessor_)
        Governed(Names.DIRECTORY, consortium_, IDirectory(address(this)), predecessor_)
    {}

    function resolve(bytes32 name) public view returns (address) {
        return IDirectory(predecessor).resolve(name);
    }

    function isCurrent(address target) external view returns (bool) {
        return IDirectory(predecessor).isCurrent(target);
    }

    function successor() external pure returns (address) {
        return address(0);
    }
}

/// @title Findings as a test wants them; how panels come to theirs is tested where they do.
/// @dev Here, not beside the tests that use it: forge links a test file dynamically only if no contract in it is made of contracts/, and
/// what is not linked is never seen by a mutation run.
contract Findings is Governed {
    mapping(bytes32 evaluation => IEvaluationEvents.Finding) private _findings;

    constructor(IConsortium consortium_, IDirectory directory_)
        Governed(Names.EVALUATION_REGISTRY, consortium_, directory_, address(0))
    {}

    function set(bytes32 evaluation, IEvaluationEvents.Finding calldata finding) external {
        _findings[evaluation] = finding;
    }

    function findingOf(bytes32 evaluation) external view returns (IEvaluationEvents.Finding memory) {
        return _findings[evaluation];
    }
}
