"""What every implementation of `Ledger` does with signs that a person answered elsewhere."""

from dataclasses import replace
from datetime import timedelta

from contracts.store_history import conversation_with
from contracts.store_nouns import (
    SALES,
    SHOP,
    answering,
    arrival,
    at,
    decision,
    flagged,
    message_id,
    reply,
    review,
    sent,
)
from postroom.interfaces.provider import Claim
from postroom.interfaces.stores import Stores
from postroom.model.answer import Answer, AnsweredDraft, SentAnswer, SignKind
from postroom.model.conversation import AnsweredConversation
from postroom.model.email import Address
from postroom.model.ledger import Arrival, Quarantined
from postroom.model.review import ReviewKind

ELSE = ("accounting@desk.example",)


def replying_to(mail: Arrival, address: str) -> Arrival:
    return replace(mail, email=replace(mail.email, reply_to=(Address(name="", address=address),)))


def nameless(answer: SentAnswer) -> SentAnswer:
    return replace(answer, message_id="")


class AnswersContract:
    """The suite; a subclass gives the fixture `stores`."""

    async def test_a_flagged_mail_answers_its_conversation_once(self, stores: Stores) -> None:
        mail = arrival(1)
        await stores.ledger.accept([mail])
        before = await conversation_with(stores, mail)
        expected = AnsweredConversation(conversation_id=before.id, email_id=mail.email_id, at=at(20))
        assert await stores.ledger.note_answers([flagged(mail)]) == (expected,)
        after = await conversation_with(stores, mail)
        assert after == replace(before, version=2, updated_at=at(20))
        later = replace(flagged(mail), seen_at=at(30))
        assert await stores.ledger.note_answers([later, later]) == (expected, expected)
        assert await conversation_with(stores, mail) == after

    async def test_a_sent_mail_answers_the_conversation_of_the_newest_id_that_is_known(self, stores: Stores) -> None:
        older, newer = arrival(1), arrival(2)
        await stores.ledger.accept([older, newer])
        answer = sent("s1", "<unknown@x>", message_id(newer), message_id(older))
        expected = AnsweredConversation(
            conversation_id=(await conversation_with(stores, newer)).id, email_id=None, at=at(20)
        )
        for _ in range(2):
            assert await stores.ledger.note_answers([answer]) == (expected,)
        assert (await conversation_with(stores, newer)).version == 2
        assert (await conversation_with(stores, older)).version == 1

    async def test_noting_again_gives_the_time_of_the_first_note(self, stores: Stores) -> None:
        mail = arrival(1)
        await stores.ledger.accept([mail])
        early = replace(sent("s1", message_id(mail)), sent_at=at(20) + timedelta(microseconds=1_234))
        first = await stores.ledger.note_answers([early])
        assert first == await stores.ledger.note_answers([replace(early, sent_at=at(40))])
        assert first[0].at == at(20) + timedelta(milliseconds=1)

    async def test_signs_of_nothing_known_are_left_out_until_it_is_known(self, stores: Stores) -> None:
        mail = arrival(1)
        signs: list[Answer] = [flagged(mail), sent("s1", message_id(mail)), sent("s2"), sent("s3", "<unknown@x>")]
        assert await stores.ledger.note_answers([]) == ()
        assert await stores.ledger.note_answers(signs) == ()
        await stores.ledger.accept([mail])
        found = await stores.ledger.note_answers(signs)
        assert [one.email_id for one in found] == [mail.email_id, None]
        assert (await conversation_with(stores, mail)).version == 3

    async def test_places_differ_by_mailbox_and_uid_validity(self, stores: Stores) -> None:
        mail = arrival(1)
        await stores.ledger.accept([mail])
        for other in (replace(flagged(mail), mailbox_id=SALES), replace(flagged(mail), uid_validity="2")):
            assert await stores.ledger.note_answers([other]) == ()
        assert (await conversation_with(stores, mail)).version == 1

    async def test_a_flagged_copy_answers_the_conversation_of_the_mail(self, stores: Stores) -> None:
        mail, copy = arrival(1, content="hello"), arrival(2, mailbox=SALES, content="hello")
        await stores.ledger.accept([mail, copy])
        (found,) = await stores.ledger.note_answers([flagged(copy)])
        assert found.email_id == mail.email_id
        assert (await conversation_with(stores, mail)).version == 2

    async def test_what_is_in_quarantine_answers_nothing(self, stores: Stores) -> None:
        mail = arrival(7)
        entry = Quarantined(id="q1", mailbox_id=SHOP, uid_validity="1", uid="7", reason="bad", size_bytes=6, at=at(8))
        await stores.ledger.quarantine(mail.raw, cursor=None, entry=entry)
        assert await stores.ledger.note_answers([flagged(mail)]) == ()

    async def test_history_may_be_answered_too(self, stores: Stores) -> None:
        mail = replace(arrival(1), history=True)
        await stores.ledger.accept([mail])
        (found,) = await stores.ledger.note_answers([flagged(mail)])
        assert found.email_id == mail.email_id

    async def test_a_draft_made_before_is_stale_and_one_made_after_is_not(self, stores: Stores) -> None:
        mail = arrival(1)
        await stores.ledger.accept([mail])
        known = await conversation_with(stores, mail)
        before = await stores.outbox.add(reply("before", conversation=known.id, version=known.version))
        await stores.ledger.note_answers([flagged(mail)])
        assert await stores.outbox.claim(before.id, lease=1, at=at(30)) is Claim.STALE
        after = await stores.outbox.add(reply("after", conversation=known.id, version=known.version + 1))
        await stores.ledger.note_answers([flagged(mail)])
        assert await stores.outbox.claim(after.id, lease=1, at=at(30)) is Claim.GRANTED

    async def test_a_sent_mail_leads_its_answers_into_the_conversation(self, stores: Stores) -> None:
        mail = arrival(1)
        await stores.ledger.accept([mail])
        ours = sent("s1", message_id(mail))
        await stores.ledger.note_answers([ours])
        back = answering(arrival(2), ours.message_id)
        await stores.ledger.accept([back])
        assert (await conversation_with(stores, back)).id == (await conversation_with(stores, mail)).id
        assert (await conversation_with(stores, back)).version == 3

    async def test_two_sent_mails_may_follow_each_other_in_one_call(self, stores: Stores) -> None:
        mail = arrival(1)
        await stores.ledger.accept([mail])
        first = sent("s1", message_id(mail))
        found = await stores.ledger.note_answers([first, sent("s2", first.message_id, minute=21)])
        assert len({one.conversation_id for one in found}) == 1
        assert [one.at for one in found] == [at(20), at(21)]
        assert (await conversation_with(stores, mail)).version == 3

    async def test_an_answer_to_our_own_reply_concerns_its_conversation(self, stores: Stores) -> None:
        mail = arrival(1)
        await stores.ledger.accept([mail])
        known = await conversation_with(stores, mail)
        ours = await stores.outbox.add(reply("r1", conversation=known.id, version=1))
        (found,) = await stores.ledger.note_answers([sent("s1", ours.outgoing.message_id)])
        assert found.conversation_id == known.id

    async def test_an_older_sign_does_not_turn_the_conversation_back(self, stores: Stores) -> None:
        mail = arrival(10)
        await stores.ledger.accept([mail])
        await stores.ledger.note_answers([sent("s1", message_id(mail), minute=1)])
        assert (await conversation_with(stores, mail)).updated_at == mail.accepted_at

    async def test_many_signs_are_noted_in_one_call(self, stores: Stores) -> None:
        mails = [arrival(number) for number in range(1_200)]
        await stores.ledger.accept(mails)
        signs = [flagged(mail) for mail in mails]
        found = await stores.ledger.note_answers(signs)
        assert [one.email_id for one in found] == [mail.email_id for mail in mails]
        assert await stores.ledger.note_answers(signs) == found
        assert (await conversation_with(stores, mails[-1])).version == 2

    async def test_what_goes_to_nobody_in_the_conversation_answers_nothing(self, stores: Stores) -> None:
        mail = arrival(1)
        await stores.ledger.accept([mail])
        for to in (ELSE, ()):
            assert await stores.ledger.note_answers([sent("s1", message_id(mail), to=to)]) == ()
        assert (await conversation_with(stores, mail)).version == 1
        back = answering(arrival(2, sender=ELSE[0]), "<s1@desk.example>")
        await stores.ledger.accept([back])
        assert (await conversation_with(stores, back)).id != (await conversation_with(stores, mail)).id

    async def test_an_answer_may_go_to_the_senders_reply_to_in_any_case(self, stores: Stores) -> None:
        mail = replying_to(arrival(1), "Orders@Example.com")
        await stores.ledger.accept([mail])
        answer = sent("s1", message_id(mail), to=(*ELSE, "orders@example.COM"))
        (found,) = await stores.ledger.note_answers([answer])
        assert found.conversation_id == (await conversation_with(stores, mail)).id
        assert await stores.ledger.answered_at(mail.email_id) == at(20)

    async def test_an_older_reference_counts_where_the_newest_leads_to_others(self, stores: Stores) -> None:
        mine, other = arrival(1), arrival(2, sender="bob@example.com")
        await stores.ledger.accept([mine, other])
        (found,) = await stores.ledger.note_answers([sent("s1", message_id(other), message_id(mine))])
        assert found.conversation_id == (await conversation_with(stores, mine)).id

    async def test_answers_without_a_message_id_are_told_apart_by_their_place(self, stores: Stores) -> None:
        mails = [arrival(1), arrival(2)]
        await stores.ledger.accept(mails)
        signs = [nameless(sent(f"s{number}", message_id(mail))) for number, mail in enumerate(mails)]
        found = await stores.ledger.note_answers(signs)
        assert [one.conversation_id for one in found] == [(await conversation_with(stores, mail)).id for mail in mails]
        assert [(await conversation_with(stores, mail)).version for mail in mails] == [2, 2]
        # An empty id leads nowhere.
        lost = answering(arrival(3), "")
        await stores.ledger.accept([lost])
        assert len({(await conversation_with(stores, mail)).id for mail in (*mails, lost)}) == 3

    async def test_an_email_is_answered_by_the_newest_sign_of_its_own(self, stores: Stores) -> None:
        mail, other = arrival(1), arrival(2)
        await stores.ledger.accept([mail, other])
        assert await stores.ledger.answered_at(mail.email_id) is None
        await stores.ledger.note_answers([sent("s1", "<x@x>", message_id(mail), minute=5), flagged(mail, minute=4)])
        assert await stores.ledger.answered_at(mail.email_id) == at(5)
        await stores.ledger.note_answers([sent("s2", message_id(mail), minute=8, to=ELSE), flagged(other, minute=9)])
        assert await stores.ledger.answered_at(mail.email_id) == at(5)
        assert await stores.ledger.answered_at(other.email_id) == at(9)
        await stores.ledger.note_answers([sent("s3", message_id(mail), minute=7)])
        assert await stores.ledger.answered_at(mail.email_id) == at(7)
        assert await stores.ledger.answered_at(arrival(3).email_id) is None

    async def test_a_sign_that_comes_before_its_email_is_kept_for_it(self, stores: Stores) -> None:
        mail, other = arrival(1), arrival(2)
        signs: list[Answer] = [flagged(mail, minute=5), sent("s1", message_id(other), minute=6)]
        for _ in range(2):
            assert await stores.ledger.note_answers(signs) == ()
        await stores.ledger.accept([mail, other])
        assert await stores.ledger.answered_at(mail.email_id) == at(5)
        assert await stores.ledger.answered_at(other.email_id) == at(6)

    async def test_an_answer_to_an_older_mail_of_the_thread_is_none_to_the_very_email(self, stores: Stores) -> None:
        first = arrival(1)
        await stores.ledger.accept([first, answering(arrival(2), message_id(first))])
        await stores.ledger.note_answers([sent("s1", message_id(first))])
        assert await stores.ledger.answered_at(arrival(2).email_id) is None

    async def test_undecided_drafts_are_found_by_every_kind_of_sign(self, stores: Stores) -> None:
        mails = [arrival(number) for number in range(1, 6)]
        late = answering(arrival(6), message_id(mails[2]))
        await stores.ledger.note_answers([sent("s1", message_id(mails[0]), minute=0), flagged(mails[1])])
        await stores.ledger.accept([*mails, late])
        await stores.ledger.note_answers([sent("s2", message_id(mails[2]), minute=6), sent("s3", "<unknown@x>")])
        await stores.ledger.note_answers([sent("s4", message_id(mails[3]), to=ELSE)])
        for mail in (*mails, late):
            await stores.reviews.add(replace(review(mail.raw.uid), email_id=mail.email_id))
        found = {one.review_id: one.sign for one in await stores.ledger.answered_drafts()}
        assert found == {"1": SignKind.SENT, "2": SignKind.FLAGGED, "3": SignKind.SENT, "6": SignKind.SENT}

    async def test_an_answer_settles_neither_later_mail_nor_that_of_others_in_the_thread(self, stores: Stores) -> None:
        first = arrival(1)
        ours = "<ours@desk.example>"
        later = answering(arrival(30), message_id(first))
        colleague = answering(arrival(3, sender="bob@example.com"), message_id(first), own=(message_id(first),))
        await stores.ledger.accept([first, colleague, later])
        assert len({(await conversation_with(stores, mail)).id for mail in (first, colleague, later)}) == 1
        await stores.ledger.note_answers([sent("s1", message_id(first), ours, minute=20)])
        for mail in (first, colleague, later):
            await stores.reviews.add(replace(review(mail.raw.uid), email_id=mail.email_id))
        assert [one.review_id for one in await stores.ledger.answered_drafts()] == ["1"]

    async def test_only_what_is_undecided_and_about_a_draft_is_found(self, stores: Stores) -> None:
        mail = arrival(1)
        await stores.ledger.accept([mail])
        await stores.ledger.note_answers([flagged(mail)])
        claimed, decided, failed = (replace(review(name), email_id=mail.email_id) for name in ("c", "d", "f"))
        for one in (claimed, decided, replace(failed, kind=ReviewKind.FAILURE)):
            await stores.reviews.add(one)
        assert await stores.reviews.claim(claimed.id, by="bob")
        assert await stores.reviews.decide(decided.id, decision("ann"))
        expected = AnsweredDraft(review_id=claimed.id, sign=SignKind.FLAGGED)
        assert await stores.ledger.answered_drafts() == (expected,)

    async def test_old_signs_are_forgotten_and_what_they_did_stays(self, stores: Stores) -> None:
        mail, other = arrival(1), arrival(2)
        await stores.ledger.accept([mail, other])
        signs: list[Answer] = [sent("s1", message_id(mail), minute=5), flagged(mail, minute=6)]
        signs.append(sent("s2", message_id(other)))
        await stores.ledger.note_answers(signs)
        await stores.ledger.forget_answers(before=at(20))
        assert await stores.ledger.answered_at(mail.email_id) is None
        assert await stores.ledger.answered_at(other.email_id) == at(20)
        assert (await conversation_with(stores, mail)).version == 3
