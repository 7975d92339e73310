"""From what was observed to alarms, each with its cure: a pure function.

An operator's guide lists the same names (docs/operator-guide.md).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from node.health.reading import Alarm

if TYPE_CHECKING:
    from collections.abc import Iterator

    from node.engines.problems import Problem
    from node.health.reading import ChainReading, Reading

HALTED_BLOCKS = 8
HALTED_SECONDS = 30.0
"""A head older than so many block times, and than so many seconds, stands still (one absent signer costs less)."""
RESUMES_WITHIN = 60.0
"""Seconds within which enough validators make a block again (QBFT's round timeouts double: up to 35 s were seen)."""
MISSED_SHARE = 0.5
"""Who makes less than this share of the blocks that were its to make is away, or as good as away."""
MISSED_TURNS = 4
"""Turns that must have been counted before anybody is said to miss them."""
WRITES_WITHIN = 60.0
"""Seconds within which a supervisor that is well writes down again what it found."""
EARLY, LATE = -1.0, 5.0
"""Seconds after its own time within which a block is first seen where clocks agree."""
DISK_FREE = 5_000_000_000
DISK_SHARE = 0.05
CODES = (
    *("chain-down", "chain-silent", "supervisor-down", "supervisor-silent", "chain-failing", "ipfs-failing"),
    *("metrics-down", "syncing", "no-quorum", "resuming", "deadlock-suspected", "halted", "peers-lacking"),
    *("not-sealing", "misses-blocks", "clock-skew", "ipfs-down", "ipfs-peers-lacking", "ipfs-strangers", "disk-low"),
)
"""Every alarm that one node can raise; `deadlock` takes a comparison of several."""


def judge(reading: Reading) -> tuple[Alarm, ...]:
    """Return what is not as it should be with the node, the worst first."""
    found = [*_processes(reading), *_supervision(reading), *_chain(reading), *_ipfs(reading), *_disk(reading)]
    return tuple(sorted(found, key=lambda alarm: not alarm.down))


def _processes(reading: Reading) -> Iterator[Alarm]:
    if reading.chain_pid is None:
        why = _why(reading, "chain")
        yield Alarm(
            "chain-down",
            down=True,
            zh=f"链客户端没有运行{'' if why is None else f'：{why.zh}'}",
            en=f"the chain client does not run{'' if why is None else f': {why.en}'}",
            hint_zh="huren-node up；若反复退出，见 run/chain.log" if why is None else why.hint_zh,
            hint_en="huren-node up; where it keeps ending, see run/chain.log" if why is None else why.hint_en,
        )
    elif reading.chain is None:
        yield Alarm(
            "chain-silent",
            down=True,
            zh="链客户端在运行，但没有应答",
            en="the chain client runs and does not answer",
            hint_zh="稍候重试；仍无应答则 huren-node down 后 up，并查看 run/chain.log",
            hint_en="try again shortly; else huren-node down, then up, and see run/chain.log",
        )


def _why(reading: Reading, name: str) -> Problem | None:
    """Return why a program last ended, as its supervisor knows."""
    return next((one.problem for one in reading.programs if one.name == name), None)


def _supervision(reading: Reading) -> Iterator[Alarm]:
    if reading.supervisor is None:
        yield Alarm(
            "supervisor-down",
            down=False,
            zh="监护进程没有运行：程序退出后不会重启",
            en="the supervisor does not run: what ends is not started again",
            hint_zh="huren-node up（正在运行的程序会被接管）",
            hint_en="huren-node up (programs that run are taken over)",
        )
    elif reading.written_age is not None and reading.written_age > WRITES_WITHIN:
        yield Alarm(
            "supervisor-silent",
            down=False,
            zh=f"监护进程已 {reading.written_age:.0f} 秒没有写下所见（run/health.json）",
            en=f"the supervisor has not written down what it finds (run/health.json) for {reading.written_age:.0f} s",
            hint_zh="磁盘已满则先清理；否则 kill -9 它再 huren-node up（正在运行的程序会被接管）",
            hint_en="make room where the disk is full; else kill -9 it, then huren-node up (programs are taken over)",
        )
    for program in reading.programs:
        if program.failing:
            why = program.problem
            told = ("", "") if why is None else (f"：{why.zh}", f": {why.en}")
            yield Alarm(
                f"{program.name}-failing",
                down=False,
                zh=f"{program.name} 连续退出 {program.ends} 次（每分钟重试）{told[0]}",
                en=f"{program.name} ended {program.ends} times in a row (it is tried every minute){told[1]}",
                hint_zh=(why and why.hint_zh) or f"按 run/{program.name}.log 末尾所述处理，然后 huren-node up",
                hint_en=(why and why.hint_en) or f"mend what run/{program.name}.log ends with, then huren-node up",
            )
    if reading.metrics_problem:
        yield Alarm(
            "metrics-down",
            down=False,
            zh=f"监控端口未能打开：{reading.metrics_problem}",
            en=f"the metrics port is not open: {reading.metrics_problem}",
            hint_zh="ss -ltnp 显示占用者；或在 local.toml 改 metrics_port，再 huren-node up",
            hint_en="ss -ltnp says who has it; or choose another metrics_port in local.toml, then huren-node up",
        )


def _chain(reading: Reading) -> Iterator[Alarm]:
    chain = reading.chain
    if chain is None:
        return
    halted = chain.head_age > max(HALTED_SECONDS, HALTED_BLOCKS * reading.block_seconds)
    if chain.syncing:
        yield Alarm(
            "syncing",
            down=False,
            zh=f"正在同步，已到区块 {chain.height}",
            en=f"it is fetching blocks, at {chain.height}",
            hint_zh="等待同步完成",
            hint_en="wait until it has them",
        )
    elif halted:
        yield _halted(reading, chain)
    if len(chain.provinces) < chain.expected:
        lacking = _lacking(chain)
        yield Alarm(
            "peers-lacking",
            down=False,
            zh=f"只连上 {len(chain.provinces)} 个成员节点，应为 {chain.expected}" + (lacking and f"；缺：{lacking}"),
            en=f"{len(chain.provinces)} of the members' {chain.expected} other nodes are connected"
            + (lacking and f"; lacking: {lacking}"),
            hint_zh="请未连上的省份检查其节点，并核对防火墙的 p2p 端口",
            hint_en="have the provinces that lack look at their nodes; check the firewall's p2p ports",
        )
    if chain.validator and not chain.sealing and not chain.syncing:
        yield Alarm(
            "not-sealing",
            down=False,
            zh="本节点是验证者，但没有参与出块",
            en="this node is a validator and does not seal",
            hint_zh="等待半数以上验证者连上（会自动开始）；监护进程须在运行",
            hint_en="it begins by itself once more than half are connected; the supervisor must run",
        )
    for one in () if halted else chain.validators:
        # Where one is away its neighbours' turns are upset too, and each block that comes late counts as missed: who
        # makes as many blocks as are its share is there all the same.
        if one.turns >= MISSED_TURNS and one.sealed < MISSED_SHARE * one.turns:
            yield Alarm(
                "misses-blocks",
                down=False,
                zh=f"{one.province or one.address} 应出 {one.turns} 个区块，只出了 {one.sealed} 个",
                en=f"{one.province or one.address} made {one.sealed} of the {one.turns} blocks that were its to make",
                hint_zh="请该省运行 huren-node status，并核对时钟（时钟慢者出块总是迟到）；长期缺席者应由动议退出",
                hint_en="have that province run huren-node status and check its clock (a slow one's blocks come late); "
                "one that stays away should leave by motion",
            )
    if chain.delay is not None and not EARLY <= chain.delay <= LATE:
        early = chain.delay < EARLY
        yield Alarm(
            "clock-skew",
            down=False,
            zh=f"时钟不一致：区块在其时间{'之前' if early else '之后'} {abs(chain.delay):.1f} 秒到达",
            en=f"clocks disagree: blocks arrive {abs(chain.delay):.1f} s {'before' if early else 'after'} their time",
            hint_zh="核对本机时钟（chrony / NTP）；本机准确时，请其他省份核对",
            hint_en="check this machine's clock (chrony, NTP); where it is right, have the others check theirs",
        )


def _lacking(chain: ChainReading) -> str:
    """Return the provinces whose validators are not there; an address where network.toml has no row for it."""
    return ", ".join(str(one.province or one.address) for one in chain.validators if not one.present)


def _no_quorum(chain: ChainReading, zh: str, en: str, *, hint_zh: str, hint_en: str) -> Alarm:
    """Say who lacks, after how the chain stands."""
    count, lacking = len(chain.validators), _lacking(chain)
    return Alarm(
        "no-quorum",
        down=True,
        zh=f"{zh}：{count} 个验证者中只有 {chain.present} 个在，需要 {chain.needed} 个；缺：{lacking}",
        en=f"{en}: {chain.present} of {count} validators are there, {chain.needed} are needed; lacking: {lacking}",
        hint_zh=hint_zh,
        hint_en=hint_en,
    )


def _halted(reading: Reading, chain: ChainReading) -> Alarm:
    age = f"{chain.head_age:.0f}"
    if not chain.height:
        return _not_begun(chain)
    if chain.present < chain.needed:
        return _no_quorum(
            chain,
            f"链已停 {age} 秒",
            f"the chain has stood for {age} s",
            hint_zh="恢复缺席的节点；已受理的工作会等待，不会丢失",
            hint_en="bring the missing nodes back; what was accepted waits, and nothing is lost",
        )
    if chain.gathered is None or chain.gathered < RESUMES_WITHIN:
        return Alarm(
            "resuming",
            down=True,
            zh=f"链已停 {age} 秒；现有 {chain.present} 个验证者在，足以恢复出块",
            en=f"the chain has stood for {age} s; {chain.present} validators are there, enough to go on",
            hint_zh="等待一分钟：节点先同步，再开始出块",
            hint_en="wait a minute: nodes fetch blocks first, then begin to seal",
        )
    if reading.engine == "geth":
        return Alarm(
            "deadlock-suspected",
            down=True,
            zh=f"链已停 {age} 秒，但有 {chain.present} 个验证者在：可能有难度相同的两个分支（网络分裂之后）",
            en=f"the chain has stood for {age} s though {chain.present} validators are there: perhaps two branches of "
            "equal difficulty stand against each other (after a partition)",
            hint_zh="与其他省份比较：huren-node status --compare 对方RPC地址；确认后由其中一方回退："
            "huren-node rewind --to 共同区块",
            hint_en="compare with the others: huren-node status --compare THEIR_RPC; where it is so, one side goes "
            "back: huren-node rewind --to COMMON_BLOCK",
        )
    return Alarm(
        "halted",
        down=True,
        zh=f"链已停 {age} 秒，但有 {chain.present} 个验证者在",
        en=f"the chain has stood for {age} s though {chain.present} validators are there",
        hint_zh="停顿之后轮次超时会加倍：等待一分钟；仍停则各省重启节点",
        hint_en="round timeouts double after a halt: wait a minute; where it still stands, restart the nodes",
    )


def _not_begun(chain: ChainReading) -> Alarm:
    """Block 0 says nothing of how long anybody has waited: it is as old as the network's files."""
    if chain.present < chain.needed:
        return _no_quorum(
            chain,
            "链还没有第一个区块",
            "the chain has no first block yet",
            hint_zh="等待其余成员运行 huren-node up；人数足够后自动开始",
            hint_en="wait for the others to run huren-node up; it begins by itself once enough are there",
        )
    if chain.gathered is None or chain.gathered < RESUMES_WITHIN:
        return Alarm(
            "resuming",
            down=True,
            zh=f"链还没有第一个区块；现有 {chain.present} 个验证者在，足以开始",
            en=f"the chain has no first block yet; {chain.present} validators are there, enough to begin",
            hint_zh="等待一分钟：节点先等齐其他成员，再开始出块",
            hint_en="wait a minute: nodes wait for the others first, then begin to seal",
        )
    return Alarm(
        "halted",
        down=True,
        zh=f"链没有第一个区块，但有 {chain.present} 个验证者在",
        en=f"the chain has no first block though {chain.present} validators are there",
        hint_zh="各省核对 genesis.json 的指纹与时钟，再重启节点（huren-node down，然后 up）",
        hint_en="compare the fingerprint of genesis.json and the clocks, then restart the nodes (huren-node down, up)",
    )


def _ipfs(reading: Reading) -> Iterator[Alarm]:
    ipfs = reading.ipfs
    if ipfs is None:
        return
    if not ipfs.answering:
        why = _why(reading, "ipfs")
        yield Alarm(
            "ipfs-down",
            down=False,
            zh=f"IPFS 没有应答：{ipfs.problem if why is None else why.zh}",
            en=f"the IPFS daemon does not answer: {ipfs.problem if why is None else why.en}",
            hint_zh="huren-node up，并查看 run/ipfs.log；期间文件暂存于网关" if why is None else why.hint_zh,
            hint_en="huren-node up, and see run/ipfs.log; meanwhile documents wait in the gateway"
            if why is None
            else why.hint_en,
        )
    elif ipfs.peers < ipfs.expected:
        yield Alarm(
            "ipfs-peers-lacking",
            down=False,
            zh=f"IPFS 只连上 {ipfs.peers} 个成员，应为 {ipfs.expected}",
            en=f"the IPFS daemon has {ipfs.peers} of {ipfs.expected} members connected",
            hint_zh="请未连上的省份检查；核对 swarm 端口与 swarm.key",
            hint_en="have the provinces that lack look; check swarm ports and swarm.key",
        )
    if ipfs.strangers:
        yield Alarm(
            "ipfs-strangers",
            down=False,
            zh=f"IPFS 连上了 {ipfs.strangers} 个不在 network.toml 中的节点",
            en=f"the IPFS daemon is connected to {ipfs.strangers} nodes that network.toml does not name",
            hint_zh="swarm.key 可能泄露：更换它，并查明来源",
            hint_en="the swarm's key may have leaked: replace it and find out how",
        )


def _disk(reading: Reading) -> Iterator[Alarm]:
    if reading.disk_free < min(DISK_FREE, DISK_SHARE * reading.disk_size):
        free = f"{reading.disk_free / 1e9:.1f}"
        yield Alarm(
            "disk-low",
            down=False,
            zh=f"磁盘只剩 {free} GB",
            en=f"{free} GB of disk are left",
            hint_zh="扩容或清理；磁盘写满时链客户端会停止",
            hint_en="add space: the chain client ends when the disk is full",
        )
