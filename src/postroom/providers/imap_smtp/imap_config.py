"""The settings of a mailbox that is read over IMAP."""

from datetime import date
from pathlib import Path
from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field, SecretStr, model_validator

from postroom.providers.imap_smtp.oauth import OAuthConfig
from postroom.providers.imap_smtp.tls import is_loopback

Security = Literal["tls", "starttls", "none"]


class ImapConfig(BaseModel):
    """The settings of an IMAP mailbox."""

    model_config = ConfigDict(extra="forbid")

    host: str = Field(min_length=1, description="The name of the IMAP server, as imap.example.org.")
    port: int = Field(default=993, ge=1, le=65535, description="Its port: usually 993 for tls, 143 for starttls.")
    security: Security = Field(default="tls", description="tls from the first byte, starttls, or none.")
    allow_plain: bool = Field(default=False, description="Allow security none towards another machine: do not.")
    username: str = Field(min_length=1, description="Who logs in, often the address of the mailbox.")
    password: SecretStr | None = Field(default=None, description="The password, or the app password.")
    oauth: OAuthConfig | None = Field(default=None, description="Log in with OAuth 2.0 in place of a password.")
    ca_file: Path | None = Field(default=None, description="Certificates to trust in place of the system's (PEM).")
    folder: str = Field(default="INBOX", min_length=1, description="The folder that is read.")
    sent_folder: str | None = Field(
        default=None, min_length=1, description="The folder for sent mail; found by itself where empty."
    )
    import_since: date | None = Field(default=None, description="Also read older mail, from this day on, as history.")
    mark_seen: bool = Field(default=False, description="Mark mail as read once it is stored.")
    move_to: str | None = Field(default=None, min_length=1, description="Move mail to this folder once it is stored.")
    idle: bool = Field(default=True, description="Let the server announce new mail (IDLE) where it can.")
    poll_seconds: float = Field(default=30.0, gt=0, description="How often new mail is looked for without IDLE.")
    timeout_seconds: float = Field(default=60.0, gt=0, le=600, description="How long the server may be silent.")
    max_message_bytes: int = Field(default=25 * 1024 * 1024, ge=1024, description="Larger messages are cut.")

    @model_validator(mode="after")
    def _safe_and_complete(self) -> Self:
        if self.security == "none" and not self.allow_plain and not is_loopback(self.host):
            raise ValueError("security none would show the password to everybody on the way: choose tls or starttls")
        if (self.password is None) == (self.oauth is None):
            raise ValueError("either password or oauth is needed, not both")
        texts = (self.host, self.username, self.folder, self.sent_folder or "", self.move_to or "")
        if any(not character.isprintable() for text in texts for character in text):
            raise ValueError("names may not hold control characters")
        if self.move_to == self.folder:
            raise ValueError("move_to must be another folder than folder")
        return self
