"""The key of the private swarm: one secret of all members, made by one of them and sealed to each one's exchange key.

    sealed = seal(key, description, genesis_hash, maker, node_key, now)   # the maker; the file goes to everybody
    key = opened(content, path, description, genesis_hash, province, exchange_key)

Each box is HPKE in base mode (RFC 9180: DHKEM(X25519, HKDF-SHA256), HKDF-SHA256, ChaCha20Poly1305), bound to the
network's block 0 and to the member that it is for. The file is signed with the maker's node key, and names the SHA-256
of the key, so that all can tell that all were given one.
"""

from __future__ import annotations

import hashlib
from base64 import b64decode, b64encode
from typing import TYPE_CHECKING, Any, Final, Literal

import orjson
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, Suite
from pydantic import Field, ValidationError

from node.ceremony.card import MOMENT, dated
from node.ceremony.findings import CeremonyError, Finding
from node.ceremony.keys import agreement_key
from node.ceremony.proofs import sign_digest, signer
from node.client.hashing import keccak256
from node.description.members import ProvinceCode
from node.description.reading import findings_of
from node.description.values import Row

if TYPE_CHECKING:
    from pathlib import Path

    from node.description import Description

FORMAT: Final = "huren.swarm-key/1"
_SUITE: Final = Suite(KEM.X25519, KDF.HKDF_SHA256, AEAD.CHACHA20_POLY1305)


class SealedKey(Row):
    """The content of swarm-key.json.

    Attributes:
        format: which kind of file it is.
        network, chain_id, genesis: the network's name and chain id, and the hash of block 0, which says neither.
        maker: the province that made or passed on the key; made: when (UTC).
        digest: SHA-256 of the key; boxes: by province, what its exchange key opens (base64).
        signature: of the maker's node key, r ‖ s ‖ v in 0x-hex.
    """

    format: Literal["huren.swarm-key/1"] = FORMAT
    network: str
    chain_id: int
    genesis: str
    maker: ProvinceCode
    made: str = Field(pattern=MOMENT)
    digest: str
    boxes: dict[str, str]
    signature: str = Field(default="", pattern=r"^(?:0x[0-9a-f]{130})?$")

    @property
    def signed(self) -> bytes:
        """The digest that the maker signs: Keccak-256 of the format, a line end, and everything but the signature."""
        said: dict[str, Any] = self.model_dump(exclude={"signature"})
        return keccak256(f"{FORMAT}\n".encode() + orjson.dumps(said, option=orjson.OPT_SORT_KEYS))

    def encode(self) -> bytes:
        """Return the file's content."""
        return orjson.dumps(self.model_dump(), option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)


def seal(
    key: bytes,
    description: Description,
    genesis_hash: str,
    maker: int,
    node_key: bytes,
    now: float,
    *,
    after: str | None = None,
) -> SealedKey:
    """Return the key sealed to every row that has a node.

    Args:
        key: 32 bytes.
        description: the network; genesis_hash: of its block 0.
        genesis_hash: of its block 0, 0x-hex.
        maker: whose `node_key` (32 bytes) signs.
        node_key: the maker's.
        now: seconds since 1970.
        after: the date of the file that this one follows: it gets a later one, whatever the clock says.
    """
    boxes = {
        str(row.province): b64encode(
            _SUITE.encrypt(
                key,
                X25519PublicKey.from_public_bytes(bytes.fromhex(node.exchange_key[2:])),
                info=_info(description, genesis_hash, row.province),
            )
        ).decode("ascii")
        for row, node in description.nodes
    }
    blank = SealedKey(
        network=description.name,
        chain_id=description.chain_id,
        genesis=genesis_hash,
        maker=maker,
        made=dated(now, after),
        digest=hashlib.sha256(key).hexdigest(),
        boxes=boxes,
    )
    return blank.model_copy(update={"signature": "0x" + sign_digest(node_key, blank.signed).hex()})


def read(content: bytes, path: Path, description: Description, genesis_hash: str) -> SealedKey:
    """Return what swarm-key.json says, found to be of this network and signed by a member of it.

    Args:
        content: of swarm-key.json.
        path: where it came from, for what is said of it.
        description: the network.
        genesis_hash: of its block 0, 0x-hex.

    Raises:
        CeremonyError: it is no such file, of another network, or not signed by the member that it names.
    """
    try:
        sealed = SealedKey.model_validate(orjson.loads(content))
    except ValidationError as error:
        raise CeremonyError([_wrong(path, *found) for found in findings_of(error)]) from error
    except ValueError as error:  # orjson.JSONDecodeError is one
        raise CeremonyError([_wrong(path, "file", str(error))]) from error
    _require_ours(sealed, path, description, genesis_hash)
    if sealed.encode() != content:
        raise CeremonyError([_wrong(path, "file", "not written as huren-node writes it")])
    return sealed


def opened(
    content: bytes, path: Path, description: Description, genesis_hash: str, province: int, exchange_key: bytes
) -> bytes:
    """Return the swarm key (32 bytes) that `content` holds for `province`.

    Args:
        content: of swarm-key.json.
        path: where it came from, for what is said of it.
        description: the network.
        genesis_hash: of its block 0, 0x-hex.
        province: who opens it, with its `exchange_key` (32 bytes).
        exchange_key: this member's own, as its file holds it.

    Raises:
        CeremonyError: it is no such file, of another network, not signed by the member that it names, or holds
            nothing for this one.
    """
    sealed = read(content, path, description, genesis_hash)
    box = sealed.boxes.get(str(province))
    if box is None:
        raise CeremonyError(
            [
                Finding(
                    path,
                    f"boxes.{province}",
                    "没有给本成员的一份。请先把本成员卡加入网络描述（network add），再由持有密钥的成员重新封装",
                    "holds nothing for this member. Its card must be a row first (network add); then a member that "
                    "holds the key seals it again",
                )
            ]
        )
    try:
        key = _SUITE.decrypt(
            b64decode(box, validate=True),
            X25519PrivateKey.from_private_bytes(bytes(agreement_key(exchange_key))),
            info=_info(description, genesis_hash, province),
        )
    except (InvalidTag, ValueError) as error:
        raise CeremonyError(
            [
                Finding(
                    path,
                    f"boxes.{province}",
                    "本机的 exchange.key 打不开。请核对该密钥与成员卡一致",
                    "this machine's exchange.key does not open it. Is it the key of this member's card?",
                )
            ]
        ) from error
    if hashlib.sha256(key).hexdigest() != sealed.digest:
        raise CeremonyError([_wrong(path, "digest", "the key in the box is another one than the file says")])
    return key


def _require_ours(sealed: SealedKey, path: Path, description: Description, genesis_hash: str) -> None:
    if (sealed.network, sealed.chain_id, sealed.genesis) != (description.name, description.chain_id, genesis_hash):
        raise CeremonyError(
            [
                Finding(
                    path,
                    "genesis",
                    f"属于另一个网络 {sealed.network}（{sealed.chain_id}，{sealed.genesis}）。请索取本网络的文件",
                    f"is of another network, {sealed.network} ({sealed.chain_id}, {sealed.genesis}). Ask for ours",
                )
            ]
        )
    row = description.row(sealed.maker)
    if row is not None and row.left:  # it knows a key of the swarm, and must not have a say in the next one
        raise CeremonyError(
            [
                Finding(
                    path,
                    "maker",
                    f"{sealed.maker} 已离开网络。请由在网的成员生成群密钥",
                    f"{sealed.maker} left the network. A member that is in it makes the swarm key",
                )
            ]
        )
    who = signer(sealed.signed, bytes.fromhex(sealed.signature[2:]))
    if who is None or row is None or row.node is None or row.node.public_key != who:
        raise CeremonyError(
            [
                Finding(
                    path,
                    "signature",
                    f"不是 {sealed.maker} 的节点签名，或文件被改动。请向 {sealed.maker} 重新索取",
                    f"is not the signature of {sealed.maker}'s node, or the file was altered. Ask {sealed.maker} again",
                )
            ]
        )


def _info(description: Description, genesis_hash: str, province: int) -> bytes:
    return f"{FORMAT}\n{description.chain_id}\n{genesis_hash}\n{province}".encode()


def _wrong(path: Path, field: str, what: str) -> Finding:
    return Finding(
        path,
        field or "file",
        f"不是有效的群密钥文件（{what}）。请重新索取",
        f"not a file of a swarm key ({what}). Ask for it again",
    )
