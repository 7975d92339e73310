"""How a province says who it is when it asks another for its packs: signed by an operator that the chain knows.

    header = ask(account, chain_id=1, province=320000, at=1_790_000_000)       # Huren-Member: 320000;1790000000;0x…
    asker = read(header, chain_id=1, now=1_790_000_007)
    asker.province, asker.account                                              # the chain says whether that is so

The signature (EIP-191, version 0x45) names the chain, the province and the second. Who overhears it can ask the same
for five minutes: the list tells CIDs of ciphertext, and nothing is changed by asking.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from gateway.replication.errors import NotAMember

if TYPE_CHECKING:
    from eth_account.messages import SignableMessage
    from eth_account.signers.local import LocalAccount

HEADER: Final = "Huren-Member"
SECONDS: Final = 300
_FORM: Final = re.compile(r"([1-9][0-9]{5});([0-9]{1,12});(0x[0-9a-f]{130})", re.ASCII)


@dataclass(frozen=True, slots=True)
class Asker:
    """Who says to ask, and the account that signed."""

    province: int
    account: str


def ask(account: LocalAccount, *, chain_id: int, province: int, at: int) -> str:
    """The header's value."""
    signature = account.sign_message(_message(chain_id, province, at)).signature.hex().removeprefix("0x")
    return f"{province};{at};0x{signature}"


def read(header: str | None, *, chain_id: int, now: int) -> Asker:
    """Who signed the header; whether the chain knows them as that province's is not asked here.

    Raises:
        NotAMember: no such header, a malformed one, one of another time, or no signature.
    """
    match = _FORM.fullmatch(header or "")
    if match is None:
        raise NotAMember("", why=f"{HEADER}?")
    province, at = int(match[1]), int(match[2])
    if abs(now - at) > SECONDS:
        raise NotAMember(province, why=f"{at} ≠ {now}")
    from eth_account import Account  # noqa: PLC0415 - half a second of every command that need not know who asks

    try:
        account = Account.recover_message(_message(chain_id, province, at), signature=match[3])
    except Exception as error:  # the library raises errors of three packages for what is no signature
        raise NotAMember(province, why="signature") from error
    return Asker(province, str(account))


def _message(chain_id: int, province: int, at: int) -> SignableMessage:
    from eth_account.messages import encode_defunct  # noqa: PLC0415 - see read

    return encode_defunct(text=f"huren.packs.v1\nchain {chain_id}\nprovince {province}\nat {at}")
