"""One run of issuing in a process of its own, which may be told to end itself, as kill -9 does, at a named point.

python killed_run.py FOLDER PROVINCE ROSTER POINT OCCURRENCE WORKERS URL      (POINT "-": nowhere)
"""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path

from gateway.issuance import pipeline, service
from gateway.issuance.service import IssueOptions
from gateway.ledger.checkpoints import kill_at, nothing

BATCH = 200
"""Small batches, so that a roster has several and a kill falls between them."""


def main() -> None:
    folder, province, roster, point, occurrence, workers, url = sys.argv[1:]
    spec = importlib.util.spec_from_file_location("centre", Path(__file__).parent / "conftest.py")
    assert spec is not None
    assert spec.loader is not None
    centre = importlib.util.module_from_spec(spec)
    sys.modules["centre"] = centre
    spec.loader.exec_module(centre)
    pipeline.MAX_LEAVES = BATCH
    pipeline.TASK_ROWS = 64
    service.WORTH_WORKERS = 1
    reached = nothing if point == "-" else kill_at(point, int(occurrence))
    issuer = centre.open_centre(Path(folder), int(province), url).issuer(reached=reached, workers=int(workers))
    print("ready", flush=True)  # noqa: T201 (read by the test)
    report = issuer.issue(Path(roster), IssueOptions(accept_good_rows=True))
    print(report.outcome.value, report.issued, report.already, flush=True)  # noqa: T201 (the same)


if __name__ == "__main__":
    main()
