"""By how many provinces documents are kept, as their own IPFS daemons tell it: manifests by all, packs as agreed on.

documents_kept(stage, 240.0)             # waits for it, some minutes
kept_by(stage, cid)                      # {310000, 330000, 340000}

What should be there is read from the chain's anchors and the owners' databases; what is there, from the daemons' pins.
No gateway is asked.
"""

from __future__ import annotations

import contextlib
import time
from contextlib import closing
from typing import TYPE_CHECKING

from anchored import events
from sqlalchemy import create_engine, text

from gateway.documents.errors import BlobError
from gateway.documents.ipfs import IpfsStore
from gateway.documents.ipfs_api import BlockApi
from gateway.domain.manifest import cid_of
from node.client.deployment import Deployment
from node.description import read

if TYPE_CHECKING:
    from collections.abc import Iterator

    from real_member import Member
    from real_stage import RealStage
    from sqlalchemy import Connection
    from stage import Centre


def documents_kept(stage: RealStage, seconds: float) -> None:
    """Wait until every province has pinned every manifest, and as many as agreed on every pack: its owner, and others.

    Raises:
        TimeoutError: they have not after so many seconds.
    """
    deadline = time.monotonic() + seconds
    while wrong := list(_wrong(stage)):
        if time.monotonic() > deadline:
            logs = "\n".join(centre.log_tail(2_000) for centre in stage.centres.values())
            raise TimeoutError(f"{len(wrong)} documents are not kept as agreed on: {wrong[:5]}\n{logs}")
        time.sleep(0.5)


def copies_agreed_on(stage: RealStage) -> int:
    """How many provinces keep a pack: what network.toml says, and what every gateway was told."""
    agreed = read(stage.network / "network.toml").ipfs.replication
    told = {Deployment.load(member.folder / "deployment.json").replication for member in stage.members.values()}
    assert told == {agreed}
    assert 1 < agreed < len(stage.members), "neither the owner alone nor everybody: else a count proves little"
    return agreed


def kept_by(stage: RealStage, cid: str) -> set[int]:
    """The provinces whose daemons have a document pinned."""
    return {province for province, pinned in pins(stage).items() if cid in pinned}


def pins(stage: RealStage) -> dict[int, set[str]]:
    """By province, all that its daemon has pinned."""
    found = {}
    for province, member in stage.members.items():
        with closing(api_of(member)) as api:
            found[province] = set(IpfsStore(api).cids())
    return found


def packs_of(centre: Centre) -> list[str]:
    """The packs that a province has made, oldest first."""
    with database(centre) as connection:
        return [cid_of(bytes(row[0])) for row in connection.execute(text("SELECT digest FROM packs ORDER BY id"))]


@contextlib.contextmanager
def database(centre: Centre) -> Iterator[Connection]:
    """A gateway's database, whichever it is."""
    url = centre.settings.get("database_url", f'"sqlite:///{centre.data / "huren.db"}"').strip('"')
    engine = create_engine(url.replace("postgresql://", "postgresql+psycopg://"))
    try:
        with engine.connect() as connection:
            yield connection
    finally:
        engine.dispose()


def api_of(member: Member) -> BlockApi:
    """A member's daemon, asked as its gateway asks it."""
    token = member.layout.ipfs_token.read_text(encoding="ascii").strip()
    return BlockApi(f"http://127.0.0.1:{member.local.ipfs_api_port}", token)


def _wrong(stage: RealStage) -> Iterator[tuple[str, str, set[int]]]:
    """Each document that is not kept as it should be: what it is, its CID, and the provinces that do keep it."""
    copies, everybody = copies_agreed_on(stage), set(stage.members)
    try:
        pinned = pins(stage)
    except BlobError as error:
        yield "a daemon does not answer", str(error), set()
        return

    def keeping(cid: str) -> set[int]:
        return {province for province, held in pinned.items() if cid in held}

    for cid in {cid_of(said["manifest"]) for said in events(stage, "Anchored")}:
        if keeping(cid) != everybody:
            yield "manifest", cid, keeping(cid)
    for owner, centre in stage.centres.items():
        for cid in packs_of(centre):
            found = keeping(cid)
            if owner not in found or len(found) != copies:
                yield f"pack of {owner}", cid, found
