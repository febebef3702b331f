"""The rules of a mailbox as requests give them: only what is given is changed."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import time
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, model_validator

from postroom.api.written import LINE, PLAIN_NUMBER
from postroom.model.email import Address
from postroom.model.mailbox import AuthenticationPolicy, Caps, Lists, Mailbox, Mode, SentPolicy
from postroom.model.opening_hours import OpeningHours

MAX_CAP = 1_000_000
MAX_REPLY_BYTES = 50 * 1024 * 1024
TEN_YEARS_HOURS = 87_600
_FORBID = ConfigDict(extra="forbid")

# What stands in a header or an envelope has no control characters.
MailAddress = Annotated[str, Field(max_length=320, pattern=LINE)]
Line = Annotated[str, Field(max_length=200, pattern=LINE)]
Entry = Annotated[str, Field(min_length=1, max_length=400, pattern=LINE)]
Entries = Annotated[list[Entry], Field(max_length=2000)]
AccountName = Annotated[str, Field(max_length=41, pattern=r"^[a-z0-9_-]*$")]
Language = Annotated[str, Field(pattern=r"^([a-z]{2}|\*)$")]
Closing = Annotated[str, Field(max_length=4000, pattern=r"^[^\x00]*$")]
Cap = Annotated[int, Field(ge=0, le=MAX_CAP), PLAIN_NUMBER]


class HoursForm(BaseModel):
    """A stretch of one weekday when somebody is there; hours past midnight are given as two."""

    model_config = _FORBID

    weekday: Annotated[int, Field(ge=0, le=6), PLAIN_NUMBER] = Field(description="0 is Monday.")
    opens: time = Field(description="Local time without a zone, as 09:00.")
    closes: time = Field(description="Not included; 23:59:59.999999 stands for midnight at the end of the day.")

    @model_validator(mode="after")
    def _in_order(self) -> "HoursForm":
        if self.opens.tzinfo is not None or self.closes.tzinfo is not None:
            raise ValueError("opening hours are local: leave the zone out")
        if self.opens >= self.closes:
            raise ValueError("opening hours end after they begin")
        return self


class CapsForm(BaseModel):
    """How many automatic replies may go out; a cap that is left out stays."""

    model_config = _FORBID

    per_correspondent: Cap = Field(default=5, description="To one address in 24 hours.")
    per_domain: Cap = Field(default=100, description="To one domain in 24 hours.")
    per_conversation: Cap = Field(default=3, description="In one conversation in 24 hours.")
    per_hour: Cap = Field(default=100, description="In all; beyond it automation stops until a person allows it.")
    per_day: Cap = Field(default=400, description="In all; beyond it automation stops until a person allows it.")


class ListsForm(BaseModel):
    """Addresses (ann@example.org), domains (@example.org) and words; a list that is left out stays."""

    model_config = _FORBID

    never_answer: Entries = Field(default=[], description="They get no reply at all.")
    never_automate: Entries = Field(default=[], description="… no draft of a machine.")
    always_person: Entries = Field(default=[], description="… a draft that a person must approve.")


class MailboxRulesForm(BaseModel):
    """The rules of a mailbox. What is left out stays as it is, and in a new mailbox begins with the default."""

    model_config = _FORBID

    address: MailAddress = Field(default="", description="The address that replies come from; a new mailbox needs it.")
    display_name: Line = Field(default="", description="The name beside it.")
    workflow: str = Field(
        default="customer_support", pattern=r"^[a-z][a-z0-9_]{0,63}$", description="What its mail runs through."
    )
    mode: Mode = Field(default=Mode.REVIEW, description="How far Postroom may go.")
    aliases: list[MailAddress] = Field(default=[], max_length=100, description="Other addresses of the mailbox.")
    reply_to: MailAddress = Field(default="", description="Where answers to replies go; empty for the mailbox.")
    bounce_address: MailAddress = Field(default="", description="Where bounces go; empty for the mailbox.")
    signatures: dict[Language, Closing] = Field(
        default={}, max_length=50, description="Closing lines by language, * for the rest."
    )
    sender: AccountName = Field(default="", description="What sends its replies; empty for the only sender there is.")
    sent_policy: SentPolicy = Field(default=SentPolicy.APPEND, description="Who files a copy of what was sent.")
    time_zone: Line = Field(default="UTC", description="As Europe/Berlin.")
    opening_hours: list[HoursForm] = Field(default=[], max_length=100, description="None: always open.")
    after_hours_notifiers: list[AccountName] = Field(
        default=[], max_length=50, description="Who is told outside them, in place of all."
    )
    automatic_categories: list[Line] | None = Field(
        default=[], max_length=200, description="What is answered without a person in mode automatic; null: everything."
    )
    pilot_addresses: list[MailAddress] = Field(
        default=[], max_length=1000, description="While there are any, only they are answered automatically."
    )
    lists: ListsForm = Field(default=ListsForm(), description="Who and what gets another treatment.")
    caps: CapsForm = Field(default=CapsForm(), description="How many automatic replies may go out.")
    answer_within_hours: Annotated[float, Field(gt=0, le=TEN_YEARS_HOURS, allow_inf_nan=False), PLAIN_NUMBER] = Field(
        default=72.0, description="Older mail goes to a person."
    )
    authserv_ids: list[Line] = Field(
        default=[], max_length=50, description="Servers whose authentication results are trusted (RFC 8601)."
    )
    authentication: AuthenticationPolicy = Field(
        default=AuthenticationPolicy.FAILED, description="Which results send mail to a person."
    )
    max_reply_bytes: Annotated[int, Field(ge=1024, le=MAX_REPLY_BYTES), PLAIN_NUMBER] = Field(
        default=10 * 1024 * 1024, description="How large a reply may be."
    )

    def applied(self, mailbox: Mailbox) -> Mailbox:
        """Return a mailbox with what was given here."""
        given = self.model_fields_set
        address = Address(
            name=self.display_name if "display_name" in given else mailbox.address.name,
            address=self.address.strip() if "address" in given else mailbox.address.address,
        )
        changes = {name: convert for name, convert in self._converted().items() if name in given}
        changed = replace(mailbox, address=address, **changes)  # type: ignore[arg-type] # Names are those of its fields.
        return replace(
            changed,
            lists=_lists(self.lists, mailbox.lists) if "lists" in given else mailbox.lists,
            caps=_caps(self.caps, mailbox.caps) if "caps" in given else mailbox.caps,
        )

    def _converted(self) -> Mapping[str, object]:
        categories = self.automatic_categories
        return {
            "workflow": self.workflow,
            "mode": self.mode,
            "aliases": tuple(self.aliases),
            "reply_to": self.reply_to.strip(),
            "bounce_address": self.bounce_address.strip(),
            "signatures": {language: words.rstrip() for language, words in self.signatures.items()},
            "sender": self.sender,
            "sent_policy": self.sent_policy,
            "time_zone": self.time_zone,
            "opening_hours": tuple(
                OpeningHours(weekday=one.weekday, opens=one.opens, closes=one.closes) for one in self.opening_hours
            ),
            "after_hours_notifiers": tuple(self.after_hours_notifiers),
            "automatic_categories": None if categories is None else tuple(categories),
            "pilot_addresses": tuple(self.pilot_addresses),
            "answer_within_hours": self.answer_within_hours,
            "authserv_ids": tuple(self.authserv_ids),
            "authentication": self.authentication,
            "max_reply_bytes": self.max_reply_bytes,
        }


def _lists(given: ListsForm, before: Lists) -> Lists:
    named = given.model_fields_set
    return Lists(
        never_answer=tuple(given.never_answer) if "never_answer" in named else before.never_answer,
        never_automate=tuple(given.never_automate) if "never_automate" in named else before.never_automate,
        always_person=tuple(given.always_person) if "always_person" in named else before.always_person,
    )


def _caps(given: CapsForm, before: Caps) -> Caps:
    named = given.model_fields_set
    return Caps(
        per_correspondent=given.per_correspondent if "per_correspondent" in named else before.per_correspondent,
        per_domain=given.per_domain if "per_domain" in named else before.per_domain,
        per_conversation=given.per_conversation if "per_conversation" in named else before.per_conversation,
        per_hour=given.per_hour if "per_hour" in named else before.per_hour,
        per_day=given.per_day if "per_day" in named else before.per_day,
    )
