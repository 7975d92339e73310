"""``huren present``: a partial certificate that shows some fields; no issuer and no second signature is needed."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from gateway.cli import console
from gateway.cli.verify import read_file
from gateway.domain.errors import USAGE, HurenError
from gateway.domain.evidence import joined, split
from gateway.domain.partial import present as make_partial
from gateway.domain.receipt import Certificate


class FileUnwritable(HurenError):
    """A file that cannot be written."""

    code = "cli.out"
    exit_code = USAGE
    zh = "无法写入文件 {value}：{why}"
    en = "cannot write the file {value}: {why}"
    hint_zh = "请检查目录是否存在、权限与磁盘空间"
    hint_en = "check that the folder exists, its permissions and the space left"


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("present", help="出示部分字段 / make a partial certificate that shows some fields")(present)


def present(
    file: Annotated[str, typer.Argument(help="完整证书文件 / the whole certificate file", metavar="FILE")],
    show: Annotated[
        str, typer.Option("--show", help="出示的字段，逗号分隔 / fields to show, with commas: name,creditsEarned")
    ],
    out: Annotated[
        Path | None,
        typer.Option("--out", "-o", help="写入文件，默认标准输出 / where to write; standard output otherwise"),
    ] = None,
    as_json: console.JsonFlag = False,
) -> None:
    """Present."""
    own, evidence = split(read_file(file))
    certificate = Certificate.parse(own)
    names = [name.strip() for name in show.split(",") if name.strip()]
    presentation = make_partial(certificate, names)
    content = presentation.to_json() if evidence is None else joined(presentation.to_json(), evidence)
    if out is None:
        typer.echo(content.decode())
        return
    try:
        out.write_bytes(content)
    except OSError as error:
        raise FileUnwritable(str(out), why=error.strerror) from error
    fields = ", ".join(presentation.shown)
    console.emit(
        {"file": str(out), "shown": list(presentation.shown)},
        as_json=as_json,
        text=lambda console_: console_.print(
            console.say(f"已写入 {out}：{fields}", f"wrote {out}: {fields}"), markup=False
        ),
    )
