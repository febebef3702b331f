"""The quarantine: messages that could not be accepted, and what people do with them: let them in, or let them go."""

import asyncio
import sys
from collections.abc import Mapping
from dataclasses import dataclass, replace

from postroom.actions.desk import Desk
from postroom.errors import ConflictError, InputError, NotFoundError, PostroomError
from postroom.guard.age import age
from postroom.intake.accept import Intake, arrival_of
from postroom.interfaces.stores import Stores
from postroom.interfaces.stores.pages import every
from postroom.model.email import FLAGS_UNKNOWN, WAS_QUARANTINED, RawEmail
from postroom.model.ledger import Acceptance, Arrival, Quarantined
from postroom.model.mailbox import Mailbox
from postroom.model.workflow import WorkflowSlug

PAGE = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """By what a message is let in: the mailboxes by their names, and the key of our Message-IDs."""

    mailboxes: Mapping[str, Mailbox]
    secret: bytes


async def quarantined(stores: Stores) -> tuple[Quarantined, ...]:
    """Return everything in quarantine, oldest first."""
    return tuple([one async for one in every(lambda after: stores.ledger.quarantined(after=after, limit=PAGE))])


def is_cut(one: Quarantined) -> bool:
    """Return whether only the beginning of the message was kept; its reason is where that is said."""
    return "only its first" in one.reason.casefold()


async def one_quarantined(stores: Stores, quarantine_id: str) -> Quarantined:
    """Return one message in quarantine.

    Raises:
        NotFoundError: there is none.
    """
    return await stores.ledger.quarantined_entry(quarantine_id)


async def dismiss(desk: Desk, quarantine_id: str) -> Quarantined:
    """Delete a message in quarantine with its bytes, and return what was known of it; it is not received again.

    Raises:
        NotFoundError: there is none.
    """
    found = await one_quarantined(desk.stores, quarantine_id)
    await desk.stores.ledger.dismiss_quarantined(quarantine_id)
    return found


async def accept_again(desk: Desk, quarantine_id: str, rules: Rules) -> Acceptance:
    """Read a message in quarantine again and let it in by the rules of its mailbox; only a person may answer it.

    What was larger than the settings allow is let in as well, if all of it was kept. It is as old, and has the flags,
    as the mailbox said when it was received; where that was not kept yet, the earliest time that is told counts.

    Raises:
        NotFoundError: there is none. ConflictError: it was not kept whole, its mailbox is gone, or it still cannot be
        read or stored: it stays in quarantine then.
    """
    found = await one_quarantined(desk.stores, quarantine_id)
    content = await desk.stores.ledger.quarantined_bytes(quarantine_id)
    if is_cut(found) or not content:
        raise ConflictError(
            f"The message {quarantine_id!r} was not kept whole.",
            hint="Open it in the mailbox with a mail program, then dismiss it here.",
        )
    raw = RawEmail(
        mailbox_id=found.mailbox_id,
        uid_validity=found.uid_validity,
        uid=found.uid,
        received_at=found.received_at or found.at,
        content=content,
        flags=frozenset(found.flags or ()),
    )
    intake = await _intake(desk, found, rules)
    try:
        arrival = await asyncio.to_thread(_arrival, intake, raw, found)
        return await desk.stores.ledger.accept_quarantined(quarantine_id, arrival)
    except NotFoundError:
        raise
    except InputError as error:
        raise _still(found, error.message) from error
    except PostroomError:
        raise
    except Exception as error:
        # Whatever put it there may happen again: that is no failure of the request.
        raise _still(found, f"{type(error).__name__} while reading it") from error


async def _intake(desk: Desk, found: Quarantined, rules: Rules) -> Intake:
    mailbox = rules.mailboxes.get(found.mailbox_id)
    if mailbox is None:
        raise ConflictError(
            f"The mailbox {found.mailbox_id!r} of the message {found.id!r} is not there (any more).",
            hint=f"Add a mailbox of the name {found.mailbox_id!r} again, or dismiss the message.",
        )
    addresses = (address for one in rules.mailboxes.values() for address in one.addresses)
    return Intake(
        ledger=desk.stores.ledger,
        clock=desk.clock,
        mailbox=mailbox,
        workflow=await desk.stores.workflows.current(WorkflowSlug(mailbox.workflow)),
        own_addresses=frozenset(addresses),
        secret=rules.secret,
        max_bytes=sys.maxsize,
    )


def _arrival(intake: Intake, raw: RawEmail, found: Quarantined) -> Arrival:
    arrival = arrival_of(intake, raw, None)
    if found.received_at is None:
        earliest = found.at - age(arrival.email, received_at=found.at, now=found.at)
        arrival = arrival_of(intake, replace(raw, received_at=earliest), None)
    cautions = (WAS_QUARANTINED,) if found.flags is not None else (WAS_QUARANTINED, FLAGS_UNKNOWN)
    return replace(arrival, email=replace(arrival.email, cautions=(*arrival.email.cautions, *cautions)))


def _still(found: Quarantined, why: str) -> ConflictError:
    return ConflictError(
        f"The message {found.id!r} still cannot be accepted: {why}",
        hint="Answer it in the mailbox with a mail program, then dismiss it here.",
    )
