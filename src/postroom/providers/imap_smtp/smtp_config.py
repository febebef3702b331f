"""The settings of an SMTP account."""

from enum import StrEnum
from pathlib import Path
from typing import Self

from pydantic import BaseModel, ConfigDict, Field, SecretStr, model_validator

from postroom.providers.imap_smtp.oauth import OAuthConfig
from postroom.providers.imap_smtp.tls import is_loopback


class Security(StrEnum):
    """How the connection is encrypted: from the beginning, after a command in clear, or not at all."""

    TLS = "tls"
    STARTTLS = "starttls"
    NONE = "none"


USUAL_PORTS = {Security.TLS: 465, Security.STARTTLS: 587, Security.NONE: 25}  # RFC 8314, RFC 6409, RFC 5321.


class SmtpConfig(BaseModel):
    """The settings of an SMTP account. Without `username` nobody logs in (a relay that knows this machine)."""

    model_config = ConfigDict(extra="forbid")

    host: str = Field(min_length=1, max_length=255, pattern=r"^[A-Za-z0-9._:\-]+$", description="The server's name.")
    port: int = Field(default=0, ge=0, le=65535, description="0: the usual one (465 tls, 587 starttls, 25 none).")
    security: Security = Field(default=Security.STARTTLS, description="How the connection is encrypted.")
    allow_plain: bool = Field(default=False, description="Whether `none` is allowed to another machine.")
    ca_file: Path | None = Field(default=None, description="PEM file of the authority, where it is not a public one.")
    username: str = Field(default="", max_length=320, description="Usually the address of the mailbox.")
    password: SecretStr | None = Field(default=None, description="Often an app password, made in the account.")
    oauth: OAuthConfig | None = Field(default=None, description="In place of a password.")
    local_hostname: str | None = Field(
        default=None,
        pattern=r"^[A-Za-z0-9._:\[\]\-]{1,255}$",
        description="The name said in EHLO; None: this machine's.",
    )
    timeout_seconds: float = Field(default=30.0, gt=0, le=300, description="How long each step may take.")
    data_timeout_seconds: float = Field(
        default=600.0, gt=0, le=600, description="How long the server may take to answer for the whole message."
    )  # RFC 5321 section 4.5.3.2.6: ten minutes, or mail is doubled; the node that sends waits for no more than that.
    connections: int = Field(default=4, ge=1, le=50, description="How many connections there may be at a time.")
    wait_seconds: float = Field(
        default=5.0, gt=0, le=30, description="How long a message waits for one of them before it is tried again later."
    )
    idle_seconds: float = Field(default=60.0, ge=0, le=3600, description="How long an idle connection is kept.")

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        if self.security is Security.NONE and not (self.allow_plain or is_loopback(self.host)):
            raise ValueError("security none shows passwords and mail to the network; set allow_plain if this is meant")
        if self.password is not None and self.oauth is not None:
            raise ValueError("give a password or oauth, not both")
        if bool(self.username) != (self.password is not None or self.oauth is not None):
            raise ValueError("a username and a password (or oauth) go together")
        return self

    @property
    def effective_port(self) -> int:
        """The port to connect to."""
        return self.port or USUAL_PORTS[self.security]

    @property
    def place(self) -> str:
        """Host and port, for people."""
        return f"{self.host}:{self.effective_port}"
