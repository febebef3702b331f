"""A mailbox: an address the company reads, and how far Postroom may go with its mail."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from postroom.model.email import Address, MailboxId
from postroom.model.opening_hours import OpeningHours

EVERY_LANGUAGE = "*"
ANSWER_WITHIN_HOURS = 72.0


class Mode(StrEnum):
    """How far Postroom may go: only look, let a person approve every reply, or answer what it is sure of."""

    OBSERVE = "observe"
    REVIEW = "review"
    AUTOMATIC = "automatic"


class SentPolicy(StrEnum):
    """Who files a copy of what was sent: Postroom appends it, the provider does so itself, or nobody."""

    APPEND = "append"
    PROVIDER = "provider"
    NONE = "none"


class AuthenticationPolicy(StrEnum):
    """Which mail goes to a person for its authentication result: none, one that failed, or a missing one too."""

    OFF = "off"
    FAILED = "failed"
    MISSING = "missing"


@dataclass(frozen=True, slots=True, kw_only=True)
class Caps:
    """How many automatic replies may go out: to one correspondent, domain or conversation in 24 hours, and in all.

    `per_hour` and `per_day` are totals of the mailbox: beyond them its automation stops until a person allows it again.
    None is no cap at all; it is for trials, not for mail that reaches people.
    """

    per_correspondent: int | None = 5
    per_domain: int | None = 100
    per_conversation: int | None = 3
    per_hour: int | None = 100
    per_day: int | None = 400


@dataclass(frozen=True, slots=True, kw_only=True)
class Lists:
    """Correspondents and words that get another treatment than the rest.

    An entry is an address (`ann@example.org`), a domain with all below it (`@example.org`), or a word or phrase of the
    subject or text. `never_answer` gets no reply at all, `never_automate` no draft of a machine, `always_person` a
    draft that a person must approve.
    """

    never_answer: tuple[str, ...] = ()
    never_automate: tuple[str, ...] = ()
    always_person: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Mailbox:
    """A mailbox, the address its replies come from, the workflow its e-mails run through, its mode and its rules.

    `reply_to` and `bounce_address` are addresses, empty for the mailbox's own. `signatures` are closing lines by
    language (ISO 639-1, `*` for the rest). `sender` names the account that sends, empty for the only one there is.
    `opening_hours` and `time_zone` (IANA) say when `after_hours_notifiers` are told in place of the others.
    In mode automatic only e-mails of `automatic_categories` (None: of all) are answered without a person, of
    `pilot_addresses` alone while there are any, and none older than `answer_within_hours`. `connected_at` is when it
    was added: mail from before is history (None: there is none). Only results of `authserv_ids` are trusted
    (RFC 8601). `stopped` says why automation ended by itself; mode is then review. `revision` counts the changes.
    """

    id: MailboxId
    address: Address
    workflow: str
    mode: Mode = Mode.REVIEW
    aliases: tuple[str, ...] = ()
    reply_to: str = ""
    bounce_address: str = ""
    signatures: Mapping[str, str] = field(default_factory=dict)
    sender: str = ""
    sent_policy: SentPolicy = SentPolicy.APPEND
    time_zone: str = "UTC"
    opening_hours: tuple[OpeningHours, ...] = ()
    after_hours_notifiers: tuple[str, ...] = ()
    automatic_categories: tuple[str, ...] | None = None
    pilot_addresses: tuple[str, ...] = ()
    lists: Lists = Lists()
    caps: Caps = Caps()
    answer_within_hours: float = ANSWER_WITHIN_HOURS
    authserv_ids: tuple[str, ...] = ()
    authentication: AuthenticationPolicy = AuthenticationPolicy.FAILED
    connected_at: datetime | None = None
    max_reply_bytes: int = 10 * 1024 * 1024
    stopped: str = ""
    revision: int = 0

    @property
    def addresses(self) -> tuple[str, ...]:
        """Every address that is this mailbox, its main one first."""
        return (self.address.address, *self.aliases)

    def signature(self, language: str) -> str:
        """Return the closing lines for a reply in `language`, empty where there are none."""
        return self.signatures.get(language) or self.signatures.get(EVERY_LANGUAGE, "")
