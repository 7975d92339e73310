// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {Governed} from "../base/Governed.sol";
import {IInstitutionRegistry} from "../interfaces/IInstitutionRegistry.sol";
import {Facts} from "../libraries/Facts.sol";
import {RegistryKinds} from "../libraries/RegistryKinds.sol";
import {Roles} from "../libraries/Roles.sol";
import {Uscc} from "../libraries/Uscc.sol";
import {Checkpoints} from "@openzeppelin/contracts/utils/structs/Checkpoints.sol";

/// @title The versions of each institution's accreditation, and what its province or a motion makes of them.
/// @dev A version is written once and never changed. `latest` and a version's `from` are zero only where nothing was ever written here:
/// they are the written-flags behind which a successor stops asking its predecessor.
abstract contract Accreditations is Governed, IInstitutionRegistry {
    using Checkpoints for Checkpoints.Trace208;

    /// @dev One slot.
    struct Version {
        uint32 province;
        Standing standing;
        uint8 categories;
        uint8 highestLevel;
        uint32 mostCredits;
        uint64 from;
    }

    struct Record {
        uint32 latest;
        Checkpoints.Trace208 timeline; // time => version; of several in one second the last counts
        mapping(uint32 version => Version) versions;
    }

    uint8 private constant CATEGORIES = 0x0e; // bits 1 to 3

    mapping(bytes32 institution => Record) private _records; // slot 1
    mapping(bytes32 institution => mapping(uint32 province => bool)) private _permitted; // slot 2; true is for ever

    // ---- acts of the province

    /// @inheritdoc IInstitutionRegistry
    function narrow(bytes32 institution, Scope calldata scope) external override inForce {
        Accreditation memory current = _own(institution);
        _requireStanding(institution, current.standing, Standing.Accredited, Standing.Suspended);
        _requireScope(scope);
        _requireNarrower(institution, current.scope, scope);
        if (!_bindingAct(current.province, Roles.LAW)) return;
        (uint32 version, uint64 sequence, bytes32 head) =
            _rescope(institution, current.province, current.standing, scope, RegistryKinds.INSTITUTION_NARROWED);
        emit InstitutionNarrowed(
            current.province,
            institution,
            version,
            scope.categories,
            scope.highestLevel,
            scope.mostCredits,
            msg.sender,
            sequence,
            head
        );
    }

    /// @inheritdoc IInstitutionRegistry
    function suspend(bytes32 institution) external override inForce {
        Accreditation memory current = _own(institution);
        _requireStanding(institution, current.standing, Standing.Accredited, Standing.Accredited);
        (uint32 version, uint64 sequence, bytes32 head) =
            _restand(institution, current, Standing.Suspended, RegistryKinds.INSTITUTION_SUSPENDED);
        emit InstitutionSuspended(current.province, institution, version, msg.sender, sequence, head);
    }

    /// @inheritdoc IInstitutionRegistry
    function resume(bytes32 institution) external override inForce {
        Accreditation memory current = _own(institution);
        _requireStanding(institution, current.standing, Standing.Suspended, Standing.Suspended);
        if (!_bindingAct(current.province, Roles.LAW)) return;
        (uint32 version, uint64 sequence, bytes32 head) =
            _restand(institution, current, Standing.Accredited, RegistryKinds.INSTITUTION_RESUMED);
        emit InstitutionResumed(current.province, institution, version, msg.sender, sequence, head);
    }

    /// @inheritdoc IInstitutionRegistry
    function withdraw(bytes32 institution) external override inForce {
        Accreditation memory current = _own(institution);
        _requireStanding(institution, current.standing, Standing.Accredited, Standing.Suspended);
        if (!_bindingAct(current.province, Roles.LAW)) return;
        (uint32 version, uint64 sequence, bytes32 head) =
            _restand(institution, current, Standing.Withdrawn, RegistryKinds.INSTITUTION_WITHDRAWN);
        emit InstitutionWithdrawn(current.province, institution, version, msg.sender, sequence, head);
    }

    // ---- acts of the consortium

    /// @inheritdoc IInstitutionRegistry
    function move(bytes32 institution, uint32 toProvince) external override inForce byMotion {
        Accreditation memory current = _known(institution);
        uint32 fromProvince = current.province;
        if (fromProvince == toProvince) revert InstitutionAlreadyOf(institution, toProvince);
        if (!_consortium().isMember(toProvince)) revert InstitutionMoveToStranger(institution, toProvince);
        uint32 version = _push(institution, _version(toProvince, current.standing, current.scope));
        (uint64 sequence, bytes32 head) = _record(
            0, RegistryKinds.INSTITUTION_MOVED, keccak256(abi.encode(institution, fromProvince, toProvince, version))
        );
        emit InstitutionMoved(institution, fromProvince, toProvince, version, msg.sender, sequence, head);
    }

    /// @inheritdoc IInstitutionRegistry
    function permit(bytes32 institution, uint32 province) external override inForce byMotion {
        Uscc.requireShape(institution);
        if (isPermitted(institution, province)) revert InstitutionAlreadyOf(institution, province);
        _permitted[institution][province] = true;
        (uint64 sequence, bytes32 head) =
            _record(0, RegistryKinds.INSTITUTION_PERMITTED, keccak256(abi.encode(institution, province)));
        emit InstitutionPermitted(institution, province, msg.sender, sequence, head);
    }

    // ---- views

    /// @inheritdoc IInstitutionRegistry
    function provinceOf(bytes32 institution) external view override returns (uint32) {
        return accreditation(institution, _latestOf(institution)).province;
    }

    /// @inheritdoc IInstitutionRegistry
    function versionAt(bytes32 institution, uint64 time) public view override returns (uint32) {
        // Times beyond the timeline's 48 bits lie after every version.
        uint48 key = time > type(uint48).max ? type(uint48).max : uint48(time);
        uint32 version = uint32(_records[institution].timeline.upperLookupRecent(key));
        if (version != 0 || predecessor == address(0)) return version;
        return IInstitutionRegistry(predecessor).versionAt(institution, time); // before the first version written here
    }

    /// @inheritdoc IInstitutionRegistry
    function accreditation(bytes32 institution, uint32 version) public view override returns (Accreditation memory) {
        Version storage v = _records[institution].versions[version];
        if (v.from == 0 && predecessor != address(0)) {
            return IInstitutionRegistry(predecessor).accreditation(institution, version);
        }
        return Accreditation(v.province, v.standing, Scope(v.categories, v.highestLevel, v.mostCredits), v.from);
    }

    /// @inheritdoc IInstitutionRegistry
    function accreditationAt(bytes32 institution, uint64 time) public view override returns (Accreditation memory) {
        return accreditation(institution, versionAt(institution, time));
    }

    /// @inheritdoc IInstitutionRegistry
    function isPermitted(bytes32 institution, uint32 province) public view override returns (bool) {
        if (_permitted[institution][province]) return true;
        return predecessor != address(0) && IInstitutionRegistry(predecessor).isPermitted(institution, province);
    }

    // ---- for the other parts

    /// @dev The first half of `accredit`; the officers follow.
    /// @return first Whether nobody ever accredited the institution before.
    /// @return confirmed Whether the binding act went through.
    function _accredit(bytes32 institution, Scope calldata scope) internal returns (bool first, bool confirmed) {
        uint32 province = _consortium().authorise(msg.sender, Roles.LAW);
        Accreditation memory last = accreditation(institution, _latestOf(institution));
        first = last.standing == Standing.None;
        if (first) _requireCode(institution, province);
        else _requireOwnWithdrawn(institution, last, province);
        _requireScope(scope);
        if (!_bindingAct(province, Roles.LAW)) return (false, false);
        (uint32 version, uint64 sequence, bytes32 head) =
            _rescope(institution, province, Standing.Accredited, scope, RegistryKinds.INSTITUTION_ACCREDITED);
        emit InstitutionAccredited(
            province,
            institution,
            version,
            scope.categories,
            scope.highestLevel,
            scope.mostCredits,
            msg.sender,
            sequence,
            head
        );
        return (first, true);
    }

    /// @dev The number of the present version; zero for an unknown institution.
    function _latestOf(bytes32 institution) internal view returns (uint32) {
        uint32 latest = _records[institution].latest;
        return latest != 0 ? latest : versionAt(institution, uint64(block.timestamp));
    }

    /// @dev The present accreditation of an institution whose province the caller acts for.
    function _own(bytes32 institution) internal view returns (Accreditation memory current) {
        uint32 province = _consortium().authorise(msg.sender, Roles.LAW);
        current = _known(institution);
        if (current.province != province) {
            revert InstitutionOfAnotherProvince(institution, current.province, province);
        }
    }

    /// @dev The present accreditation of an institution that was ever accredited.
    function _known(bytes32 institution) internal view returns (Accreditation memory current) {
        current = accreditation(institution, _latestOf(institution));
        if (current.standing == Standing.None) revert InstitutionUnknown(institution);
    }

    function _requireStanding(bytes32 institution, Standing standing, Standing wanted, Standing orElse) internal pure {
        if (standing != wanted && standing != orElse) revert InstitutionStanding(institution, standing);
    }

    // ---- inside

    function _restand(bytes32 institution, Accreditation memory current, Standing standing, uint16 kind)
        private
        returns (uint32 version, uint64 sequence, bytes32 head)
    {
        version = _push(institution, _version(current.province, standing, current.scope));
        (sequence, head) =
            _record(current.province, kind, keccak256(abi.encode(current.province, institution, version)));
    }

    function _rescope(bytes32 institution, uint32 province, Standing standing, Scope memory scope, uint16 kind)
        private
        returns (uint32 version, uint64 sequence, bytes32 head)
    {
        version = _push(institution, _version(province, standing, scope));
        bytes memory fields =
            abi.encode(province, institution, version, scope.categories, scope.highestLevel, scope.mostCredits);
        (sequence, head) = _record(province, kind, keccak256(fields));
    }

    function _push(bytes32 institution, Version memory next) private returns (uint32 version) {
        version = _latestOf(institution) + 1;
        Record storage record = _records[institution];
        record.latest = version;
        record.versions[version] = next;
        record.timeline.push(uint48(block.timestamp), version);
    }

    function _version(uint32 province, Standing standing, Scope memory scope) private view returns (Version memory) {
        return
            Version(
                province, standing, scope.categories, scope.highestLevel, scope.mostCredits, uint64(block.timestamp)
            );
    }

    /// @dev "alphabet, check character and the province digits (3rd and 4th) checked on chain, an exception by motion"
    function _requireCode(bytes32 institution, uint32 province) private view {
        if (isPermitted(institution, province)) return;
        Uscc.requireValid(institution);
        uint32 named = Uscc.provinceOf(institution);
        if (named != province) revert InstitutionCodeOfAnotherProvince(institution, named, province);
    }

    /// @dev Who withdrew an institution may accredit it again; into other hands it goes by motion alone (`move`), withdrawn or not. Its
    /// code was checked, or excepted, when it was first accredited.
    function _requireOwnWithdrawn(bytes32 institution, Accreditation memory last, uint32 province) private pure {
        _requireStanding(institution, last.standing, Standing.Withdrawn, Standing.Withdrawn);
        if (last.province != province) revert InstitutionOfAnotherProvince(institution, last.province, province);
    }

    function _requireScope(Scope calldata scope) private pure {
        if (
            scope.categories == 0 || scope.categories & ~CATEGORIES != 0 || scope.highestLevel == 0
                || scope.highestLevel > Facts.LAST_LEVEL || scope.mostCredits == 0
                || scope.mostCredits > Facts.MOST_CREDITS
        ) revert ScopeOutOfRange(scope.categories, scope.highestLevel, scope.mostCredits);
    }

    function _requireNarrower(bytes32 institution, Scope memory from, Scope calldata to) private pure {
        bool grows = to.categories & ~from.categories != 0 || to.highestLevel > from.highestLevel
            || to.mostCredits > from.mostCredits;
        bool same = to.categories == from.categories && to.highestLevel == from.highestLevel
            && to.mostCredits == from.mostCredits;
        if (grows || same) revert ScopeNotNarrower(institution);
    }
}
