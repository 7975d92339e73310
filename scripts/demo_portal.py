"""The university's own system in the demo's third act: it reads with a token and is told by signed messages."""

from __future__ import annotations

import json
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

sys.path.insert(0, str(Path(__file__).resolve().parent))
from demo_recognition import SHANGHAI, ZHEJIANG
from stage import fetch
from story import expect

from gateway.webhooks.secrets import Secret

if TYPE_CHECKING:
    from types import TracebackType

    from stage import Centre, Stage
    from story import Story

_PATIENCE = 120.0


def ask_with_token(story: Story, stage: Stage, scratch: Path) -> None:
    """A token lets the university's own system read what concerns it, and nothing else."""
    zhejiang = stage.centres[ZHEJIANG]
    story.tell("大学的教务系统用令牌读取自己的转换", "the university's own system reads its transfers with a token")
    file = scratch / "officer.token"
    scope = ("--role", "officer", "--institution", zhejiang.home.institution, "--label", "student-system")
    zhejiang.run("token", "create", *scope, "--out", str(file))
    token = file.read_text(encoding="utf-8").strip()
    where = f"{zhejiang.url}/v1/transfers?stage=accepted&limit=500"
    expect("without a token", fetch(where)[0], 401)
    status, page = fetch(where, token=token)
    expect("with it", status, 200)
    others = f"{zhejiang.url}/v1/statements/institution/{stage.centres[SHANGHAI].home.institution}"
    status, problem = fetch(others, token=token)
    expect("another institution's", (status, problem["code"]), (403, "access.scope"))
    many = len(page["transfers"])
    story.result(
        f"无令牌 401；本校 {many} 项；他校 403：{problem['zh']}", f"401, {many} of its own, 403: {problem['en']}"
    )


class Portal:
    """The university's student information system: told of each award by a signed message."""

    def __init__(self, centre: Centre) -> None:
        """Of the institution of ``centre``."""
        self._centre = centre
        self._messages: dict[str, bool] = {}
        self._secret: Secret | None = None
        portal = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                portal.take(self.headers, self.rfile.read(int(self.headers["Content-Length"])))
                self.send_response(204)
                self.end_headers()

            def log_message(self, *_: object) -> None:
                """Say nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True

    def take(self, headers: Any, body: bytes) -> None:  # noqa: ANN401 - a message's headers
        """Keep by its id whether a message was signed as Standard Webhooks has it; one may come more than once."""
        number, at = headers["webhook-id"], int(headers["webhook-timestamp"])
        signed = self._secret is not None and headers["webhook-signature"] == self._secret.sign(number, at, body)
        self._messages[number] = signed and json.loads(body)["type"] == "transfer.accepted"

    def heard(self, story: Story, count: int) -> None:
        """Wait for the messages of ``count`` awards, and tell that each was signed."""
        story.tell(
            "每项授予都以签名消息告知教务系统", "the university's system was told of each award by a signed message"
        )
        deadline = time.monotonic() + _PATIENCE
        while len(self._messages) < count and time.monotonic() < deadline:
            time.sleep(0.1)
        expect("messages, each signed", (len(self._messages), all(self._messages.values())), (count, True))
        story.result(f"{count} 条消息，签名全部有效", f"{count} messages, every signature good, none lost")

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()
        url = f"http://127.0.0.1:{self._server.server_address[1]}/huren"
        scope = ("--event", "transfer.accepted", "--institution", self._centre.home.institution)
        made = self._centre.run("webhook", "add", url, *scope, "--json").json
        self._secret = Secret.read(made["secret"])
        self._number = str(made["webhook"])
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if error is None:
            self._centre.run("webhook", "remove", self._number)
        self._server.shutdown()
        self._server.server_close()
