// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {IInstitutionRegistry} from "../interfaces/IInstitutionRegistry.sol";
import {RegistryKinds} from "../libraries/RegistryKinds.sol";
import {Roles} from "../libraries/Roles.sol";
import {Tenures} from "../libraries/Tenures.sol";
import {Officers} from "./Officers.sol";

/// @title The public keys of an institution: Ed25519 to sign credentials, X25519 to encrypt documents to it.
/// @dev A tenure's `validFrom` is its written-flag: never zero once written here.
abstract contract Keys is Officers {
    struct Entry {
        Tenure tenure;
        KeyKind kind;
    }

    mapping(bytes32 institution => mapping(bytes32 publicKey => Entry)) private _keys; // slot 4

    // ---- acts of the province

    /// @inheritdoc IInstitutionRegistry
    function addKey(bytes32 institution, KeyKind kind, bytes32 publicKey, uint64 validFrom) external override inForce {
        Accreditation memory current = _own(institution);
        _requireStanding(institution, current.standing, Standing.Accredited, Standing.Suspended);
        if (publicKey == 0 || kind == KeyKind.None) revert KeyMisshapen(kind, publicKey);
        (KeyKind known,) = key(institution, publicKey);
        if (known != KeyKind.None) revert KeyKnown(institution, publicKey);
        uint32 province = current.province;
        validFrom = Tenures.begin(validFrom);
        if (!_bindingAct(province, Roles.LAW)) return;
        _keys[institution][publicKey] = Entry(Tenure(validFrom, 0, 0, false, province), kind);
        (uint64 sequence, bytes32 head) = _record(
            province, RegistryKinds.KEY_ADDED, keccak256(abi.encode(province, institution, publicKey, kind, validFrom))
        );
        emit KeyAdded(province, institution, publicKey, kind, validFrom, msg.sender, sequence, head);
    }

    /// @inheritdoc IInstitutionRegistry
    function retireKey(bytes32 institution, bytes32 publicKey, uint64 retiredAt) external override inForce {
        (uint32 province, Entry memory entry) = _ownKey(institution, publicKey);
        entry.tenure.retiredAt = Tenures.retire(entry.tenure, retiredAt);
        if (!_bindingAct(province, Roles.LAW)) return;
        _keys[institution][publicKey] = entry;
        (uint64 sequence, bytes32 head) = _record(
            province,
            RegistryKinds.KEY_RETIRED,
            keccak256(abi.encode(province, institution, publicKey, entry.tenure.retiredAt))
        );
        emit KeyRetired(province, institution, publicKey, entry.tenure.retiredAt, msg.sender, sequence, head);
    }

    /// @inheritdoc IInstitutionRegistry
    function reportKey(bytes32 institution, bytes32 publicKey, uint64 compromisedSince) external override inForce {
        (uint32 province, Entry memory entry) = _ownKey(institution, publicKey);
        Tenures.report(entry.tenure, compromisedSince);
        if (!_bindingAct(province, Roles.LAW)) return;
        entry.tenure.compromisedSince = compromisedSince;
        _keys[institution][publicKey] = entry;
        (uint64 sequence, bytes32 head) = _record(
            province,
            RegistryKinds.KEY_REPORTED,
            keccak256(abi.encode(province, institution, publicKey, compromisedSince))
        );
        emit KeyReported(province, institution, publicKey, compromisedSince, msg.sender, sequence, head);
    }

    // ---- views

    /// @inheritdoc IInstitutionRegistry
    function keyInForceAt(bytes32 institution, bytes32 publicKey, uint64 time) external view override returns (bool) {
        (, Tenure memory tenure) = key(institution, publicKey);
        return Tenures.inForceAt(tenure, time);
    }

    /// @inheritdoc IInstitutionRegistry
    function key(bytes32 institution, bytes32 publicKey) public view override returns (KeyKind, Tenure memory) {
        Entry storage entry = _keys[institution][publicKey];
        if (entry.tenure.validFrom == 0 && predecessor != address(0)) {
            return IInstitutionRegistry(predecessor).key(institution, publicKey);
        }
        return (entry.kind, entry.tenure);
    }

    // ---- inside

    function _ownKey(bytes32 institution, bytes32 publicKey)
        private
        view
        returns (uint32 province, Entry memory entry)
    {
        province = _own(institution).province;
        (entry.kind, entry.tenure) = key(institution, publicKey);
        if (entry.kind == KeyKind.None) revert KeyUnknown(institution, publicKey);
    }
}
