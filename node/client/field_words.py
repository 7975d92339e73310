"""What is wrong with a file's field, in Chinese: the validator and the readers of TOML and JSON speak English alone."""

from __future__ import annotations

import re
from typing import Final

_END: Final = r"[^，。；：）(;]"

_GENERAL: Final = (
    (r"Extra inputs are not permitted", "没有此项"),
    (r"Field required", "缺少此项"),
    (r"Input should be a multiple of (\d+)", "须为 {} 的倍数"),
    (r"Input should be greater than or equal to (-?\d+)", "须不小于 {}"),
    (r"Input should be less than or equal to (-?\d+)", "须不大于 {}"),
    (r"Input should be greater than (-?\d+)", "须大于 {}"),
    (r"Input should be less than (-?\d+)", "须小于 {}"),
    (r"Input should be a valid (?:string|text)", "须为文字"),
    (r"Input should be a valid integer(?:, [a-z ]+)?", "须为整数"),
    (r"Input should be a valid boolean(?:, [a-z ]+)?", "须为 true 或 false"),
    (r"Input should be a valid (?:list|tuple|array)", "须为列表"),
    (r"Input should be a valid dictionary(?: or (?:instance|object)[A-Za-z_ ]*)?", "须为表"),
    (r"Input should be ('[^']+'(?:(?:, | or )'[^']+')*)", "须为 {}"),
    (r"String should match pattern '([^']+)'", "须符合格式 {}"),
    (r"String should have at least (\d+) characters?", "至少 {} 个字符"),
    (r"String should have at most (\d+) characters?", "至多 {} 个字符"),
    (
        r"(?:Tuple|List|Dictionary) should have at least (\d+) items? after validation, not (\d+)",
        "至少 {} 项，现有 {} 项",
    ),
    (
        r"(?:Tuple|List|Dictionary) should have at most (\d+) items? after validation, not (\d+)",
        "至多 {} 项，现有 {} 项",
    ),
    (
        r"Input tag '([^']*)' found using '(\w+)' does not match any of the expected tags: ([a-z', ]+)",
        "{1} 为 {0}，须为 {2} 之一",
    ),
    (r"Unable to extract tag using discriminator '(\w+)'", "缺少 {}"),
    (r"\b[a-zA-Z]" + _END + r"*: line (\d+) column (\d+) \(char \d+\)", "第 {} 行第 {} 列不合 JSON 写法"),
    (r"\b[A-Z]" + _END + r"*\(at line (\d+), column (\d+)\)", "第 {} 行第 {} 列不合 TOML 写法"),
    (r"\b[A-Z]" + _END + r"*\(at end of document\)", "末尾不合 TOML 写法"),
)
"""Of pydantic, orjson and tomllib: their sentences, and ours with the same values."""

_OWN: Final = (
    ("this is no province-level code of GB/T 2260, such as 310000", "须为省级行政区划代码（GB/T 2260），如 310000"),
    ("a role is listed twice", "有重复的权限"),
    (
        "daily_leaves is above 0 exactly where the roles include anchor",
        "有 anchor 权限时 daily_leaves 须大于 0，否则须为 0",
    ),
    (
        "p2p_port and swarm_port are one: the two programs cannot share it",
        "p2p_port 与 swarm_port 相同：两个程序不能共用",
    ),
    (
        "a member needs an admin, a recovery address and at least one operator",
        "成员须有 admin、recovery 和至少一个 operator",
    ),
    (
        "a member needs an operator with the role law: binding acts take two accounts",
        "成员须有一个具有 law 权限的操作员：有约束力的行为须两个账户",
    ),
    ("two operators have one name", "两个操作员同名"),
    ("an observer has no accounts", "观察方没有账户"),
    ("a province has two rows", "一个省有两行"),
    ("there is no member", "没有成员"),
    ("a node's public key is 0x and 128 lower-case hexadecimal digits", "节点公钥为 0x 加 128 位小写十六进制"),
    ("this is no point of the curve secp256k1", "不是曲线 secp256k1 上的点"),
    ("an exchange key is 0x and 64 lower-case hexadecimal digits", "交换公钥为 0x 加 64 位小写十六进制"),
    (
        "a peer id is the name of an Ed25519 key, 12D3KooW and 44 more letters and digits",
        "peer_id 为 Ed25519 公钥的名称：12D3KooW 加 44 位字母数字",
    ),
    ("a host is an IP address, such as 10.0.31.5; names are refused", "须为 IP 地址，如 10.0.31.5，不用域名"),
    ("an address with a zone (%) says nothing outside of its own machine", "带区域（%）的地址在别的机器上没有意义"),
    (
        "others must be able to reach this address: it is unspecified or multicast",
        "他省须能访问此地址：它是未指定地址或组播地址",
    ),
    (
        "others must be able to reach this address: it is link-local, broadcast or reserved",
        "他省须能访问此地址：它是链路本地、广播或保留地址",
    ),
    (
        "a name is one line of visible characters, without blanks around it or two in a row",
        "名称须为一行可见字符，首尾无空格，中间无连续空格",
    ),
    ("no program listens on a multicast address", "程序不能在组播地址上监听"),
    ("a card names its member's node", "成员卡须写明其节点"),
    ("whether a member founded the network, or left it, is not said by its card", "是否创始或已离开，不由成员卡说明"),
    (
        "rpc_port, authrpc_port, ipfs_api_port and metrics_port are four different ports",
        "rpc_port、authrpc_port、ipfs_api_port、metrics_port 须是四个不同的端口",
    ),
)
"""What the description of a network and the ceremony say of a field themselves."""

_WITH_VALUES: Final = (
    (r"an address serves one province and one purpose for ever: (.+)", "一个地址永远只属于一个省、一种用途：{}"),
    (r"fewer than (\S+) members are a trial: set trial = true", "成员少于 {} 个是试用：须写 trial = true"),
    (r"with the engine (\S+) a member has a \[member\.node\]: (.+)", "引擎为 {} 时每个成员须有 [member.node]：{}"),
    (r"two nodes have one (.+?): (.+)", "两个节点的 {} 相同：{}"),
    (r"a validator's address is no account of its member's: (.+)", "验证者的地址不能是成员的账户：{}"),
    (r"(\S+) is reached from its own machine alone: only a trial runs there", "{} 只有本机能访问：只可用于试用"),
    (r"write it in Unicode's normal form C, as (\S+)", "须写成 Unicode 规范形式 C：{}"),
    (r"write it as (\S+)", "须写作 {}"),
    (r"a province comes twice: (.+)", "有省份重复：{}"),
)
"""The same, with the values that they name."""

_SENTENCES: Final = tuple(
    (re.compile(pattern), zh)
    for pattern, zh in (("Value error, ", ""), *((re.escape(en), zh) for en, zh in _OWN), *_WITH_VALUES, *_GENERAL)
)


def in_chinese(sentence: str) -> str:
    """A Chinese sentence in which those words stand in Chinese too; what is not known stays as it is."""
    for pattern, zh in _SENTENCES:
        sentence = pattern.sub(lambda found, zh=zh: zh.format(*found.groups()), sentence)  # type: ignore[misc]
    return sentence
