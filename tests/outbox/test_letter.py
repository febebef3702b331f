"""Letters: whose words, in which language, under which marks."""

from dataclasses import replace

import pytest

from nodes.stage import DRAFT, Stage, classified
from postroom.errors import InputError
from postroom.model.reply import ReplyId, ReplyState
from postroom.outbox.letter import Letter, compose, language_of


def letter(stage: Stage, *, notice: str | None = None) -> Letter:
    sender = stage.context.mailbox.address
    return Letter(reply_id=ReplyId("x/send"), text="Dear Ada, yes.", sender=sender, notice=notice)


async def test_the_language_is_the_drafts_else_the_customers_else_english(stage: Stage) -> None:
    found = classified()
    german = replace(found, language=replace(found.language, name="de"))
    assert language_of(replace(stage.context, draft=DRAFT, classification=german)) == DRAFT.language
    assert language_of(replace(stage.context, classification=german)) == "de"
    assert language_of(stage.context) == "en"


async def test_without_a_draft_the_signature_is_in_the_customers_language(stage: Stage) -> None:
    found = classified()
    german = replace(found, language=replace(found.language, name="de"))
    mailbox = replace(stage.context.mailbox, signatures={"de": "Lindenhof in Bonn", "*": "Lindenhof"})
    reply = compose(replace(stage.context, classification=german, mailbox=mailbox), letter(stage))
    assert b"Lindenhof in Bonn" in reply.outgoing.content


async def test_words_that_a_person_answers_for_are_never_stale_and_carry_no_marks(stage: Stage) -> None:
    reply = compose(stage.context, letter(stage))
    assert (reply.automatic, reply.conversation_version, reply.state) == (False, None, ReplyState.PENDING)
    assert b"Auto-Submitted" not in reply.outgoing.content


async def test_words_of_a_machine_say_so_and_belong_to_one_version_of_the_conversation(stage: Stage) -> None:
    reply = compose(stage.context, letter(stage, notice="A machine wrote this."))
    assert (reply.automatic, reply.conversation_version) == (True, stage.context.stored.conversation_version)
    assert b"A machine wrote this." in reply.outgoing.content
    assert b"Auto-Submitted: auto-replied" in reply.outgoing.content


async def test_what_is_larger_than_the_mailbox_allows_is_not_composed(stage: Stage) -> None:
    mailbox = replace(stage.context.mailbox, max_reply_bytes=100)
    with pytest.raises(InputError, match="more than the 100"):
        compose(replace(stage.context, mailbox=mailbox), letter(stage))
