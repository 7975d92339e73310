"""What was entered in a learner's applications, opened again, and the evidence of consent: for the export."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gateway.recognition.applications.vault import Unreadable

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gateway.recognition.applications.rows import ApplicationRows
    from gateway.recognition.applications.vault import ApplicationVault


def application_files(
    rows: ApplicationRows, vault: ApplicationVault, learner: int
) -> Iterator[tuple[str, bytes | None]]:
    """File name and content of everything that is sealed of a learner's applications; None where it does not open."""
    for application in rows.of_learner(learner):
        purpose, sealed = rows.sealed(application.id)
        try:
            yield f"{application.id}.json", vault.open(learner, purpose, sealed)
        except Unreadable:
            yield f"{application.id}.json", None
        if application.evidence is not None:
            name = f"{application.id}-evidence-{application.evidence.hex()[:8]}.bin"
            try:
                yield name, vault.evidence(learner, application.evidence)
            except Unreadable:
                yield name, None
