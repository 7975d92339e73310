// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {ICredentialEvents} from "../../../contracts/interfaces/ICredentialEvents.sol";
import {ICredentialRegistry} from "../../../contracts/interfaces/ICredentialRegistry.sol";
import {Leaf} from "../../../contracts/libraries/Leaf.sol";
import {Registries} from "./Registries.sol";
import {Trees} from "./Trees.sol";

/// @title Makes credentials (their facts, salts and commitments), seals them into batches, opens and proves them.
abstract contract Certificates is Registries {
    struct Certificate {
        bytes32 commitment;
        bytes32 institution;
        uint256[7] values;
        bytes32[7] salts;
    }

    /// @notice A batch with all that its institution keeps; certificates in the order of their leaves.
    struct Sealed {
        bytes32 institution;
        Certificate[] certificates;
        bytes32[] leaves;
        bytes32[] nodes;
    }

    uint8 internal constant OUTCOME_AND_CLAIM = 0x03;

    // ---- making

    /// @notice A certificate whose facts all exist, different for each seed.
    function _certificate(bytes32 institution, uint256 seed) internal pure returns (Certificate memory made) {
        uint256 random = uint256(keccak256(abi.encode(institution, seed)));
        made.institution = institution;
        made.commitment = keccak256(abi.encode("commitment", random));
        made.values = [
            uint256(keccak256(abi.encode("outcome", random % 7))),
            uint256(keccak256(abi.encode("claim", random))),
            1 + random % 3,
            1 + random % 10,
            1 + random % 99_999,
            random % 2 == 0 ? 255 : random % 21,
            random % 680
        ];
        for (uint256 k; k < 7; ++k) {
            made.salts[k] = keccak256(abi.encode("salt", random, k));
        }
    }

    function _factsOf(Certificate memory made) internal pure returns (bytes32) {
        bytes32[7] memory digests;
        for (uint256 k; k < 7; ++k) {
            digests[k] = Leaf.digestOf(made.salts[k], made.values[k]);
        }
        return Leaf.factsOf(digests);
    }

    function _leafOf(Certificate memory made) internal pure returns (bytes32) {
        return Leaf.leafOf(made.commitment, made.institution, _factsOf(made));
    }

    function _opening(Certificate memory made, uint8 mask)
        internal
        pure
        returns (ICredentialRegistry.Opening memory opening)
    {
        uint256 opened;
        for (uint256 k; k < 7; ++k) {
            opened += mask >> k & 1;
        }
        opening.commitment = made.commitment;
        opening.institution = made.institution;
        opening.mask = mask;
        opening.values = new uint256[](opened);
        opening.salts = new bytes32[](opened);
        opening.digests = new bytes32[](7 - opened);
        opened = 0;
        for (uint256 k; k < 7; ++k) {
            if (mask >> k & 1 == 1) {
                opening.values[opened] = made.values[k];
                opening.salts[opened++] = made.salts[k];
            } else {
                opening.digests[k - opened] = Leaf.digestOf(made.salts[k], made.values[k]);
            }
        }
    }

    function _seal(bytes32 institution, uint256 count, uint256 seed) internal pure returns (Sealed memory) {
        Certificate[] memory made = new Certificate[](count);
        for (uint256 i; i < count; ++i) {
            made[i] = _certificate(institution, uint256(keccak256(abi.encode(seed, i))));
        }
        return _seal(institution, made);
    }

    function _seal(bytes32 institution, Certificate[] memory made) internal pure returns (Sealed memory batch) {
        batch.institution = institution;
        batch.leaves = new bytes32[](made.length);
        batch.certificates = made;
        for (uint256 i; i < made.length; ++i) {
            bytes32 leaf = _leafOf(made[i]);
            Certificate memory moving = made[i];
            uint256 at = i;
            for (; at > 0 && batch.leaves[at - 1] > leaf; --at) {
                batch.leaves[at] = batch.leaves[at - 1];
                made[at] = made[at - 1];
            }
            batch.leaves[at] = leaf;
            made[at] = moving;
        }
        batch.nodes = Trees.build(batch.leaves);
    }

    // ---- acting

    function _toBatch(Sealed memory batch) internal pure returns (ICredentialRegistry.Batch memory) {
        return ICredentialRegistry.Batch(
            batch.institution, batch.nodes[0], Trees.manifestOf(batch.leaves), uint32(batch.leaves.length)
        );
    }

    function _anchorSealed(uint32 province, bytes32 institution, uint256 count, uint256 seed)
        internal
        returns (Sealed memory batch)
    {
        batch = _seal(institution, count, seed);
        _anchor(province, _toBatch(batch));
    }

    /// @notice The call that sets one leaf.
    function _statusCall(
        Sealed memory batch,
        uint256 index,
        ICredentialEvents.Status status,
        ICredentialEvents.Reason reason
    ) internal view returns (bytes memory) {
        uint256[] memory indices = new uint256[](1);
        indices[0] = index;
        return _statusCall(batch, indices, status, reason);
    }

    /// @notice The call that sets several leaves of a batch; indices ascend.
    function _statusCall(
        Sealed memory batch,
        uint256[] memory indices,
        ICredentialEvents.Status status,
        ICredentialEvents.Reason reason
    ) internal view returns (bytes memory) {
        ICredentialRegistry.Content[] memory contents = new ICredentialRegistry.Content[](indices.length);
        for (uint256 i; i < indices.length; ++i) {
            Certificate memory made = batch.certificates[indices[i]];
            contents[i] = ICredentialRegistry.Content(made.commitment, _factsOf(made));
        }
        (bytes32[] memory proof, bool[] memory flags) = Trees.multiproofOf(batch.nodes, indices);
        return abi.encodeCall(
            credentials.setStatus, (batch.institution, batch.nodes[0], contents, proof, flags, status, reason)
        );
    }

    function _suspend(uint32 province, Sealed memory batch, uint256 index) internal {
        bytes memory call =
            _statusCall(batch, index, ICredentialEvents.Status.Suspended, ICredentialEvents.Reason.Error);
        _as(operator[province], address(credentials), call);
    }

    function _revoke(uint32 province, Sealed memory batch, uint256 index) internal {
        bytes memory call = _statusCall(batch, index, ICredentialEvents.Status.Revoked, ICredentialEvents.Reason.Fraud);
        _as(operator[province], address(credentials), call);
    }

    function _lift(uint32 province, Sealed memory batch, uint256 index) internal {
        bytes memory call = _statusCall(batch, index, ICredentialEvents.Status.Valid, ICredentialEvents.Reason.None);
        _as(operator[province], address(credentials), call);
    }

    function _supersedeCall(Sealed memory old, uint256 index, Sealed memory next, uint256 at)
        internal
        view
        returns (bytes memory)
    {
        return abi.encodeCall(
            credentials.supersede,
            (
                _opening(old.certificates[index], OUTCOME_AND_CLAIM),
                old.nodes[0],
                Trees.proofOf(old.nodes, index),
                _opening(next.certificates[at], OUTCOME_AND_CLAIM),
                next.nodes[0],
                Trees.proofOf(next.nodes, at)
            )
        );
    }

    function _statusOf(Sealed memory batch, uint256 index) internal view returns (ICredentialEvents.Status) {
        return credentials.leafState(batch.institution, batch.leaves[index]).status;
    }

    function _proven(Sealed memory batch, uint256 index, uint8 mask)
        internal
        view
        returns (ICredentialRegistry.Proven memory)
    {
        return credentials.prove(
            _opening(batch.certificates[index], mask), batch.nodes[0], Trees.proofOf(batch.nodes, index)
        );
    }
}
