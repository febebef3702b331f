"""The options of a mailbox's rules, and the mailbox that they make."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from postroom.cli.guided_flags import Words
from postroom.errors import InputError
from postroom.model.email import Address
from postroom.model.mailbox import AuthenticationPolicy, Caps, Lists, Mailbox, Mode, SentPolicy

Text = str | None
_REPLACES = "Replaces the whole list; give it several times for several."


class Emptied(StrEnum):
    """A list of a mailbox that can be emptied."""

    ALIAS = "alias"
    SIGNATURE = "signature"
    HOURS = "hours"
    AFTER_HOURS_NOTIFIER = "after-hours-notifier"
    NEVER_ANSWER = "never-answer"
    NEVER_AUTOMATE = "never-automate"
    ALWAYS_PERSON = "always-person"
    AUTHSERV_ID = "authserv-id"


@dataclass(frozen=True, slots=True, kw_only=True)
class MailboxFlags:
    """The rules of a mailbox as options; what was not given is None or an empty list, and stays as it was."""

    address: Annotated[Text, typer.Option(help="The address that replies come from.")] = None
    display_name: Annotated[Text, typer.Option("--display-name", "--name", help="The name beside it.")] = None
    alias: Annotated[Words, typer.Option(help=f"Another address of the mailbox. {_REPLACES}")] = None
    reply_to: Annotated[Text, typer.Option(help="Where answers to replies go; empty for the mailbox.")] = None
    bounce_address: Annotated[Text, typer.Option(help="Where bounces go; empty for the mailbox.")] = None
    signature: Annotated[
        Words,
        typer.Option(metavar="LANG=TEXT|FILE", help="Closing lines by language; * for the rest. Other languages stay."),
    ] = None
    sender: Annotated[Text, typer.Option(help="The sender of its replies; empty for the only one there is.")] = None
    mode: Annotated[Mode | None, typer.Option(help="How far Postroom may go.")] = None
    time_zone: Annotated[Text, typer.Option(help="As Europe/Berlin.")] = None
    hours: Annotated[
        Words, typer.Option(metavar="DAYS TIMES", help=f"Opening hours: mon-fri 09:00-17:00. {_REPLACES}")
    ] = None
    after_hours_notifier: Annotated[
        Words, typer.Option(help=f"Who is told outside them, in place of all. {_REPLACES}")
    ] = None
    sent_policy: Annotated[SentPolicy | None, typer.Option(help="Who files a copy of what was sent.")] = None
    pilot: Annotated[Words, typer.Option(help=f"Answer automatically to this address only. {_REPLACES}")] = None
    no_pilots: Annotated[bool, typer.Option("--no-pilots", help="Answer automatically to everybody.")] = False
    automatic_category: Annotated[Words, typer.Option(help=f"Answer automatically in this category. {_REPLACES}")] = (
        None
    )
    all_categories: Annotated[bool, typer.Option("--all-categories", help="… in every category.")] = False
    no_categories: Annotated[bool, typer.Option("--no-categories", help="… in none: people answer everything.")] = False
    never_answer: Annotated[
        Words,
        typer.Option(metavar="ENTRY|@FILE", help=f"Address, @domain or words that get no reply at all. {_REPLACES}"),
    ] = None
    never_automate: Annotated[
        Words, typer.Option(metavar="ENTRY|@FILE", help=f"… no draft of a machine. {_REPLACES}")
    ] = None
    always_person: Annotated[
        Words, typer.Option(metavar="ENTRY|@FILE", help=f"… a draft that a person must approve. {_REPLACES}")
    ] = None
    cap: Annotated[
        Words, typer.Option(metavar="NAME=NUMBER", help="A cap of automatic replies, as per_day=400. Other caps stay.")
    ] = None
    answer_within_hours: Annotated[float | None, typer.Option(help="Older mail goes to a person.")] = None
    authserv_id: Annotated[
        Words, typer.Option(help=f"A server whose authentication results are trusted. {_REPLACES}")
    ] = None
    authentication: Annotated[
        AuthenticationPolicy | None, typer.Option(help="Which results send mail to a person.")
    ] = None
    workflow: Annotated[Text, typer.Option(help="The workflow that its mail runs through.")] = None
    import_since: Annotated[Text, typer.Option(metavar="YYYY-MM-DD", help="Read older mail as history.")] = None
    clear: Annotated[list[Emptied] | None, typer.Option(help="Empty a list.")] = None

    @property
    def given(self) -> bool:
        """Whether any option was given."""
        return any(getattr(self, name) for name in self.__dataclass_fields__) or any(
            text == "" for text in (self.reply_to, self.bounce_address, self.sender, self.display_name)
        )


def applied(mailbox: Mailbox, flags: MailboxFlags) -> Mailbox:
    """Return a mailbox with what the options say.

    Raises:
        InputError: an option cannot be read.
    """
    from postroom.actions.mailboxes_hours import read_hours

    def words(given: Words, before: tuple[str, ...], emptied: Emptied) -> tuple[str, ...]:
        return tuple(given) if given else () if emptied in (flags.clear or ()) else before

    old, lists = mailbox.address, mailbox.lists
    hours = () if Emptied.HOURS in (flags.clear or ()) else mailbox.opening_hours
    notifiers, authserv_ids = mailbox.after_hours_notifiers, mailbox.authserv_ids
    return replace(
        mailbox,
        address=Address(name=_or(flags.display_name, old.name), address=_or(flags.address, old.address)),
        aliases=words(flags.alias, mailbox.aliases, Emptied.ALIAS),
        reply_to=_or(flags.reply_to, mailbox.reply_to),
        bounce_address=_or(flags.bounce_address, mailbox.bounce_address),
        signatures=_signatures(mailbox, flags),
        sender=_or(flags.sender, mailbox.sender),
        mode=flags.mode or mailbox.mode,
        time_zone=_or(flags.time_zone, mailbox.time_zone),
        opening_hours=read_hours(flags.hours) if flags.hours else hours,
        after_hours_notifiers=words(flags.after_hours_notifier, notifiers, Emptied.AFTER_HOURS_NOTIFIER),
        sent_policy=flags.sent_policy or mailbox.sent_policy,
        pilot_addresses=() if flags.no_pilots else tuple(flags.pilot or mailbox.pilot_addresses),
        automatic_categories=_categories(mailbox, flags),
        lists=Lists(
            never_answer=words(_entries(flags.never_answer), lists.never_answer, Emptied.NEVER_ANSWER),
            never_automate=words(_entries(flags.never_automate), lists.never_automate, Emptied.NEVER_AUTOMATE),
            always_person=words(_entries(flags.always_person), lists.always_person, Emptied.ALWAYS_PERSON),
        ),
        caps=_caps(mailbox.caps, flags.cap or ()),
        answer_within_hours=flags.answer_within_hours or mailbox.answer_within_hours,
        authserv_ids=words(flags.authserv_id, authserv_ids, Emptied.AUTHSERV_ID),
        authentication=flags.authentication or mailbox.authentication,
        workflow=_or(flags.workflow, mailbox.workflow),
    )


def _or(given: Text, before: str) -> str:
    return before if given is None else given.strip()


def _categories(mailbox: Mailbox, flags: MailboxFlags) -> tuple[str, ...] | None:
    ways = {"--all-categories": flags.all_categories, "--no-categories": flags.no_categories}
    chosen = [
        *(name for name, given in ways.items() if given),
        *(["--automatic-category"] * bool(flags.automatic_category)),
    ]
    if len(chosen) > 1:
        raise InputError(f"{' and '.join(chosen)} contradict each other.", hint="Give one of them.")
    if flags.all_categories:
        return None
    if flags.no_categories:
        return ()
    return tuple(flags.automatic_category) if flags.automatic_category else mailbox.automatic_categories


def _signatures(mailbox: Mailbox, flags: MailboxFlags) -> dict[str, str]:
    found = {} if Emptied.SIGNATURE in (flags.clear or ()) else dict(mailbox.signatures)
    for text in flags.signature or ():
        language, sign, words = text.partition("=")
        if not sign:
            raise InputError(f"--signature {text!r} names no language.", hint="Write it as en=TEXT, or *=FILE.")
        found[language] = (_text_of(Path(words)) if _is_file(words) else words.replace("\\n", "\n")).rstrip()
    return found


def _caps(caps: Caps, texts: Sequence[str]) -> Caps:
    for text in texts:
        name, _, number = text.partition("=")
        known = tuple(Caps.__dataclass_fields__)
        if name not in known or not number.isdecimal():
            raise InputError(f"--cap {text!r} cannot be read.", hint=f"Write NAME=NUMBER: {', '.join(known)}.")
        caps = replace(caps, **{name: int(number)})
    return caps


def _entries(given: Words) -> list[str]:
    """Return the entries of a list, those of `@file` line by line; `@domain` names no file."""
    found: list[str] = []
    for text in given or ():
        if text.startswith("@") and _is_file(text[1:]):
            lines = (line.strip() for line in _text_of(Path(text[1:])).splitlines())
            found += [line for line in lines if line and not line.startswith("#")]
        else:
            found.append(text.strip())
    return found


def _is_file(text: str) -> bool:
    try:
        return bool(text) and Path(text).is_file()
    except (OSError, ValueError):
        return False


def _text_of(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise InputError(f"The file {str(file)!r} is not UTF-8.", hint="Save it as UTF-8.") from error
