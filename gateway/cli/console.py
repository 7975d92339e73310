"""The terminal as the commands of ``huren`` use it; `node.client.terminal` says how, for both programs."""

from __future__ import annotations

from node.client.terminal import Exit, JsonFlag, confirmed, emit, err, fail, note, out, say, show, to_json

__all__ = ["Exit", "JsonFlag", "confirmed", "emit", "err", "fail", "note", "out", "say", "show", "to_json"]
