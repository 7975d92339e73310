"""``huren evaluation`` on a real chain: the seed case from opening to finding, and what is refused on the way."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest
from eth_account import Account
from ledger_world import ANHUI, DAY, JIANGSU, SHANGHAI, ZHEJIANG, World, account, uscc

from gateway.cli.main import run
from gateway.domain.panel import Opinion, conclude
from node.client import keystores

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from eth_account.signers.local import LocalAccount

pytestmark = [pytest.mark.network]

PASSPHRASE = "correct horse battery staple"
CODE = "JS-CLERK-3"
PANEL = (SHANGHAI, SHANGHAI, ZHEJIANG, ZHEJIANG, ANHUI)


@dataclass
class Office:
    """Jiangsu's gateway in a folder, and a drawer with everybody's key files."""

    world: World
    folder: Path
    capture: Callable[[], str]

    def keystore(self, who: LocalAccount, name: str) -> str:
        path = self.folder / f"{name}.json"
        if not path.exists():
            path.write_text(json.dumps(Account.encrypt(who.key, PASSPHRASE, kdf="scrypt", iterations=2)))
            path.chmod(0o600)
        return str(path)

    def of(self, province: int, *roles: str) -> list[str]:
        """The options by which accounts of a province act."""
        files = [self.keystore(account(province, role), f"{province}-{role}") for role in roles]
        return [word for file in files for word in ("--account", file)]

    def call(self, *words: str, code: int = 0, passphrase: bool = True) -> dict[str, Any]:
        given = ["--passphrase-file", str(self.folder / "passphrase")] if passphrase else []
        assert run(["evaluation", *words, *given, "-c", str(self.folder / "gateway.toml"), "--json"]) == code
        answer: dict[str, Any] = json.loads(self.capture())
        return answer

    def ask(self, *words: str, code: int = 0) -> dict[str, Any]:
        return self.call(*words, code=code, passphrase=False)

    def expert(self, number: int) -> dict[str, str]:
        """An expert's key file with a cheap passphrase, and what the expert tells the province."""
        path = self.keystore(account("expert", number), f"expert-{number}")
        options = ["expert", path, "--passphrase-file", str(self.folder / "passphrase"), "--json"]
        assert run(["evaluation", *options]) == 0
        return {"file": path, **json.loads(self.capture())}

    def open(self, institution: str, code: str = CODE, *more: str) -> str:
        words = (
            "open", institution, code, "--dossier", str(self.folder / "dossier.zip"), "--target", "上海",
            "--target", "330000", "--category", "职业", "--awarded-from", "2020-01", "--awarded-to", "2029-12",
            *self.of(JIANGSU, "admin", "law"), "--yes", *more,
        )  # fmt: skip
        return str(self.call(*words)["evaluation"])


@pytest.fixture
def office(law: World, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Office:
    (tmp_path / "passphrase").write_text(PASSPHRASE + "\n")
    (tmp_path / "passphrase").chmod(0o600)
    (tmp_path / "dossier.zip").write_bytes(b"the dossier " * 1_000)
    (tmp_path / "report.pdf").write_bytes(b"the report")
    law.deployment.save(tmp_path / "deployment.json")
    (tmp_path / "gateway.toml").write_text(
        f'province = 320000\ndata_dir = "data"\ndeployment = "deployment.json"\nrpc_url = "{law.chain.url}"\n'
        'public_url = "https://bank.example"\n'
    )
    return Office(law, tmp_path, lambda: capsys.readouterr().out)


@pytest.fixture(scope="module")
def institution(law: World) -> str:
    return law.accredit(uscc(JIANGSU))


def seated(office: Office, evaluation: str, provinces: tuple[int, ...] = PANEL) -> list[dict[str, str]]:
    """Five experts of three provinces."""
    experts = [office.expert(number) for number in range(len(provinces))]
    for province, expert in zip(provinces, experts, strict=True):
        words = ("nominate", evaluation, "--expert", expert["expert"], "--key", expert["key"])
        office.call(*words, *office.of(province, "admin", "law"), "--yes")
    return experts


def test_five_experts_of_three_provinces_find_what_an_outcome_is_worth(office: Office, institution: str) -> None:
    evaluation = office.open(institution)
    experts = seated(office, evaluation)
    sealed, out = office.folder / "dossier.sealed", office.folder / "read.zip"
    done = office.ask("seal", evaluation, str(office.folder / "dossier.zip"), "--out", str(sealed))
    assert done["experts"] == sorted(expert["expert"] for expert in experts)
    for expert in experts:
        read = office.call("read", str(sealed), "--account", expert["file"], "--out", str(out))
        assert (read["name"], read["evaluation"]) == ("dossier.zip", evaluation)
        assert out.read_bytes() == (office.folder / "dossier.zip").read_bytes()
        assert out.stat().st_mode & 0o777 == 0o600
    for expert, (level, amount) in zip(experts, [("3", "5"), ("4", "6.5"), ("5", "8"), ("4", "6")], strict=False):
        office.call(
            "opine", f"{institution}/{CODE}", "--favourable", "--level", level, "--credits", amount,
            "--report", str(office.folder / "report.pdf"), "--account", expert["file"], "--yes",
        )  # fmt: skip
    against = ("opine", evaluation, "--unfavourable", "--report", str(office.folder / "report.pdf"))
    options = [*against, "--account", experts[4]["file"], "--passphrase-file", str(office.folder / "passphrase")]
    assert run(["evaluation", *options, "-c", str(office.folder / "gateway.toml"), "--json"]) == 1, "nobody said yes"
    assert office.capture() == ""
    office.call(*against, "--account", experts[4]["file"], "--yes")
    closed = office.call("close", evaluation[:12], *office.of(ANHUI, "law"))
    assert (closed["phase"], closed["favourable"], closed["level"], closed["credits"]) == ("passed", 4, 4, "6.00")
    shown = office.ask("show", f"{institution}/{CODE}")
    assert shown["outcomeCode"] == CODE
    assert (shown["needed"], shown["seats"], shown["targets"]) == (4, 5, [SHANGHAI, ZHEJIANG])
    assert (shown["awardedFrom"], shown["awardedTo"], shown["category"]) == ("2020-01", "2029-12", "vocational")
    assert [seat["province"] for seat in shown["panel"]] == list(PANEL)
    assert [seat["credits"] for seat in shown["panel"]] == ["5.00", "6.50", "8.00", "6.00", None]
    opinions = [Opinion(3, 500), Opinion(4, 650), Opinion(5, 800), Opinion(4, 600), None]
    assert conclude(5, opinions) == Opinion(4, 600), "the pure core finds what the contract found"
    [entry] = office.ask("list", "--institution", institution)["evaluations"]
    assert (entry["evaluation"], entry["phase"]) == (evaluation, "passed")
    refused = office.call(
        "open", institution, CODE, "--dossier", str(office.folder / "dossier.zip"), "--target", "310000",
        "--awarded-from", "2020-01", "--awarded-to", "2029-12", *office.of(JIANGSU, "admin", "law"), "--yes", code=1,
    )  # fmt: skip
    assert refused["error"]["code"] == "ledger.refused"
    assert "再次发起" in refused["error"]["zh"]


def test_what_does_not_fit_the_panel_or_its_phase_is_said_with_what_to_do(office: Office, institution: str) -> None:
    evaluation = office.open(institution, "JS-CLERK-4")
    early = office.ask(
        "seal", evaluation, str(office.folder / "dossier.zip"), "--out", str(office.folder / "s"), code=1
    )
    assert early["error"]["code"] == "evaluation.phase"
    assert "提名专家" in early["error"]["zh"]
    experts = [office.expert(number) for number in range(10, 13)]
    for expert in experts[:2]:
        words = ("nominate", evaluation, "--expert", expert["expert"], "--key", expert["key"])
        office.call(*words, *office.of(ANHUI, "admin", "law"), "--yes")
    third = ("nominate", evaluation, "--expert", experts[2]["expert"], "--key", experts[2]["key"], "--yes")
    stacked = office.call(*third, *office.of(ANHUI, "admin", "law"), code=1)
    assert "no province has more than two of five" in stacked["error"]["en"]
    nobody = office.call(*third, code=64)
    assert nobody["error"]["code"] == "ledger.two_accounts"
    useless = office.call(*third[:4], "--yes", "--key", "0x" + "00" * 32, *office.of(SHANGHAI, "admin", "law"), code=64)
    assert useless["error"]["code"] == "evaluation.key"
    assert office.call("close", evaluation, *office.of(ANHUI, "law"), code=1)["error"]["code"] == "evaluation.phase"
    assert office.ask("show", "0x" + "77" * 32, code=1)["error"]["code"] == "evaluation.unknown"
    assert office.ask("show", f"{institution}/NO-SUCH", code=1)["error"]["code"] == "evaluation.unknown"
    assert office.ask("show", "0x", code=1)["error"]["code"] == "evaluation.unknown"
    office.world.pass_over(40 * DAY)
    assert office.call("close", evaluation, *office.of(ANHUI, "law"))["phase"] == "failed"


def test_another_file_is_not_sealed_and_another_gateway_cannot_seal(office: Office, institution: str) -> None:
    evaluation = office.open(institution, "JS-CLERK-5")
    other = office.folder / "other.zip"
    other.write_bytes(b"another dossier")
    out = str(office.folder / "x.sealed")
    assert office.ask("seal", evaluation, str(other), "--out", out, code=1)["error"]["code"] == (
        "evaluation.dossier.differs"
    )
    for record in (office.folder / "data" / "dossiers").iterdir():
        record.unlink()
    lost = office.ask("seal", evaluation, str(office.folder / "dossier.zip"), "--out", out, code=2)
    assert lost["error"]["code"] == "evaluation.record"
    assert office.ask("show", evaluation)["outcomeCode"] is None


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        (("--category", "sports"), "--category"),
        (("--awarded-from", "January"), "--awarded-from"),
        (("--awarded-to", "2029-13"), "--awarded-to"),
        (("--target", "Atlantis"), "--target"),
        (("--seats", "4"), "--seats"),
        (("--nomination-days", "200"), "--nomination-days"),
    ],
)
def test_words_that_are_off_end_with_64_and_name_the_option(
    office: Office, institution: str, changed: tuple[str, str], field: str
) -> None:
    good = {"--awarded-from": "2020-01", "--awarded-to": "2029-12", "--target": "310000", **dict([changed])}
    options = [word for option in good.items() for word in option]
    answer = office.call(
        "open", institution, "JS-X", "--dossier", str(office.folder / "dossier.zip"), *options, code=64
    )
    assert answer["error"]["code"] == "cli.usage"
    assert field in answer["error"]["en"]


@pytest.mark.parametrize(
    "words", [("--favourable",), ("--favourable", "--level", "4"), ("--unfavourable", "--level", "4")]
)
def test_an_opinion_in_favour_names_level_and_credits_and_another_neither(
    office: Office, words: tuple[str, ...]
) -> None:
    report = ("--report", str(office.folder / "report.pdf"))
    answer = office.call("opine", "0x" + "11" * 32, *words, *report, code=64)
    assert "--level, --credits" in answer["error"]["en"]


def test_a_new_expert_has_a_key_file_of_the_own(office: Office) -> None:
    path = office.folder / "expert.json"
    words = ["evaluation", "expert", str(path), "--passphrase-file", str(office.folder / "passphrase"), "--json"]
    assert run([*words, "--new"]) == 0
    made = json.loads(office.capture())
    assert path.stat().st_mode & 0o777 == 0o600
    assert keystores.address_of(path) == made["expert"]
    assert run(words) == 0
    assert json.loads(office.capture()) == made
    assert run([*words, "--new"]) == 2


def test_a_person_reads_tables_in_both_languages(office: Office, institution: str) -> None:
    evaluation = office.open(institution, "JS-CLERK-6")
    seated(office, evaluation)
    config = ["-c", str(office.folder / "gateway.toml")]
    assert run(["evaluation", "list", *config]) == 0
    told = office.capture()
    assert "征求意见" in told
    assert "opinions" in told
    assert run(["evaluation", "show", evaluation, *config]) == 0
    sheet = office.capture()
    for words in ("上海市", "Zhejiang", "JS-CLERK-6", "4/5", "2029-12", "专家"):
        assert words in sheet
