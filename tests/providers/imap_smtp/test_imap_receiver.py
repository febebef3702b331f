import asyncio
import json
import re
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

import pytest
from structlog.testing import capture_logs

from contracts.receiver_contract import ReceiverContract, ReceiverTrial, letter, receive_all
from postroom.errors import PluginError, TransientError
from postroom.interfaces.provider import Fetched, Receiver
from postroom.model.answer import FlaggedAnswer
from postroom.model.email import RawEmail
from postroom.providers import TRUNCATED_FLAG
from postroom.providers.imap_smtp.imap_receiver import KNOWN_CHUNK
from providers.imap_smtp.imap_mailbox import Mailboxes, mailboxes
from servers.dovecot import Dovecot, running_dovecot
from servers.proxy import running_proxy
from servers.scripted_imap import running_scripted_imap

MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)


@dataclass(frozen=True, slots=True)
class LineFeeds:
    """A receiver as the contract sees it: IMAP ends all lines with CR LF, the contract's letters end them with LF."""

    receiver: Receiver

    async def fetch(self, cursor: str | None, *, limit: int) -> Fetched:
        fetched = await self.receiver.fetch(cursor, limit=limit)
        emails = tuple((replace(raw, content=lf(raw.content)), after) for raw, after in fetched.emails)
        return replace(fetched, emails=emails)

    async def wait(self, *, timeout_seconds: float) -> None:
        await self.receiver.wait(timeout_seconds=timeout_seconds)

    async def acknowledge(self, email: RawEmail) -> None:
        await self.receiver.acknowledge(email)

    async def close(self) -> None:
        await self.receiver.close()


def lf(content: bytes) -> bytes:
    return content.replace(b"\r\n", b"\n")


def subjects(emails: list[RawEmail]) -> list[int]:
    """Return the numbers of letters."""
    return [int(lf(email.content).split(b"\n")[1].split()[-1]) for email in emails]


async def read(box: Mailboxes, receiver: Receiver, *, limit: int = 50) -> list[RawEmail]:
    """Receive everything as the receive loop does, cursors of empty batches included."""
    received = await receive_all(receiver, box.memory, limit=limit)
    fetched = await receiver.fetch(box.memory.cursor, limit=limit)
    assert fetched.emails == ()
    box.memory.cursor = fetched.cursor or box.memory.cursor
    return received


class TestImapReceiver(ReceiverContract):
    @pytest.fixture
    def trial(self, box: Mailboxes) -> ReceiverTrial:
        def deliver(content: bytes) -> None:
            box.append(content)

        return ReceiverTrial(deliver=deliver, open=lambda memory: LineFeeds(box.open(memory).receiver))


async def test_flags_and_arrival_are_those_of_the_server_and_nothing_is_marked(
    dovecot: Dovecot, box: Mailboxes
) -> None:
    at = datetime(2026, 3, 1, 23, 30, tzinfo=UTC)
    dovecot.append(box.user, letter(1), at=at, flags=("\\Answered", "$Junk", "123"))
    (email,) = await read(box, box.open().receiver)
    assert email.received_at == at
    assert email.received_at.utcoffset() == timedelta(0)
    assert email.flags >= {"\\Answered", "$Junk", "123"}
    with dovecot.session(box.user) as client:
        client.select_folder("INBOX")
        assert client.search("UNSEEN") == [1]


async def test_a_new_mailbox_begins_when_it_was_connected(box: Mailboxes) -> None:
    box.append(letter(1), age=3 * DAY)
    box.append(letter(2), age=20 * MINUTE)
    receiver = box.open(connected_at=datetime.now(UTC) - MINUTE).receiver
    assert await read(box, receiver) == []
    box.append(letter(3))
    box.append(letter(4), age=3 * DAY)  # Moved here from another folder: it keeps its old date.
    assert subjects(await read(box, receiver)) == [3, 4]


async def test_mail_of_the_second_of_connecting_is_not_lost(box: Mailboxes) -> None:
    connected_at = datetime.now(UTC).replace(microsecond=999_000)
    box.server.append(box.user, letter(1), at=connected_at)
    assert subjects(await read(box, box.open(connected_at=connected_at).receiver)) == [1]


async def test_the_cursor_of_an_empty_first_look_is_given_to_be_stored(box: Mailboxes) -> None:
    box.append(letter(1), age=3 * DAY)
    receiver = box.open(connected_at=datetime.now(UTC)).receiver
    first = await receiver.fetch(None, limit=5)
    assert first.emails == ()
    assert first.cursor is not None
    assert await receiver.fetch(first.cursor, limit=5) == Fetched(emails=(), more=False)


async def test_older_mail_is_imported_from_the_day_that_is_asked_for(box: Mailboxes) -> None:
    box.append(letter(1), age=9 * DAY)
    box.append(letter(2), age=3 * DAY)
    box.append(letter(3))
    since = (datetime.now(UTC) - 4 * DAY).date()
    receiver = box.open(connected_at=datetime.now(UTC) - MINUTE, import_since=since).receiver
    assert subjects(await read(box, receiver, limit=1)) == [2, 3]


async def test_two_thousand_mails_arrive_each_once_and_in_order(dovecot: Dovecot, box: Mailboxes) -> None:
    dovecot.append_many(box.user, (letter(number) for number in range(2000)))
    assert subjects(await read(box, box.open().receiver)) == list(range(2000))


async def test_another_uid_validity_gives_all_mail_since_connecting_again(dovecot: Dovecot, box: Mailboxes) -> None:
    connected_at = datetime.now(UTC) - MINUTE
    box.append(letter(1), age=3 * DAY)
    box.append(letter(2), letter(3))
    receiver = box.open(connected_at=connected_at).receiver
    before = await read(box, receiver)
    await receiver.close()
    dovecot.new_uid_validity(box.user)
    after = await read(box, box.open(connected_at=connected_at).receiver)
    assert subjects(before) == subjects(after) == [2, 3]
    assert before[0].uid_validity != after[0].uid_validity


async def test_a_restored_backup_is_noticed_and_its_places_are_fresh() -> None:
    with running_dovecot() as server:
        async with mailboxes(server, "ann@example.org") as box:
            box.append(letter(1), letter(2))
            receiver = box.open().receiver
            before = await read(box, receiver)
            copy = server.backup(box.user)
            box.append(letter(3), letter(4))
            before += await read(box, receiver)
            server.restore(box.user, copy)
            box.append(letter(5))  # It gets the UID that letter 3 had.
            after = await read(box, receiver)
            assert subjects(before) == [1, 2, 3, 4]
            assert subjects(after) == [1, 2, 5]
            assert after[0].uid_validity == f"{before[0].uid_validity}.1"
            assert await read(box, box.open().receiver) == []


async def test_a_backup_whose_uids_caught_up_is_noticed_by_its_modseq() -> None:
    with running_dovecot() as server:
        async with mailboxes(server, "ann@example.org") as box:
            box.append(letter(1))
            receiver = box.open().receiver
            await read(box, receiver)
            copy = server.backup(box.user)
            box.append(letter(2))
            for _ in range(5):
                with server.session(box.user) as client:
                    client.select_folder("INBOX")
                    client.add_flags([1], ["\\Flagged"])
                    client.remove_flags([1], ["\\Flagged"])
            box.append(letter(3))
            await read(box, receiver)
            server.restore(box.user, copy)
            box.append(letter(4), letter(5), letter(6))
            assert subjects(await read(box, receiver)) == [1, 4, 5, 6]


async def test_a_backup_whose_uids_and_modseq_caught_up_is_noticed_by_its_last_message() -> None:
    with running_dovecot() as server:
        async with mailboxes(server, "ann@example.org") as box:
            box.append(letter(1))
            receiver = box.open().receiver
            await read(box, receiver)
            copy = server.backup(box.user)
            box.append(letter(2), age=MINUTE)
            before = await read(box, receiver)
            server.restore(box.user, copy)
            box.append(letter(3))  # UIDNEXT and HIGHESTMODSEQ are what they were.
            after = await read(box, receiver)
            assert (subjects(before), subjects(after)) == ([2], [1, 3])
            assert after[1].uid == before[0].uid
            assert after[1].uid_validity == f"{before[0].uid_validity}.1"


async def test_a_last_message_that_is_gone_or_not_known_begins_nothing_anew(dovecot: Dovecot, box: Mailboxes) -> None:
    box.append(letter(1), letter(2))
    await read(box, box.open().receiver)
    assert box.memory.cursor is not None
    with dovecot.session(box.user) as client:
        client.select_folder("INBOX")
        client.delete_messages([2])
        client.expunge([2])
    assert await read(box, box.open().receiver) == []
    box.memory.cursor = re.sub(r',"mark":\[.*?\]', "", box.memory.cursor)
    assert await read(box, box.open().receiver) == []
    assert {uid_validity for uid_validity, _ in box.memory.places} == {str(json.loads(box.memory.cursor)["validity"])}


async def test_after_a_restart_places_are_named_in_the_epoch_of_the_stored_cursor() -> None:
    with running_dovecot() as server:
        async with mailboxes(server, "ann@example.org") as box:
            box.append(letter(1))
            receiver = box.open().receiver
            await read(box, receiver)
            copy = server.backup(box.user)
            box.append(letter(2), letter(3))
            await read(box, receiver)
            server.restore(box.user, copy)
            box.append(letter(4))
            first, email = await read(box, receiver)
            assert first.uid_validity == email.uid_validity
            assert email.uid_validity.endswith(".1")
            with server.session(box.user) as client:
                client.select_folder("INBOX")
                client.add_flags([int(email.uid)], ["\\Answered"])
            opened = box.open()
            assert opened.lookout is not None
            (sign,) = await opened.lookout.answers()
            assert isinstance(sign, FlaggedAnswer)
            assert (sign.uid_validity, sign.uid) == (email.uid_validity, email.uid)
            # Whoever compares all of the mailbox with the ledger begins without a cursor.
            again = [(raw.uid_validity, raw.uid) for raw, _ in (await box.open().receiver.fetch(None, limit=5)).emails]
            assert again == [(raw.uid_validity, raw.uid) for raw in (first, email)]


async def test_places_of_another_generation_are_other_places(box: Mailboxes) -> None:
    box.append(letter(1))
    (first,) = await read(box, box.open(generation="g1").receiver)
    assert first.uid_validity.startswith("g1/")
    assert await read(box, box.open(generation="g1").receiver) == []
    (second,) = await read(box, box.open(generation="g2").receiver)
    assert second.uid_validity == first.uid_validity.replace("g1", "g2")
    assert await read(box, box.open(generation="g2").receiver) == []


async def test_stored_mail_of_a_generation_is_marked(dovecot: Dovecot, box: Mailboxes) -> None:
    box.append(letter(1))
    await read(box, box.open(generation="g1", mark_seen=True).receiver, limit=1)
    with dovecot.session(box.user) as client:
        client.select_folder("INBOX")
        assert client.search("SEEN") == [1]


async def test_the_cursor_of_another_kind_of_mailbox_counts_as_none(box: Mailboxes) -> None:
    box.append(letter(1))
    box.memory.cursor = "1795424937.M731171P2717.vm"
    assert subjects(await read(box, box.open().receiver)) == [1]


async def test_an_import_that_is_asked_for_later_gives_older_mail_once(box: Mailboxes) -> None:
    connected_at = datetime.now(UTC) - 30 * DAY
    for number, age in enumerate((90, 50, 40, 2)):
        box.append(letter(number), age=age * DAY)
    assert subjects(await read(box, box.open(connected_at=connected_at).receiver)) == [3]
    for days, expected in ((60, [1, 2]), (60, []), (45, []), (100, [0])):
        since = (datetime.now(UTC) - days * DAY).date()
        receiver = box.open(connected_at=connected_at, import_since=since).receiver
        assert subjects(await read(box, receiver, limit=1)) == expected
    box.append(letter(9))
    assert subjects(await read(box, receiver)) == [9]


async def test_new_mail_does_not_wait_for_an_import(dovecot: Dovecot, box: Mailboxes) -> None:
    connected_at = datetime.now(UTC) - 30 * DAY
    count = KNOWN_CHUNK + 3
    dovecot.append_many(box.user, map(letter, range(count)), at=datetime.now(UTC) - 40 * DAY)
    await read(box, box.open(connected_at=connected_at).receiver)
    since = (datetime.now(UTC) - 60 * DAY).date()
    receiver = box.open(connected_at=connected_at, import_since=since).receiver
    received: list[RawEmail] = []
    for number in (count, count + 1):
        box.append(letter(number))
        for _ in range(2):
            fetched = await receiver.fetch(box.memory.cursor, limit=1)
            for email, cursor in fetched.emails:
                box.memory.accept(email, cursor)
                received.append(email)
    received += await read(box, receiver)
    assert subjects(received) == [count, 0, count + 1, *range(1, count)]


async def test_an_import_that_was_cut_short_goes_on(box: Mailboxes) -> None:
    connected_at = datetime.now(UTC) - 30 * DAY
    box.append(*(letter(number) for number in range(3)), age=40 * DAY)
    await read(box, box.open(connected_at=connected_at).receiver)
    since = (datetime.now(UTC) - 60 * DAY).date()
    fetched = await box.open(connected_at=connected_at, import_since=since).receiver.fetch(box.memory.cursor, limit=1)
    for email, cursor in fetched.emails:
        box.memory.accept(email, cursor)
    rest = await read(box, box.open(connected_at=connected_at, import_since=since).receiver)
    assert subjects([email for email, _ in fetched.emails] + rest) == [0, 1, 2]


async def test_a_uid_below_the_cursor_that_the_ledger_does_not_know_is_found(box: Mailboxes) -> None:
    box.append(letter(1), letter(2), letter(3))
    await read(box, box.open().receiver)
    cursor = box.memory.cursor
    box.memory.places.discard((next(iter(box.memory.places))[0], "2"))
    receiver = box.open().receiver
    first = await receiver.fetch(cursor, limit=5)
    assert [(email.uid, after) for email, after in first.emails] == [("2", cursor)]
    assert await receiver.fetch(cursor, limit=5) == first
    assert subjects(await read(box, receiver)) == [2]


async def test_old_mail_below_the_cursor_is_left_alone(box: Mailboxes) -> None:
    box.append(letter(1), age=2 * MINUTE)
    connected_at = datetime.now(UTC) - MINUTE
    await read(box, box.open(connected_at=connected_at).receiver)
    assert await read(box, box.open(connected_at=connected_at).receiver) == []


async def test_a_message_that_the_ledger_never_takes_is_not_given_for_ever(box: Mailboxes) -> None:
    box.append(letter(1))
    await read(box, box.open().receiver)
    cursor = box.memory.cursor
    box.memory.places.clear()
    receiver = box.open().receiver
    given = 0
    while (fetched := await receiver.fetch(cursor, limit=5)).more:
        given += len(fetched.emails)
    assert given == 3


async def test_a_message_deleted_between_two_batches_is_skipped(dovecot: Dovecot, box: Mailboxes) -> None:
    box.append(letter(1), letter(2), letter(3))
    receiver = box.open().receiver
    fetched = await receiver.fetch(None, limit=1)
    for email, cursor in fetched.emails:
        box.memory.accept(email, cursor)
    with dovecot.session(box.user) as client:
        client.select_folder("INBOX")
        client.delete_messages([2])
        client.expunge([2])
    assert subjects(await read(box, receiver)) == [3]


async def test_a_large_message_is_cut_and_marked(box: Mailboxes) -> None:
    box.append(letter(1, body="x" * 5000), letter(2))
    large, small = await read(box, box.open(max_message_bytes=2048).receiver)
    assert len(large.content) == 2048
    assert large.flags >= {TRUNCATED_FLAG}
    assert TRUNCATED_FLAG not in small.flags


async def test_folders_with_quotes_and_other_alphabets_are_read(dovecot: Dovecot, box: Mailboxes) -> None:
    name = 'Entwürfe & "Anfragen" 日本'
    with dovecot.session(box.user) as client:
        client.create_folder(name)
    box.append(letter(7), folder=name)
    assert subjects(await read(box, box.open(folder=name).receiver)) == [7]


async def test_a_folder_that_is_missing_is_named_with_those_that_exist(dovecot: Dovecot, box: Mailboxes) -> None:
    with dovecot.session(box.user) as client:
        client.create_folder("Support")
    with pytest.raises(PluginError) as caught:
        await box.open(folder="Suport").receiver.fetch(None, limit=1)
    assert not isinstance(caught.value, TransientError)
    assert "'Support'" in caught.value.hint


async def test_stored_mail_is_marked_and_moved_where_that_is_wanted(dovecot: Dovecot, box: Mailboxes) -> None:
    with dovecot.session(box.user) as client:
        client.create_folder("Done")
    box.append(letter(1), letter(2))
    await read(box, box.open(mark_seen=True, move_to="Done").receiver, limit=1)
    with dovecot.session(box.user) as client:
        assert client.select_folder("INBOX")[b"EXISTS"] == 0
        client.select_folder("Done")
        assert client.search("SEEN") == [1, 2]


async def test_a_server_that_cannot_move_copies_and_deletes_only_this_message() -> None:
    with running_dovecot(extra="protocol imap {\n imap_capability = IMAP4rev1 UIDPLUS AUTH=PLAIN\n}") as server:
        async with mailboxes(server, "ann@example.org") as box:
            with server.session(box.user) as client:
                client.create_folder("Done")
            server.append(box.user, letter(1), flags=["\\Deleted"])
            box.append(letter(2))
            receiver = box.open(move_to="Done").receiver
            first, second = (await receiver.fetch(None, limit=5)).emails
            await receiver.acknowledge(second[0])
            with server.session(box.user) as client:
                client.select_folder("INBOX")
                assert client.search("ALL") == [int(first[0].uid)]


async def test_a_failing_move_is_logged_and_stops_nothing(box: Mailboxes) -> None:
    box.append(letter(1), letter(2))
    with capture_logs() as logs:
        received = await read(box, box.open(move_to="Nowhere").receiver)
    assert subjects(received) == [1, 2]
    assert [line["event"] for line in logs] == ["imap_message_not_marked"] * 2


async def test_receiving_goes_on_after_a_restart_of_the_server() -> None:
    with running_dovecot() as server:
        async with mailboxes(server, "ann@example.org") as box:
            receiver = box.open().receiver
            box.append(letter(1))
            await read(box, receiver)
            server.kill()
            with pytest.raises(TransientError):
                await receiver.fetch(box.memory.cursor, limit=5)
            server.start()
            box.append(letter(2))
            assert subjects(await read(box, receiver)) == [2]


async def test_a_reset_while_waiting_is_noticed_and_mended(dovecot: Dovecot, box: Mailboxes) -> None:
    with running_proxy(dovecot.imap_port) as proxy:
        receiver = box.open(port=proxy.port).receiver
        box.append(letter(1))
        await read(box, receiver)
        async with asyncio.timeout(10), asyncio.TaskGroup() as tasks:
            tasks.create_task(receiver.wait(timeout_seconds=60))
            await asyncio.to_thread(proxy.wait_for, b"IDLE")
            proxy.reset()
        box.append(letter(2))
        assert subjects(await read(box, receiver)) == [2]


async def test_connections_that_break_in_every_idle_are_not_made_for_ever(dovecot: Dovecot, box: Mailboxes) -> None:
    with running_proxy(dovecot.imap_port) as proxy:
        receiver = box.open(port=proxy.port, poll_seconds=0.01).receiver
        box.append(letter(1))
        for _ in range(3):
            await read(box, receiver)
            async with asyncio.timeout(10), asyncio.TaskGroup() as tasks:
                tasks.create_task(receiver.wait(timeout_seconds=60))
                await asyncio.to_thread(proxy.wait_for, b"IDLE")
                proxy.reset()
        await read(box, receiver)
        proxy.forget()
        async with asyncio.timeout(10):
            await receiver.wait(timeout_seconds=60)
        assert b"IDLE" not in proxy.said()


async def test_a_connection_that_swallows_everything_is_given_up(dovecot: Dovecot, box: Mailboxes) -> None:
    with running_proxy(dovecot.imap_port) as proxy:
        receiver = box.open(port=proxy.port, timeout_seconds=0.3).receiver
        box.append(letter(1))
        await read(box, receiver)
        proxy.swallow()
        with pytest.raises(TransientError, match="said nothing"):
            await receiver.fetch(box.memory.cursor, limit=5)
        with pytest.raises(TransientError, match="said nothing"):
            await receiver.fetch(box.memory.cursor, limit=5)
        proxy.forward()
        box.append(letter(2))
        assert subjects(await read(box, receiver)) == [2]


async def test_silence_during_idle_is_noticed_when_it_ends(dovecot: Dovecot, box: Mailboxes) -> None:
    with running_proxy(dovecot.imap_port) as proxy:
        receiver = box.open(port=proxy.port, timeout_seconds=0.3).receiver
        await read(box, receiver)
        waiting = asyncio.ensure_future(receiver.wait(timeout_seconds=0.5))
        await asyncio.to_thread(proxy.wait_for, b"IDLE")
        proxy.swallow()
        with pytest.raises(TransientError, match="said nothing"):
            await waiting


async def test_waiting_ends_at_once_when_it_is_cancelled(dovecot: Dovecot, box: Mailboxes) -> None:
    with running_proxy(dovecot.imap_port) as proxy:
        receiver = box.open(port=proxy.port).receiver
        await read(box, receiver)
        waiting = asyncio.ensure_future(receiver.wait(timeout_seconds=600))
        await asyncio.to_thread(proxy.wait_for, b"IDLE")
        async with asyncio.timeout(10):
            waiting.cancel()
            with pytest.raises(asyncio.CancelledError):
                await waiting
            await asyncio.to_thread(proxy.wait_for_no_connection)
        box.append(letter(1))
        assert subjects(await read(box, receiver)) == [1]


async def test_waiting_ends_at_once_when_the_receiver_is_closed(dovecot: Dovecot, box: Mailboxes) -> None:
    with running_proxy(dovecot.imap_port) as proxy:
        receiver = box.open(port=proxy.port).receiver
        await read(box, receiver)
        async with asyncio.timeout(10), asyncio.TaskGroup() as tasks:
            tasks.create_task(receiver.wait(timeout_seconds=600))
            await asyncio.to_thread(proxy.wait_for, b"IDLE")
            await receiver.close()
        await asyncio.to_thread(proxy.wait_for_no_connection)


async def test_mail_that_arrives_during_idle_ends_the_wait(dovecot: Dovecot, box: Mailboxes) -> None:
    with running_proxy(dovecot.imap_port) as proxy:
        receiver = box.open(port=proxy.port).receiver
        await read(box, receiver)
        async with asyncio.timeout(10), asyncio.TaskGroup() as tasks:
            tasks.create_task(receiver.wait(timeout_seconds=600))
            await asyncio.to_thread(proxy.wait_for, b"IDLE")
            await asyncio.to_thread(dovecot.deliver, letter(1), box.user)
        assert len(await read(box, receiver)) == 1


async def test_mail_that_arrives_during_idle_under_tls_ends_the_wait(dovecot: Dovecot, box: Mailboxes) -> None:
    with running_proxy(dovecot.imaps_port) as proxy:
        tls = {"host": dovecot.tls_host, "security": "tls", "ca_file": dovecot.ca_file}
        box.settings = tls | {"port": proxy.port}
        receiver = box.open().receiver
        await read(box, receiver)
        proxy.forget()
        async with asyncio.timeout(10), asyncio.TaskGroup() as tasks:
            tasks.create_task(receiver.wait(timeout_seconds=600))
            # A search in two writes, then IDLE.
            await asyncio.to_thread(proxy.wait_until, lambda said: tls_records(said) == 3)
            await asyncio.to_thread(dovecot.deliver, letter(1), box.user)
        assert len(await read(box, receiver)) == 1


def tls_records(said: bytes) -> int:
    """Return how many whole records of TLS there are (RFC 8446 section 5.1)."""
    count = 0
    while len(said) >= 5 and len(said) >= (size := 5 + int.from_bytes(said[3:5])):
        said, count = said[size:], count + 1
    return count


async def test_a_server_without_idle_is_polled() -> None:
    with running_dovecot(extra="protocol imap {\n imap_capability = IMAP4rev1 AUTH=PLAIN\n}") as server:
        async with mailboxes(server, "ann@example.org") as box:
            receiver = box.open(poll_seconds=0.01).receiver
            await read(box, receiver)
            box.append(letter(1))
            async with asyncio.timeout(10):
                await receiver.wait(timeout_seconds=60)
            assert subjects(await read(box, receiver)) == [1]


async def test_a_server_that_refuses_idle_is_polled() -> None:
    answers = {
        "CAPABILITY": ("* CAPABILITY IMAP4rev1 AUTH=PLAIN IDLE", "OK done"),
        "EXAMINE": ("* 0 EXISTS", "* OK [UIDVALIDITY 7] .", "* OK [UIDNEXT 1] .", "OK [READ-ONLY] opened"),
        "UID SEARCH": ("* SEARCH", "OK done"),
        "IDLE": ("NO not here",),
    }
    with running_scripted_imap(answers) as script, running_dovecot() as server:
        async with mailboxes(server, "ann@example.org") as box:
            receiver = box.open(port=script.port, poll_seconds=0.01).receiver
            for _ in range(2):
                await read(box, receiver)
                async with asyncio.timeout(10):
                    await receiver.wait(timeout_seconds=60)
            assert "IDLE" in script.asked
