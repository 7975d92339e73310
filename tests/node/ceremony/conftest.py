"""Members of a ceremony, each with a folder of its own, made once: keys take a moment."""

from __future__ import annotations

import pytest

from node.ceremony import plan as plans
from tests.node.ceremony.papers import NAMES, PLAN, Ceremony, applicant, join


@pytest.fixture(scope="session")
def ceremony(tmp_path_factory: pytest.TempPathFactory) -> Ceremony:
    """Five members' folders and a plan. Read only: whoever changes something copies it first."""
    folder = tmp_path_factory.mktemp("ceremony")
    layouts = {province: join(folder / str(province), applicant(province)) for province in NAMES}
    path = folder / "plan.toml"
    path.write_text(PLAN, encoding="utf-8")
    return Ceremony(layouts, path, plans.read(path))
