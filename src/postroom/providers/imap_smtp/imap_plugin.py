"""The declaration of IMAP mailboxes: builds the receiver, the lookout and the Sent folder of one."""

from collections.abc import Mapping

from postroom.discovery import configured
from postroom.errors import PluginError
from postroom.interfaces.clock import SystemClock
from postroom.providers import OpenReceiver, ReceiverPlugin, Surroundings
from postroom.providers.imap_smtp.imap_config import ImapConfig
from postroom.providers.imap_smtp.imap_cursor import Epochs
from postroom.providers.imap_smtp.imap_line import Access, Line
from postroom.providers.imap_smtp.imap_lookout import ImapLookout
from postroom.providers.imap_smtp.imap_receiver import ImapReceiver
from postroom.providers.imap_smtp.imap_sent_folder import ImapSentFolder


def _build(values: Mapping[str, object], surroundings: Surroundings) -> OpenReceiver:
    config = configured(ImapConfig, values, plugin="imap")
    access = Access(config, warn=surroundings.warn, renewed=surroundings.renewed)
    epochs, clock = Epochs(surroundings.generation), SystemClock()
    # Two connections: one may idle for long, the other answers at once.
    side = Line(access)
    receiver = ImapReceiver(config, surroundings, lines=(Line(access), side), epochs=epochs, clock=clock)
    return OpenReceiver(
        receiver=receiver,
        lookout=ImapLookout(config, surroundings, line=side, epochs=epochs, clock=clock),
        sent_folder=ImapSentFolder(config, line=side),
    )


async def _check(opened: OpenReceiver) -> str:
    if not isinstance(opened.receiver, ImapReceiver):
        raise PluginError("This is no IMAP mailbox.", hint="Check it as the kind of mailbox that it is.")
    return await opened.receiver.check()


IMAP = ReceiverPlugin(name="imap", title="IMAP mailbox", config=ImapConfig, build=_build, check=_check, looks_out=True)
