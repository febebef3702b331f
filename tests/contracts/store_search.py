"""What every implementation of `Search` does."""

from dataclasses import replace
from datetime import timedelta

import pytest

from contracts.store_nouns import SALES, SHOP, arrival, at
from postroom.errors import InputError
from postroom.interfaces.stores import Stores
from postroom.model.email import Address, Attachment, ConversationId, MailboxId
from postroom.model.found import Found, FoundKind
from postroom.model.ledger import Arrival
from postroom.model.note import Note, NoteId


def saying(uid: int, text: str, *, subject: str = "", mailbox: MailboxId = SHOP) -> Arrival:
    """Return the arrival of a mail with a text, from nobody."""
    mail = arrival(uid, mailbox=mailbox, content=f"{uid} {mailbox} {text}".encode("utf-8", "replace").decode())
    return replace(mail, email=replace(mail.email, subject=subject, from_address=None, text=text, new_text=text))


def note(name: str, text: str, *, minute: int = 0) -> Note:
    """Return a note beside a conversation."""
    return Note(id=NoteId(name), conversation_id=ConversationId("c"), by="eve", at=at(minute), text=text)


async def minutes(stores: Stores, query: str, *, mailbox: MailboxId | None = None) -> list[int]:
    """Return when what is found was received or written, in minutes after the start of the story."""
    page = await stores.search.find(query, mailbox_id=mailbox)
    return [int((found.at - at(0)).total_seconds()) // 60 for found in page.rows]


class SearchContract:
    """The suite; a subclass gives the fixture `stores`."""

    async def test_an_email_is_found_as_what_it_is(self, stores: Stores) -> None:
        mail = saying(3, "Where is my parcel?")
        await stores.ledger.accept([mail])
        stored = await stores.emails.get(mail.email_id)
        (found,) = (await stores.search.find("parcel")).rows
        assert found == Found(
            kind=FoundKind.EMAIL, id=mail.email_id, conversation_id=stored.conversation_id, at=stored.received_at
        )

    async def test_every_part_of_an_email_is_found(self, stores: Stores) -> None:
        mail = saying(1, "The answer.\n> the question", subject="About bicycles")
        email = replace(
            mail.email,
            from_address=Address(name="Ann Lee", address="ann@example.org"),
            to=(Address(name="Help Desk", address="help@shop.example"),),
            cc=(Address(name="", address="cecil@copy.example"),),
            reply_to=(Address(name="Roy Answers", address="roy@back.example"),),
            attachments=(Attachment(filename="invoice_4711.pdf", content_type="application/pdf", size_bytes=3),),
            new_text="The answer.",
            quoted_text="the question",
        )
        await stores.ledger.accept([replace(mail, email=email), saying(2, "nothing of that")])
        for query in ("bicycles", "Lee", "help desk", "cecil", "Roy", "invoice", "4711", "pdf", "answer", "question"):
            assert await minutes(stores, query) == [1], query

    async def test_an_address_is_found_whole_and_by_its_parts(self, stores: Stores) -> None:
        mails = [saying(uid, "hello") for uid in (1, 2, 3)]
        senders = ("ann@example.org", "ann.lee@mail.example.com", "bob@example.org")
        await stores.ledger.accept(
            [
                replace(mail, email=replace(mail.email, from_address=Address(name="", address=sender)))
                for mail, sender in zip(mails, senders, strict=True)
            ]
        )
        assert await minutes(stores, "ann@example.org") == [1]
        assert await minutes(stores, "<Ann.Lee@Mail.Example.com>") == [2]
        assert await minutes(stores, "ann") == [2, 1]
        assert await minutes(stores, "@example") == [3, 2, 1]
        assert await minutes(stores, "org") == [3, 1]

    async def test_every_word_must_be_there_in_any_order_and_the_newest_comes_first(self, stores: Stores) -> None:
        await stores.ledger.accept(
            [saying(2, "a red bicycle"), saying(1, "the bicycle is red"), saying(3, "a red car"), saying(4, "bicycle")]
        )
        assert await minutes(stores, "red bicycle") == [2, 1]
        assert await minutes(stores, "bicycle, red; RED!") == [2, 1]
        assert await minutes(stores, "red bicycle car") == []

    async def test_a_word_of_two_signs_or_more_finds_words_that_begin_with_it(self, stores: Stores) -> None:
        await stores.ledger.accept([saying(1, "refunds"), saying(2, "refund 12345"), saying(3, "r 1"), saying(4, "x")])
        assert await minutes(stores, "re") == [2, 1]
        assert await minutes(stores, "refund") == [2, 1]
        assert await minutes(stores, "refunds") == [1]
        assert await minutes(stores, "funds") == []
        assert await minutes(stores, "r") == [3]
        assert await minutes(stores, "1") == [3]
        assert await minutes(stores, "12 re") == [2]

    @pytest.mark.parametrize(
        ("text", "queries"),
        [
            ("Grüße aus Köln", ["grusse", "GRÜẞE", "gruße", "Ko\u0308ln", "koln"]),
            ("Gru\u0308\u00dfe, Cafe\u0301", ["Grüße", "cafe", "CAFÉ"]),
            ("Łódź, Ærø", ["lodz", "ŁÓDŹ", "ærø", "æro"]),
            ("İstanbul ISPARTA", ["istanbul", "İSTANBUL", "ısparta", "isparta"]),
            ("Заказ номер ёж", ["заказ", "ЗАКАЗ", "зак", "еж"]),
            ("Πού είναι το δέμα μου; ΦΊΛΟΣ", ["που", "ΔΈΜΑ", "δεμα", "φίλος"]),
            ("我的订单在哪里。谢谢", ["我的订单在哪里", "我的订单", "谢谢"]),
            ("注文はどこですか？", ["注文はどこですか", "注文"]),
            ("배송 조회", ["배송", "조회"]),
            ("\uff21\uff22\uff23\uff11\uff12 \ufb01ne", ["abc12", "fine"]),
            ("मेरा आदेश कहाँ है", ["आदेश", "मेरा कहाँ"]),
            ("أين طلبي", ["اين", "طلبي"]),
        ],
    )
    async def test_case_and_accents_of_any_script_do_not_count(
        self, stores: Stores, text: str, queries: list[str]
    ) -> None:
        await stores.ledger.accept([saying(1, text), saying(2, "something else")])
        for query in queries:
            assert await minutes(stores, query) == [1], query

    @pytest.mark.parametrize(
        ("query", "found"),
        [
            ('"red', [2, 1]),
            ('"red" "bicycle"', [1]),
            ('"bicycle red"', [1]),
            ("red*", [2, 1]),
            ("* red *", [2, 1]),
            ("(red", [2, 1]),
            ("red))", [2, 1]),
            ("-red", [2, 1]),
            ("bicycle -red", [1]),
            ("words:red", [2]),
            ("^red", [2, 1]),
            ("{words}:red", [2]),
            ("red + bicycle", [1]),
            ("red\x00bicycle", [1]),
            ("red\ud800", [2, 1]),
            ("red'; DROP TABLE emails --", [2]),
            ("%red_", [2, 1]),
            ("\\red", [2, 1]),
            ("red\n\tbicycle", [1]),
        ],
    )
    async def test_no_sign_is_an_operator(self, stores: Stores, query: str, found: list[int]) -> None:
        await stores.ledger.accept([saying(1, "a red bicycle"), saying(2, "drop table emails, red words")])
        assert await minutes(stores, query) == found

    async def test_the_words_of_a_query_language_are_words(self, stores: Stores) -> None:
        await stores.ledger.accept([saying(1, "red bicycle"), saying(2, "red and not near or bicycle")])
        for query in ("red AND bicycle", "red OR bicycle", "NEAR(red bicycle)", "red NOT bicycle"):
            assert await minutes(stores, query) == [2], query

    @pytest.mark.parametrize("query", ["", " ", '"', "* - : ( ) ^", "\x00", "\ud800", "\u0301", "_", "\ue000", "👍"])
    async def test_a_query_without_any_word_finds_nothing(self, stores: Stores, query: str) -> None:
        await stores.ledger.accept([saying(1, "a red bicycle 👍")])
        assert await stores.search.find(query) == await stores.search.find("nowhere")
        assert (await stores.search.find(query, mailbox_id=SHOP)).rows == ()

    async def test_a_query_may_be_very_long(self, stores: Stores) -> None:
        await stores.ledger.accept([saying(1, "red bicycle"), saying(2, "x" * 20_000)])
        assert await minutes(stores, "red bicycle " * 800) == [1]
        assert await minutes(stores, "x" * 10_000) == [2]
        assert await minutes(stores, " ".join(f"w{number}" for number in range(2_000))) == []
        assert await minutes(stores, "ab " * 3_000 + "é" * 1_000) == []

    async def test_strange_signs_in_a_mail_stop_nothing(self, stores: Stores) -> None:
        await stores.ledger.accept([saying(1, 'nul\x00in "quotes" \ue000' + "\u0301" * 50), saying(2, "")])
        assert await minutes(stores, "nul quotes") == [1]

    async def test_pages_join_without_gap_or_repetition_while_mail_arrives(self, stores: Stores) -> None:
        await stores.ledger.accept([saying(uid, "parcel") for uid in range(1, 8)])
        first = await stores.search.find("parcel", limit=3)
        await stores.ledger.accept([saying(uid, "parcel") for uid in range(10, 13)])
        second = await stores.search.find("parcel", after=first.next_cursor, limit=3)
        third = await stores.search.find("parcel", after=second.next_cursor, limit=3)
        rows = [found.at.minute for page in (first, second, third) for found in page.rows]
        assert rows == [7, 6, 5, 4, 3, 2, 1]
        assert third.next_cursor is None

    async def test_mails_of_the_same_moment_are_all_found_page_by_page(self, stores: Stores) -> None:
        mails = [saying(uid, "parcel") for uid in range(1, 6)]
        await stores.ledger.accept([replace(mail, raw=replace(mail.raw, received_at=at(0))) for mail in mails])
        ids: list[str] = []
        after: str | None = None
        for _ in range(3):
            page = await stores.search.find("parcel", after=after, limit=2)
            assert {found.at for found in page.rows} == {at(0)}
            ids += [found.id for found in page.rows]
            after = page.next_cursor
        assert after is None
        assert sorted(ids) == sorted(mail.email_id for mail in mails)

    async def test_a_mail_from_before_1970_is_found_last(self, stores: Stores) -> None:
        mails = [saying(uid, "parcel") for uid in (1, 2, 3)]
        old = [replace(mail, raw=replace(mail.raw, received_at=at(0) - timedelta(days=36_500))) for mail in mails[1:]]
        await stores.ledger.accept([*old, mails[0]])
        first = await stores.search.find("parcel", limit=2)
        rest = await stores.search.find("parcel", after=first.next_cursor, limit=2)
        assert first.rows[0].id == mails[0].email_id
        assert {found.id for found in (*first.rows[1:], *rest.rows)} == {mail.email_id for mail in mails[1:]}

    @pytest.mark.parametrize("cursor", ["yesterday", "1", "-1-0", "1-2-3", "", "9" * 30 + "-0"])
    async def test_a_cursor_that_is_none_is_refused(self, stores: Stores, cursor: str) -> None:
        for query in ("parcel", ""):
            with pytest.raises(InputError):
                await stores.search.find(query, after=cursor)

    async def test_one_mailbox_has_its_own_mails_and_no_notes(self, stores: Stores) -> None:
        odd = MailboxId("s-h o/p")
        await stores.ledger.accept(
            [saying(1, "parcel"), saying(2, "parcel", mailbox=SALES), saying(3, "parcel", mailbox=odd), saying(4, "x")]
        )
        await stores.notes.add(note("n1", "parcel", minute=9))
        assert await minutes(stores, "parcel") == [9, 3, 2, 1]
        assert await minutes(stores, "parcel", mailbox=SHOP) == [1]
        assert await minutes(stores, "parcel", mailbox=SALES) == [2]
        assert await minutes(stores, "parcel", mailbox=odd) == [3]
        assert await minutes(stores, "parcel", mailbox=MailboxId("sho")) == []

    async def test_a_mail_of_several_mailboxes_is_found_in_each_and_once_in_all(self, stores: Stores) -> None:
        other = MailboxId("other")
        first, second = saying(1, "a red parcel"), saying(2, "a parcel")
        await stores.ledger.accept([replace(first, observed=True), second])
        copies = [
            replace(one, raw=replace(one.raw, mailbox_id=box, uid=f"{uid}"), cursor=None)
            for one, box, uid in ((first, SALES, 1), (first, SALES, 2), (second, other, 1), (first, other, 2))
        ]
        for copy in copies:
            await stores.ledger.accept([copy])
        await stores.ledger.accept([saying(3, "parcel", mailbox=SALES)])
        assert await minutes(stores, "parcel") == [3, 2, 1]
        assert await minutes(stores, "parcel", mailbox=SHOP) == [2, 1]
        assert await minutes(stores, "par", mailbox=SALES) == [3, 1]
        assert await minutes(stores, "parcel", mailbox=other) == [2, 1]
        assert await minutes(stores, "red", mailbox=other) == [1]

    async def test_a_mail_that_reaches_two_mailboxes_at_once_is_found_in_both(self, stores: Stores) -> None:
        mail = saying(1, "parcel")
        copy = replace(mail, raw=replace(mail.raw, mailbox_id=SALES))
        await stores.ledger.accept([mail, copy, saying(2, "parcel")])
        assert [await minutes(stores, "parcel", mailbox=box) for box in (SHOP, SALES)] == [[2, 1], [1]]

    async def test_a_note_is_found_until_it_is_removed(self, stores: Stores) -> None:
        await stores.ledger.accept([saying(1, "a parcel")])
        await stores.notes.add(note("n1", "Straße: the parcel of Ann", minute=5))
        await stores.notes.add(note("n2", "the parcel of Bob", minute=5))
        (first, second, third) = (await stores.search.find("parcel")).rows
        assert third.kind is FoundKind.EMAIL
        assert {first.id, second.id} == {"n1", "n2"}
        assert await stores.search.find("strasse ann") == await stores.search.find(
            "n1 parcel straße".removeprefix("n1")
        )
        (found,) = (await stores.search.find("strasse")).rows
        assert found == Found(kind=FoundKind.NOTE, id="n1", conversation_id=ConversationId("c"), at=at(5))
        assert await stores.notes.remove(NoteId("n1"))
        assert (await stores.search.find("strasse")).rows == ()
        assert [one.id for one in (await stores.search.find("parcel")).rows][:1] == ["n2"]
        assert await stores.notes.add(note("n3", "another parcel", minute=5))
        assert [one.id for one in (await stores.search.find("parcel")).rows][:2] == ["n3", "n2"]
        assert (await stores.search.find("ann")).rows == ()

    async def test_the_same_mail_again_is_found_once(self, stores: Stores) -> None:
        mail = saying(1, "parcel")
        await stores.ledger.accept([mail])
        again = replace(mail, raw=replace(mail.raw, uid="9"), cursor="9")
        await stores.ledger.accept([mail, again])
        assert await minutes(stores, "parcel") == [1]

    async def test_the_beginning_of_a_very_long_text_is_found(self, stores: Stores) -> None:
        await stores.ledger.accept([saying(1, "parcel " + "filling " * 10_000 + "hidden")])
        assert await minutes(stores, "parcel filling") == [1]
        assert await minutes(stores, "hidden") == []
