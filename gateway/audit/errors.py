"""What keeps an audit from being made, beyond what keeps the chain or the index from being read."""

from __future__ import annotations

from gateway.ledger.errors import LedgerError


class AuditError(LedgerError):
    """The family of everything that keeps an audit from being made."""

    code = "audit"


class IndexUnfilled(AuditError):
    """Nothing was followed yet."""

    code = "audit.index_empty"
    zh = "索引为空，无可审计"
    en = "the index is empty: there is nothing to audit"
    hint_zh = "请先执行 huren index follow --once 或启动 huren serve"
    hint_en = "run huren index follow --once, or start huren serve, first"
