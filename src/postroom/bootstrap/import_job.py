"""Does the import of a file of past mail, as a job."""

from collections.abc import Mapping

from postroom.actions.desk import Desk
from postroom.actions.importing import ImportOrder
from postroom.actions.past_mail import PastMailFolder
from postroom.actions.past_mail_import import import_file
from postroom.interfaces.clock import SystemClock
from postroom.interfaces.progress import Progress
from postroom.interfaces.stores import Stores
from postroom.model.workflow import JsonValue
from postroom.settings import Settings


async def import_job(
    order: Mapping[str, JsonValue], stores: Stores, settings: Settings, progress: Progress
) -> Mapping[str, JsonValue]:
    """Import what was ordered, and return what came of it as plain values.

    Raises:
        NotFoundError: the file is gone. InputError: it cannot be imported. StoppedError: `progress` says so.
    """
    desk = Desk(stores=stores, clock=SystemClock(), by=str(order.get("by", "")))
    rules = ImportOrder(
        paths=(),
        max_message_bytes=settings.max_message_bytes,
        own_addresses=(settings.mailbox_address, *settings.mailbox_aliases),
    )
    return await import_file(desk, order, PastMailFolder(settings.folders_dir), rules, progress)
