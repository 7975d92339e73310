"""What waits for a second account, read from a real chain and confirmed through ``huren pending``."""

from __future__ import annotations

import random
import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from agreed import Centre
from ledger_world import DAY, JIANGSU, SHANGHAI, ZHEJIANG, World, account, uscc
from quoting import OUTCOMES, SOURCES, Field

from gateway.domain.hashing import keccak256
from gateway.domain.identifiers import institution_word
from gateway.domain.panel import Opinion
from gateway.ledger.act_sentences import SENTENCES, role_of
from gateway.ledger.act_words import ActWords
from gateway.ledger.calls import Call
from gateway.ledger.pending import LIFE, PendingActs, UnknownAct
from gateway.ledger.reader import ChainReader
from gateway.ledger.recognition_events import RecognitionEvents
from gateway.recognition.act_names import ActNames
from node.client.abi import encode_call
from node.client.artifact import load

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.timeout(600)

CONTRACTS = Path(__file__).parents[2] / "contracts"
INSTITUTION = uscc(SHANGHAI, 3)
SCOPE = (0b0110, 6, 1_250)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("pending")


@pytest.fixture
def centre(law: World, folder: Path, capsys: pytest.CaptureFixture[str]) -> Centre:
    return Centre(law, SHANGHAI, folder / "shanghai", lambda: capsys.readouterr().out)


def propose(law: World, province: int, role: str, contract: str, function: str, *args: object) -> None:
    law.transact(account(province, role), contract, function, *args)


def accredit(number: int) -> tuple[str, str, object, object, list[str]]:
    officer = account("pending", number).address
    return "InstitutionRegistry", "accredit", institution_word(uscc(SHANGHAI, number)), SCOPE, [officer]


@pytest.mark.network
def test_a_proposal_is_listed_in_words_with_whoever_may_confirm_it(law: World, centre: Centre) -> None:
    assert centre.huren("pending", "list")["pending"] == []
    propose(law, SHANGHAI, "admin", *accredit(3))
    told = centre.huren("pending", "list")
    [act] = told["pending"]
    assert (act["contract"], act["function"]) == ("InstitutionRegistry", "accredit")
    assert act["proposedBy"] == law.admin(SHANGHAI).address.lower()
    assert [(one["account"], one["as"]) for one in act["mayConfirm"]] == [
        (law.law(SHANGHAI).address.lower(), "operator")
    ]
    assert act["role"]["en"] == "law"
    assert act["hindrance"] is None
    words = {one["name"]: one for one in act["arguments"]}
    assert words["institution"]["zh"] == INSTITUTION
    assert words["scope.categories"]["en"] == "academic, vocational"
    assert (words["scope.mostCredits"]["value"], words["scope.mostCredits"]["zh"]) == (1_250, "12.50")
    assert words["officers"]["value"] == [account("pending", 3).address.lower()]
    assert INSTITUTION in act["zh"]
    assert "认证机构" in act["zh"]
    assert "up to level 6, at most 12.50 credits" in act["en"]
    queue = PendingActs(law.calls).waiting(SHANGHAI)
    assert queue.acts[0].until - queue.acts[0].proposed_at == LIFE
    shown = centre.tell("pending", "show", act["act"][:12])
    assert "scope.highestLevel" in shown
    assert "可确认" in shown


@pytest.mark.network
def test_the_second_account_repeats_the_very_call_and_it_is_in_force(law: World, centre: Centre) -> None:
    propose(law, SHANGHAI, "law", *accredit(4))
    queue = PendingActs(law.calls).waiting(SHANGHAI)
    [act] = [one for one in queue.acts if one.proposer == law.law(SHANGHAI).address.lower()]
    name = "0x" + act.act.hex()
    again = centre.huren("pending", "confirm", name, "--yes", *centre.by("law"), code=1)["error"]
    assert again["code"] == "pending.account"
    assert law.admin(SHANGHAI).address.lower() in again["hintEn"]
    refused = centre.huren("pending", "confirm", name, "--yes", *centre.by("operator"), code=1)["error"]
    assert "neither that province's admin" in refused["en"]
    centre.tell("pending", "confirm", name, *centre.by("admin"), code=1)  # nobody said yes
    centre.huren("pending", "confirm", name, "--yes", code=64)
    centre.huren("pending", "confirm", name, "--yes", *centre.by("admin", "law"), code=64)
    assert name in {one["act"] for one in centre.huren("pending", "list")["pending"]}
    done = centre.huren("pending", "confirm", name, "--yes", *centre.by("admin"))
    assert done["block"] > queue.block.number
    assert name not in {one["act"] for one in centre.huren("pending", "list")["pending"]}
    reader = ChainReader(law.calls)
    accredited = reader.accreditation_at(uscc(SHANGHAI, 4), law.now, reader.final_block())
    assert accredited is not None
    assert accredited.most_credits == SCOPE[2]
    gone = centre.huren("pending", "confirm", name, "--yes", *centre.by("admin"), code=1)["error"]
    assert gone["code"] == "pending.unknown"


@pytest.mark.network
def test_other_provinces_acts_are_shown_where_they_are_asked_for(law: World, centre: Centre) -> None:
    propose(law, JIANGSU, "admin", "Consortium", "setOperator", (account("new").address, 1 | 4, 500))
    assert JIANGSU not in {one["province"] for one in centre.huren("pending", "list")["pending"]}
    [act] = [one for one in centre.huren("pending", "list", "--all-provinces")["pending"] if one["province"] == JIANGSU]
    assert "锚定、状态" in act["zh"]
    assert "anchor, status, at most 500 leaves" in act["en"].replace(": anchor", " anchor")
    assert str(JIANGSU) not in centre.tell("pending", "list")
    assert str(JIANGSU) in centre.tell("pending", "list", "--all-provinces")
    law.transact(law.admin(JIANGSU), "Consortium", "withdrawAct", act["target"], bytes.fromhex(act["call"][2:]))
    found = PendingActs(law.calls).waiting(JIANGSU)
    assert found.acts == ()
    with pytest.raises(UnknownAct):
        found.find("0x" + keccak256(b"nothing").hex())


@pytest.mark.network
def test_a_motion_and_a_vote_say_what_the_motion_is_about(law: World) -> None:
    target = law.deployment.address("Consortium")
    data = encode_call(load("Consortium"), "pause", ZHEJIANG)
    propose(law, SHANGHAI, "admin", "Consortium", "openMotion", target, data, 77)
    [opening] = [one for one in PendingActs(law.calls).waiting(SHANGHAI).acts if one.call.function == "openMotion"]
    assert opening.call.said.en == "open a motion: Consortium.pause (province=Zhejiang)"
    propose(law, SHANGHAI, "law", "Consortium", "openMotion", target, data, 77)
    motion = law.calls.answers([Call("Consortium", "motionId", (target, data, 77))], law.calls.final_block())[0]
    propose(law, ZHEJIANG, "admin", "Consortium", "vote", motion, False)  # noqa: FBT003 - Solidity has no keywords
    [vote] = PendingActs(law.calls).waiting(ZHEJIANG).acts
    assert vote.call.said.en.endswith("Consortium.pause (province=Zhejiang)")
    assert vote.call.said.en.startswith("vote against the motion 0x" + bytes(motion).hex())
    assert "反对" in vote.call.said.zh


@pytest.mark.network
def test_an_agreement_is_told_by_its_parties_and_rules_once_it_is_known(law: World, centre: Centre) -> None:
    field = Field(law, random.Random(2))
    field.accredit()
    field.evaluate(SOURCES[0], OUTCOMES[0], 2, [Opinion(4, 800)] * 5)
    terms = field.agree(1, approve=False)
    unknown = keccak256(b"an agreement that nobody proposed")
    propose(law, JIANGSU, "admin", "AgreementRegistry", "approve", terms.agreement_id, 1)
    [act] = [one for one in centre.huren("pending", "list", "--all-provinces")["pending"] if one["province"] == JIANGSU]
    assert "0x" + terms.agreement_id.hex() in act["en"]
    assert "Shanghai, Jiangsu, Zhejiang; 64 rules" in act["en"]
    assert "64 条规则" in act["zh"]
    gateway = centre.gateway()
    try:
        names = ActNames(law.calls, RecognitionEvents(gateway.database))
        assert names("agreement", unknown) is None
        assert names("root", terms.agreement_id) is None
        told = names("evaluation", field.evaluated[0][2])
        assert told is not None
        assert SOURCES[0] in told.zh
        assert names("evaluation", unknown) is None
    finally:
        gateway.close()


@pytest.mark.network
def test_what_nobody_confirmed_in_seven_days_or_whose_proposer_lost_the_role_waits_no_more(law: World) -> None:
    propose(law, ZHEJIANG, "law", "Consortium", "giveNotice")
    waiting = PendingActs(law.calls)
    assert "giveNotice" in {one.call.function for one in waiting.waiting(ZHEJIANG).acts}
    # The law operator loses LAW to another: its proposal could not be confirmed any more, only made anew.
    other = account(ZHEJIANG, "law two").address
    law.twice(ZHEJIANG, "Consortium", "setOperator", (other, 16, 0))
    law.twice(ZHEJIANG, "Consortium", "setOperator", (law.law(ZHEJIANG).address, 8, 0))
    assert "giveNotice" not in {one.call.function for one in waiting.waiting(ZHEJIANG).acts}
    assert waiting.waiting().acts
    law.pass_over(7 * DAY + 1)
    assert waiting.waiting().acts == ()


# -- without a chain ---------------------------------------------------------------------------------------------------


def binding_functions() -> Iterator[tuple[str, str, str]]:
    """(source file, function, role) of every call of _bindingAct and _lawAct in the contracts."""
    for path in sorted(CONTRACTS.rglob("*.sol")):
        function = ""
        for line in path.read_text(encoding="utf-8").splitlines():
            declared = re.search(r"\bfunction (\w+)", line)
            function = declared[1] if declared else function
            used = re.search(r"if \(!_(?:bindingAct\(\w+(?:\.\w+)?, Roles\.(\w+)\)|lawAct)", line)
            if used:
                yield path.parent.name, function, used[1] or "LAW"


FOLDERS = {
    "consortium": "Consortium",
    "institution": "InstitutionRegistry",
    "credential": "CredentialRegistry",
    "evaluation": "EvaluationRegistry",
    "agreement": "AgreementRegistry",
    "transfer": "TransferLedger",
}
BITS = {"BATCH_STATUS": 8, "LAW": 16, "TRANSFER": 32}


def test_the_role_of_every_binding_function_is_the_one_its_contract_asks_for_and_each_has_its_sentence() -> None:
    found = list(binding_functions())
    assert len(found) > 25
    for folder, function, role in found:
        # Steps of several functions: ballots, the scope's first and later versions.
        names = {"_accredit": ["accredit"]}.get(function, [function])
        for name in names:
            contract = FOLDERS[folder]
            assert role_of(contract, name) == BITS[role], f"{contract}.{name}"
            known = {key[1].split()[0] for key in SENTENCES if key[0] == contract}
            assert name in known, f"{contract}.{name}"


def test_what_cannot_be_read_is_said_to_be_unreadable_and_never_guessed() -> None:
    words = ActWords({"0x01": "AgreementRegistry", "0x02": "Newcomer"}.get)
    for target, call in (("0x01", b"\1\2\3\4more"), ("0x02", b"\0" * 36), ("0x03", b"")):
        read = words.read(target, call)
        assert read.function is None
        assert read.arguments == ()
        assert "无法解读" in read.said.zh
        assert "cannot read" in read.said.en
        assert role_of(read.contract, read.function) == 63, "nobody knows which role it asks for"
    cut = encode_call(load("AgreementRegistry"), "approve", b"\1" * 32, 1)[:40]
    assert words.read("0x01", cut).function is None


def test_a_motion_within_a_motion_is_read_only_so_deep() -> None:
    consortium = load("Consortium")
    where = "0x" + "01" * 20
    call = encode_call(consortium, "pause", SHANGHAI)
    for _ in range(5):
        call = encode_call(consortium, "openMotion", where, call, 1)
    said = ActWords({where: "Consortium"}.get).read(where, call).said.en
    assert said == "open a motion: open a motion: open a motion: its content could not be read"
