"""What keeps a plan of governance from being made or carried out."""

from __future__ import annotations

from node.client.errors import Exit, NodeError


class NoValidatorsError(NodeError):
    """The engine has no validators to vote on."""

    exit_code = Exit.AGAINST

    def __init__(self, engine: str) -> None:
        super().__init__(
            f"引擎 {engine} 是单进程，没有验证节点，无须治理",
            f"the engine {engine} is one process and has no validators: there is nothing to govern",
        )
        self.engine = engine


class UnknownSubjectError(NodeError):
    """`--at-once` names nobody whose validator could go."""

    exit_code = Exit.AGAINST

    def __init__(self, given: str) -> None:
        super().__init__(
            f"--at-once {given}：应为待移出验证节点的地址或省份；密钥被盗的，先 network add --replace 换上新卡",
            f"--at-once {given}: give the address, or the province, of a validator that is to go. Where a key was "
            "stolen, its member's new card comes first: network add --replace",
        )
        self.given = given
