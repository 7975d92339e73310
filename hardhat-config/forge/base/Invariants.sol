// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

/// @title Tells forge's invariant runner whom and what to call; forge reads the public functions by name before a run.
abstract contract Invariants {
    struct FuzzSelector {
        address addr;
        bytes4[] selectors;
    }

    address[] private _targetContracts;
    address[] private _excludedContracts;
    address[] private _targetSenders;
    FuzzSelector[] private _targetSelectors;

    /// @notice Only these contracts are called (none given: all that `setUp` created).
    function targetContract(address target) internal {
        _targetContracts.push(target);
    }

    /// @notice This contract, though created by `setUp`, is not called.
    function excludeContract(address excluded) internal {
        _excludedContracts.push(excluded);
    }

    /// @notice Only these accounts call.
    function targetSender(address sender) internal {
        _targetSenders.push(sender);
    }

    /// @notice Of a target contract only these functions are called.
    function targetSelector(address target, bytes4[] memory selectors) internal {
        _targetSelectors.push(FuzzSelector({addr: target, selectors: selectors}));
    }

    function targetContracts() public view returns (address[] memory) {
        return _targetContracts;
    }

    function excludeContracts() public view returns (address[] memory) {
        return _excludedContracts;
    }

    function targetSenders() public view returns (address[] memory) {
        return _targetSenders;
    }

    function targetSelectors() public view returns (FuzzSelector[] memory) {
        return _targetSelectors;
    }
}
