"""The settings of one process: read once at start from the environment and `.env`, every problem told at once.

Accounts and mailboxes that people add later live in the store, not here.
"""

import difflib
import os
import re
import types
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Annotated, Literal, get_args

from pydantic import BeforeValidator, Field, SecretStr, ValidationError, ValidationInfo, field_validator
from pydantic.fields import FieldInfo
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict
from pydantic_settings.sources import DotEnvSettingsSource

from postroom.errors import ConfigurationError
from postroom.secret_file import SECRET_BYTES, key_bytes, load_or_make_secret

PREFIX = "POSTROOM_"
TEST_PREFIX = "POSTROOM_TEST_"  # Read by the test suite only.
MOCK_ADDRESS = "support@lindenhof.example"
# Their values may hold passwords or tokens and are never shown.
CONFIDENTIAL = frozenset(
    {"journal_url", "secret_key", "slack_webhook_url", "store_url", "webhook_secret", "webhook_url"}
    | {"language_model_key", "language_model_url"}
)

_ADDRESS = re.compile(r"[^@\s\x00-\x1f]+@[^@\s\x00-\x1f]+")
_LANGUAGE = re.compile(r"[a-z]{2}")


def _split(value: object) -> object:
    """Read `a, b` as a list, so that nobody has to write JSON into an environment variable."""
    return tuple(part.strip() for part in value.split(",") if part.strip()) if isinstance(value, str) else value


def _capitals(value: object) -> object:
    return value.upper() if isinstance(value, str) else value


def _in_data_dir(name: str, prefix: str = "") -> Callable[[dict[str, object]], str]:
    """Return what makes the default of a setting from the data folder (read before it)."""
    return lambda before: f"{prefix}{before.get('data_dir', 'data')}/{name}"


Words = Annotated[tuple[str, ...], NoDecode, BeforeValidator(_split)]


class Settings(BaseSettings):
    """Every setting with its default; the name in the environment is the field's in capitals after `POSTROOM_`."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX,
        env_file_encoding="utf-8",
        extra="ignore",
        env_ignore_empty=True,
        frozen=True,
        hide_input_in_errors=True,
    )

    data_dir: Path = Field(
        default=Path("data"),
        validate_default=True,
        description="The folder for the database, the journal and the secret.",
    )
    store_url: str = Field(
        default_factory=_in_data_dir("postroom.db", "sqlite:///"),
        repr=False,
        description="The database; without it a SQLite file postroom.db in the data folder.",
    )
    journal_url: str = Field(
        default_factory=_in_data_dir("journal.db", "sqlite:///"),
        repr=False,
        description="The engine's journal; without it a SQLite file journal.db in the data folder.",
    )
    synchronous: Annotated[Literal["NORMAL", "FULL"], BeforeValidator(_capitals)] = Field(
        default="NORMAL", description="How a SQLite journal is flushed; the store is always FULL."
    )
    fast_journal: bool = Field(
        default=True,
        description="Whether a SQLite journal runs its hottest calls as raw statements; not with another dbos.",
    )
    secret_key: SecretStr | None = Field(
        default=None,
        description="Signs our Message-IDs, so that replies to us are known (64 hex digits); "
        "without it a file secret.key in the data folder.",
    )
    log_level: Annotated[Literal["DEBUG", "INFO", "WARNING", "ERROR"], BeforeValidator(_capitals)] = Field(
        default="INFO", description="The least level logged."
    )
    log_format: Literal["auto", "console", "json"] = Field(
        default="auto", description="How the log looks; auto is console on a terminal and json elsewhere."
    )
    mailbox_kind: Literal["none", "mock", "maildir", "mbox"] = Field(
        default="none",
        description="A mailbox for trials: generated mail, a Maildir or an mbox file; real ones are added by command.",
    )
    mailbox_path: Path | None = Field(
        default=None, validate_default=True, description="The Maildir folder or the mbox file."
    )
    mailbox_address: str = Field(
        default=MOCK_ADDRESS,
        validate_default=True,
        description="The address that replies come from; required save for mock.",
    )
    mailbox_display_name: str = Field(
        default="",
        max_length=200,
        description="The name beside that address; also ends each letter. Without it only the mock mailbox has one.",
    )
    mailbox_aliases: Words = Field(default=(), description="Other addresses of the mailbox, separated by commas.")
    mode: Literal["observe", "review", "automatic"] = Field(
        default="review", description="How far Postroom may go: only look, let a person approve, or answer by itself."
    )
    mock_seed: int = Field(default=1, ge=0, description="What the mock mailbox makes its mail from.")
    mock_emails: int = Field(default=100, ge=0, le=1_000_000, description="How many e-mails the mock mailbox holds.")
    outbox_dir: Path = Field(
        default_factory=_in_data_dir("outbox"),
        validate_default=True,
        description="The folder that gets replies as files; without it outbox in the data folder.",
    )
    workflow: str = Field(
        default="customer_support", pattern=r"^[a-z][a-z0-9_]{0,63}$", description="The workflow of the mailbox."
    )
    workflow_file: Path | None = Field(
        default=None, description="A workflow in YAML to use in place of the shipped one."
    )
    articles_dir: Path | None = Field(
        default=None,
        description="A folder of articles; without it only the mock mailbox has any: the starter articles.",
    )
    languages: Words = Field(
        default=("en", "de", "fr", "es", "it", "nl"), min_length=1, description="Languages answered (ISO 639-1)."
    )
    max_message_bytes: int = Field(
        default=25 * 1024 * 1024, ge=1024, le=1024**3, description="The size above which mail goes to quarantine."
    )
    api_host: str = Field(
        default="127.0.0.1",
        min_length=1,
        max_length=255,
        description="The address that the API and the web page listen on; others than this machine's own need care.",
    )
    api_port: int = Field(default=8025, ge=0, le=65_535, description="Their port; 0 takes any that is free.")
    public_url: str | None = Field(
        default=None,
        pattern=r"^https?://[A-Za-z0-9.\-:\[\]]+$",
        description="Where browsers reach them, as https://support.example.org, when that is not the address above.",
    )
    trusted_proxies: Words = Field(
        default=(), description="Addresses of reverse proxies whose X-Forwarded-For is believed, separated by commas."
    )
    undo_seconds: float = Field(
        default=10.0,
        ge=0,
        le=600,
        description="How long a decision made through the API, the web page too, can be taken back.",
    )
    session_hours: float = Field(
        default=12.0,
        ge=0.25,
        le=720,
        description="After how long without use a log-in ends.",
    )
    executions_in_parallel: int = Field(default=10, ge=1, le=1000, description="Executions that run at the same time.")
    poll_seconds: float = Field(default=2.0, ge=0.05, le=3600, description="How often a mailbox is looked at.")
    silent_minutes: float = Field(
        default=15.0,
        ge=1,
        le=10_080,
        description="After how long without a successful look at a mailbox an alarm is raised.",
    )
    reminder_minutes: float = Field(
        default=30.0,
        ge=1,
        le=10_080,
        description="After how long an urgent review that nobody has claimed is told about again.",
    )
    target_precision: float = Field(
        default=0.95,
        ge=0.5,
        le=0.999,
        description="The share of automatic replies that must be right; nothing is answered by itself before reviewed "
        "mail proves it.",
    )
    strict_categories: bool = Field(
        default=False, description="Whether each category must prove that on its own, not all of them together."
    )
    audit_share: float = Field(
        default=0.05, ge=0, le=1, description="The share of automatic replies that a person looks at afterwards."
    )
    webhook_url: str | None = Field(default=None, repr=False, description="Gets notifications as signed webhooks.")
    webhook_secret: SecretStr | None = Field(
        default=None, validate_default=True, description="Signs them: whsec_ and base64; required with a webhook URL."
    )
    slack_webhook_url: SecretStr | None = Field(
        default=None, description="A Slack incoming webhook that gets notifications."
    )
    allow_private_webhooks: bool = Field(
        default=False,
        description="Whether webhooks and notifiers that are set up over the API may lead into the own network, also "
        "without https; at the command line a notifier has a setting of its own for that.",
    )
    folders_dir: Path = Field(
        default_factory=_in_data_dir("folders"),
        validate_default=True,
        description="The folder that Maildirs, mbox files and other files of accounts must lie in that are set up over "
        "the API; without it folders in the data folder. At the command line they may lie anywhere.",
    )
    embedder: str = Field(
        default="auto",
        min_length=1,
        max_length=1000,
        description="What compares texts by their meaning: minilm (English), e5 (many languages), a folder with "
        "model.onnx and tokenizer.json, auto (by the language of what is learnt) or none.",
    )
    language_model: str = Field(
        default="",
        max_length=200,
        description="The language model to ask, as gpt-4o; with Azure the name of its deployment. Empty: none.",
    )
    language_model_url: str = Field(
        default="",
        repr=False,
        pattern=r"^(https?://[^\s@?#]+)?$",
        description="The base URL of its server, as http://127.0.0.1:11434/v1 or the endpoint of Azure; empty: OpenAI.",
    )
    language_model_key: SecretStr | None = Field(
        default=None, description="The key of that server; a server of one's own may need none."
    )
    language_model_azure_api_version: str = Field(
        default="", pattern=r"^[0-9a-z\-]*$", description="Only for Azure: the version of its API, as 2024-10-21."
    )
    language_model_timeout_seconds: float = Field(
        default=20.0, ge=1, le=45, description="How long one question to it may take, all tries together."
    )
    language_model_price_in: float = Field(
        default=0.0, ge=0, le=100_000, description="What a million tokens read cost, in your currency; 0: nothing."
    )
    language_model_price_out: float = Field(
        default=0.0, ge=0, le=100_000, description="What a million tokens written cost."
    )
    language_model_daily_budget: float = Field(
        default=5.0, ge=0, le=1_000_000, description="What it may cost a day (UTC), in the currency of the prices."
    )
    language_model_use: Literal["off", "unsure", "always"] = Field(
        default="off",
        description="Which e-mails it is asked about: none, those that the local model is unsure of, or all.",
    )
    language_model_rephrase: bool = Field(
        default=False, description="Whether it may reword answers; each sentence is checked against its article."
    )

    @field_validator("data_dir", "folders_dir")
    @classmethod
    def _wherever_we_go(cls, folder: Path) -> Path:
        # Absolute, and with it every place made from it.
        return folder.resolve()

    @field_validator("mailbox_path")
    @classmethod
    def _path_of_a_real_mailbox(cls, path: Path | None, info: ValidationInfo[None]) -> Path | None:
        if path is None and info.data.get("mailbox_kind") in {"maildir", "mbox"}:
            raise ValueError(f"a {info.data['mailbox_kind']} mailbox needs a path")
        return path

    @field_validator("mailbox_address")
    @classmethod
    def _mail_address(cls, address: str, info: ValidationInfo[None]) -> str:
        if address == MOCK_ADDRESS and info.data.get("mailbox_kind") in {"maildir", "mbox"}:
            raise ValueError(f"a {info.data['mailbox_kind']} mailbox needs its own address")
        if not _ADDRESS.fullmatch(address):
            raise ValueError("this is no e-mail address")
        return address

    @field_validator("mailbox_aliases")
    @classmethod
    def _mail_addresses(cls, addresses: tuple[str, ...]) -> tuple[str, ...]:
        wrong = [address for address in addresses if not _ADDRESS.fullmatch(address)]
        if wrong:
            raise ValueError(f"no e-mail addresses: {', '.join(map(repr, wrong))}")
        return addresses

    @field_validator("languages")
    @classmethod
    def _language_codes(cls, codes: tuple[str, ...]) -> tuple[str, ...]:
        wrong = [code for code in codes if not _LANGUAGE.fullmatch(code)]
        if wrong:
            raise ValueError(f"no codes of two small letters: {', '.join(map(repr, wrong))}")
        return codes

    @field_validator("secret_key")
    @classmethod
    def _long_enough(cls, key: SecretStr | None) -> SecretStr | None:
        if key is not None and key_bytes(key.get_secret_value()) is None:
            raise ValueError(f"it must be {SECRET_BYTES * 2} hex digits, as `openssl rand -hex 32` gives")
        return key

    @field_validator("language_model_use", "language_model_rephrase")
    @classmethod
    def _can_be_asked(cls, wanted: object, info: ValidationInfo[None]) -> object:
        if wanted in {"off", False}:
            return wanted
        known = info.data
        paid = not known.get("language_model_url") or bool(known.get("language_model_azure_api_version"))
        missing = [] if known.get("language_model") else ["a language model"]
        if paid and not known.get("language_model_key"):
            missing.append("its key")
        if paid and not (known.get("language_model_price_in") and known.get("language_model_price_out")):
            missing.append("its prices, without which the budget holds nothing back")
        if missing:
            raise ValueError(f"this needs {' and '.join(missing)}")
        return wanted

    @field_validator("webhook_secret")
    @classmethod
    def _goes_with_a_url(cls, secret: SecretStr | None, info: ValidationInfo[None]) -> SecretStr | None:
        if "webhook_url" in info.data and (info.data["webhook_url"] is None) != (secret is None):
            raise ValueError("a webhook needs both its URL and its secret")
        return secret

    def secret_bytes(self) -> bytes:
        """Return the key that signs our Message-IDs: `secret_key`, else that of `secret.key` (made where missing).

        Raises:
            ConfigurationError: the file cannot be used.
        """
        if self.secret_key is not None:
            return bytes.fromhex(self.secret_key.get_secret_value())
        return load_or_make_secret(self.secret_file)

    @property
    def secret_file(self) -> Path:
        """Return where the key is kept, unless `secret_key` gives it."""
        return self.data_dir / "secret.key"


def url_at(host: str, port: int) -> str:
    """Return where a browser on this machine reaches what listens at an address; any address is reached locally."""
    named = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104 - names, not binds.
    return f"http://[{named}]:{port}" if ":" in named else f"http://{named}:{port}"


def load_settings(env_file: Path | None = Path(".env")) -> Settings:
    """Return the settings from the environment, then `env_file` (may be missing), then the defaults.

    Raises:
        ConfigurationError: every problem of every setting, unknown names too, in one message without secrets.
    """
    try:
        problems = list(_unknown_names(env_file))
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigurationError(f"{str(env_file)!r} cannot be read.", hint="Make it a readable UTF-8 file.") from error
    settings: Settings | None = None
    try:
        settings = Settings(_env_file=env_file)  # type: ignore[call-arg] # A private name of BaseSettings.
    except ValidationError as error:
        problems += [
            _in_words(str(one["loc"][0]), one["msg"], one["input"])
            for one in error.errors()
            # A default that only waits for other settings to be right is no problem of its own.
            if one["type"] != "default_factory_not_called"
        ]
    # Raised outside the handler: the cause would carry the values into tracebacks.
    if settings is None or problems:
        raise ConfigurationError(
            f"{len(problems)} setting(s) cannot be used:\n" + "\n".join(f"- {one}" for one in problems),
            hint="Correct them in the environment or in .env; .env.example lists every setting.",
        )
    return settings


def settings_reference() -> str:
    """Return a Markdown table of every setting: its name, default, allowed values and meaning."""
    rows = [
        f"| `{PREFIX}{name.upper()}` | {_code(_shown(field))} | {_allowed(field)} | {field.description} |"
        for name, field in Settings.model_fields.items()
    ]
    return "\n".join(["| Setting | Default | Allowed | Meaning |", "| --- | --- | --- | --- |", *rows]) + "\n"


def settings_example() -> str:
    """Return the text of `.env.example`: every setting with its meaning, commented out at its default."""
    lines = ["# Copy this file to .env and change what you need. Variables of the environment go before it.", ""]
    for name, field in Settings.model_fields.items():
        allowed = _allowed(field)
        lines += [f"# {field.description}" + (f" Allowed: {allowed}." if allowed else "")]
        # A place inside the data folder stays open, so that it follows the data folder.
        shown = "" if field.default_factory else _shown(field)
        lines += [f"# {PREFIX}{name.upper()}={shown}", ""]
    return "\n".join(lines).rstrip("\n") + "\n"


def _unknown_names(env_file: Path | None) -> Iterator[str]:
    known = {f"{PREFIX}{name.upper()}" for name in Settings.model_fields}
    in_file = DotEnvSettingsSource(Settings, env_file=env_file, case_sensitive=True).env_vars if env_file else {}
    for name in sorted({*os.environ, *in_file}):
        if name.startswith(PREFIX) and not name.startswith(TEST_PREFIX) and name not in known:
            near = difflib.get_close_matches(name, known, n=1)
            yield f"{name}: there is no such setting" + (f"; did you mean {near[0]}?" if near else ".")


def _in_words(name: str, reason: str, value: object) -> str:
    reason = reason.removeprefix("Value error, ")
    shown = "" if name in CONFIDENTIAL or value is None else f" (it is {str(value)!r})"
    field = Settings.model_fields.get(name)
    meaning = f" Meaning: {field.description}" if field else ""
    return f"{PREFIX}{name.upper()}: {reason}{shown}.{meaning}"


def _shown(field: FieldInfo) -> str:
    if field.default_factory is not None:
        default: object = field.get_default(call_default_factory=True, validated_data={})
    else:
        default = field.default
    if default is None:
        return ""
    if isinstance(default, tuple):
        return ",".join(map(str, default))
    return str(default).lower() if isinstance(default, bool) else str(default)


def _code(text: str) -> str:
    return f"`{text}`" if text else ""


def _allowed(field: FieldInfo) -> str:
    choices: tuple[object, ...] = get_args(field.annotation)
    if choices and not isinstance(field.annotation, types.UnionType) and all(isinstance(one, str) for one in choices):
        return ", ".join(map(str, choices))
    if field.annotation is bool:
        return "true, false"
    signs = {"ge": "at least", "gt": "above", "le": "at most", "lt": "below"}
    return ", ".join(
        f"{words} {getattr(limit, sign)}"
        for limit in field.metadata
        for sign, words in signs.items()
        if hasattr(limit, sign)
    )
