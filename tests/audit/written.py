"""Logs of made-up events, as a node writes them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import orjson
from eth_abi.abi import encode

from gateway.audit.completeness.logs import Log, as_json
from gateway.audit.completeness.reading import _DECODER
from node.client.abi import event_topic
from node.client.artifact import load
from node.client.codec import Codec

if TYPE_CHECKING:
    import random

ADDRESS = "0x" + "ab" * 20


def value_of(component: dict[str, Any], chance: random.Random) -> Any:  # noqa: ANN401 - of any ABI type
    kind: str = component["type"]
    fixed: dict[str, Any] = {
        "bool": chance.random() < 0.5,
        "address": "0x" + chance.randbytes(20).hex(),
        "bytes": chance.randbytes(chance.randint(0, 100)),
    }
    if kind in fixed:
        return fixed[kind]
    if kind.endswith("[]"):
        return [value_of({**component, "type": kind[:-2]}, chance) for _ in range(chance.randint(0, 3))]
    if kind == "tuple":
        return tuple(value_of(each, chance) for each in component["components"])
    if kind.startswith("uint"):
        return chance.getrandbits(int(kind[4:]))
    return chance.randbytes(int(kind.removeprefix("bytes")))


def log_of(contract: str, entry: dict[str, Any], values: list[Any]) -> dict[str, Any]:
    types = Codec(entry["inputs"]).types
    parts = list(zip(entry["inputs"], types, values, strict=True))
    topics = ["0x" + encode([kind], [value]).hex() for each, kind, value in parts if each["indexed"]]
    rest = [(kind, value) for each, kind, value in parts if not each["indexed"]]
    return {
        "address": ADDRESS,
        "topics": [event_topic(load(contract), entry["name"]), *topics],
        "data": "0x" + encode([kind for kind, _ in rest], [value for _, value in rest]).hex(),
        "blockNumber": "0x10",
        "blockHash": "0x" + "11" * 32,
        "transactionHash": "0x" + "22" * 32,
        "transactionIndex": "0x0",
        "logIndex": "0x1",
        "removed": False,
    }


def read(log: dict[str, Any]) -> Log:
    """The log as it is read from an answer."""
    [found] = _DECODER.decode(orjson.dumps({"result": [log]})).result or []
    assert {name: log[name] for name in as_json(found)} == as_json(found)
    return found
