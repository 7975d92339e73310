"""Which tables hold something about a learner, and which hold nothing: every table stands in one of the two.

A learner may ask for everything that is held about them (PIPL article 45), so whoever adds a table says here what it
holds of learners. tests/statements/test_register.py fails where a table stands in neither list, or where the export
(`gateway.statements.export`) leaves one out that stands in the first.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from gateway.domain.errors import Said

if TYPE_CHECKING:
    from collections.abc import Mapping

ABOUT_LEARNERS: Final[Mapping[str, Said]] = {
    "learners": Said("账户：证件类型、号码、姓名", "the account: document type, number and name"),
    "learner_documents": Said("其他证件", "further identity documents"),
    "credentials": Said("已签发的证书", "credentials issued"),
    "packs": Said("证书文件（加密）", "the sealed documents of the credentials"),
    "replacements": Said("正在取代的旧证书", "credentials that are being replaced"),
    "applications": Said("转换申请、同意的方式与依据", "applications, how consent was given, its evidence"),
    "sent_letters": Said("就申请往来的函件", "letters about applications"),
    "transfers": Said("学分转换", "transfers of credits"),
    "outbox": Said("为申请发送的交易", "transactions sent for applications"),
    "leaf_status": Said("证书的状态", "status of the credentials"),
    "registry_events": Said("链上关于证书的事件", "the chain's events about the credentials"),
    "recognition_events": Said("链上关于转换的事件", "the chain's events about the transfers"),
    "access_tokens": Said("学习者的接口令牌", "the learner's tokens for the API"),
    "keyed_requests": Said("以该令牌提出的请求", "requests made with these tokens"),
}
"""What each table holds of a learner."""

_CHAIN: Final = "of institutions, members and contracts: no learner's account, credential or claim is named"

NOT_ABOUT: Final[Mapping[str, str]] = {
    "accreditations": _CHAIN,
    "anchors": "whole batches; a credential's batch is told with the credential",
    "attestations": _CHAIN,
    "audit_sample_transfers": "at the office: what came of transfers it drew, and keyed digests that name nobody",
    "audit_samples": "at the office: which transfers were to be drawn, and by which block",
    "batches": "whole batches; a credential's batch is told with the credential",
    "chain_cursor": _CHAIN,
    "chain_events": "digests of the events that registry_events and recognition_events hold whole",
    "contract_heads": _CHAIN,
    "institution_profiles": _CHAIN,
    "issuing_keys": _CHAIN,
    "known_codes": "codes of outcomes, programmes and courses, which many learners share",
    "key_marks": "marks of the centre's own keys",
    "listed_contracts": _CHAIN,
    "officers": _CHAIN,
    "outcome_aliases": _CHAIN,
    "rosters": "files as a whole: digest, name, number of rows; the rows are not kept",
    "status_lists": "how many places are given out; a credential's place is told with the credential",
    "webhook_deliveries": "copies of the chain's events on their way to a web address",
    "webhooks": "web addresses of institutions and centres",
}
"""Why nothing in a table is about a learner."""
