"""Mailboxes in words: one of them, a row of the table, and whether their mail will be believed."""

from typing import TYPE_CHECKING

from postroom.cli.guided_family import shown_lines
from postroom.cli.output import moment, printable, say, show

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from postroom.actions.deliverability import MailDomains
    from postroom.actions.mailboxes import MailboxSheet
    from postroom.interfaces.stores import Stores
    from postroom.model.mailbox import Caps, Mailbox

COLUMNS = ("name", "address", "kind", "sender", "mode", "workflow", "alarms")
NO_SENDER = "no sender yet: nothing can be sent"
OLDER_MAIL = "older mail is history, save for the last quarter of an hour, which a person sees"


def mailbox_row(found: "MailboxSheet", senders: "Collection[str]") -> tuple[str, ...]:
    """Return a mailbox as a row under `COLUMNS`; `senders` are the names of all that there are."""
    one = found.mailbox
    return (
        one.id,
        one.address.address,
        found.receiver.kind if found.receiver else "its account is missing",
        one.sender or ("the only one" if senders else "none yet"),
        mode_in_words(one),
        one.workflow,
        str(len(found.alarms)) if found.alarms else "",
    )


async def sender_names(stores: "Stores") -> tuple[str, ...]:
    """Return the names of all senders that were added."""
    from postroom.model.account import AccountFamily

    return tuple([one.name for one in await stores.accounts.list(AccountFamily.SENDER)])


def mode_in_words(one: "Mailbox") -> str:
    """Return the mode, and why automation ended by itself where it did."""
    return f"{one.mode.value}, automation stopped: {one.stopped}" if one.stopped else one.mode.value


def mailbox_in_words(found: "MailboxSheet", senders: "Collection[str]") -> str:
    """Return everything about a mailbox, without secrets; rules that are empty are left out.

    `senders` are the names of all that there are.
    """
    one = found.mailbox
    receiver = shown_lines(found.receiver) if found.receiver else ["Its account is missing: it cannot be read."]
    lines = [
        f"{one.id}: {f'{one.address.name} <{one.address.address}>'.strip()}",
        f"Mode: {mode_in_words(one)}",
        *[f"{name}: {text}" for name, text in _rules(one, senders) if text],
        "Read through:",
        *[f"  {line}" for line in receiver],
        *[f"Alarm {alarm.key}: {alarm.title}. {alarm.text}" for alarm in found.alarms],
    ]
    return printable("\n".join(lines))


def _rules(one: "Mailbox", senders: "Collection[str]") -> list[tuple[str, str]]:
    from postroom.actions.mailboxes_hours import write_hours

    categories = one.automatic_categories
    return [
        ("Workflow", one.workflow),
        ("Sender", one.sender or ("the only one there is" if senders else NO_SENDER)),
        ("Connected", f"{moment(one.connected_at)} UTC, {OLDER_MAIL}" if one.connected_at else ""),
        ("Aliases", ", ".join(one.aliases)),
        ("Reply-To", one.reply_to),
        ("Bounces go to", one.bounce_address),
        ("Signatures", ", ".join(sorted(one.signatures))),
        ("Copies of what was sent", one.sent_policy.value),
        (
            "Opening hours",
            "; ".join(write_hours(one.opening_hours)) + f" ({one.time_zone})" if one.opening_hours else "",
        ),
        ("Told after hours", ", ".join(one.after_hours_notifiers)),
        ("Automatic categories", "all" if categories is None else ", ".join(categories) or "none"),
        ("Pilot addresses", ", ".join(one.pilot_addresses)),
        ("Never answered", ", ".join(one.lists.never_answer)),
        ("Never automated", ", ".join(one.lists.never_automate)),
        ("Always a person", ", ".join(one.lists.always_person)),
        ("Caps", caps_in_words(one.caps)),
        ("Answered automatically within", f"{one.answer_within_hours:g} hours"),
        ("Authentication", f"{one.authentication.value}; trusted: {', '.join(one.authserv_ids) or 'nobody'}"),
    ]


def caps_in_words(caps: "Caps") -> str:
    """Return how many automatic replies may go out, with the names that `--cap` takes."""
    day = "in 24 hours"
    places = {
        "per_correspondent": (caps.per_correspondent, f"to one correspondent {day}"),
        "per_domain": (caps.per_domain, f"to one domain {day}"),
        "per_conversation": (caps.per_conversation, f"in one conversation {day}"),
        "per_hour": (caps.per_hour, "of this mailbox within one hour"),
        "per_day": (caps.per_day, f"of this mailbox {day}"),
    }
    return "automatic replies: " + ", ".join(
        f"{'any number' if number is None else number} {where} ({name})" for name, (number, where) in places.items()
    )


def say_what_follows(one: "Mailbox") -> None:
    """Say what a mailbox does in its mode, how to look, and what comes next: observe, then review, then automatic."""
    if one.mode.value == "observe":
        say("It is in mode observe: everything runs, nobody is asked and nothing is sent.")
        say("Look:    postroom status, and for one e-mail: postroom status ID")
        say("Go on:   to mode review, where a person approves every reply:")
        say(f"         postroom mailbox change {one.id} --mode review")
    elif one.mode.value == "review":
        say("It is in mode review: nothing is sent without a person.")
        say("Look:    postroom review list, and postroom status")
        say("Go on:   choose what may be automatic some day, so that your reviews of it count, and look at the proof:")
        say(f"         postroom mailbox change {one.id} --automatic-category NAME")
        say("         postroom guarantee")
        say("         When it is given:")
        say(f"         postroom mailbox change {one.id} --mode automatic")
    else:
        say("It is in mode automatic: where the promise is proven, replies are sent without a person.")
        say("Look:    postroom guarantee, postroom status, and postroom review list")
        say(f"Go back: postroom mailbox change {one.id} --mode review")


def say_which_categories(one: "Mailbox", *, known: "Sequence[str]", for_people: "Sequence[str]") -> None:
    """Say what the categories that are switched on, or that none is, mean for what is answered automatically.

    `known` are all categories, `for_people` those switched on that go to a person all the same.
    """
    if for_people:
        say(f"These go to a person whatever is switched on, as the workflow says so: {', '.join(for_people)}.")
    if one.mode.value == "automatic" and one.automatic_categories == ():
        say("No category is switched on, so nothing is answered automatically. Switch one on after the other:")
        say(f"  postroom mailbox change {one.id} --automatic-category NAME (all of them: --all-categories)")
        if known:
            say(f"  There are: {', '.join(known)}.")


def say_who_is_answered(one: "Mailbox", *, before: "Mailbox | None", for_people: "Sequence[str]") -> None:
    """Say which mail of whom is answered automatically, where no pilot addresses bound that and it was not so `before`.

    `for_people` are the categories switched on that go to a person all the same.
    """
    if one.mode.value != "automatic" or one.pilot_addresses or (before and _promise(before) == _promise(one)):
        return
    categories = one.automatic_categories
    names = [name for name in categories or () if name not in for_people]
    if categories is None or names:
        about = "of every category" if categories is None else f"about {', '.join(names)}"
        say(f"There are no pilot addresses: mail {about} is answered automatically, whoever writes.")


def _promise(one: "Mailbox") -> object:
    return one.mode, one.pilot_addresses, one.automatic_categories


async def show_deliverability(domains: "MailDomains") -> None:
    """Look up whether mail of these domains will be believed, and show each finding with what to do."""
    from postroom.actions.deliverability import deliverability
    from postroom.actions.deliverability_dns import DnsResolver

    for one in await deliverability(DnsResolver(), domains):
        show(printable(f"{'ok   ' if one.ok else 'LOOK '} {one.name}: {one.text}"))
        if one.hint:
            show(printable(f"      {one.hint}"))
