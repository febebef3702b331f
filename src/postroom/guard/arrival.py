"""What an e-mail is taken for as it arrives: history, nothing for a machine, or something for a person only."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from postroom.guard import authentication
from postroom.guard.age import is_from_before, is_too_old
from postroom.guard.lists import listed
from postroom.mime.own_mail import own_reason
from postroom.model.email import Email
from postroom.model.mailbox import Mailbox

# Flags are compared in lower case; the keywords are those of RFC 5788's registry and what programs use.
_ANSWERED = "\\answered"
_JUNK = frozenset({"$junk", "junk"})
_NOT_JUNK = frozenset({"$notjunk", "notjunk", "nonjunk"})


@dataclass(frozen=True, slots=True, kw_only=True)
class ArrivalFacts:
    """What the bytes do not say: times (UTC), flags, the mailbox, the addresses of all mailboxes, and our secret."""

    received_at: datetime
    flags: frozenset[str]
    now: datetime
    mailbox: Mailbox
    own_addresses: frozenset[str]
    secret: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Assessment:
    """What an e-mail is taken for; `automatic` and `cautions` are those of `Email`, what its bytes say included."""

    history: bool
    automatic: str | None
    cautions: tuple[str, ...]


def assessed(email: Email, facts: ArrivalFacts) -> Assessment:
    """Return what `email` is taken for: each rule only adds a reason against a machine's answer, none takes one away.

    Reasons for `automatic` are those of the bytes, then `own_message_id`, `own_address`, `spam_flagged`,
    `answered_elsewhere`, `never_answer`. Cautions added are `too_old`, `never_automate`, `always_person`,
    `authentication_failed` and `authentication_missing`.
    """
    return Assessment(
        history=is_from_before(facts.received_at, facts.mailbox.connected_at),
        automatic=email.automatic or _automatic(email, facts),
        cautions=tuple(dict.fromkeys((*email.cautions, *_cautions(email, facts)))),
    )


def _automatic(email: Email, facts: ArrivalFacts) -> str | None:
    own = facts.own_addresses.union(facts.mailbox.addresses)
    if reason := own_reason(email, addresses=own, secret=facts.secret):
        return reason
    flags = {flag.casefold() for flag in facts.flags}
    if flags & _JUNK and not flags & _NOT_JUNK:
        return "spam_flagged"
    if _ANSWERED in flags:
        return "answered_elsewhere"
    return "never_answer" if listed(email, facts.mailbox.lists.never_answer) is not None else None


def _cautions(email: Email, facts: ArrivalFacts) -> Iterator[str]:
    mailbox = facts.mailbox
    if is_too_old(email, received_at=facts.received_at, now=facts.now, within_hours=mailbox.answer_within_hours):
        yield "too_old"
    if listed(email, mailbox.lists.never_automate) is not None:
        yield "never_automate"
    if listed(email, mailbox.lists.always_person) is not None:
        yield "always_person"
    if found := authentication.caution(email, mailbox):
        yield found
