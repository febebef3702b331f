"""What a mailbox must be so that it can be used: every rule in words."""

import re
from collections.abc import Iterator
from zoneinfo import available_timezones

from postroom.actions.accounts import Setup, require_name
from postroom.actions.categories import known_categories
from postroom.errors import ConflictError, InputError, NotFoundError
from postroom.interfaces.stores import Stores
from postroom.mime.caution import is_usable
from postroom.model.account import AccountFamily
from postroom.model.email import Address
from postroom.model.mailbox import EVERY_LANGUAGE, Lists, Mailbox
from postroom.model.workflow import WorkflowSlug
from postroom.workflows.load import template

SETTINGS_MAILBOX = "main"  # Mail of the mailbox that the settings describe is stored under this name.
_LANGUAGE = re.compile(r"[a-z]{2}")
CAPS = ("per_correspondent", "per_domain", "per_conversation", "per_hour", "per_day")


async def require_usable(setup: Setup, mailbox: Mailbox, *, before: Mailbox | None = None) -> None:
    """Pass where a mailbox can be stored and used; categories that it had `before` are not looked at again.

    Raises:
        InputError: a name, an address, a number, or something it names is wrong; the message says every one.
        ConflictError: another mailbox has one of its addresses.
    """
    require_name(mailbox.id)
    if mailbox.id == SETTINGS_MAILBOX:
        raise InputError(f"{mailbox.id!r} is the mailbox of the settings.", hint="Choose another name, as `support`.")
    problems = [
        *_addresses(mailbox),
        *_values(mailbox),
        *await _categories(setup.stores, mailbox, before),
        *_lists(mailbox.lists),
        *await _names(setup, mailbox),
    ]
    if problems:
        raise InputError(f"The mailbox {mailbox.id!r} cannot be used: {' '.join(problems)}", hint="Correct that.")
    await _require_own_addresses(setup.stores, mailbox)


def _addresses(mailbox: Mailbox) -> Iterator[str]:
    groups = {
        "address": (mailbox.address.address,),
        "alias": mailbox.aliases,
        "reply-to address": (mailbox.reply_to,) if mailbox.reply_to else (),
        "bounce address": (mailbox.bounce_address,) if mailbox.bounce_address else (),
        "pilot address": mailbox.pilot_addresses,
    }
    for word, addresses in groups.items():
        for address in addresses:
            if not is_usable(Address(name="", address=address)):
                yield f"The {word} {address!r} is no e-mail address."


def _values(mailbox: Mailbox) -> Iterator[str]:
    if mailbox.time_zone not in available_timezones():
        yield f"There is no time zone {mailbox.time_zone!r} (write it as Europe/Berlin or UTC)."
    for language in mailbox.signatures:
        if language != EVERY_LANGUAGE and not _LANGUAGE.fullmatch(language):
            yield f"{language!r} is no language of a signature (two small letters, or * for the rest)."
    for name in CAPS:
        cap: object = getattr(mailbox.caps, name)
        if not isinstance(cap, int) or cap < 0:
            yield f"The cap {name} must be 0 or more."
    if not mailbox.answer_within_hours > 0:
        yield "The hours to answer within must be more than 0."
    if mailbox.max_reply_bytes < 1024:
        yield "A reply must be allowed 1024 bytes at least."
    if not all(name.strip() for name in (mailbox.automatic_categories or ())):
        yield "A category has no name."


async def _categories(stores: Stores, mailbox: Mailbox, before: Mailbox | None) -> tuple[str, ...]:
    had = (before.automatic_categories or ()) if before is not None else ()
    added = [name for name in mailbox.automatic_categories or () if name.strip() and name not in had]
    known = await known_categories(stores) if added else ()
    unknown = [name for name in added if name not in known]
    if not known or not unknown:
        return ()
    return (f"There is no category {', '.join(map(repr, unknown))}; there are: {', '.join(known)}.",)


def _lists(lists: Lists) -> Iterator[str]:
    for word, entries in (
        ("never answer", lists.never_answer),
        ("never automate", lists.never_automate),
        ("always person", lists.always_person),
    ):
        for entry in entries:
            if not entry.strip():
                yield f"An entry of the list `{word}` is empty."
            elif entry.startswith("@") and not is_usable(Address(name="", address=f"x{entry}")):
                yield f"The entry {entry!r} of the list `{word}` is no domain."


async def kept_for_people(stores: Stores, mailbox: Mailbox) -> tuple[str, ...]:
    """Return which of the categories that are switched on go to a person all the same, as the workflow says so."""
    slug = WorkflowSlug(mailbox.workflow)
    try:
        workflow = await stores.workflows.current(slug)
    except NotFoundError:
        workflow = template(slug)
    routers = [node.config.get("complex_categories") for node in workflow.nodes if node.type == "priority_router"]
    kept = [name for names in routers if isinstance(names, list) for name in names]
    return tuple(name for name in mailbox.automatic_categories or () if name in kept)


async def _names(setup: Setup, mailbox: Mailbox) -> list[str]:
    """Return what is wrong with what the mailbox names: workflow, sender, notifiers."""
    found: list[str] = []
    stores = setup.stores
    slug = WorkflowSlug(mailbox.workflow)
    try:
        await stores.workflows.current(slug)
    except NotFoundError:
        try:
            template(slug)
        except NotFoundError:
            known = ", ".join(one.slug for one in await stores.workflows.list())
            own = f" (imported are: {known})" if known else ""
            found.append(f"There is no workflow {mailbox.workflow!r}{own}; import it first.")
    senders = [one.name for one in await stores.accounts.list(AccountFamily.SENDER)]
    told = f"there are: {', '.join(senders)}" if senders else "add one first"
    if mailbox.sender and mailbox.sender not in senders:
        found.append(f"There is no sender {mailbox.sender!r}; {told}.")
    if not mailbox.sender and len(senders) > 1:
        found.append(f"There are several senders, so name one: {', '.join(senders)}.")
    notifiers = {*setup.settings_notifiers, *(one.name for one in await stores.accounts.list(AccountFamily.NOTIFIER))}
    known = ", ".join(sorted(notifiers))
    unknown = [name for name in mailbox.after_hours_notifiers if name not in notifiers]
    return [*found, *(f"There is no notifier {name!r}; there are: {known}." for name in unknown)]


async def _require_own_addresses(stores: Stores, mailbox: Mailbox) -> None:
    wanted = {address.casefold() for address in mailbox.addresses}
    for other in await stores.mailboxes.list():
        taken = wanted & {address.casefold() for address in other.addresses}
        if other.id != mailbox.id and taken:
            raise ConflictError(
                f"The mailbox {other.id!r} has the address {min(taken)!r} already.",
                hint=f"Give another address, or look at the mailbox {other.id}.",
            )
