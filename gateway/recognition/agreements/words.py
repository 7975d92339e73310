"""The keys of an agreement file, in Chinese and English, and where each field of the terms is written.

Keys may be mixed; case, hyphens and spaces do not matter (``Approve-by`` is ``approve_by``).
"""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING, Final

from gateway.domain.errors import AGAINST, HurenError
from gateway.recognition.agreements.units import plain

if TYPE_CHECKING:
    from collections.abc import Mapping

TOP: Final[Mapping[str, str]] = {
    "title": "名称",
    "parties": "缔约方",
    "from": "起始日期",
    "until": "截止日期",
    "approve_by": "批准截止日期",
    "public_notice": "公示期",
    "withdrawal_notice": "退出通知期",
    "text": "协议文本",
    "supersedes": "取代",
    "nonce": "序号",
    "rules": "规则",
}
RULE: Final[Mapping[str, str]] = {
    "name": "名称",
    "source": "来源",
    "evaluation": "评审",
    "target": "目标",
    "ratio": "转换比例",
    "most_credits": "单次上限",
    "cap": "累计上限",
    "from": "起始日期",
    "until": "截止日期",
}
SOURCE: Final[Mapping[str, str]] = {
    "province": "省份",
    "institution": "机构",
    "outcome": "成果",
    "category": "类别",
    "levels": "等级",
    "minimum_grade": "最低成绩",
    "accepts_ungraded": "接受无成绩",
    "greatest_age": "最长年限",
}
TARGET: Final[Mapping[str, str]] = {
    "province": "省份",
    "institution": "机构",
    "programme": "专业",
    "course": "课程",
    "kind": "学分类别",
}

PLACES: Final[Mapping[str, str]] = {
    "source_province": "source.province",
    "source_institution": "source.institution",
    "outcome": "source.outcome",
    "category": "source.category",
    "lowest_level": "source.levels",
    "highest_level": "source.levels",
    "minimum_grade": "source.minimum_grade",
    "accepts_ungraded": "source.accepts_ungraded",
    "greatest_age": "source.greatest_age",
    "target_province": "target.province",
    "target_institution": "target.institution",
    "programme": "target.programme",
    "course": "target.course",
    "kind": "target.kind",
    "valid_from": "from",
    "valid_until": "until",
}
"""Where a field of `Rule` or `Terms` is written; fields that are not here are written under their own name."""


class UnknownKey(HurenError):
    """A key that an agreement does not have."""

    code = "agreement.key.unknown"
    exit_code = AGAINST
    zh = "没有“{value}”这一项"
    en = "there is no key {value!r} here"
    hint_zh = "{perhaps_zh}可用：{known_zh}"
    hint_en = "{perhaps}known are: {known}"


class KeyTwice(HurenError):
    """One field under its Chinese and its English key, or in two spellings."""

    code = "agreement.key.twice"
    exit_code = AGAINST
    zh = "“{value}”与第 {first} 行写的是同一项"
    en = "{value!r} is the same field as in line {first}"
    hint_zh = "请删去其中一处"
    hint_en = "remove one of them"


class KeyMissing(HurenError):
    """A field that has to be there."""

    code = "agreement.key.missing"
    exit_code = AGAINST
    zh = "缺少“{name}”"
    en = "{name} is missing"
    hint_zh = "请补上这一项，写法见用户手册"
    hint_en = "add it; the user guide shows how"


class WrongShape(HurenError):
    """A list where a text is meant, and the like."""

    code = "agreement.shape"
    exit_code = AGAINST
    zh = "“{value}”处应为{wanted_zh}"
    en = "{value!r} must be {wanted}"
    hint_zh = "写法见用户手册"
    hint_en = "the user guide shows how it is written"


def field_of(key: str, known: Mapping[str, str]) -> str | None:
    """The field that a key names among ``known`` (English → Chinese); None: none."""
    clean = plain(key)
    spelled = clean.replace("-", "_").replace(" ", "_")
    if spelled in known:
        return spelled
    return next((english for english, chinese in known.items() if chinese == clean), None)


def unknown(key: str, known: Mapping[str, str]) -> UnknownKey:
    """The error for a key that none of ``known`` is, with the one that is close to it, where one is."""
    words = {**{english: english for english in known}, **{chinese: english for english, chinese in known.items()}}
    perhaps = perhaps_zh = ""
    for near in difflib.get_close_matches(plain(key), words, n=1):
        perhaps, perhaps_zh = f"did you mean {words[near]}? ", f"是否想写“{known[words[near]]}”？"
    return UnknownKey(
        key,
        perhaps=perhaps,
        perhaps_zh=perhaps_zh,
        known=", ".join(known),
        known_zh="、".join(known.values()),
    )
