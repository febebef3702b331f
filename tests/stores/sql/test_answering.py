"""What signs of answers given elsewhere change, without a database."""

from dataclasses import replace

from contracts.store_nouns import SALES, arrival, at, flagged, message_id, sent
from postroom.model.answer import Answer
from postroom.model.conversation import Conversation
from postroom.model.email import ConversationId
from postroom.stores.sql.answering import KnownAnswers, decide, sign_of

MAIL = arrival(1)
THREAD = ConversationId("c1")


def one_mail() -> KnownAnswers:
    conversation = Conversation(
        id=THREAD, subject="s", participants=("ann@example.com",), version=1, created_at=at(1), updated_at=at(1)
    )
    return KnownAnswers(
        noted={},
        email_at={("shop", "1", "1"): (MAIL.email_id, THREAD)},
        conversation_of={message_id(MAIL): THREAD},
        conversations={THREAD: conversation},
        correspondents={},
    )


def test_a_conversation_is_written_once_however_many_signs_concern_it() -> None:
    signs: list[Answer] = [flagged(MAIL), *(sent(f"s{number}", message_id(MAIL), minute=number) for number in range(5))]
    notes = decide(signs, one_mail())
    assert notes.conversations[THREAD].version == 7
    assert len(notes.signs) == 6
    assert len(notes.message_ids) == 5


def test_what_is_noted_already_is_returned_and_nothing_is_written() -> None:
    known = one_mail()
    first = decide([flagged(MAIL), sent("s1", message_id(MAIL))], known)
    again = decide([sent("s1", message_id(MAIL), minute=50), flagged(MAIL, minute=50)], known)
    assert again.answered == [first.answered[1], first.answered[0]]
    assert (again.signs, again.message_ids, again.conversations) == ({}, {}, {})


def test_a_sign_stays_with_the_conversation_it_was_noted_for() -> None:
    known = one_mail()
    decide([sent("s1", message_id(MAIL))], known)
    (found,) = decide([sent("s1", "<other@x>")], known).answered
    assert found.conversation_id == THREAD


def test_a_message_id_that_leads_somewhere_already_is_left_alone() -> None:
    known = one_mail()
    known.conversation_of["<s1@desk.example>"] = ConversationId("c2")
    notes = decide([sent("s1", message_id(MAIL))], known)
    assert notes.message_ids == {}
    assert notes.answered[0].conversation_id == THREAD


def test_an_id_that_leads_to_no_conversation_is_passed_over() -> None:
    known = one_mail()
    known.conversation_of["<gone@x>"] = ConversationId("gone")
    assert decide([sent("s1", "<gone@x>")], known).answered == []
    assert decide([sent("s1", "<gone@x>", message_id(MAIL))], known).answered[0].conversation_id == THREAD


def test_what_concerns_nothing_known_is_kept_once_and_may_concern_something_later() -> None:
    known = one_mail()
    early = sent("s1", "<later@x>")
    notes = decide([early, early], known)
    assert (notes.answered, list(notes.signs.values()), notes.new) == ([], [(early, None)], [early])
    assert notes.conversations == {}
    known.conversation_of["<later@x>"] = THREAD
    again = decide([early, early], known)
    assert [one.conversation_id for one in again.answered] == [THREAD, THREAD]
    assert (again.conversations[THREAD].version, len(again.signs), again.new) == (2, 1, [])


def test_a_forward_to_somebody_else_concerns_nothing() -> None:
    forward = sent("s1", message_id(MAIL), to=("accounting@desk.example",))
    assert decide([forward], one_mail()).answered == []
    known = replace(one_mail(), correspondents={THREAD: frozenset(forward.recipients)})
    assert [one.conversation_id for one in decide([forward], known).answered] == [THREAD]


def test_an_answer_without_a_message_id_leads_nothing() -> None:
    nameless = replace(sent("s1", message_id(MAIL)), message_id="")
    notes = decide([nameless], one_mail())
    assert (len(notes.answered), notes.message_ids) == (1, {})
    assert sign_of(nameless) != sign_of(replace(nameless, place="1/other"))


def test_signs_differ_by_kind_mailbox_and_place() -> None:
    odd = replace(sent("s1"), message_id="1")
    signs: list[Answer] = [flagged(MAIL), replace(flagged(MAIL), uid_validity="2"), odd, replace(odd, mailbox_id=SALES)]
    assert len({sign_of(sign) for sign in signs}) == len(signs)
