"""What administrators read is a function of the network and of this machine: known texts, the same again."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from node.layout import Layout
from node.local import Local, Reach
from node.render import compose, firewall, texts, unit, write
from tests.node.test_genesis import described

if TYPE_CHECKING:
    from node.description import Description

PYTHON = Path("/opt/huren/bin/python")
FOLDER = Path("/srv/huren/310000")
LOCAL = Local(province=310_000)

FIREWALL = """\
a · 省 Province（310000）
防火墙规则：除下列各项外一律关闭 / firewall: everything that is not listed stays closed

入站 TCP 30303　来自 省（10.0.0.2）：链节点互联 / inbound TCP 30303 from Province (10.0.0.2): chain peers
入站 TCP 4001　来自 省（10.0.0.2）：文档互联（私有 IPFS） / inbound TCP 4001 from Province (10.0.0.2): documents (private IPFS)
出站 TCP 30303　去往 省（10.0.0.2）：链节点互联 / outbound TCP 30303 to Province (10.0.0.2): chain peers
出站 TCP 4001　去往 省（10.0.0.2）：文档互联（私有 IPFS） / outbound TCP 4001 to Province (10.0.0.2): documents (private IPFS)
不对外 TCP 8545　仅本机：链节点接口（网关使用） / not opened: TCP 8545, this machine only: chain RPC, for the gateway
不对外 TCP 8551　仅本机：链节点备用接口，无人使用 / not opened: TCP 8551, this machine only: a second RPC that nothing uses
不对外 TCP 5001　仅本机：IPFS 接口（网关凭令牌使用） / not opened: TCP 5001, this machine only: IPFS API, for the gateway, by token
不对外 TCP 9645　仅本机：监控指标 / not opened: TCP 9645, this machine only: metrics

时间同步：节点时钟须与标准时间一致（误差小于 1 秒），放行本省时间服务器的 NTP（UDP 123，出站）
the clock must be right (within a second): let NTP out to your own time server (UDP 123)
成员变动后请重新运行 huren-node render，并按新表更新
run huren-node render again when members change, and follow the new table
"""  # noqa: E501 - the table's own lines


def two(engine: str = "geth") -> Description:
    """A network of two rows is enough for a table."""
    description = described(engine)
    return description.model_copy(update={"member": description.member[:2]})


def sections(text: str) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    name = ""
    for line in text.splitlines():
        if line.startswith("["):
            name = line
            found[name] = []
        elif line and not line.startswith("#"):
            found[name].append(line)
    return found


def test_the_firewall_table_says_who_reaches_what_in_both_languages() -> None:
    assert firewall(two(), LOCAL) == FIREWALL


def test_besu_opens_no_second_port() -> None:
    assert "8551" not in firewall(two("besu"), LOCAL)


def test_a_peer_behind_a_tunnel_is_listed_where_this_machine_reaches_it() -> None:
    reach = Reach(province=320_000, host="192.168.7.1", p2p_port=40_001, swarm_port=40_002)
    text = firewall(two(), LOCAL.model_copy(update={"reach": (reach,)}))
    assert "outbound TCP 40001 to Province (192.168.7.1)" in text
    assert "10.0.0.2" not in text


def test_an_rpc_that_the_gateway_reaches_over_the_network_is_for_the_gateway_alone() -> None:
    text = firewall(two(), LOCAL.model_copy(update={"rpc_host": "10.0.0.1"}))
    assert "TCP 8545, this province's gateway only, on 10.0.0.1: it asks for no password" in text


def test_a_newcomer_is_in_everybodys_table_and_everybody_in_the_newcomers() -> None:
    description = described("geth")
    newcomer = description.member[3].model_copy(update={"founding": False})
    grown = description.model_copy(update={"member": (*description.member[:3], newcomer)})
    assert "10.0.0.4" in firewall(grown, LOCAL)
    assert "10.0.0.4" not in firewall(description.model_copy(update={"member": description.member[:3]}), LOCAL)
    own = firewall(grown, Local(province=newcomer.province))
    assert all(f"10.0.0.{i} " in own or f"10.0.0.{i})" in own or f"10.0.0.{i}）" in own for i in (1, 2, 3))


def test_the_unit_starts_the_supervisor_and_gives_it_time_to_end() -> None:
    found = sections(unit(two(), LOCAL, FOLDER, PYTHON))
    service = found["[Service]"]
    assert "ExecStart=/opt/huren/bin/python -P -m node.supervisor --dir /srv/huren/310000" in service
    assert {
        "Environment=LC_ALL=C.UTF-8",
        "Restart=on-failure",
        "KillMode=mixed",
        "TimeoutStopSec=180",
        "ReadWritePaths=/srv/huren/310000",
    } <= {*service}
    assert found["[Install]"] == ["WantedBy=multi-user.target"]


def test_a_folder_with_blanks_and_per_cent_signs_stays_one_word() -> None:
    """systemd takes quotes off words of a list and of a command, and leaves them in a path that is the whole line."""
    service = sections(unit(two(), LOCAL, Path("/srv/互 认/50%/$HOME"), Path("/opt/hu ren/python")))["[Service]"]
    assert 'ExecStart="/opt/hu ren/python" -P -m node.supervisor --dir "/srv/互 认/50%%/$$HOME"' in service
    assert "WorkingDirectory=/srv/互 认/50%%/$HOME" in service
    assert 'ReadWritePaths="/srv/互 认/50%%/$HOME"' in service


def test_the_compose_file_is_one_service_that_needs_an_image_and_no_privilege() -> None:
    found: dict[str, Any] = yaml.safe_load(compose(two(), LOCAL))
    assert found["name"] == "a-310000"
    (service,) = found["services"].values()
    assert service["command"] == ["python", "-P", "-m", "node.supervisor", "--dir", "/huren"]
    assert service["image"].startswith("${HUREN_IMAGE:?")
    assert service["user"].startswith("${HUREN_USER:?"), "without capabilities root reads no key of another owner"
    assert service["environment"] == {"LC_ALL": "C.UTF-8"}
    (scratch,) = service["tmpfs"]
    assert scratch.split(":")[1].split(",")[0] == "exec", "docker's default is noexec, and Besu loads libraries there"
    assert service["restart"] == "unless-stopped", "what the operator stopped stays down"
    assert (service["network_mode"], service["cap_drop"], service["read_only"]) == ("host", ["ALL"], True)
    assert service["volumes"] == [{"type": "bind", "source": "..", "target": "/huren"}]


@pytest.mark.parametrize("engine", ["geth", "besu"])
def test_rendered_again_it_is_the_same_bytes(tmp_path: Path, engine: str) -> None:
    layout = Layout(tmp_path)
    names = {layout.units / name for name in ("huren-node.service", "compose.yaml", "firewall.txt")}
    assert set(write(two(engine), LOCAL, layout, PYTHON)) == names
    before = {path: path.read_bytes() for path in names}
    assert write(two(engine), LOCAL, layout, PYTHON) == ()
    assert {path: path.read_bytes() for path in names} == before
    assert {path: text.encode() for path, text in texts(two(engine), LOCAL, layout, PYTHON).items()} == before


def test_what_changes_is_written_anew_and_the_rest_is_left(tmp_path: Path) -> None:
    layout = Layout(tmp_path)
    write(two(), LOCAL, layout, PYTHON)
    changed = LOCAL.model_copy(update={"rpc_port": 9_545})
    assert write(two(), changed, layout, PYTHON) == (layout.units / "firewall.txt",)
