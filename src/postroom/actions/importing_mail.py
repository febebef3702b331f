"""Labelled mail: mbox files and Maildirs, labelled by the name of their folder or by whoever imports them."""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from postroom.actions.importing_tables import Found, Line, Refused, checked
from postroom.errors import InputError
from postroom.mime.parse import parse
from postroom.model.email import Email
from postroom.providers.mbox import messages_of

NEW_MAIL = ("new", "cur")
_MARKS = (".mbox", ".mbx", ".sbd")
_FROM = b"From "
_NO_END = datetime.max.replace(tzinfo=UTC)
_HINT = "Name a table (.csv, .jsonl), an mbox file, a Maildir, or a folder that holds some."


@dataclass(frozen=True, slots=True, kw_only=True)
class MailSource:
    """An mbox file, or a folder of messages (`files`, sorted), and the label of all in it."""

    path: Path
    label: str
    files: tuple[Path, ...] = ()

    @property
    def size_bytes(self) -> int:
        """How much there is to read."""
        return sum(_size(file) for file in self.files or (self.path,))


@dataclass(frozen=True, slots=True, kw_only=True)
class MailRules:
    """What mail is taken: none larger than `max_message_bytes`, none that the company itself wrote from `own`.

    None was written after `latest`, whatever its sender says.
    """

    max_message_bytes: int
    own: frozenset[str] = frozenset()
    latest: datetime = _NO_END


def mail_sources(path: Path, label: str = "") -> Iterator[MailSource]:
    """Yield what holds mail at `path` and below, sorted; without `label` each has the name of its folder.

    A Maildir is a folder with `cur` and `new`; a leading dot of its name (Maildir++) is no part of the label, nor are
    `.mbox` and `.sbd`.

    Raises:
        InputError: there is no mail at all.
    """
    found = tuple(_below(path, label))
    if not found:
        raise InputError(f"There is no mail in {str(path)!r}.", hint=_HINT)
    yield from found


def read_mail(source: MailSource, rules: MailRules) -> Iterator[tuple[Line, int]]:
    """Yield each message of a source as a labelled text, and how many bytes of the source are read then.

    Raises:
        InputError: the source cannot be read.
    """
    try:
        yield from _of_files(source, rules) if source.files else _of_mbox(source, rules)
    except OSError as error:
        raise InputError(f"{str(source.path)!r} cannot be read: {error.strerror or error}.", hint=_HINT) from error


def _below(path: Path, label: str) -> Iterator[MailSource]:
    if path.is_file():
        if _is_mbox(path):
            yield MailSource(path=path, label=label or _label_of(path))
        return
    if not path.is_dir():
        return
    if all((path / name).is_dir() for name in NEW_MAIL):
        files = tuple(file for name in NEW_MAIL for file in sorted((path / name).iterdir()) if file.is_file())
        yield MailSource(path=path, label=label or _label_of(path), files=files)
    # A link could lead back up, and round for ever.
    inside = sorted(one for one in path.iterdir() if not one.is_symlink() and one.name not in (*NEW_MAIL, "tmp"))
    letters = tuple(one for one in inside if one.suffix.lower() == ".eml" and one.is_file())
    if letters:
        yield MailSource(path=path, label=label or _label_of(path), files=letters)
    for one in inside:
        yield from _below(one, label)


def _of_mbox(source: MailSource, rules: MailRules) -> Iterator[tuple[Line, int]]:
    with source.path.open("rb") as file:
        for row, message in enumerate(messages_of(file, 0, keep_bytes=rules.max_message_bytes), start=1):
            if message.truncated:
                yield _too_large(source.path, row, rules), message.end
            else:
                yield _line(source, message.content, row, rules), message.end


def _of_files(source: MailSource, rules: MailRules) -> Iterator[tuple[Line, int]]:
    read = 0
    for row, file in enumerate(source.files, start=1):
        size = _size(file)
        read += size
        if size > rules.max_message_bytes:
            yield _too_large(file, row, rules), read
        else:
            one = MailSource(path=file, label=source.label)
            yield _line(one, file.read_bytes(), row, rules), read


def _line(source: MailSource, content: bytes, row: int, rules: MailRules) -> Line:
    email = parse(content)
    reason = _fault(email, rules)
    if reason:
        return Refused(file=source.path, row=row, reason=reason)
    return checked(
        Found(
            file=source.path,
            row=row,
            subject=email.subject.strip(),
            text=email.new_text.strip(),
            label=source.label,
            language="",
            at=_written(email, source.path, rules.latest),
        )
    )


def _fault(email: Email, rules: MailRules) -> str:
    if email.automatic is not None:
        return f"a machine wrote it ({email.automatic})"
    if email.from_address is not None and email.from_address.address.casefold() in rules.own:
        return "it is from one of your own addresses"
    return ""


def _written(email: Email, path: Path, latest: datetime) -> datetime:
    """Return when a mail was written; of one that does not say, or names a time to come, when its file was.

    Every import finds that again. Newer labels hold: so a sender must not choose to be the newest for ever.
    """
    if email.date is not None and email.date <= latest:
        return email.date
    return min(latest, datetime.fromtimestamp(int(path.stat().st_mtime), UTC))


def _too_large(path: Path, row: int, rules: MailRules) -> Refused:
    return Refused(file=path, row=row, reason=f"it is larger than {rules.max_message_bytes} bytes")


def _is_mbox(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(len(_FROM)) == _FROM


def _label_of(path: Path) -> str:
    # Resolved, so that `.` has a name.
    name = path.resolve().name.lstrip(".")
    for mark in _MARKS:
        name = name.removesuffix(mark)
    return name.strip()


def _size(path: Path) -> int:
    try:
        return os.stat(path).st_size  # noqa: PTH116 - half the time of Path for a hundred thousand files.
    except OSError:
        return 0
