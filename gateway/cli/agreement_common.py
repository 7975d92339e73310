"""What the commands about agreements share: the agreement's name, a yes, the book, the labels of a file."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from gateway.domain.errors import AGAINST, HurenError
from gateway.domain.hashing import hex0x
from gateway.ledger.recognition_events import RecognitionEvents
from gateway.recognition.agreements.chain import AgreementBook
from gateway.recognition.agreements.reader import read_draft

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gateway.bootstrap import Gateway
    from gateway.ledger.code_book import CodeBook
    from gateway.recognition.agreements.values import Proposal

AgreementArgument = Annotated[
    str, typer.Argument(help="协议标识，或其开头 / the agreement's id, or its beginning", metavar="AGREEMENT")
]
FileOption = Annotated[
    Path | None,
    typer.Option(
        "--file",
        help="协议文件：核对即该协议，并显示编码 / its file: checked to be this agreement, it says what codes mean",
        metavar="FILE",
    ),
]


class FileDiffers(HurenError):
    """An agreement file that makes another agreement."""

    code = "agreement.file_differs"
    exit_code = AGAINST
    zh = "文件 {value} 写的不是该协议（其标识为 {found}）"
    en = "{value} says something else than this agreement (it makes {found})"
    hint_zh = "请以链上条款为准，或向提出方索取其文件"
    hint_en = "go by the terms on the chain, or ask the proposing party for its file"


def book_of(gateway: Gateway) -> AgreementBook:
    """The agreements, the index brought up to date first."""
    gateway.indexer(attesting=False).advance()
    return AgreementBook(gateway.calls, RecognitionEvents(gateway.database))


def settings_found(config: Path | None) -> bool:
    """Whether there are settings to open: given, or where they are looked for."""
    return config is not None or "HUREN_CONFIG" in os.environ or Path("gateway.toml").exists()


def learn_codes(gateway: Gateway, file: Path) -> None:
    """Keep the codes that an agreement's file says in clear: on the chain they will be digests."""
    draft, _ = read_draft(file)
    if draft is not None:
        gateway.codes.learn(draft.labels.values())


def same_file(file: Path, found: Proposal, codes: CodeBook) -> Mapping[bytes, str]:
    """The names that a file gives to codes, where it says the very same as the agreement; ``codes`` learn them.

    Raises:
        FileDiffers: it makes another agreement, or none.
    """
    draft, _ = read_draft(file)
    made = None if draft is None else draft.terms(found.terms.chain_id, found.terms.registry)
    if draft is None or made is None or made.agreement_id != found.agreement:
        raise FileDiffers(str(file), found="—" if made is None else hex0x(made.agreement_id))
    codes.learn(draft.labels.values())
    return draft.labels
