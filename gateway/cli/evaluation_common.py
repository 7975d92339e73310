"""What the commands about evaluations share: the evaluation's name, the book, the records, one way to report."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, TypeVar

import typer

from gateway.cli import console
from gateway.domain.provinces import UnknownProvince
from gateway.ledger.recognition_events import RecognitionEvents
from gateway.recognition.agreements.units import UnitError
from gateway.recognition.evaluations.chain import EvaluationBook
from gateway.recognition.evaluations.records import DossierRecords

if TYPE_CHECKING:
    from collections.abc import Callable

    from gateway.bootstrap import Gateway

T = TypeVar("T")
EvaluationArgument = Annotated[
    str,
    typer.Argument(
        help="评估标识或其开头，或“机构代码/成果编码” / the evaluation's id or its beginning, or USCC/OUTCOME",
        metavar="EVALUATION",
    ),
]


def book_of(gateway: Gateway) -> EvaluationBook:
    """The evaluations, the index brought up to date first."""
    gateway.indexer(attesting=False).advance()
    return EvaluationBook(gateway.calls, RecognitionEvents(gateway.database))


def records_of(gateway: Gateway) -> DossierRecords:
    """What this gateway keeps of the dossiers of its own evaluations."""
    return DossierRecords(gateway.settings.data_dir / "dossiers")


def read_option(option: str, text: str, read: Callable[[str], T]) -> T:
    """What `read` makes of an option's text.

    Raises:
        typer.BadParameter: it is none; names the option and says what to write.
    """
    try:
        return read(text)
    except (UnitError, UnknownProvince) as error:
        sentence = console.say(*(f"{error.message(language)}，{error.hint(language)}" for language in ("zh", "en")))
        raise typer.BadParameter(sentence, param_hint=option) from error
