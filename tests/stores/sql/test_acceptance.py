"""The rules of acceptance, without a database."""

from dataclasses import replace

from contracts.store_nouns import answering, arrival, message_id
from postroom.model.email import Address
from postroom.stores.sql.acceptance import Known, decide


def nothing() -> Known:
    return Known(entries={}, emails=set(), conversation_of={}, conversations={})


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
