import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from structlog.testing import capture_logs

from contracts.receiver_contract import MAILBOX, letter, receive_all
from postroom.errors import PluginError, TransientError
from postroom.interfaces.provider import AnswerReader, Lookout
from postroom.model.answer import Answer, FlaggedAnswer, SentAnswer
from postroom.providers import OpenReceiver
from providers.imap_smtp.imap_mailbox import Mailboxes, mailboxes
from providers.imap_smtp.test_imap_suspects import mend, spoil
from servers.dovecot import Dovecot, running_dovecot
from servers.proxy import running_proxy

DAY = timedelta(days=1)


def lookout_of(opened: OpenReceiver) -> Lookout:
    assert opened.lookout is not None
    return opened.lookout


def mark(box: Mailboxes, *uids: int) -> None:
    with box.server.session(box.user) as client:
        client.select_folder("INBOX")
        client.add_flags(list(uids), ["\\Answered"])


def make_sent(box: Mailboxes, name: str = "Sent") -> None:
    with box.server.session(box.user) as client:
        client.create_folder(name)


def reply(number: int, *, headers: str = "") -> bytes:
    to = "" if "To: " in headers.replace("-To: ", "") else "To: ada@example.org\r\n"
    return f"Message-ID: <sent-{number}@example.org>\r\n{to}{headers}Subject: Re\r\n\r\nYes\r\n".encode()


def flagged(answers: tuple[Answer, ...]) -> list[str]:
    return [answer.uid for answer in answers if isinstance(answer, FlaggedAnswer)]


def sent(answers: tuple[Answer, ...]) -> list[tuple[str, tuple[str, ...]]]:
    return [(answer.message_id, answer.refers_to) for answer in answers if isinstance(answer, SentAnswer)]


async def test_flags_are_seen_once_each_as_they_are_set(box: Mailboxes) -> None:
    box.append(letter(1), letter(2), letter(3))
    box.append(letter(4), age=40 * DAY)
    opened = box.open()
    (first, *_) = await receive_all(opened.receiver, box.memory)
    lookout = lookout_of(opened)
    mark(box, 2, 4)
    answers = await lookout.answers()
    assert flagged(answers) == ["2"]
    (answer,) = answers
    assert isinstance(answer, FlaggedAnswer)
    assert (answer.mailbox_id, answer.uid_validity) == (MAILBOX, first.uid_validity)
    assert await lookout.answers() == ()
    mark(box, 1, 2)
    assert flagged(await lookout.answers()) == ["1"]


async def test_without_condstore_flags_are_compared() -> None:
    with running_dovecot(extra="protocol imap {\n imap_capability = IMAP4rev1 AUTH=PLAIN\n}") as server:
        async with mailboxes(server, "ann@example.org") as box:
            box.append(letter(1), letter(2))
            lookout = lookout_of(box.open())
            mark(box, 1)
            assert flagged(await lookout.answers()) == ["1"]
            mark(box, 2)
            assert flagged(await lookout.answers()) == ["2"]
            assert flagged(await lookout.answers()) == []


async def test_flags_after_a_restored_backup_name_the_places_that_the_receiver_names() -> None:
    with running_dovecot() as server:
        async with mailboxes(server, "ann@example.org") as box:
            box.append(letter(1))
            opened = box.open()
            copy_after = await receive_all(opened.receiver, box.memory)
            copy = server.backup(box.user)
            box.append(letter(2))
            await receive_all(opened.receiver, box.memory)
            mark(box, 1)
            assert flagged(await lookout_of(opened).answers()) == ["1"]
            server.restore(box.user, copy)
            again = await receive_all(opened.receiver, box.memory)
            mark(box, 1)
            (answer,) = await lookout_of(opened).answers()
            assert isinstance(answer, FlaggedAnswer)
            assert answer.uid_validity == again[0].uid_validity == f"{copy_after[0].uid_validity}.1"


async def test_answers_in_the_sent_folder_name_what_they_refer_to_nearest_first(box: Mailboxes) -> None:
    make_sent(box)
    lookout = lookout_of(box.open(is_own=lambda message_id: message_id == "<sent-2@example.org>"))
    box.append(reply(0, headers="In-Reply-To: <old@x>\r\n"), folder="Sent", age=40 * DAY)
    box.append(
        reply(1, headers="References: <a@x> <b@x>\r\n\t<c@x>\r\nIn-Reply-To: <c@x>\r\n"),
        reply(2, headers="In-Reply-To: <own@x>\r\n"),
        reply(3),
        folder="Sent",
    )
    before = datetime.now(UTC) - timedelta(minutes=1)
    answers = await lookout.answers()
    assert sent(answers) == [("<sent-1@example.org>", ("<c@x>", "<b@x>", "<a@x>"))]
    assert isinstance(answers[0], SentAnswer)
    assert before < answers[0].sent_at < datetime.now(UTC) + timedelta(minutes=1)
    box.append(reply(4, headers="In-Reply-To: <d@x>\r\n"), folder="Sent")
    assert sent(await lookout.answers()) == [("<sent-4@example.org>", ("<d@x>",))]
    assert await lookout.answers() == ()


async def test_an_answer_says_whom_it_goes_to_and_where_it_lies(box: Mailboxes) -> None:
    make_sent(box)
    copied = "To: Ada <Ada@Example.org>\r\nCc: carl@example.org\r\nBcc: bob@example.org\r\nIn-Reply-To: <a@x>\r\n"
    nameless = b"To: ada@example.org\r\nIn-Reply-To: <a@x>\r\n\r\nYes\r\n"
    box.append(reply(1, headers=copied), nameless, nameless, folder="Sent")
    first, *others = await lookout_of(box.open()).answers()
    assert isinstance(first, SentAnswer)
    assert first.recipients == ("ada@example.org", "carl@example.org", "bob@example.org")
    assert [one.message_id for one in others if isinstance(one, SentAnswer)] == ["", ""]
    places = [one.place for one in (first, *others) if isinstance(one, SentAnswer)]
    assert [place.partition("/")[2] for place in places] == ["1", "2", "3"]
    assert len({place.partition("/")[0] for place in places}) == 1


async def test_an_answer_can_be_read_where_it_still_lies(box: Mailboxes) -> None:
    make_sent(box)
    box.append(b"To: ada@example.org\r\nIn-Reply-To: <a@x>\r\n\r\nYes\r\n", folder="Sent")
    lookout = lookout_of(box.open())
    (answer,) = await lookout.answers()
    assert isinstance(answer, SentAnswer)
    assert isinstance(lookout, AnswerReader)
    content = await lookout.sent_bytes(answer)
    assert content is not None
    assert content.endswith(b"\r\n\r\nYes\r\n")
    validity = answer.place.partition("/")[0]
    for gone in (f"{validity}/99", "1/1", ""):
        assert await lookout.sent_bytes(replace(answer, place=gone)) is None


async def test_what_no_person_wrote_or_nobody_gets_is_no_answer(box: Mailboxes) -> None:
    make_sent(box)
    own = "<postroom.1.2@shop.example>"
    lookout = lookout_of(box.open(is_own=lambda message_id: message_id == own))
    refers = "In-Reply-To: <a@x>\r\n"
    box.append(
        reply(1, headers=f"{refers}Auto-Submitted: auto-replied\r\n"),
        # Our own reply, as a provider files it that gives every message an id of its own.
        reply(2, headers=f"{refers}X-Postroom-Reply: {own}\r\n"),
        reply(3, headers=f"{refers}To: undisclosed-recipients:;\r\n"),
        reply(4, headers=f"{refers}X-Postroom-Reply: <postroom.forged@shop.example>\r\n"),
        folder="Sent",
    )
    assert [message_id for message_id, _ in sent(await lookout.answers())] == ["<sent-4@example.org>"]


async def test_a_sent_folder_in_another_language_is_found_by_its_mark(box: Mailboxes) -> None:
    make_sent(box, "Gesendete Elemente")
    box.append(reply(1, headers="In-Reply-To: <a@x>\r\n"), folder="Gesendete Elemente")
    assert sent(await lookout_of(box.open()).answers()) == [("<sent-1@example.org>", ("<a@x>",))]


async def test_without_a_sent_folder_only_flags_are_seen_until_there_is_one(box: Mailboxes) -> None:
    box.append(letter(1))
    mark(box, 1)
    lookout = lookout_of(box.open(sent_folder="Out"))
    assert flagged(await lookout.answers()) == ["1"]
    make_sent(box, "Out")
    box.append(reply(1, headers="In-Reply-To: <a@x>\r\n"), folder="Out")
    assert sent(await lookout.answers()) == [("<sent-1@example.org>", ("<a@x>",))]


async def test_a_sent_folder_that_was_deleted_keeps_no_flags_back(box: Mailboxes) -> None:
    make_sent(box)
    box.append(letter(1))
    lookout = lookout_of(box.open())
    await lookout.answers()
    with box.server.session(box.user) as client:
        client.delete_folder("Sent")
    mark(box, 1)
    assert flagged(await lookout.answers()) == ["1"]


async def look(lookout: Lookout, *, failures: int) -> tuple[Answer, ...]:
    """Look until it succeeds, and fail where it fails more often."""
    while True:
        try:
            return await lookout.answers()
        except TransientError:
            failures -= 1
            assert failures >= 0


async def test_a_message_in_the_sent_folder_that_cannot_be_read_is_passed_over_and_logged_once(
    dovecot: Dovecot, box: Mailboxes
) -> None:
    make_sent(box)
    box.append(letter(1))
    mark(box, 1)
    box.append(*(reply(number, headers="In-Reply-To: <a@x>\r\n") for number in (1, 2, 3)), folder="Sent")
    spoil(dovecot, box, b"<sent-2@")
    lookout = lookout_of(box.open())
    with capture_logs() as logs:
        answers = await look(lookout, failures=5)
        box.append(reply(4, headers="In-Reply-To: <a@x>\r\n"), folder="Sent")
        later = await lookout.answers()
    assert flagged(answers) == ["1"]
    assert [name for name, _ in sent(answers)] == ["<sent-1@example.org>", "<sent-3@example.org>"]
    assert [name for name, _ in sent(later)] == ["<sent-4@example.org>"]
    assert [(line["event"], line["mailbox_id"], line["uid"]) for line in logs] == [
        ("imap_sent_message_unreadable", MAILBOX, 2)
    ]


async def test_a_newest_message_in_the_sent_folder_that_cannot_be_read_for_a_while_is_not_passed_over(
    dovecot: Dovecot, box: Mailboxes
) -> None:
    make_sent(box)
    box.append(reply(1), reply(2, headers="In-Reply-To: <a@x>\r\n"), folder="Sent")
    spoil(dovecot, box, b"<sent-2@")
    lookout = lookout_of(box.open())
    for _ in range(5):
        with pytest.raises(TransientError):
            await lookout.answers()
    mend(dovecot, box)
    assert [name for name, _ in sent(await lookout.answers())] == ["<sent-2@example.org>"]


async def test_callers_share_looks_and_each_look_begins_after_it_was_asked_for(
    dovecot: Dovecot, box: Mailboxes
) -> None:
    box.append(letter(1), letter(2))
    with running_proxy(dovecot.imap_port) as proxy:
        lookout = lookout_of(box.open(port=proxy.port))
        await lookout.answers()
        proxy.forget()
        first = asyncio.ensure_future(lookout.answers())
        await asyncio.sleep(0)
        mark(box, 1)
        others = [asyncio.ensure_future(lookout.answers()) for _ in range(5)]
        results = await asyncio.gather(first, *others)
        assert flagged(results[0]) + flagged(results[1]) == ["1"]
        assert all(result == results[1] for result in results[2:])
        assert proxy.said().count(b"EXAMINE") <= 2


async def test_a_look_without_news_costs_two_round_trips(dovecot: Dovecot, box: Mailboxes) -> None:
    make_sent(box)
    box.append(letter(1))
    box.append(reply(1, headers="In-Reply-To: <a@x>\r\n"), folder="Sent")
    with running_proxy(dovecot.imap_port) as proxy:
        lookout = lookout_of(box.open(port=proxy.port))
        await lookout.answers()
        proxy.forget()
        assert await lookout.answers() == ()
        assert proxy.said().count(b"\r\n") == 2


async def test_a_cancelled_caller_takes_nothing_from_the_others(box: Mailboxes) -> None:
    box.append(letter(1))
    mark(box, 1)
    lookout = lookout_of(box.open())
    leader = asyncio.ensure_future(lookout.answers())
    await asyncio.sleep(0)
    followers = [asyncio.ensure_future(lookout.answers()) for _ in range(3)]
    await asyncio.sleep(0)
    leader.cancel()
    followers[0].cancel()
    results = await asyncio.gather(*followers[1:])
    assert [flagged(result) for result in results] == [["1"], ["1"]]


async def test_a_failing_look_fails_all_its_callers_and_loses_nothing(box: Mailboxes, dovecot: Dovecot) -> None:
    box.append(letter(1))
    mark(box, 1)
    with running_proxy(dovecot.imap_port) as proxy:
        lookout = lookout_of(box.open(port=proxy.port, timeout_seconds=0.3))
        proxy.swallow()
        results = await asyncio.gather(*(lookout.answers() for _ in range(3)), return_exceptions=True)
        assert all(isinstance(result, TransientError) for result in results)
        proxy.forward()
        assert flagged(await lookout.answers()) == ["1"]


async def test_a_missing_folder_is_a_matter_for_a_person(box: Mailboxes) -> None:
    with pytest.raises(PluginError, match="'Nowhere'"):
        await lookout_of(box.open(folder="Nowhere")).answers()
