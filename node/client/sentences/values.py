"""How the values in a contract's error are shown: numbers of enumerations as words, times as times."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from typing import Any, Literal

Language = Literal["zh", "en"]

CHINA = timezone(timedelta(hours=8))
"""Days and months of the law are those of UTC+8."""

_TIMES = {
    "time",
    "until",
    "deadline",
    "from",
    "readyAt",
    "opensAt",
    "closesAt",
    "set",
    "now_",
    "earliest",
    "latest",
    "nominationsUntil",
    "opinionsUntil",
    "ends",
}
_FOR_EVER = (1 << 64) - 1
_CREDITS = {"total", "cap"}
"""Hundredths of a credit, shown as credits."""

_STATUS = (("有效", "valid"), ("已中止", "suspended"), ("已吊销", "revoked"))
_USE = (
    ("未使用", "free"),
    ("已被申请转换", "requested already"),
    ("已使用", "used already"),
    ("已使用且不能恢复", "used for good"),
    ("已注销", "retired"),
)
_WINDOW = (("未登记", "nothing declared"), ("公历年", "a civil year"), ("全程", "the whole time"))
_WORDS: dict[str, tuple[tuple[str, str], ...]] = {
    "standing": (
        ("未认定", "not accredited"),
        ("已认定", "accredited"),
        ("已中止", "suspended"),
        ("已撤销", "withdrawn"),
    ),
    "status": _STATUS,
    "own": _STATUS,
    "batch": _STATUS,
    "reason": (
        ("无", "none"),
        ("有误", "error"),
        ("撤回", "withdrawn"),
        ("被取代", "superseded"),
        ("作伪", "fraud"),
    ),
    "family": (
        ("无", "none"),
        ("管理员", "admin"),
        ("恢复账户", "recovery address"),
        ("操作员", "operator"),
        ("机构审批人", "officer"),
    ),
    "phase": (
        ("不存在", "unknown"),
        ("正在提名", "taking nominations"),
        ("正在征求意见", "taking opinions"),
        ("待结束", "due to be closed"),
        ("已通过", "passed"),
        ("未通过", "failed"),
    ),
    "state": (
        ("不存在", "unknown"),
        ("待批准", "waiting for approvals"),
        ("在公示", "in its public notice"),
        ("已生效", "in force"),
        ("因异议中止", "suspended by an objection"),
        ("已期满", "expired"),
        ("已退出", "withdrawn"),
        ("已失效", "lapsed"),
        ("已被取代", "superseded"),
    ),
    "category": (("无", "none"), ("学历", "academic"), ("职业", "vocational"), ("社区文化", "community and culture")),
    "use": _USE,
    "needed": _USE,
    "window": _WINDOW,
    "declared": _WINDOW,
    "stage": (
        ("不存在", "unknown"),
        ("待决定", "waiting for a decision"),
        ("已获承认", "accepted"),
        ("已退回", "returned"),
        ("已撤回", "reversed"),
    ),
    "appeal": (("不存在", "none"), ("待决定", "filed"), ("成立", "upheld"), ("已驳回", "dismissed")),
    "refusal": (
        ("无", "none"),
        ("没有这一规则", "there is no such rule"),
        ("协议未生效", "the agreement is not in force"),
        ("规则不在有效期内", "the rule is not in force"),
        ("规则指名另一机构", "the rule names another institution"),
        ("机构不由规则的转出省认定", "the rule's source province does not accredit the institution"),
        ("规则所需的事实未披露", "a fact that the rule reads was not opened"),
        ("规则指名另一成果", "the rule names another outcome"),
        ("类别不符", "it is for another category"),
        ("等级不在规则范围内", "the level lies outside the rule's range"),
        ("无成绩，而规则要求成绩", "the outcome is ungraded, and the rule asks for a grade"),
        ("成绩低于规则要求", "the grade is below the rule's minimum"),
        ("获得时间过久", "the award is too old"),
        ("超出机构的认定范围", "it lies outside the scope in which the institution was accredited"),
        ("获得时间不在评价所及期间", "it was awarded outside the period that the panel's finding covers"),
        ("等级或学分高于评价结论", "its level or credits are above what the panel found"),
        ("折算后不足百分之一学分", "it rounds to nothing"),
    ),
    "favourable": (("否", "no"), ("是", "yes")),
    "kind": (("无", "none"), ("签名", "signing"), ("加密", "agreement")),
}
_CATEGORIES = 0b1110
"""The bits of a mask of categories."""
_ROLES = (
    (1, "锚定", "anchor"),
    (2, "见证", "attest"),
    (4, "状态", "status"),
    (8, "批次状态", "batch status"),
    (16, "法律行为", "law"),
    (32, "转换", "transfer"),
)


def shown(name: str, value: Any, language: Language) -> str:  # noqa: ANN401 - values of ABI types
    """Return the value of the error's argument `name` as a person reads it in `language`."""
    which = 0 if language == "zh" else 1
    if name in {"role", "roles"}:
        return ("、" if which == 0 else ", ").join(words[which] for bit, *words in _ROLES if value & bit) or "—"
    if name == "categories" and isinstance(value, int) and value & ~_CATEGORIES == 0 != value:
        return ("、" if which == 0 else ", ").join(
            words[which] for category, words in enumerate(_WORDS["category"]) if value >> category & 1
        )
    words = _WORDS.get(name)
    if words is not None and isinstance(value, int) and value < len(words):
        return words[value][which]
    if isinstance(value, int) and name in _TIMES | _CREDITS:
        return _moment(value, language) if name in _TIMES else f"{value // 100}.{value % 100:02d}"
    if isinstance(value, bytes):
        return _bytes(value)
    return str(value)


def _moment(seconds: int, language: Language) -> str:
    if seconds == 0:
        return "从未" if language == "zh" else "never"
    if seconds >= _FOR_EVER:
        return "永远" if language == "zh" else "for ever"
    try:
        return datetime.fromtimestamp(seconds, CHINA).isoformat(sep=" ")
    except (OSError, OverflowError, ValueError):
        return str(seconds)


def _bytes(value: bytes) -> str:
    """Text that was left-aligned in 32 bytes (a name, a credit code) is shown as text, other bytes as hex."""
    text = value.rstrip(b"\0")
    if text and len(text) < len(value) and text.isascii() and text.decode().isprintable():
        return text.decode()
    return "0x" + value.hex()
