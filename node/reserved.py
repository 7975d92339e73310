"""What the contracts reserve to the consortium: each call that a motion can make, its arguments from words, in words.

    call = parse("permit", ["institution=123100000000000001", "province=320000"])
    call.data                                   # what the motion carries
    in_words(call.contract, call.data, provinces).zh

The table names every function that carries `byMotion` (contracts/base/Governed.sol); a test compares it with the
sources. What is fixed at deployment, such as the Consortium's parameters, changes by listing a successor: `schedule`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

import orjson

from node.client.abi import decode_call, encode_call
from node.client.artifact import CONTRACTS, load
from node.client.codec import AbiError, Codec
from node.client.errors import NodeError
from node.client.reverts import Sentence
from node.client.sentences.values import Language, shown
from node.description import ROLES

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from node.client.deployment import Province

_HEX: Final = re.compile(r"^0x[0-9a-fA-F]{64}$")
_ADDRESS: Final = re.compile(r"^0x[0-9a-fA-F]{40}$")
_USCC: Final = re.compile(r"^[0-9A-Z]{18}$")
_NAME: Final = re.compile(r"^[A-Za-z][A-Za-z0-9]{0,30}$")
_BOOLEANS: Final = {"true": True, "yes": True, "是": True, "false": False, "no": False, "否": False}
_PROVINCES: Final = {"province", "custodian", "toProvince"}


class MotionCallError(NodeError):
    """The words do not make a call that a motion can carry: `value` is what was given."""

    def __init__(self, value: str, zh: str, en: str) -> None:
        super().__init__(f"{value}：{zh}", f"{value}: {en}")
        self.value = value


@dataclass(frozen=True, slots=True)
class Reserved:
    """A function that only a motion calls; `zh` and `en` say what it does, its arguments in braces."""

    contract: str
    function: str
    zh: str
    en: str


RESERVED: Final = (
    Reserved("Consortium", "admit", "接纳 {joining} 为成员", "admit {joining} as a member"),
    Reserved("Consortium", "expel", "将成员 {province} 除名", "expel the member {province}"),
    Reserved("Consortium", "pause", "暂停成员 {province} 90 天", "pause the member {province} for 90 days"),
    Reserved("Consortium", "unpause", "恢复被暂停的成员 {province}", "end the pause of the member {province}"),
    Reserved(
        "Consortium",
        "nameCustodian",
        "指定 {custodian} 保管离开的成员 {province} 的记录",
        "name {custodian} to keep the records of {province}, which leaves or has left",
    ),
    Reserved(
        "Consortium",
        "cancelRecovery",
        "制止成员 {province} 正在进行的管理员恢复",
        "stop the pending recovery of the admin of {province}",
    ),
    Reserved(
        "Consortium",
        "replaceRecovery",
        "把成员 {province} 的恢复账户换为 {recovery}",
        "make {recovery} the recovery address of {province}",
    ),
    Reserved(
        "Directory",
        "schedule",
        "将 {target} 登记为 {name} 的下一任合约，时间锁过后生效",
        "list {target} as the next {name}, in force when the time lock has passed",
    ),
    Reserved(
        "Directory",
        "cancel",
        "撤回已登记、尚未生效的 {name}",
        "take back the {name} that is listed and not yet in force",
    ),
    Reserved(
        "InstitutionRegistry",
        "move",
        "机构 {institution} 改由 {toProvince} 认定",
        "let {toProvince} vouch for the institution {institution} from now on",
    ),
    Reserved(
        "InstitutionRegistry",
        "permit",
        "准许 {province} 认定机构 {institution}，虽其信用代码不属该省",
        "permit {province} to accredit the institution {institution}, whose credit code is not of that province",
    ),
    Reserved(
        "AgreementRegistry",
        "settle",
        "裁定对协议 {agreement} 第 {number} 轮的异议：{goesOn}",
        "settle the objection to round {number} of the agreement {agreement}: {goesOn}",
    ),
)


@dataclass(frozen=True, slots=True)
class Call:
    """A call for a motion: the contract by its name in the Directory, the function, its arguments, their encoding."""

    contract: str
    function: str
    args: dict[str, Any]
    data: bytes = field(repr=False)


def find(name: str) -> Reserved:
    """Return the reserved function called `name`: "permit", or with its contract "InstitutionRegistry.permit".

    Raises:
        MotionCallError: no such function is reserved to the consortium.
    """
    for reserved in RESERVED:
        if name in {reserved.function, f"{reserved.contract}.{reserved.function}"}:
            return reserved
    names = ", ".join(f"{reserved.contract}.{reserved.function}" for reserved in RESERVED)
    raise MotionCallError(
        name, f"不是由联盟动议作出的行为，可用：{names}", f"no motion makes this call; there are: {names}"
    )


def inputs(reserved: Reserved) -> list[dict[str, Any]]:
    """Return the ABI's inputs of a reserved function."""
    entries = load(reserved.contract).abi
    return next(e["inputs"] for e in entries if e["type"] == "function" and e["name"] == reserved.function)


def parse(name: str, words: Sequence[str]) -> Call:
    """Return the call that a person wrote: a function's name and `argument=value` words.

    A province is its six digits, an institution its credit code, a contract its name, a digest or address 0x-hex, a yes
    or no "true" or "false", a joining member a JSON object of the contract's Founding.

    Raises:
        MotionCallError: an argument is unknown, given twice, lacking, or not of its type.
    """
    reserved = find(name)
    declared = {component["name"]: component for component in inputs(reserved)}
    expected = ", ".join(f"{argument}=<{_kind(argument, one)}>" for argument, one in declared.items())
    given: dict[str, str] = {}
    for word in words:
        argument, equals, value = word.partition("=")
        if not equals or argument not in declared or argument in given:
            raise MotionCallError(word, f"{name} 的参数应为 {expected}，各一次", f"{name} takes {expected}, each once")
        given[argument] = value
    lacking = [argument for argument in declared if argument not in given]
    if lacking:
        raise MotionCallError(
            name, f"缺少 {'、'.join(lacking)}；应为 {expected}", f"{', '.join(lacking)} not given; it takes {expected}"
        )
    args = {argument: _value(argument, one, given[argument]) for argument, one in declared.items()}
    try:
        data = encode_call(load(reserved.contract), reserved.function, *args.values())
    except AbiError as error:
        raise MotionCallError(" ".join(words), error.zh, error.en) from error
    return Call(reserved.contract, reserved.function, args, data)


def _kind(argument: str, component: Mapping[str, Any]) -> str:
    """How a person writes an argument."""
    if component["type"] == "tuple":
        return "JSON: " + ", ".join(one["name"] for one in component["components"])
    if argument in _PROVINCES:
        return "320000"
    by_name = {"institution": "USCC", "name": "CredentialRegistry", "agreement": "0x… 32 bytes"}
    by_type = {"bool": "true|false", "address": "0x… 20 bytes"}
    kind: str = component["type"]
    return by_name.get(argument) or by_type.get(kind, kind)


def _value(argument: str, component: Mapping[str, Any], text: str) -> Any:  # noqa: ANN401 - the ABI decides
    kind = component["type"]
    if kind == "tuple":
        return _founding(argument, component, text)
    if kind == "bool" and text.lower() in _BOOLEANS:
        return _BOOLEANS[text.lower()]
    if kind.startswith("uint") and text.isascii() and text.isdecimal():
        return int(text)
    if kind == "address" and _ADDRESS.match(text):
        return text.lower()
    shape = {"institution": _USCC, "name": _NAME}.get(argument)
    if kind == "bytes32" and shape is not None and shape.match(text):
        return text.encode("ascii").ljust(32, b"\0")
    if kind == "bytes32" and shape is None and _HEX.match(text):
        return bytes.fromhex(text[2:])
    how = _kind(argument, component)
    raise MotionCallError(f"{argument}={text}", f"应写作 {how}", f"is written as {how}")


def _founding(argument: str, component: Mapping[str, Any], text: str) -> Any:  # noqa: ANN401 - the ABI decides
    """A joining member: JSON as IConsortiumEvents.Founding; roles as a list of names, or as the contract's mask."""
    try:
        given = orjson.loads(text)
        operators = [
            {**grant, "roles": sum(ROLES[role] for role in set(grant["roles"]))}
            if isinstance(grant["roles"], list)
            else grant
            for grant in given["operators"]
        ]
        value = {**given, "operators": operators}
        Codec([dict(component)]).encode([value])
    except (orjson.JSONDecodeError, AbiError, KeyError, TypeError) as error:
        shape = (
            '{"province": 500000, "admin": "0x…", "recovery": "0x…", "operators": '
            '[{"account": "0x…", "roles": ["law", "anchor"], "dailyLeaves": 2000}]}'
        )
        raise MotionCallError(
            f"{argument}={text}", f"应写作 {shape}（{error}）", f"is written as {shape} ({error})"
        ) from error
    return value


def decoded(contract: str, data: bytes) -> Call | None:
    """Return the call to `contract` that `data` encodes, None where it is none that is reserved to the consortium."""
    if contract not in CONTRACTS:
        return None  # listed under a name that this release does not know
    try:
        function, args = decode_call(load(contract), data)
    except AbiError:
        return None
    known = any((reserved.contract, reserved.function) == (contract, function) for reserved in RESERVED)
    return Call(contract, function, args, data) if known else None


def arguments(call: Call) -> dict[str, Any]:
    """Return the arguments of a call as JSON has them: structs as objects, names and credit codes as text."""
    return {name: _as_json(name, value) for name, value in call.args.items()}


def _as_json(name: str, value: Any) -> Any:  # noqa: ANN401 - values of ABI types
    if isinstance(value, bytes):
        return shown(name, value, "en")
    if isinstance(value, tuple):
        fields = getattr(value, "_asdict", None)
        return (
            [_as_json(name, one) for one in value]
            if fields is None
            else {k: _as_json(k, v) for k, v in fields().items()}
        )
    return value


def in_words(contract: str | None, data: bytes, provinces: Mapping[int, Province]) -> Sentence:
    """Return what a call to `contract` would do, every value written out; an unknown call is shown as bytes."""
    call = None if contract is None else decoded(contract, data)
    if call is None:
        told = f"0x{data.hex()}"
        where = contract or "?"
        return Sentence(
            f"本软件不认识的调用（{where}）：{told}", f"a call that this release does not know ({where}): {told}"
        )
    reserved = find(f"{call.contract}.{call.function}")
    zh = {name: _shown(name, value, provinces, "zh") for name, value in call.args.items()}
    en = {name: _shown(name, value, provinces, "en") for name, value in call.args.items()}
    return Sentence(reserved.zh.format_map(zh), reserved.en.format_map(en))


def province_shown(code: int, provinces: Mapping[int, Province], language: Language) -> str:
    """Return a province's name and code; the code alone where it is no member of the deployment file."""
    known = provinces.get(code)
    if known is None:
        return str(code)
    return f"{known.name_zh}（{code}）" if language == "zh" else f"{known.name_en} ({code})"


def _shown(name: str, value: Any, provinces: Mapping[int, Province], language: Language) -> str:  # noqa: ANN401
    if name in _PROVINCES:
        return province_shown(int(value), provinces, language)
    if name == "goesOn":
        words = ("协议继续", "协议失效") if language == "zh" else ("the agreement goes on", "the agreement lapses")
        return words[0 if value else 1]
    if name != "joining":
        return shown(name, value, language)
    province, admin, recovery, operators = value
    zh = language == "zh"
    accounts = ("；" if zh else "; ").join(
        f"{account} {shown('roles', roles, language)}" + (f"，每日 {daily}" if zh else f", {daily} a day")
        for account, roles, daily in operators
    )
    where = province_shown(int(province), provinces, language)
    if zh:
        return f"{where}（管理员 {admin}，恢复账户 {recovery}，操作员：{accounts}）"
    return f"{where} (admin {admin}, recovery {recovery}, operators: {accounts})"
