"""Keys that this process holds, or does not: nothing is asked for at a terminal while a request waits."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gateway.domain.errors import HurenError, Said

if TYPE_CHECKING:
    from eth_account.signers.local import LocalAccount

    from gateway.bootstrap import Gateway


class KeyNotHeld(HurenError):
    """What was asked for takes a key that this process cannot open."""

    code = "api.key_not_held"
    zh = "本进程没有所需的密钥（{value}）"
    en = "this process does not hold the key that this takes ({value})"
    hint_zh = "请由中心在命令行办理，或在 [keys] 中配置口令文件后重启"
    hint_en = "the centre does it with the command line; or name the passphrase file under [keys] and start again"


class HeldKeys:
    """What the settings let this process open by itself."""

    def __init__(self, gateway: Gateway, *, acts: bool) -> None:
        """Take the gateway; ``acts`` says whether it sends transactions of its operator."""
        self._gateway = gateway
        self._acts = acts and not gateway.settings.observer

    @property
    def operator(self) -> bool:
        """Whether transactions of the operator are sent from here."""
        return self._acts

    def need_master(self) -> None:
        """Go on if documents and letters can be opened.

        Raises:
            KeyNotHeld: they cannot.
        """
        if self._gateway.settings.keys.passphrase_file is None:
            raise KeyNotHeld("keys.passphrase_file")

    def officer(self, institution: str, label: str) -> LocalAccount | None:
        """The account of the officer called ``label``, where that key lies here and opens by a file; else None.

        Raises:
            KeystoreError: the passphrase does not open it.
        """
        gateway = self._gateway
        if gateway.settings.keys.officers_passphrase_file is None:
            return None
        if label not in {officer.label for officer in gateway.keys.officers(institution)}:
            return None  # of several officers, each decides with their own key or not at all
        return gateway.keys.officer_account(institution, label)


WAITS_FOR_OPERATOR = Said(
    "本进程不发送交易：请由操作员办理", "this process sends no transactions: the operator does it, elsewhere"
)
WAITS_FOR_OFFICER = Said(
    "经办人的密钥不在本网关：请在其设备上签署并发送此调用",
    "the officer's key is not here: sign this call on the officer's own device, and send it",
)
