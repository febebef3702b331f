"""The settings of one process: a name, a default, limits and a meaning each.

Accounts and mailboxes that people add later live in the store, not here.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, BeforeValidator, Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

from postroom.secret_file import load_or_make_secret
from postroom.settings.checks import (
    MOCK_ADDRESS,
    Folder,
    Words,
    address_of_the_mailbox,
    can_be_asked,
    capitals,
    hex_key,
    language_codes,
    mail_addresses,
    path_of_a_file_mailbox,
    with_a_webhook_url,
)

PREFIX = "POSTROOM_"
# Their values may hold passwords or tokens and are never shown.
CONFIDENTIAL = frozenset(
    {"journal_url", "secret_key", "slack_webhook_url", "store_url", "webhook_secret", "webhook_url"}
    | {"language_model_key", "language_model_url"}
)


def _in_data_dir(name: str, prefix: str = "") -> Callable[[dict[str, object]], str]:
    """Return what makes the default of a setting from the data folder (read before it)."""
    return lambda before: f"{prefix}{before.get('data_dir', 'data')}/{name}"


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

    data_dir: Folder = Field(
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
    synchronous: Annotated[Literal["NORMAL", "FULL"], BeforeValidator(capitals)] = Field(
        default="NORMAL", description="How a SQLite journal is flushed; the store is always FULL."
    )
    fast_journal: bool = Field(
        default=True,
        description="Whether a SQLite journal runs its hottest calls as raw statements; not with another dbos.",
    )
    secret_key: Annotated[SecretStr | None, AfterValidator(hex_key)] = Field(
        default=None,
        description="Signs our Message-IDs, so that replies to us are known (64 hex digits); "
        "without it a file secret.key in the data folder.",
    )
    log_level: Annotated[Literal["DEBUG", "INFO", "WARNING", "ERROR"], BeforeValidator(capitals)] = Field(
        default="INFO", description="The least level logged."
    )
    log_format: Literal["auto", "console", "json"] = Field(
        default="auto", description="How the log looks; auto is console on a terminal and json elsewhere."
    )
    mailbox_kind: Literal["none", "mock", "maildir", "mbox"] = Field(
        default="none",
        description="A mailbox for trials: generated mail, a Maildir or an mbox file; real ones are added by command.",
    )
    mailbox_path: Annotated[Path | None, AfterValidator(path_of_a_file_mailbox)] = Field(
        default=None, validate_default=True, description="The Maildir folder or the mbox file."
    )
    mailbox_address: Annotated[str, AfterValidator(address_of_the_mailbox)] = Field(
        default=MOCK_ADDRESS,
        validate_default=True,
        description="The address that replies come from; required save for mock.",
    )
    mailbox_display_name: str = Field(
        default="",
        max_length=200,
        description="The name beside that address; also ends each letter. Without it only the mock mailbox has one.",
    )
    mailbox_aliases: Annotated[Words, AfterValidator(mail_addresses)] = Field(
        default=(), description="Other addresses of the mailbox, separated by commas."
    )
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
    languages: Annotated[Words, AfterValidator(language_codes)] = Field(
        default=("en", "de", "fr", "es", "it", "nl"), min_length=1, description="Languages answered (ISO 639-1)."
    )
    max_message_bytes: int = Field(
        default=25 * 1024 * 1024, ge=1024, le=1024**3, description="The size above which mail goes to quarantine."
    )
    max_past_mail_bytes: int = Field(
        default=200 * 1024 * 1024,
        ge=1024,
        le=16 * 1024**3,
        description="How large a file of past mail may be that is sent over the API; 20 are kept, for 30 days.",
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
    webhook_secret: Annotated[SecretStr | None, AfterValidator(with_a_webhook_url)] = Field(
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
    folders_dir: Folder = Field(
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
    training_examples: int = Field(
        default=20_000,
        ge=100,
        le=1_000_000,
        description="The most labelled texts that a model is trained on and held against: what people decided before "
        "what was imported, then the newest. Bounds the memory and the time of a training.",
    )
    job_stalled_minutes: int = Field(
        default=180,
        ge=1,
        le=10_000,
        description="A job (training, promotion, back-test, comparison, import) that gets no further for so long is "
        "ended and marked as failed, so that the next one is done. Raise it where learning takes longer.",
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
    language_model_use: Annotated[Literal["off", "unsure", "always"], AfterValidator(can_be_asked)] = Field(
        default="off",
        description="Which e-mails it is asked about: none, those that the local model is unsure of, or all.",
    )
    language_model_rephrase: Annotated[bool, AfterValidator(can_be_asked)] = Field(
        default=False, description="Whether it may reword answers; each sentence is checked against its article."
    )

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
