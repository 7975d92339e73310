// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {Governed} from "../base/Governed.sol";
import {IAgreementRegistry} from "../interfaces/IAgreementRegistry.sol";

/// @title What was written down of terms: an outline and the rules. Written once, never changed, never copied.
/// @dev `until` of an outline and `denominator` of a rule are the written-flags: zero only where this contract never wrote it, and then its
/// predecessor is asked.
abstract contract Articles is Governed, IAgreementRegistry {
    mapping(bytes32 agreement => Outline) private _outlines; // slot 1
    mapping(bytes32 agreement => mapping(uint32 index => Rule)) private _rules; // slot 2

    /// @inheritdoc IAgreementRegistry
    function outlineOf(bytes32 agreement) public view override returns (Outline memory) {
        Outline storage outline = _outlines[agreement];
        if (outline.until == 0 && predecessor != address(0)) {
            return IAgreementRegistry(predecessor).outlineOf(agreement);
        }
        return outline;
    }

    /// @inheritdoc IAgreementRegistry
    function ruleOf(bytes32 agreement, uint32 rule) public view override returns (Rule memory) {
        Rule storage kept = _rules[agreement][rule];
        if (kept.denominator == 0 && predecessor != address(0)) {
            return IAgreementRegistry(predecessor).ruleOf(agreement, rule);
        }
        return kept;
    }

    /// @inheritdoc IAgreementRegistry
    function agreementId(Terms calldata terms) public pure override returns (bytes32) {
        return keccak256(abi.encode(terms));
    }

    // ---- for the other parts

    /// @dev The terms have been examined: the casts lose nothing.
    function _write(bytes32 agreement, Terms calldata terms) internal {
        _outlines[agreement] = Outline(
            terms.parties,
            uint32(terms.rules.length),
            uint48(terms.from),
            uint48(terms.until),
            uint48(terms.publicNotice),
            uint48(terms.withdrawalNotice),
            terms.supersedes
        );
        for (uint32 i; i < terms.rules.length; ++i) {
            _rules[agreement][i] = terms.rules[i];
        }
    }

    /// @dev The outline of an agreement that was proposed.
    function _known(bytes32 agreement) internal view returns (Outline memory outline) {
        outline = outlineOf(agreement);
        if (outline.until == 0) revert AgreementUnknown(agreement);
    }

    /// @return found Whether `province` is one of them.
    /// @return index Its place.
    function _placeOf(uint32[] memory parties, uint32 province) internal pure returns (bool found, uint256 index) {
        for (; index < parties.length; ++index) {
            if (parties[index] == province) return (true, index);
        }
    }
}
