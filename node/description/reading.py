"""From the text of a network's file to its values, or to everything that is wrong with it at once."""

from __future__ import annotations

import tomllib
from typing import TYPE_CHECKING, TypeVar

from pydantic import BaseModel, ValidationError

from node.client.errors import NodeError
from node.description.network import Description

if TYPE_CHECKING:
    from pathlib import Path

Table = TypeVar("Table", bound=BaseModel)

_KINDS = frozenset({"anvil", "geth", "besu"})


class DescriptionError(NodeError):
    """network.toml at `path` does not describe a network: `findings` are (place, what is wrong there)."""

    def __init__(self, path: Path, findings: tuple[tuple[str, str], ...]) -> None:
        listed = listing(findings)
        super().__init__(f"网络描述 {path} 有误：{listed}", f"the network's description {path} is wrong: {listed}")
        self.path = path
        self.findings = findings


class NoDescriptionError(DescriptionError):
    """There is no network.toml at `path`: another folder is meant, or an earlier step was left out."""

    def __init__(self, path: Path) -> None:
        super().__init__(path, (("", "No such file or directory"),))
        self.zh = (
            f"{path.parent} 中没有 {path.name}：--dir 须指明成员的目录（member new、network assemble），"
            "或试用网络的目录（init）"
        )
        self.en = (
            f"there is no {path.name} in {path.parent}: --dir names a member's folder (member new, network assemble), "
            "or a trial's (init)"
        )
        self.args = (f"{self.zh} / {self.en}",)


def read(path: Path) -> Description:
    """Return the network that the file at `path` describes.

    Raises:
        NoDescriptionError: absent.
        DescriptionError: no TOML, an unknown key, a missing one, or values that do not fit together.
    """
    try:
        return describe(path.read_text(encoding="utf-8"), path)
    except FileNotFoundError as error:
        raise NoDescriptionError(path) from error
    except OSError as error:
        raise DescriptionError(path, (("", error.strerror or "unreadable"),)) from error
    except UnicodeDecodeError as error:
        raise DescriptionError(path, (("", str(error)),)) from error


def describe(text: str, path: Path) -> Description:
    """Return the network that `text` describes; `path` is where it is, or will be, for what is said of it.

    Raises:
        DescriptionError: it describes none.
    """
    found = parsed(text, Description)
    if isinstance(found, tuple):
        raise DescriptionError(path, found)
    return found


def parsed(text: str, table: type[Table]) -> Table | tuple[tuple[str, str], ...]:
    """Return `text` (TOML) as a `table`, or the findings: each a place and what is wrong there."""
    try:
        return table.model_validate(tomllib.loads(text))
    except ValidationError as error:
        return findings_of(error)
    except ValueError as error:  # tomllib.TOMLDecodeError is one
        return (("", str(error)),)


def findings_of(error: ValidationError) -> tuple[tuple[str, str], ...]:
    """Return what a validation found, each with its place written as a person counts: rows from 1.

    Of a file whose `format` is another nothing else is said: what it lacks of this one is no news.
    """
    found = tuple((_place(each["loc"]), each["msg"].removeprefix("Value error, ")) for each in error.errors())
    return tuple(each for each in found if each[0] == "format") or found


def listing(findings: tuple[tuple[str, str], ...]) -> str:
    """Return findings as one line."""
    return "; ".join(f"{place}: {what}" if place else what for place, what in findings)


def _place(location: tuple[int | str, ...]) -> str:
    """Leave out the tag by which one of the engines was chosen: it is no key of the file."""
    said = [part for i, part in enumerate(location) if not (i and location[i - 1] == "engine" and part in _KINDS)]
    return "".join(f"[{part + 1}]" if isinstance(part, int) else f".{part}" for part in said).removeprefix(".")
