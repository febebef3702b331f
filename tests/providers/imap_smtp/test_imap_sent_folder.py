import pytest

from postroom.errors import PluginError, TransientError
from postroom.interfaces.provider import SentFolder
from postroom.providers import OpenReceiver
from postroom.providers.imap_smtp.imap_sent_folder import quoted
from providers.imap_smtp.imap_mailbox import Mailboxes
from servers.dovecot import Dovecot
from servers.proxy import running_proxy

ODD_ID = '<odd("\\*%{}@example.org>'


def sent_folder_of(opened: OpenReceiver) -> SentFolder:
    assert opened.sent_folder is not None
    return opened.sent_folder


def copy(message_id: str) -> bytes:
    return f"Message-ID: {message_id}\r\nSubject: Grüße\r\n\r\nBody\r\n".encode()


def in_folder(box: Mailboxes, name: str) -> list[tuple[bytes, tuple[bytes, ...]]]:
    with box.server.session(box.user) as client:
        client.select_folder(name, readonly=True)
        found = client.fetch(client.search("ALL"), ["BODY.PEEK[]", "FLAGS"])
        return [(one[b"BODY[]"], one[b"FLAGS"]) for one in found.values()]


def make(box: Mailboxes, name: str) -> None:
    with box.server.session(box.user) as client:
        client.create_folder(name)


@pytest.mark.parametrize("message_id", ["<1@example.org>", ODD_ID])
async def test_a_copy_is_filed_once_and_counts_as_read(box: Mailboxes, message_id: str) -> None:
    make(box, "Sent")
    folder = sent_folder_of(box.open())
    assert not await folder.holds(message_id)
    for _ in range(2):
        await folder.file(copy(message_id), message_id=message_id)
    await sent_folder_of(box.open()).file(copy(message_id), message_id=message_id)
    assert await folder.holds(message_id)
    ((content, flags),) = in_folder(box, "Sent")
    assert content == copy(message_id)
    assert b"\\Seen" in flags


async def test_the_marked_folder_is_taken(box: Mailboxes) -> None:
    make(box, "Gesendete Elemente")
    await sent_folder_of(box.open()).file(copy("<1@x>"), message_id="<1@x>")
    assert len(in_folder(box, "Gesendete Elemente")) == 1


async def test_a_folder_of_the_settings_is_made_where_it_is_missing(box: Mailboxes) -> None:
    folder = sent_folder_of(box.open(sent_folder="Ausgang/2026 ✓"))
    for message_id in ("<1@x>", "<2@x>"):
        await folder.file(copy(message_id), message_id=message_id)
    assert len(in_folder(box, "Ausgang/2026 ✓")) == 2


async def test_without_a_folder_nothing_is_made_and_a_person_is_told(box: Mailboxes) -> None:
    with pytest.raises(PluginError, match="no folder for sent mail") as caught:
        await sent_folder_of(box.open()).file(copy("<1@x>"), message_id="<1@x>")
    assert not isinstance(caught.value, TransientError)
    assert "sent_folder" in caught.value.hint
    with box.server.session(box.user) as client:
        assert [name for _, _, name in client.list_folders()] == ["INBOX"]


async def test_a_connection_that_broke_since_the_last_copy_is_made_anew(dovecot: Dovecot, box: Mailboxes) -> None:
    make(box, "Sent")
    with running_proxy(dovecot.imap_port) as proxy:
        folder = sent_folder_of(box.open(port=proxy.port))
        await folder.file(copy("<1@x>"), message_id="<1@x>")
        proxy.reset()
        await folder.file(copy("<1@x>"), message_id="<1@x>")
        assert len(in_folder(box, "Sent")) == 1


@pytest.mark.parametrize("text", ["<a\r\nb@x>", "<ä@x>", "<\x00@x>"])
def test_what_no_quoted_string_can_hold_is_refused(text: str) -> None:
    with pytest.raises(PluginError, match="cannot be looked for"):
        quoted(text)
