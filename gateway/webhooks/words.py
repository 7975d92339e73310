"""How an attempt to hand over a message ended, in words: what happened on the way, and what to look at.

    words_of("ConnectError").en

The outcome itself stays one short word, which is kept with the webhook and shown by `huren webhook list`.
"""

from __future__ import annotations

from typing import Final

from gateway.domain.errors import HurenError, Said
from gateway.webhooks import errors

_OUTCOMES: Final = {
    "ConnectError": Said(
        "无法建立连接：对方未监听、拒绝连接或 TLS 证书不可信，请核对地址、端口、防火墙与证书",
        "no connection: nothing listens there, it is refused, or its TLS certificate is not trusted; look at address, "
        "port, firewall and certificate",
    ),
    "ReadError": Said("连接在应答前中断", "the connection broke before an answer came"),
    "WriteError": Said("连接在发送途中中断", "the connection broke while the message was sent"),
    "RemoteProtocolError": Said("对方的应答不是 HTTP", "what answered does not speak HTTP"),
}
_STATUSES: Final = {
    "3": Said(
        "对方要求转往别处；不跟随转向，请直接填写最终地址",
        "a redirect, which is not followed: name the address it leads to",
    ),
    "4": Said(
        "对方拒收：请核对其路径、签名密钥与权限", "the receiver refused it: look at its path, the secret, who may call"
    ),
    "5": Said("对方出错：请查看接收方的日志", "the receiver failed: look at its log"),
}


def words_of(outcome: str) -> Said:
    """What the outcome of an attempt that was not taken means."""
    if outcome.startswith("HTTP "):
        return _STATUSES.get(outcome[5:6], _otherwise(outcome))
    if outcome.startswith("no answer"):
        return Said("对方未在时限内应答", f"{outcome}: the receiver is to answer at once and work afterwards")
    for kind in vars(errors).values():
        if isinstance(kind, type) and issubclass(kind, HurenError) and kind.code == outcome:
            return Said(kind.hint_zh, kind.hint_en)
    return _OUTCOMES.get(outcome, _otherwise(outcome))


def _otherwise(outcome: str) -> Said:
    return Said(f"传输失败（{outcome}）", f"the way there failed ({outcome})")
