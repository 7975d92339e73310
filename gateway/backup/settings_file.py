"""The settings of a gateway as a file for another folder, or another machine."""

from __future__ import annotations

import json
import tomllib
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gateway.settings import Settings

_DATABASE: Final = "database_url"


def portable(settings: Settings) -> str:
    """Return gateway.toml as it is to be where the backup is restored.

    Data directory, deployment file, keys and the operator's keystore lie beside it there; every other path is the one
    that it was, made absolute: passphrase files above all, which no backup holds.
    """
    values = settings.model_dump(mode="json", exclude_unset=True)
    values |= {"data_dir": "data", "deployment": "deployment.json"}
    keys = dict(values.get("keys") or {})
    keys.pop("folder", None)
    if keys.get("operator") is not None:
        keys["operator"] = "secrets/operator.json"
    if keys:
        values["keys"] = keys
    return toml(values)


def with_database(text: str, url: str | None) -> str:
    """Return the settings `text` with the PostgreSQL database that it was restored into; None: SQLite."""
    values = tomllib.loads(text)
    values.pop(_DATABASE, None)
    return toml(values if url is None else {**values, _DATABASE: url})


def toml(values: Mapping[str, Any]) -> str:
    """Return `values` (text, numbers, yes or no, lists of them, tables) as TOML 1.0; what is None is left out."""
    plain = {name: value for name, value in values.items() if value is not None and not isinstance(value, dict)}
    lines = [f"{name} = {_value(value)}\n" for name, value in plain.items()]
    for name, table in values.items():
        if isinstance(table, dict) and any(value is not None for value in table.values()):
            lines.append(f"\n[{name}]\n{toml(table)}")
    return "".join(lines)


def _value(value: object) -> str:
    # JSON writes these as TOML does, but for one control character that JSON lets stand.
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
