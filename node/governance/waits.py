"""Why a change of validators is not voted on now: one sentence for each reason, with what would end the waiting."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


@dataclass(frozen=True, slots=True)
class Wait:
    """A reason: its name for programs, and the sentence in Chinese and English."""

    code: str
    zh: str
    en: str

    def to_json(self) -> dict[str, str]:
        """Return the form that surfaces show."""
        return {"code": self.code, "zh": self.zh, "en": self.en}


def halted(at_work: int, quorum: int) -> Wait:
    """No block is made, or fewer are at work than must be."""
    return Wait(
        "halted",
        f"链已停止或即将停止：在岗的验证节点 {at_work} 个，须有 {quorum} 个。先让停机的节点恢复，再变更",
        f"the chain stands still, or nearly: {at_work} validators are at work and {quorum} must be. Bring those that "
        "are down back first",
    )


def syncing() -> Wait:
    """This node cannot judge."""
    return Wait(
        "syncing",
        "本节点尚未同步到最新区块，无法判断。同步后再试",
        "this node does not know the newest block yet and cannot judge. Try again when it does",
    )


def not_connected(name: str) -> Wait:
    """The newcomer's node is not there."""
    return Wait(
        "not-connected",
        f"{name} 的节点未与本节点相连。请该成员启动节点，双方核对 network.toml 与防火墙",
        f"the node of {name} is not connected to this one. It must run, with the same network.toml on both sides and "
        "the ports open",
    )


def not_present(name: str) -> Wait:
    """The newcomer has not shown that it follows the chain."""
    return Wait(
        "not-synced",
        f"{name} 的节点两小时之内没有在链上表明已同步。请该成员同步后在本机运行 huren-node governance apply，"
        "等待期间可反复运行",
        f"the node of {name} has not shown on the chain, within two hours, that it follows it. Once it is synced, that "
        "member runs huren-node governance apply on its own machine, and again while it waits",
    )


def no_slack(at_work: int, quorum: int) -> Wait:
    """The larger set would stand or fall with the newcomer."""
    return Wait(
        "no-slack",
        f"增加后须有 {quorum} 个验证节点在岗，现有 {at_work} 个：新节点一旦停机，链就会停止。先让停机的节点恢复",
        f"the larger set needs {quorum} validators at work and {at_work} are: should the newcomer fail, the chain "
        "would halt. Bring those that are down back first",
    )


def others_down(names: Iterable[str]) -> Wait:
    """None is taken out while another is down."""
    who = ", ".join(names)
    return Wait(
        "others-down",
        f"另有验证节点停机（{who}），此时不移出任何节点。先让它恢复",
        f"another validator is down ({who}), and none is taken out meanwhile. Bring it back first",
    )


def below_quorum(at_work: int, quorum: int) -> Wait:
    """Without it too few would be left."""
    return Wait(
        "below-quorum",
        f"移出后在岗的验证节点只有 {at_work} 个，须有 {quorum} 个",
        f"without it {at_work} validators would be at work, and {quorum} must be",
    )


def successor_first(names: Iterable[str]) -> Wait:
    """A member has no validator in force: it may be this one, under another row."""
    who = ", ".join(names)
    return Wait(
        "replacement-first",
        f"成员 {who} 尚无验证节点在岗：先接入新节点，再移出旧节点（也请核对本机 network.toml 是否最新）。"
        "密钥被盗等紧急情况用 --at-once",
        f"{who} has no validator in force yet: the new one comes before the old one goes (and is this machine's "
        "network.toml the newest?). Where a key was stolen, say --at-once",
    )


def other_under_way(name: str, voters: Iterable[str]) -> Wait:
    """Votes for another change, which is not safe, are being cast."""
    who = ", ".join(voters)
    return Wait(
        "other-under-way",
        f"{who} 正在就 {name} 投票，而该变更现在不安全。请其再运行 huren-node governance apply 撤回；"
        "若为共同商定的紧急移出，本机也用 --at-once",
        f"{who} vote about {name}, which is not safe now. They run huren-node governance apply once more, which takes "
        "it back; if all agreed on it as an emergency, say --at-once here too",
    )


def not_asked_for(name: str, voters: Iterable[str]) -> Wait:
    """Votes for something that this machine's description does not ask for are being cast."""
    who = ", ".join(voters)
    return Wait(
        "not-asked-for",
        f"{who} 正在就 {name} 投票，本机 network.toml 中并无此项。请与其核对 network.toml；"
        "若其执意如此，可经动议除名（expel），此后其投票不再妨碍任何变更",
        f"{who} vote about {name}, which this machine's network.toml does not ask for. Compare network.toml with them; "
        "should they insist, a motion (expel) ends their say, and then their votes hold nothing up",
    )


def after(name: str) -> Wait:
    """One change at a time."""
    return Wait("one-at-a-time", f"一次只变更一个：先办 {name}", f"one change at a time: {name} comes first")
