"""Files copies of what was sent into the mailbox's Sent folder, each once."""

from postroom.errors import PluginError
from postroom.providers.imap_smtp.imap_config import ImapConfig
from postroom.providers.imap_smtp.imap_connection import ImapConnection
from postroom.providers.imap_smtp.imap_line import Line


class ImapSentFolder:
    """The Sent folder: the one of the settings, which is made where it is missing, or the one the server has."""

    def __init__(self, config: ImapConfig, *, line: Line) -> None:
        self._config = config
        self._line = line
        self._name = ""

    async def file(self, content: bytes, *, message_id: str) -> None:
        """Append a copy that counts as read, unless the folder holds `message_id` already; lines will end with CR LF.

        Raises:
            TransientError: the server cannot be reached now. PluginError: there is no such folder, or it refuses.
        """
        await self._line.run(lambda connection: self._file(connection, content, message_id))

    async def holds(self, message_id: str) -> bool:
        """Return whether the folder holds a message with this Message-ID.

        Raises:
            TransientError, PluginError: as `file`.
        """
        return await self._line.run(lambda connection: self._holds(connection, message_id))

    def _file(self, connection: ImapConnection, content: bytes, message_id: str) -> None:
        if not self._holds(connection, message_id):
            connection.append(connection.folder, content)

    def _holds(self, connection: ImapConnection, message_id: str) -> bool:
        name, self._name = self._name or self._found(connection), ""
        connection.open_folder(name)
        self._name = name
        return bool(connection.search(f"HEADER Message-ID {quoted(message_id)}"))

    def _found(self, connection: ImapConnection) -> str:
        wanted = self._config.sent_folder
        if wanted is not None:
            if not connection.has_folder(wanted):
                connection.create_folder(wanted)
            return wanted
        found = connection.sent_folder()
        if found is None:
            names = ", ".join(repr(name) for name, _ in connection.folders())
            raise PluginError(
                f"{self._config.username!r} has no folder for sent mail.",
                hint=f"Name one as sent_folder (it is made where it is missing), or file nothing. There are: {names}.",
            )
        return found


def quoted(text: str) -> str:
    """Return `text` as a quoted string of IMAP (RFC 3501 section 4.3).

    Raises:
        PluginError: it holds what no quoted string can hold.
    """
    if not text.isascii() or not text.isprintable():
        raise PluginError(f"{text!r} cannot be looked for in a folder.", hint="Message-IDs hold printable ASCII only.")
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
