"""What a clerk says when learners apply: which certificates, for what, and how each learner consented."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from gateway.cli import console
from gateway.cli.acting import moment
from gateway.cli.transfer_common import certificates_of
from gateway.domain.errors import HurenError
from gateway.domain.hashing import hex0x, sha256
from gateway.domain.receipt import Certificate
from gateway.recognition.applications.service import DAYS
from gateway.recognition.applications.values import Consented, Wish
from gateway.recognition.transfers.consent import How
from gateway.recognition.transfers.errors import TransferProblem

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from gateway.bootstrap import Gateway

CertificatesArgument = Annotated[
    list[str] | None,
    typer.Argument(help="本中心签发的证书：哈希或文件 / certificates issued here: hashes or files", metavar="CERT..."),
]
_UNSAFE: Final = re.compile(r"[^0-9A-Za-z.-]")


class NoEvidence(TransferProblem):
    """A certificate for which the folder of consents holds nothing."""

    code = "transfer.evidence"
    field = "evidence"
    zh = "文件夹中没有 {value} 的同意书"
    en = "the folder holds no consent for {value}"
    hint_zh = "文件名为证书哈希或证书编号，扩展名不限"
    hint_en = "a file is named by the certificate's hash or its number, with any ending"


@dataclass(frozen=True, slots=True)
class Asking:
    """The options of an application."""

    agreement: Annotated[
        str, typer.Option("--agreement", help="协议标识或其开头 / the agreement's id, or its beginning")
    ]
    rule: Annotated[int, typer.Option("--rule", min=1, help="第几条规则，从 1 数起 / which rule, from 1")]
    institution: Annotated[str, typer.Option("--to", help="目标机构 / target institution", metavar="USCC")]
    programme: Annotated[str, typer.Option("--programme", help="目标专业编码 / code of the programme")]
    course: Annotated[str | None, typer.Option("--course", help="目标课程编码 / code of the course")] = None
    deadline: Annotated[
        str | None, typer.Option("--deadline", help=f"决定期限，默认 {DAYS} 天 / decide by; by default in {DAYS} days")
    ] = None
    file: Annotated[
        Path | None,
        typer.Option(
            "--file",
            help="文本文件，每行一个证书哈希 / a text file with a certificate's hash on each line",
            metavar="FILE",
            exists=True,
            dir_okay=False,
        ),
    ] = None
    roster: Annotated[
        Path | None,
        typer.Option(
            "--roster",
            help="已签发的名册：其中所有证书 / a roster that was issued: all its certificates",
            metavar="FILE",
            exists=True,
            dir_okay=False,
        ),
    ] = None
    consent: Annotated[
        list[Path] | None,
        typer.Option(
            "--consent",
            help="学习者签署的同意书，依证书次序各一份 / what each learner signed, in the certificates' order",
            metavar="FILE",
            exists=True,
            dir_okay=False,
        ),
    ] = None
    evidence: Annotated[
        Path | None,
        typer.Option(
            "--evidence",
            help="同意书文件夹，文件以证书哈希或编号命名 / a folder of consents, named by hash or number",
            metavar="FOLDER",
            exists=True,
            file_okay=False,
        ),
    ] = None
    consent_on_file: Annotated[
        bool,
        typer.Option("--consent-on-file", help="同意书另行存档 / the signed consents are kept elsewhere"),
    ] = False
    how: Annotated[How, typer.Option("--how", help="同意的方式 / how the learners consented")] = How.PAPER
    given_at: Annotated[
        str | None, typer.Option("--given-at", help="同意的时间，默认现在 / when they did; by default now")
    ] = None
    note: Annotated[
        Path | None,
        typer.Option(
            "--note",
            help="给目标机构的附言（加密） / a note to the institution, encrypted",
            metavar="FILE",
            exists=True,
            dir_okay=False,
        ),
    ] = None
    show: Annotated[
        list[str] | None,
        typer.Option("--show", help="另外展示的字段，如 number、evidence / further fields to show", metavar="FIELD"),
    ] = None

    def wishes(self, gateway: Gateway, names: Sequence[str]) -> tuple[list[Wish], list[tuple[str, HurenError]]]:
        """What is asked for, and what is wrong with some of it.

        Raises:
            typer.BadParameter: the options do not go together.
        """
        named = [*names, *_lines(self.file)]
        found: list[tuple[str, Certificate | HurenError]] = list(
            zip(named, certificates_of(gateway, named), strict=True)
        )
        if self.roster is not None:
            found += _of_roster(gateway, self.roster)
        if not found:
            told = ("请给出证书、--file 或 --roster", "give certificates, --file or --roster")
            raise typer.BadParameter(console.say(*told), param_hint="CERT")
        signed = self._signed(found)
        note = "" if self.note is None else self.note.read_text(encoding="utf-8-sig")
        made: list[Wish] = []
        wrong: list[tuple[str, HurenError]] = []
        for (name, certificate), evidence in zip(found, signed, strict=True):
            if isinstance(certificate, HurenError):
                wrong.append((name, certificate))
                continue
            if isinstance(evidence, HurenError):
                wrong.append((name, evidence))
                continue
            wish = Wish(
                certificate=certificate,
                agreement=self.agreement,
                rule=self.rule - 1,
                institution=self.institution,
                programme=self.programme,
                course=self.course,
                consented=Consented(self.how, moment(self.given_at, "--given-at") or None, evidence),
                deadline=moment(self.deadline, "--deadline") or None,
                note=note,
                show=tuple(self.show or ()),
            )
            made.append(wish)
        return made, wrong

    def _signed(self, found: Sequence[tuple[str, Certificate | HurenError]]) -> list[bytes | HurenError | None]:
        """What shows each consent: no request goes out on a consent that nobody says was given."""
        given = [self.consent_on_file, self.consent is not None, self.evidence is not None]
        if sum(given) != 1 or (self.consent is not None and len(self.consent) != len(found)):
            zh = "每份证书一个 --consent，或一个 --evidence 文件夹，或 --consent-on-file"
            en = "one --consent a certificate, or one folder by --evidence, or --consent-on-file"
            raise typer.BadParameter(console.say(zh, en), param_hint="--consent")
        if self.consent is not None:
            return [path.read_bytes() for path in self.consent]
        if self.evidence is None:
            return [None] * len(found)
        held = {path.stem: path for path in self.evidence.iterdir() if path.is_file()}
        return [None if isinstance(one, HurenError) else _evidence(held, one) for _, one in found]


def _evidence(held: Mapping[str, Path], certificate: Certificate) -> bytes | HurenError:
    leaf = hex0x(certificate.leaf().leaf)
    number = certificate.credential.document.credential_subject.license_number
    for name in (leaf, leaf[2:], number, _UNSAFE.sub("_", number)):
        if name in held:
            return held[name].read_bytes()
    return NoEvidence(leaf)


def _lines(file: Path | None) -> list[str]:
    if file is None:
        return []
    text = file.read_text(encoding="utf-8-sig")
    return [line.strip() for line in text.splitlines() if line.strip() and not line.startswith("#")]


def _of_roster(gateway: Gateway, roster: Path) -> list[tuple[str, Certificate | HurenError]]:
    batches = gateway.records.batches_of(sha256(roster.read_bytes()))
    if not batches:
        told = ("该名册未在本中心签发", "nothing was issued here from this roster")
        raise typer.BadParameter(console.say(*told), param_hint="--roster")
    rows = [row for batch in batches for row in gateway.records.credentials(batch)]
    files = gateway.exporter.many(rows)
    return [(hex0x(row.leaf), Certificate.parse(files[row.leaf])) for row in rows if row.leaf in files]
