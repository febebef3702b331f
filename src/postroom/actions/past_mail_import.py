"""An import as somebody orders it over HTTP: one file of past mail, as a job."""

import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from postroom.actions.desk import Desk
from postroom.actions.importing import Imported, ImportOrder, import_history
from postroom.actions.jobs import order_job
from postroom.actions.past_mail import PastMailFile, PastMailFolder
from postroom.actions.past_mail_kinds import FileKind
from postroom.errors import InputError
from postroom.interfaces.codec import decode, encode
from postroom.interfaces.progress import Progress
from postroom.model.job import Job, JobKind
from postroom.model.workflow import JsonValue

SHOWN_REFUSED = 100
SHOWN_LABELS = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportFile:
    """Which file of past mail is imported, and what the mail of an mbox file is about."""

    past_mail_id: str
    label: str = ""
    dry_run: bool = False


async def order_import(desk: Desk, order: ImportFile, file: PastMailFile) -> Job:
    """Leave an import of `file` for the next process that runs jobs.

    Raises:
        InputError: a label is missing, or one too many. ConflictError: too many of them wait.
    """
    if file.kind is FileKind.MBOX and not order.label:
        raise InputError("It is not clear what this mail is about.", hint="Give the `label` of all mail of the file.")
    if file.kind is not FileKind.MBOX and order.label:
        raise InputError(f"A {file.kind.value} file names its labels itself.", hint="Leave the `label` out.")
    values: Mapping[str, JsonValue] = json.loads(encode(order))
    return await order_job(desk, JobKind.IMPORT, values)


async def import_file(
    desk: Desk, values: Mapping[str, JsonValue], files: PastMailFolder, rules: ImportOrder, progress: Progress
) -> Mapping[str, JsonValue]:
    """Do an import that was ordered, by `rules` save for what the order says, and return what came of it.

    Raises:
        NotFoundError: the file is gone. InputError: it cannot be imported. StoppedError: `progress` says so.
    """
    order = decode(ImportFile, json.dumps({name: value for name, value in values.items() if name != "by"}))
    file = await files.get(order.past_mail_id)
    path = files.where(file)
    wanted = ImportOrder(
        paths=(path,),
        label=order.label,
        max_message_bytes=rules.max_message_bytes,
        own_addresses=rules.own_addresses,
        dry_run=order.dry_run,
    )
    try:
        return _told(await import_history(desk, wanted, progress))
    except InputError as error:
        # Who reads jobs learns of no place on this machine.
        raise InputError(error.message.replace(str(path), file.name), hint=error.hint) from error


def _told(found: Imported) -> Mapping[str, JsonValue]:
    labels: dict[str, JsonValue] = dict(Counter(found.labels).most_common(SHOWN_LABELS))
    refused: list[JsonValue] = [{"row": one.row, "reason": one.reason} for one in found.refused[:SHOWN_REFUSED]]
    return {
        "read": found.read,
        "new": found.new,
        "repeated": found.repeated,
        "dry_run": found.dry_run,
        "labels": labels,
        "refused_rows": found.refused_rows,
        "refused": refused,
    }
