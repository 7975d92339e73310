"""The settings of a gateway: one TOML file, overridden by the environment. The only module that reads either.

    # gateway.toml (relative paths are relative to this file; unknown keys fail)
    province = 320000
    data_dir = "data"
    deployment = "../network/deployment.json"
    rpc_url = "http://127.0.0.1:8545"
    public_url = "http://127.0.0.1:8102"
    listen_port = 8102
    peers = ["http://127.0.0.1:8101"]

    [keys]
    passphrase_file = "secrets/keys"

    settings = load_settings(Path("gateway.toml"))

An environment variable HUREN_<KEY> overrides a key, HUREN_KEYS__<KEY> one of a table; lists and tables are JSON. A
variable that starts with HUREN_ and names no key fails as well. Passphrases are never settings, only the files that
hold them.
"""

from __future__ import annotations

import ipaddress
import os
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final, Literal
from urllib.parse import parse_qsl, urlsplit

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, ValidationInfo
from pydantic_core import PydanticCustomError
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from gateway.domain.errors import HurenError, Said

if TYPE_CHECKING:
    from collections.abc import Mapping

_PREFIX: Final = "HUREN_"
_CONFIG_VARIABLE: Final = "HUREN_CONFIG"
_DEFAULT_FILE: Final = "gateway.toml"
_NESTED: Final = "__"
NO_PROVINCE: Final = 0
"""Of an observer that stands for no province. Members' are six digits."""
_LEAST, _MOST = 100_000, 999_999


class SettingsError(HurenError):
    """The settings cannot be used. The value is the file, `why` names each wrong key."""

    code = "settings"
    zh = "配置 {value} 不可用：{why}"
    en = "the settings {value} cannot be used: {why}"
    hint_zh = "各项设置与范例见 docs/settings.md；文件在别处时用 --config 或 HUREN_CONFIG 指明"
    hint_en = "docs/settings.md lists every key, with an example; --config or HUREN_CONFIG name a file elsewhere"


def _web_address(text: str) -> str:
    if not text.startswith(("http://", "https://")):
        raise ValueError("expected http://… or https://…")
    return text.rstrip("/")


def _network(text: str) -> str:
    try:
        return str(ipaddress.ip_network(text))
    except ValueError:
        raise PydanticCustomError("network", "expected a network such as 10.20.0.0/16") from None


def _database(text: str) -> str:
    """A PostgreSQL URL in which no password stands: others read the file that settings are in, and the environment."""
    parts = urlsplit(text)
    if parts.scheme != "postgresql":
        raise PydanticCustomError("database", "expected postgresql://user@host/name")
    given = {name.lower() for name, _ in parse_qsl(parts.query, keep_blank_values=True)}
    if parts.password is not None or given & {"password", "sslpassword"}:
        raise PydanticCustomError("password", "a password does not belong here but into ~/.pgpass, or passfile=FILE")
    return text


WebAddress = Annotated[str, AfterValidator(_web_address)]


class KeySettings(BaseModel):
    """Where the keys are and where their passphrases come from (files, mode 0600; never the passphrases themselves)."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    folder: Path | None = None
    """Default: `keys` in the data directory."""
    passphrase_file: Path | None = None
    """Opens the master key and the issuing keys."""
    pseudonym: Path | None = None
    """The pseudonym key's file; default: `pseudonym.key.json` in the folder. Better on a device of its own."""
    pseudonym_passphrase_file: Path | None = None
    officers_passphrase_file: Path | None = None
    operator: Path | None = None
    """The operator's keystore, which sends transactions."""
    operator_passphrase_file: Path | None = None


class LimitSettings(BaseModel):
    """How much one request or transaction may take."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    body_bytes: int = Field(default=1 << 20, ge=1 << 10, le=1 << 26)
    """The largest request body that the API reads."""
    transaction_gas: int = Field(default=30_000_000, ge=1_000_000)
    """The most gas one transaction is planned for: bulk changes are cut to it. Below the block gas limit."""


class IpfsSettings(BaseModel):
    """The province's IPFS daemon; without this table blobs lie in the data directory alone."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    api_url: WebAddress
    """Of the daemon's API, on this machine."""
    token_file: Path
    """Holds the bearer token that the node made for the gateway (keys/ipfs-token in the member's folder)."""


def _province(code: int, info: ValidationInfo) -> int:
    """A member's gateway serves a province; an observer's may name one, and nothing depends on it."""
    if code == NO_PROVINCE:
        if info.data.get("role") == "observer":
            return code
        raise PydanticCustomError("missing", "Field required")
    if code < _LEAST:
        raise PydanticCustomError("greater_than_equal", "Input should be greater than or equal to {ge}", {"ge": _LEAST})
    if code > _MOST:
        raise PydanticCustomError("less_than_equal", "Input should be less than or equal to {le}", {"le": _MOST})
    return code


def _keys(keys: KeySettings, info: ValidationInfo) -> KeySettings:
    if info.data.get("role") == "observer" and keys != KeySettings():
        raise PydanticCustomError(
            "observer_keys", "an observer acts for nobody and holds no keys: leave this table out"
        )
    return keys


class Settings(BaseSettings):
    """All settings of one gateway; immutable. Made by `load_settings`."""

    model_config = SettingsConfigDict(
        env_prefix=_PREFIX,
        env_nested_delimiter=_NESTED,
        extra="forbid",
        frozen=True,
        case_sensitive=False,
        hide_input_in_errors=True,  # what was written where it does not belong may be a password
    )

    role: Literal["member", "observer"] = "member"
    """An observer holds no key and acts for nobody: it follows the chain, checks and audits."""
    province: Annotated[int, AfterValidator(_province)] = Field(default=NO_PROVINCE, validate_default=True)
    """GB/T 2260, six digits. An observer's: that of its row in network.toml, or none (`NO_PROVINCE`)."""
    data_dir: Path
    deployment: Path
    """The deployment file: chain, contracts, provinces."""
    rpc_url: WebAddress
    public_url: WebAddress
    """How others reach this gateway; printed on certificates and in status lists."""
    listen_host: str = "127.0.0.1"
    listen_port: int = Field(default=8100, ge=0, le=65_535)
    """0: any free port."""
    peers: tuple[WebAddress, ...] = ()
    """Other provinces' gateways, asked for manifests in this order."""
    replication: int | None = Field(default=None, ge=1, le=34)
    """How many provinces keep each pack, its owner among them: more than the deployment file says, never fewer."""
    replication_seconds: int = Field(default=30, ge=1, le=300)
    """Between two looks at what other provinces have to be kept for them."""
    webhook_networks: tuple[Annotated[str, AfterValidator(_network)], ...] = ("127.0.0.0/8", "::1/128")
    """Where webhooks may send to (CIDR): nothing outside is asked, whoever names it."""
    staleness_seconds: int = Field(default=60, ge=1)
    """How far the index may lag behind before answers from it become "cannot check"."""
    expire_overdue: bool = True
    """Whether a serving gateway sends back requests of its own pairs that nobody decided in time."""
    database_url: Annotated[str, AfterValidator(_database)] | None = None
    """A PostgreSQL database, instead of the SQLite file in the data directory."""
    workers: int = Field(default_factory=lambda: os.cpu_count() or 1, ge=1)
    """Processes that sign."""
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"
    log_format: Literal["json", "console"] = "json"
    keys: Annotated[KeySettings, AfterValidator(_keys)] = KeySettings()
    limits: LimitSettings = LimitSettings()
    ipfs: IpfsSettings | None = None

    @property
    def observer(self) -> bool:
        """Whether this gateway acts for nobody."""
        return self.role == "observer"

    @property
    def database(self) -> Path:
        """The SQLite file; where `database_url` is set, there is none."""
        return self.data_dir / "huren.db"

    @property
    def blobs(self) -> Path:
        """The folder of blobs."""
        return self.data_dir / "blobs"

    @property
    def webhook_key(self) -> Path:
        """The file that seals the webhooks' secrets."""
        return self.key_folder / "webhooks.key"

    @property
    def leaves(self) -> Path:
        """The folder of the leaf index."""
        return self.data_dir / "leaves"

    @property
    def key_folder(self) -> Path:
        """The folder of key files."""
        return self.keys.folder or self.data_dir / "keys"

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],  # noqa: ARG003 - the signature is pydantic's
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """The environment goes before the file, which `load_settings` hands over as arguments."""
        return env_settings, init_settings


def load_settings(config: Path | None = None) -> Settings:
    """Reads the settings from `config`, else from the file that HUREN_CONFIG names, else from ./gateway.toml.

    Raises:
        SettingsError: no such file, no TOML, an unknown key, or a value that is not allowed; names all of them.
    """
    path = config or Path(os.environ.get(_CONFIG_VARIABLE, _DEFAULT_FILE))
    _refuse_unknown_variables(path, os.environ)
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise SettingsError(str(path), why=error.strerror) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsError(str(path), why=str(error)) from error
    try:
        settings = Settings(**content)
    except ValidationError as error:
        raise SettingsError(str(path), why=_problems(error)) from error
    return _anchored(settings, path.absolute().parent)


_ZH: Final = {
    "missing": "缺少",
    "extra_forbidden": "没有这项设置",
    "greater_than_equal": "须不小于 {ge}",
    "less_than_equal": "须不大于 {le}",
    "int_parsing": "须为整数",
    "int_type": "须为整数",
    "int_from_float": "须为整数",
    "bool_parsing": "须为 true 或 false",
    "bool_type": "须为 true 或 false",
    "literal_error": "须为 {expected} 之一",
    "observer_keys": "观察方不代表任何人行事，没有密钥：请去掉此表",
    "database": "须写作 postgresql://用户@主机/库名",
    "password": "口令不写在此处，应放入 ~/.pgpass 或以 passfile=文件 指明",
    "value_error": "须以 http:// 或 https:// 开头",
    "path_type": "须为路径",
    "string_type": "须为文字",
    "tuple_type": "须为列表",
    "network": "须为网段，如 10.20.0.0/16",
    "model_type": "须为表",
    "model_attributes_type": "须为表",
}
"""By pydantic's type of error, what the settings' fields can meet."""


def _problems(error: ValidationError) -> Said:
    """Every wrong key and why, in both languages."""
    zh, en = [], []
    for each in error.errors():
        place = ".".join(map(str, each["loc"]))
        why = _ZH[each["type"]].format(**each.get("ctx", {})) if each["type"] in _ZH else each["msg"]
        zh.append(f"{place}：{why}")
        en.append(f"{place}: {each['msg']}")
    return Said("；".join(zh), "; ".join(en))


def _refuse_unknown_variables(path: Path, environment: Mapping[str, str]) -> None:
    tables: dict[str, type[BaseModel]] = {"keys": KeySettings, "limits": LimitSettings, "ipfs": IpfsSettings}
    known = {_PREFIX + name.upper() for name in Settings.model_fields}
    known |= {
        f"{_PREFIX}{table}{_NESTED}{name}".upper() for table, model in tables.items() for name in model.model_fields
    }
    known.add(_CONFIG_VARIABLE)
    unknown = sorted(name for name in environment if name.upper().startswith(_PREFIX) and name.upper() not in known)
    if unknown:
        names = ", ".join(unknown)
        raise SettingsError(str(path), why=Said(f"没有设置 {names}", f"{names}: no such setting"))


def _anchored(settings: Settings, folder: Path) -> Settings:
    """The same settings with every path absolute, relative ones taken from the folder of the file."""
    tables = {
        name: table.model_copy(update=_paths(table, folder))
        for name, table in settings
        if isinstance(table, (KeySettings, IpfsSettings))
    }
    return settings.model_copy(update={**_paths(settings, folder), **tables})


def _paths(model: BaseModel, folder: Path) -> dict[str, Path]:
    return {name: folder / value.expanduser() for name, value in model if isinstance(value, Path)}
