"""The contract ABI's argument encoding, compiled per list of types.

Types of fixed size (words) are read and written by a plan made once, ten times as fast as the general library; anything
of dynamic size goes to `eth_abi`. Source: Solidity documentation, "Contract ABI Specification", sections "Types" and
"Formal Specification of the Encoding".
"""

from __future__ import annotations

import re
from collections import namedtuple
from dataclasses import dataclass
from functools import cache
from keyword import iskeyword
from typing import TYPE_CHECKING, Any, cast

from eth_abi.abi import decode as general_decode
from eth_abi.abi import encode as general_encode
from eth_abi.exceptions import DecodingError, EncodingError

from node.client.errors import NodeError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

WORD = 32
_BITS = re.compile(r"^(u?int)(\d+)$")
_FIXED = re.compile(r"^bytes(\d+)$")
_ARRAY = re.compile(r"^(.*)\[(\d*)\]$")


class AbiError(NodeError):
    """Values do not fit the types of the contract's interface, or bytes are not an encoding of them."""

    def __init__(self, what: str, why: str) -> None:
        super().__init__(f"与合约接口不符：{what}（{why}）", f"does not fit the contract's interface: {what} ({why})")
        self.what = what
        self.why = why


@dataclass(frozen=True, slots=True, eq=False)
class Shape:
    """One type: its canonical name, and, for a struct, the class that its values come as."""

    name: str
    static: bool
    words: int
    read: Callable[[bytes, int], Any] | None
    write: Callable[[Any], bytes] | None
    wrap: Callable[[Any], Any]
    """Turns what `eth_abi` decoded into our values: lower-case addresses, structs as named tuples."""
    flat: Callable[[Any], Any]
    """Turns our values into what `eth_abi` encodes: a struct given as a mapping becomes a tuple."""


class Codec:
    """Encodes and decodes the arguments of one function, event or error."""

    __slots__ = ("names", "shapes", "static", "types", "words")

    def __init__(self, components: Sequence[dict[str, Any]]) -> None:
        """Compile the codec of ABI `components` (the "inputs" or "outputs" of an ABI entry)."""
        self.shapes = tuple(shape_of(component) for component in components)
        self.names = tuple(component.get("name") or f"value{i}" for i, component in enumerate(components))
        self.types = tuple(shape.name for shape in self.shapes)
        self.static = all(shape.static for shape in self.shapes)
        self.words = sum(shape.words for shape in self.shapes)

    def encode(self, values: Sequence[Any]) -> bytes:
        """Return ``abi.encode`` of `values`.

        Raises:
            AbiError: a value does not fit its type.
        """
        if len(values) != len(self.shapes):
            raise AbiError(f"({','.join(self.types)})", f"{len(values)} values given")
        try:
            if self.static:
                return b"".join(
                    cast("Callable[[Any], bytes]", shape.write)(value)
                    for shape, value in zip(self.shapes, values, strict=True)
                )
            flat = [shape.flat(value) for shape, value in zip(self.shapes, values, strict=True)]
            return general_encode(self.types, flat)
        except (EncodingError, OverflowError, ValueError, TypeError, KeyError, AttributeError) as error:
            raise AbiError(f"({','.join(self.types)})", str(error)) from error

    def decode(self, data: bytes) -> tuple[Any, ...]:
        """Return the values of which `data` is the encoding. Structs come as named tuples.

        Raises:
            AbiError: `data` is not an encoding of these types.
        """
        try:
            if not self.static:
                decoded = general_decode(self.types, data)
                return tuple(shape.wrap(value) for shape, value in zip(self.shapes, decoded, strict=True))
            if len(data) < self.words * WORD:
                raise AbiError(f"({','.join(self.types)})", f"{len(data)} bytes")
            at, values = 0, []
            for shape in self.shapes:
                values.append(cast("Callable[[bytes, int], Any]", shape.read)(data, at))
                at += shape.words * WORD
            return tuple(values)
        except (DecodingError, OverflowError, ValueError) as error:
            raise AbiError(f"({','.join(self.types)})", str(error)) from error


def shape_of(component: dict[str, Any]) -> Shape:
    """Return the compiled type of one ABI component."""
    kind: str = component["type"]
    array = _ARRAY.match(kind)
    if array is not None:
        return _array({**component, "type": array.group(1)}, array.group(2))
    if kind == "tuple":
        return _struct(component)
    return _elementary(kind)


def _same(value: Any) -> Any:  # noqa: ANN401 - values of ABI types
    return value


@cache
def _elementary(kind: str) -> Shape:
    if kind == "address":
        return Shape(kind, True, 1, _read_address, _write_address, str.lower, _same)  # noqa: FBT003 - a plain record
    if kind == "bool":
        return Shape(kind, True, 1, _read_bool, lambda v: bool(v).to_bytes(WORD, "big"), _same, bool)  # noqa: FBT003
    if kind in {"bytes", "string"}:
        return Shape(kind, False, 1, None, None, _same, _same)  # noqa: FBT003
    fixed = _FIXED.match(kind)
    if fixed is not None:
        return _fixed_bytes(kind, int(fixed.group(1)))
    bits = _BITS.match(kind)
    if bits is not None:
        return _integer(kind, int(bits.group(2)), signed=bits.group(1) == "int")
    raise AbiError(kind, "a type this codec does not know")


def _integer(kind: str, bits: int, *, signed: bool) -> Shape:
    low, high = (-(1 << (bits - 1)), 1 << (bits - 1)) if signed else (0, 1 << bits)

    def read(data: bytes, at: int) -> int:
        value = int.from_bytes(data[at : at + WORD], "big", signed=signed)
        if not low <= value < high:
            raise ValueError(f"{value} is no {kind}")
        return value

    def write(value: int) -> bytes:
        if not low <= value < high:
            raise ValueError(f"{value} is no {kind}")
        return int(value).to_bytes(WORD, "big", signed=signed)

    return Shape(kind, True, 1, read, write, _same, int)  # noqa: FBT003 - a plain record


def _fixed_bytes(kind: str, size: int) -> Shape:
    padding = bytes(WORD - size)

    def read(data: bytes, at: int) -> bytes:
        if data[at + size : at + WORD] != padding:
            raise ValueError(f"no {kind}: bytes after its end")
        return data[at : at + size]

    def whole(value: bytes) -> bytes:
        if len(value) != size:  # the general library would pad it
            raise ValueError(f"{len(value)} bytes for {kind}")
        return bytes(value)

    return Shape(kind, True, 1, read, lambda value: whole(value) + padding, _same, whole)  # noqa: FBT003 - a record


def _read_address(data: bytes, at: int) -> str:
    if data[at : at + 12] != bytes(12):
        raise ValueError("no address: bytes before its start")
    return "0x" + data[at + 12 : at + WORD].hex()


def _write_address(value: str) -> bytes:
    raw = bytes.fromhex(value.removeprefix("0x"))
    if len(raw) != 20:  # noqa: PLR2004 - the size of an address
        raise ValueError(f"{value} is no address")
    return bytes(12) + raw


def _read_bool(data: bytes, at: int) -> bool:
    value = int.from_bytes(data[at : at + WORD], "big")
    if value > 1:
        raise ValueError(f"{value} is no bool")
    return value == 1


def _array(item: dict[str, Any], length: str) -> Shape:
    inner = shape_of(item)
    name = f"{inner.name}[{length}]"

    def wrap(values: Sequence[Any]) -> tuple[Any, ...]:
        return tuple(inner.wrap(value) for value in values)

    def flat(values: Sequence[Any]) -> list[Any]:
        return [inner.flat(value) for value in values]

    if not length or not inner.static:
        return Shape(name, False, 1, None, None, wrap, flat)  # noqa: FBT003 - a plain record
    count, step = int(length), inner.words * WORD
    read_one = cast("Callable[[bytes, int], Any]", inner.read)
    write_one = cast("Callable[[Any], bytes]", inner.write)

    def read(data: bytes, at: int) -> tuple[Any, ...]:
        return tuple(read_one(data, at + i * step) for i in range(count))

    def write(values: Sequence[Any]) -> bytes:
        if len(values) != count:
            raise ValueError(f"{len(values)} values for {name}")
        return b"".join(write_one(value) for value in values)

    return Shape(name, True, count * inner.words, read, write, wrap, flat)  # noqa: FBT003 - a plain record


def _struct(component: dict[str, Any]) -> Shape:
    """A struct: decoded to a named tuple (a field called `from` is `from_`), encoded from a sequence or a mapping."""
    codec = Codec(component["components"])
    name = f"({','.join(codec.types)})"
    # internalType is "struct IConsortium.OperatorGrant", with [] for arrays of them
    title = re.sub(r"[\[\]\d]*$", "", component.get("internalType") or "struct Values").rsplit(".", 1)[-1].split()[-1]
    fields = [f"{field}_" if iskeyword(field) else field for field in codec.names]
    values_of = namedtuple(title, fields)  # type: ignore[misc]  # noqa: PYI024 - its fields are known at run time only
    make = values_of._make

    def ordered(value: Any) -> Sequence[Any]:  # noqa: ANN401 - a struct's values
        if isinstance(value, dict):
            if set(value) != set(codec.names):
                raise KeyError(f"{title} has {', '.join(codec.names)}")
            return [value[field] for field in codec.names]
        return cast("Sequence[Any]", value)

    def wrap(values: Sequence[Any]) -> Any:  # noqa: ANN401 - a named tuple
        return make(shape.wrap(value) for shape, value in zip(codec.shapes, values, strict=True))

    def flat(value: Any) -> tuple[Any, ...]:  # noqa: ANN401 - a struct's values
        return tuple(shape.flat(item) for shape, item in zip(codec.shapes, ordered(value), strict=True))

    if not codec.static:
        return Shape(name, False, 1, None, None, wrap, flat)  # noqa: FBT003 - a plain record
    size = codec.words * WORD
    return Shape(
        name,
        True,  # noqa: FBT003 - a plain record
        codec.words,
        lambda data, at: make(codec.decode(data[at : at + size])),
        lambda value: codec.encode(ordered(value)),
        wrap,
        flat,
    )
