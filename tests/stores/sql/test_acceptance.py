"""The rules of acceptance, without a database."""

from dataclasses import replace

import pytest

from contracts.store_nouns import SALES, answering, arrival, carrying, message_id
from postroom.model.email import Address, AuthenticationResult
from postroom.model.ledger import EntryKind
from postroom.stores.sql.acceptance import Known, decide


def nothing() -> Known:
    return Known(entries={}, emails=set(), copies={}, stored={}, conversation_of={}, conversations={})


def test_a_conversation_has_the_same_id_whenever_its_mail_is_accepted() -> None:
    first, second = (decide([arrival(1)], nothing()).conversations for _ in range(2))
    assert list(first) == list(second)
    assert list(first) != list(decide([arrival(2)], nothing()).conversations)


def test_a_conversation_is_written_once_however_many_mails_of_a_call_join_it() -> None:
    first = arrival(1)
    more = [answering(arrival(number), message_id(first)) for number in range(2, 6)]
    additions = decide([first, *more], nothing())
    (conversation,) = additions.conversations.values()
    assert conversation.version == 5
    assert len(additions.emails) == 5


def test_the_cursor_of_the_last_place_of_each_mailbox_counts_known_or_new() -> None:
    known = nothing()
    decide([arrival(5)], known)
    additions = decide([arrival(7), arrival(6), arrival(5)], known)
    assert additions.cursors == {"shop": "cursor 5"}


def test_an_id_we_sent_lets_a_mail_without_sender_join_with_a_caution() -> None:
    first = arrival(1)
    bare = replace(arrival(2), email=replace(arrival(2).email, from_address=None))
    joined = answering(bare, message_id(first), own=(message_id(first),))
    additions = decide([first, joined], nothing())
    assert len(additions.conversations) == 1
    assert additions.emails[1][0].email.cautions == ("new_participant",)


def test_two_mails_without_sender_do_not_know_each_other() -> None:
    mails = [replace(arrival(n), email=replace(arrival(n).email, from_address=None)) for n in (1, 2)]
    additions = decide([mails[0], answering(mails[1], message_id(mails[0]))], nothing())
    assert len(additions.conversations) == 2


def test_participants_are_compared_without_regard_to_case() -> None:
    first = arrival(1, sender="STRASSE@example.com")
    other = arrival(2)
    again = replace(other, email=replace(other.email, from_address=Address(name="", address="strasse@EXAMPLE.com")))
    assert len(decide([first, answering(again, message_id(first))], nothing()).conversations) == 1


def test_history_and_its_copies_add_no_execution_and_no_event() -> None:
    past = replace(arrival(1, content="hello"), history=True)
    additions = decide([past, arrival(2, content="hello"), arrival(3)], nothing())
    assert [one.kind for one in additions.acceptances] == [EntryKind.HISTORY, EntryKind.DUPLICATE, EntryKind.NEW]
    assert [one.execution_id for one in additions.acceptances] == [None, None, arrival(3).execution_id]
    assert [one.id for one in additions.executions] == [arrival(3).execution_id]
    assert len(additions.events) == 1
    assert len(additions.emails) == 2


def test_a_copy_of_a_known_mail_has_its_execution_if_there_is_one() -> None:
    first, again = arrival(1, content="hello"), arrival(2, content="hello")
    known = nothing()
    decide([replace(first, history=True)], known)
    assert decide([again], known).acceptances[0].execution_id is None
    known = nothing()
    decide([first], known)
    assert decide([again], known).acceptances[0].execution_id == first.execution_id


def test_the_mailbox_that_may_answer_says_what_the_mail_is_taken_for() -> None:
    seen = arrival(1, content="hello")
    spam = replace(seen, observed=True, email=replace(seen.email, automatic="spam_flagged", cautions=("too_old",)))
    known = nothing()
    additions = decide([spam, arrival(2, mailbox=SALES, content="hello")], known)
    assert [one.kind for one in additions.acceptances] == [EntryKind.NEW, EntryKind.NEW]
    assert (additions.emails[0][0].email.automatic, len(additions.emails)) == ("spam_flagged", 1)
    revised = additions.revised[spam.email_id]
    assert (revised.automatic, revised.cautions) == (None, ())


@pytest.mark.parametrize("history", [False, True], ids=["observed", "history"])
def test_that_a_person_answered_a_mail_stays_true_in_every_mailbox(*, history: bool) -> None:
    seen = arrival(1, content="hello")
    answered = replace(seen, email=replace(seen.email, automatic="answered_elsewhere"))
    answered = replace(answered, observed=not history, history=history)
    for automatic in (None, "spam_flagged"):
        copy = arrival(2, mailbox=SALES, content="hello")
        copy = replace(copy, email=replace(copy.email, automatic=automatic, cautions=("too_old",)))
        additions = decide([answered, copy], nothing())
        assert additions.acceptances[1].kind is EntryKind.NEW
        revised = additions.revised[answered.email_id]
        assert (revised.automatic, revised.cautions) == ("answered_elsewhere", ("too_old",))


def test_the_mailbox_that_may_answer_says_who_the_mail_is_proven_to_come_from() -> None:
    seen = replace(arrival(1, content="hello"), observed=True)
    passed = AuthenticationResult(authserv_id="mx.shop.example", method="dmarc", result="pass", domain="example.com")
    copy = arrival(2, mailbox=SALES, content="hello")
    copy = replace(copy, email=replace(copy.email, authentication=(passed,)))
    additions = decide([seen, copy], nothing())
    assert additions.revised[seen.email_id].authentication == (passed,)


def test_what_the_conversation_says_against_a_mail_stays_true_in_every_mailbox() -> None:
    first, second = arrival(1), arrival(2)
    reused = replace(second, observed=True, email=replace(second.email, message_id=first.email.message_id))
    copy = replace(reused, raw=replace(reused.raw, mailbox_id=SALES), observed=False)
    flagged = replace(copy, email=replace(copy.email, cautions=("never_automate",)))
    additions = decide([first, reused, flagged], nothing())
    assert additions.revised[reused.email_id].cautions == ("never_automate", "message_id_reused")


def test_attachments_of_copies_are_not_written_again() -> None:
    mail = carrying(arrival(1, content="hello"), b"logo")
    known = nothing()
    assert list(decide([mail], known).attachments.values()) == [b"logo"]
    assert decide([carrying(arrival(2, content="hello"), b"logo")], known).attachments == {}
