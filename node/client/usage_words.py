"""What the command-line library says of a misspelt call, in Chinese: its own sentences are English alone."""

from __future__ import annotations

import re
from typing import Final

_SENTENCES: Final = tuple(
    (re.compile(pattern, re.DOTALL | re.IGNORECASE), zh)
    for pattern, zh in (
        (r"No such command '([^']+)'\.", "没有命令 {}"),
        (r"No such command '([^']+)'\. Did you mean (.+)\?", "没有命令 {}，是否为 {}"),
        (r"Missing command\.", "缺少命令"),
        (r"Option '(.+)' requires an argument\.", "选项 {} 须带值"),
        (r"Option '(.+)' requires (\d+) arguments\.", "选项 {} 须带 {} 个值"),
        (r"Option '(.+)' does not take a value\.", "选项 {} 不带值"),
        (r"Argument '(.+)' takes (\d+) values\.", "参数 {} 须有 {} 个值"),
        (r"Got unexpected extra arguments?(?:\(s\))? \((.+)\)", "多出的参数：{}"),
        (r"(?:file|path) '(.*)' does not exist\.", "文件 {} 不存在"),
        (r"(?:file|path) '(.*)' is a directory\.", "“{}”是文件夹，应为文件"),
        (r"dir(?:ectory)? '(.*)' does not exist\.", "文件夹 {} 不存在"),
        (r"dir(?:ectory)? '(.*)' is a file\.", "{} 是文件，应为文件夹"),
        (r"\w+ '(.*)' is not readable\.", "{} 不可读"),
        (r"\w+ '(.*)' is not writable\.", "{} 不可写"),
        (r"embedded null byte", "含有空字符"),
        (r"'(.*?)' is not one of (.+)\.", "“{}”不是 {} 之一"),
        (r"Input should be a valid integer\b.*", "须为整数"),
        (r"Input should be a valid number\b.*", "须为数字"),
        (r"Input should be greater than or equal to (.+)", "须不小于 {}"),
        (r"Input should be less than or equal to (.+)", "须不大于 {}"),
    )
)
_PREFIX: Final = "Value error, "
"""Of the library's validator, and nothing to a reader."""


def plainly(said: str) -> str:
    """The library's sentence without the name of the kind of error that its validator puts before it."""
    return said.replace(_PREFIX, "")


def in_chinese(said: str) -> str:
    """The library's sentence in Chinese; one that is not known stays as it is, which is better than nothing."""
    for pattern, zh in _SENTENCES:
        found = pattern.fullmatch(plainly(said))
        if found is not None:
            return zh.format(*found.groups())
    return said
