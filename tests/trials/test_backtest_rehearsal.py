"""What a rehearsal says must be what the engine does: the same interpreter, the same nodes, nothing kept."""

from dataclasses import replace
from pathlib import Path

import pytest

from engine.house import MAILBOX
from nodes.stage import DRAFT, FixedModel, classified
from postroom.bootstrap import open_postroom
from postroom.intake.accept import accept
from postroom.interfaces.stores.pages import every
from postroom.mime.content_hash import content_hash
from postroom.mime.parse import parse
from postroom.model.email import RawEmail
from postroom.model.mailbox import AuthenticationPolicy, Lists, Mode
from postroom.model.review import ReviewStatus
from postroom.model.workflow import Edge, Node, NodeId
from postroom.settings import Settings
from postroom.trials.backtest_assurance import AssumedAssurance
from postroom.trials.backtest_rehearsal import Play, Rehearsal
from postroom.trials.backtest_tried import Fate
from postroom.trials.demo import read_outbox
from postroom.trials.past_mail import PastEmail, PastLabels
from trials.past import START, TEMPLATE, mock_contents, small_play, with_config

CONTENT = (
    b"From: Ada <ada@example.org>\r\nTo: support@lindenhof.example\r\nMessage-ID: <1@example.org>\r\n"
    b"Date: Mon, 5 Jan 2026 08:00:00 +0000\r\nSubject: A return\r\n\r\nHow do I return it?\r\n"
)
PAST = PastEmail(key="0a", content=CONTENT, received_at=START)


async def test_a_sure_draft_would_be_sent_with_what_is_below_every_reply(tmp_path: Path) -> None:
    async with small_play(tmp_path) as play:
        mailbox = replace(MAILBOX, signatures={"*": "Lindenhof"})
        found = await Rehearsal(replace(play, mailbox=mailbox)).rehearse(PAST)
    assert (found.fate, found.category, found.article_ids) == (Fate.ANSWERED, "returns", ("return_how",))
    assert found.reply.startswith(DRAFT.text)
    assert "-- \nLindenhof" in found.reply
    assert "automatic answer" in found.reply
    assert [one.node_id for one in found.nodes][:3] == ["email_trigger", "ai_classifier", "priority_router"]


@pytest.mark.parametrize(
    ("model", "fate"),
    [
        (FixedModel(classified(sure=0.2)), Fate.PERSON),
        (FixedModel(classified(priority="urgent")), Fate.URGENT),
        (FixedModel(classified(), replace(DRAFT, passages=())), Fate.PERSON),
    ],
)
async def test_what_is_not_sure_goes_to_a_person(tmp_path: Path, model: FixedModel, fate: Fate) -> None:
    async with small_play(tmp_path, model=model) as play:
        found = await Rehearsal(play).rehearse(PAST)
    assert (found.fate, found.reply) == (fate, "")


async def test_mode_age_and_hour_of_the_mailbox_make_no_difference_but_its_lists_do(tmp_path: Path) -> None:
    strict = replace(MAILBOX, mode=Mode.OBSERVE, stopped="too many", answer_within_hours=1, pilot_addresses=("x@y.z",))
    async with small_play(tmp_path) as play:
        assert (await Rehearsal(replace(play, mailbox=strict)).rehearse(PAST)).fate is Fate.ANSWERED
        listed = replace(strict, lists=Lists(always_person=("ada@example.org",)))
        assert (await Rehearsal(replace(play, mailbox=listed)).rehearse(PAST)).fate is Fate.PERSON


async def test_what_only_its_category_holds_back_is_told_with_the_reply_that_would_go_out(tmp_path: Path) -> None:
    past = replace(PAST, truth=PastLabels(label="returns"))
    async with small_play(tmp_path) as play:
        off = replace(play, mailbox=replace(MAILBOX, automatic_categories=()))
        found = await Rehearsal(off).rehearse(past)
        on = await Rehearsal(replace(play, mailbox=replace(MAILBOX, automatic_categories=("returns",)))).rehearse(past)
    assert (found.fate, found.held_back, found.right) == (Fate.PERSON, True, True)
    assert found.reason == (
        "No reply goes out by itself here: e-mails of category returns are not answered without a person."
    )
    assert (on.fate, on.held_back, on.reason) == (Fate.ANSWERED, False, "")
    assert found.reply == on.reply != ""


@pytest.mark.parametrize(
    ("model", "listed"),
    [
        (FixedModel(classified(sure=0.2)), ()),
        (FixedModel(classified(priority="urgent")), ()),
        (FixedModel(classified(), replace(DRAFT, passages=())), ()),
        (FixedModel(classified()), ("ada@example.org",)),
    ],
)
async def test_what_something_else_holds_back_too_is_not_told_to_be_held_back_by_its_category(
    tmp_path: Path, model: FixedModel, listed: tuple[str, ...]
) -> None:
    mailbox = replace(MAILBOX, automatic_categories=(), lists=Lists(always_person=listed))
    async with small_play(tmp_path, model=model) as play:
        found = await Rehearsal(replace(play, mailbox=mailbox)).rehearse(PAST)
    assert (found.held_back, found.reply, found.right) == (False, "", None)
    assert found.fate in {Fate.PERSON, Fate.URGENT}
    assert found.reason


async def test_what_would_still_hold_it_back_is_told_beside_its_category(tmp_path: Path) -> None:
    off, unsure = replace(MAILBOX, automatic_categories=()), replace(DRAFT, probability=0.5)
    async with small_play(tmp_path, model=FixedModel(classified(), unsure)) as opened:
        play = replace(opened, mailbox=off)
        low = await Rehearsal(_assuming(play, AssumedAssurance(0.9))).rehearse(PAST)
        kept = await Rehearsal(_assuming(play, AssumedAssurance(0.1, lambda name: f"people keep {name}"))).rehearse(
            PAST
        )
        sure = await Rehearsal(_assuming(play, AssumedAssurance(0.1))).rehearse(PAST)
    assert low.reason.endswith("without a person. Besides, no article answers it surely enough.")
    assert kept.reason.endswith("without a person. Besides, people keep returns.")
    assert "Besides" not in sure.reason
    assert [one.held_back for one in (low, kept, sure)] == [False, False, True]


async def test_the_question_is_kept_and_whether_the_model_had_learnt_it(tmp_path: Path) -> None:
    async with small_play(tmp_path) as play:
        new = await Rehearsal(play).rehearse(PAST)
        knowing = replace(play, learnt=lambda text: text.split() == ["A", "return", "How", "do", "I", "return", "it?"])
        learnt = await Rehearsal(knowing).rehearse(PAST)
    assert (new.question, new.learnt, learnt.learnt) == ("How do I return it?", False, True)


async def test_that_it_was_answered_since_makes_no_difference_but_that_it_is_spam_does(tmp_path: Path) -> None:
    async with small_play(tmp_path) as play:
        rehearsal = Rehearsal(play)
        answered = await rehearsal.rehearse(replace(PAST, flags=frozenset({"\\Answered", "\\Seen"})))
        junk = await rehearsal.rehearse(replace(PAST, flags=frozenset({"$Junk"})))
    assert (answered.fate, junk.fate) == (Fate.ANSWERED, Fate.IGNORED)


async def test_a_row_of_a_table_is_not_held_to_what_a_header_says(tmp_path: Path) -> None:
    row = replace(PAST, content=parse(CONTENT))
    strict = replace(MAILBOX, authentication=AuthenticationPolicy.MISSING, authserv_ids=("mx.example",))
    async with small_play(tmp_path) as play:
        rehearsal = Rehearsal(replace(play, mailbox=strict))
        assert (await rehearsal.rehearse(row)).fate is Fate.ANSWERED
        assert (await rehearsal.rehearse(PAST)).fate is Fate.PERSON


async def test_a_node_that_fails_is_told_and_stops_nothing(tmp_path: Path) -> None:
    async with small_play(tmp_path, with_config(TEMPLATE, "ai_classifier", classifier="nowhere")) as play:
        found = await Rehearsal(play).rehearse(PAST)
    assert found.fate is Fate.FAILED
    assert "'nowhere'" in found.failure


async def test_a_notifier_that_a_workflow_names_is_known_and_told_nothing(tmp_path: Path) -> None:
    workflow = with_config(TEMPLATE, "urgent_handler", notifiers=["log"])
    async with small_play(tmp_path, workflow, FixedModel(classified(priority="urgent"))) as play:
        assert (await Rehearsal(play).rehearse(PAST)).fate is Fate.URGENT


async def test_branches_that_overlap_end_as_in_the_engine(tmp_path: Path) -> None:
    forked = replace(
        TEMPLATE,
        nodes=(*TEMPLATE.nodes, Node(id=NodeId("second"), type="data_logger")),
        edges=(*TEMPLATE.edges, Edge(source=NodeId("ai_classifier"), output="classified", target=NodeId("second"))),
    )
    async with small_play(tmp_path, forked) as play:
        found = await Rehearsal(play).rehearse(PAST)
    assert {"second", "data_logger"} <= {one.node_id for one in found.nodes}
    assert found.fate is Fate.ANSWERED


async def test_what_people_said_tells_whether_it_is_right(tmp_path: Path) -> None:
    async with small_play(tmp_path) as play:
        rehearsal = Rehearsal(play)
        right = await rehearsal.rehearse(replace(PAST, truth=PastLabels(label="returns")))
        wrong = await rehearsal.rehearse(replace(PAST, truth=PastLabels(label="refund")))
        unknown = await rehearsal.rehearse(PAST)
    assert [(one.right, one.label_right) for one in (right, wrong, unknown)] == [
        (True, True),
        (False, False),
        (None, None),
    ]


async def test_what_would_be_sent_is_what_the_engine_sends(tmp_path: Path, models: Path) -> None:
    contents = mock_contents(30)
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "models").symlink_to(models)
    settings = Settings(data_dir=tmp_path / "data", mode="automatic", mailbox_kind="mock", mock_emails=0)
    answered: dict[str, str] = {}
    async with open_postroom(settings) as postroom:
        engine, stores = postroom.engine(), postroom.stores
        await engine.start()
        try:
            for index, (content, at) in enumerate(contents):
                raw = RawEmail(
                    mailbox_id=postroom.mailbox.id,
                    uid_validity="1",
                    uid=str(index),
                    received_at=at,
                    content=content,
                )
                await accept(postroom.intake, [(raw, raw.uid)])
                engine.wake()
                await engine.quiet()
                # People take care of each question at once, as a rehearsal takes for granted.
                for review in (await stores.reviews.list(statuses=[ReviewStatus.OPEN])).rows:
                    assert await stores.reviews.close_undecided(review.id)
            emails = {one.id: one async for one in every(lambda after: stores.emails.list(after=after))}
            texts = {one.message_id: one.text for one in read_outbox(settings.outbox_dir)}
            async for reply in every(lambda after: stores.outbox.list(after=after)):
                answered[emails[reply.email_id].content_hash] = texts[reply.outgoing.message_id]
            services = postroom.services
        finally:
            await engine.stop()
        async with small_play(tmp_path) as play:
            scratch = replace(services, stores=play.services.stores)
            rehearsal = Rehearsal(replace(play, services=scratch, mailbox=postroom.mailbox, workflow=postroom.workflow))
            found = [
                await rehearsal.rehearse(PastEmail(key=content_hash(content), content=content, received_at=at))
                for content, at in contents
            ]
    would_be_sent = {one.key: one.reply for one in found if one.automatic}
    assert len(answered) > 5
    assert would_be_sent.keys() == answered.keys()
    assert {key: _plain(text) for key, text in would_be_sent.items()} == {
        key: _plain(text) for key, text in answered.items()
    }


def _plain(text: str) -> str:
    return " ".join(text.split())


def _assuming(play: Play, assurance: AssumedAssurance) -> Play:
    return replace(play, services=replace(play.services, assurance=assurance))
