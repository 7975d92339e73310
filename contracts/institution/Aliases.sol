// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {IInstitutionRegistry} from "../interfaces/IInstitutionRegistry.sol";
import {RegistryKinds} from "../libraries/RegistryKinds.sol";
import {Roles} from "../libraries/Roles.sol";
import {Keys} from "./Keys.sol";
import {ECDSA} from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";

/// @title Outcomes that are another outcome: renamed, or jointly awarded.
/// @dev An alias is final, because claims are computed over the canonical outcome: a second meaning would give a person a second claim.
/// A pointer's `since` is its written-flag.
abstract contract Aliases is Keys {
    struct Pointer {
        bytes32 institution;
        bytes32 outcome;
        uint64 since;
    }

    bytes32 private constant ALIAS_TYPE = keccak256(
        "Alias(bytes32 institution,bytes32 outcome,bytes32 canonicalInstitution,bytes32 canonicalOutcome,uint64 deadline)"
    );

    mapping(bytes32 institution => mapping(bytes32 outcome => Pointer)) private _aliases; // slot 5
    mapping(bytes32 institution => mapping(bytes32 outcome => bool)) private _canonical; // slot 6; true is for ever

    /// @inheritdoc IInstitutionRegistry
    function setAlias(
        bytes32 institution,
        bytes32 outcome,
        bytes32 canonicalInstitution,
        bytes32 canonicalOutcome,
        uint64 deadline,
        bytes calldata signature,
        bytes calldata canonicalSignature
    ) external override inForce {
        uint32 province = _ownAccredited(institution);
        _ownAccredited(canonicalInstitution);
        _requireNoChain(institution, outcome, canonicalInstitution, canonicalOutcome);
        if (block.timestamp >= deadline) revert AliasExpired(deadline);
        bytes32 digest = _typedData(
            keccak256(abi.encode(ALIAS_TYPE, institution, outcome, canonicalInstitution, canonicalOutcome, deadline))
        );
        address signer = _approving(institution, digest, signature);
        address canonicalSigner = _approving(canonicalInstitution, digest, canonicalSignature);
        if (!_bindingAct(province, Roles.LAW)) return;
        _aliases[institution][outcome] = Pointer(canonicalInstitution, canonicalOutcome, uint64(block.timestamp));
        _canonical[canonicalInstitution][canonicalOutcome] = true;
        _emitAlias(province, institution, outcome, signer, canonicalSigner);
    }

    /// @inheritdoc IInstitutionRegistry
    function canonicalOf(bytes32 institution, bytes32 outcome) external view override returns (bytes32, bytes32) {
        return canonicalOfAt(institution, outcome, uint64(block.timestamp));
    }

    /// @inheritdoc IInstitutionRegistry
    function canonicalOfAt(bytes32 institution, bytes32 outcome, uint64 time)
        public
        view
        override
        returns (bytes32, bytes32)
    {
        Pointer storage pointer = _aliases[institution][outcome];
        if (pointer.since == 0) {
            if (predecessor == address(0)) return (institution, outcome);
            return IInstitutionRegistry(predecessor).canonicalOfAt(institution, outcome, time);
        }
        // Set once in all successions: before `since` it was its own.
        return time < pointer.since ? (institution, outcome) : (pointer.institution, pointer.outcome);
    }

    /// @inheritdoc IInstitutionRegistry
    function isCanonical(bytes32 institution, bytes32 outcome) public view override returns (bool) {
        if (_canonical[institution][outcome]) return true;
        return predecessor != address(0) && IInstitutionRegistry(predecessor).isCanonical(institution, outcome);
    }

    /// @dev EIP-712 digest of a struct under this contract's domain.
    function _typedData(bytes32 structHash) internal view virtual returns (bytes32);

    function _emitAlias(uint32 province, bytes32 institution, bytes32 outcome, address signer, address canonicalSigner)
        private
    {
        Pointer memory to = _aliases[institution][outcome];
        (uint64 sequence, bytes32 head) = _record(
            province,
            RegistryKinds.ALIAS_SET,
            keccak256(abi.encode(province, institution, outcome, to.institution, to.outcome, signer, canonicalSigner))
        );
        emit AliasSet(
            province,
            institution,
            outcome,
            to.institution,
            to.outcome,
            signer,
            canonicalSigner,
            msg.sender,
            sequence,
            head
        );
    }

    function _ownAccredited(bytes32 institution) private view returns (uint32) {
        Accreditation memory current = _own(institution);
        _requireStanding(institution, current.standing, Standing.Accredited, Standing.Accredited);
        return current.province;
    }

    function _requireNoChain(
        bytes32 institution,
        bytes32 outcome,
        bytes32 canonicalInstitution,
        bytes32 canonicalOutcome
    ) private view {
        if (institution == canonicalInstitution && outcome == canonicalOutcome) {
            revert AliasOfItself(institution, outcome);
        }
        if (_isAlias(institution, outcome)) revert AliasFinal(institution, outcome);
        if (_isAlias(canonicalInstitution, canonicalOutcome)) {
            revert AliasChain(canonicalInstitution, canonicalOutcome);
        }
        if (isCanonical(institution, outcome)) revert AliasChain(institution, outcome);
    }

    function _isAlias(bytes32 institution, bytes32 outcome) private view returns (bool) {
        (bytes32 canonicalInstitution, bytes32 canonicalOutcome) =
            canonicalOfAt(institution, outcome, uint64(block.timestamp));
        return canonicalInstitution != institution || canonicalOutcome != outcome;
    }

    function _approving(bytes32 institution, bytes32 digest, bytes calldata signature)
        private
        view
        returns (address signer)
    {
        signer = ECDSA.recover(digest, signature);
        (,,, bool approves) = anchoringTerms(institution, signer);
        if (!approves) revert OfficerMayNotApprove(institution, signer);
    }
}
