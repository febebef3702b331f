"""The assurance in production follows what people judge."""

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from bootstrap.assured_office import (
    ENOUGH,
    MADE_UP,
    OFFICE,
    SCORE,
    SHOP,
    Office,
    a_draft,
    a_mailbox,
    ground_on,
    office_in,
)
from contracts.store_nouns import at
from nodes.stage import FixedModel, classified
from postroom.bootstrap.assured import Assured
from postroom.knowledge.confidence import ANSWER_THRESHOLD
from postroom.model.category import Category
from postroom.model.email import MailboxId
from postroom.model.execution import ExecutionId
from postroom.model.mailbox import Mode
from postroom.model.preferences import Preferences


@pytest.fixture
async def office(tmp_path: Path) -> AsyncIterator[Office]:
    async with office_in(tmp_path) as opened:
        yield opened


async def test_nothing_is_answered_before_anything_was_read(office: Office) -> None:
    office.begin_anew()
    assert office.assured.ruling(a_mailbox(MADE_UP), classified(), a_draft(generated=True)).threshold is None


async def test_automation_opens_with_the_review_that_is_enough(office: Office) -> None:
    await office.judge(ENOUGH - 1)
    assert office.threshold() is None
    assert "after 1 more reviewed e-mails" in office.doubt()
    await office.judge(1)
    assert (office.threshold(), office.doubt()) == (SCORE, "")
    assert office.threshold(classified(category="refund")) is None


async def test_generated_mail_is_answered_from_the_shipped_threshold(office: Office) -> None:
    assert office.threshold(mailbox=a_mailbox(MADE_UP)) == ANSWER_THRESHOLD
    assert office.threshold() is None
    await office.judge(ENOUGH, mailbox_id=MADE_UP, generated=True)
    assert office.threshold() is None


async def test_generated_mail_proves_nothing_once_its_mailbox_is_a_real_one(office: Office) -> None:
    await office.judge(ENOUGH, mailbox_id=MADE_UP, generated=True)
    ground = ground_on(office.stores, office.preferred, office.classifiers, office.mailboxes)
    real = Assured(replace(ground, made_up=None))
    await real.refresh()
    found = real.ruling(a_mailbox(MADE_UP), classified(), a_draft())
    assert (found.threshold, found.automation) == (None, False)
    # Whatever its mailbox is now, the draft says what it answers.
    old = real.ruling(a_mailbox(MADE_UP), classified(), a_draft(generated=True))
    assert (old.threshold, "the made-up shop's" in old.doubt) == (None, True)
    assert office.assured.ruling(a_mailbox(MADE_UP), classified(), a_draft()).threshold is None


async def test_no_mailbox_rides_on_what_was_judged_in_another(office: Office) -> None:
    await office.judge(ENOUGH)
    await office.judge(ENOUGH - 1, mailbox_id=OFFICE)
    await office.judge(ENOUGH, mailbox_id=None)
    assert office.threshold() == SCORE
    for name in ("office", "new"):
        assert office.threshold(mailbox=a_mailbox(MailboxId(name))) is None
        assert not office.assured.ruling(a_mailbox(MailboxId(name)), classified(), a_draft()).automation


async def test_what_is_out_of_use_is_never_sure_be_it_looked_at_or_not(office: Office) -> None:
    await office.judge(ENOUGH)
    office.classifiers["fixed"] = FixedModel(name="fixed@2")
    assert office.threshold() is None
    assert "not in use any more" in office.doubt()


async def test_only_where_mail_really_goes_out_by_itself_is_there_automation(office: Office) -> None:
    assert not office.assured.ruling(a_mailbox(), classified(), a_draft()).automation
    await office.judge(ENOUGH)
    other = classified(category="refund")
    assert office.assured.ruling(a_mailbox(), other, a_draft()).automation
    assert not office.assured.ruling(a_mailbox(mode=Mode.REVIEW), other, a_draft()).automation
    assert not office.assured.ruling(replace(a_mailbox(), stopped="too many"), other, a_draft()).automation


async def test_a_category_that_people_keep_for_themselves_goes_to_them_at_once(office: Office) -> None:
    await office.judge(ENOUGH)
    kept = Category(
        name="returns",
        title="Returns",
        description="",
        examples=(),
        language="en",
        by="ann",
        updated_at=at(0),
        automatic=False,
    )
    await office.stores.categories.add(kept)
    await office.look()
    assert office.threshold() is None
    assert "keep the category returns" in office.doubt()
    await office.stores.categories.change(replace(kept, automatic=True))
    await office.look()
    assert office.threshold() == SCORE


async def test_another_target_counts_from_the_next_look_on(office: Office) -> None:
    await office.judge(ENOUGH)
    await office.stores.preferences.change(Preferences(target_precision=0.99))
    await office.look()
    assert office.threshold() is None
    assert "99.0%" in office.doubt()


async def test_a_new_model_has_everything_before_it(office: Office) -> None:
    await office.judge(ENOUGH)
    office.classifiers["fixed"] = FixedModel(name="fixed@2")
    await office.look()
    assert "not in use any more" in office.doubt()
    assert office.threshold(replace(classified(), classifier="fixed@2")) is None


async def test_a_draft_of_an_older_version_never_goes_out_by_what_was_proven_of_another(office: Office) -> None:
    await office.judge(ENOUGH)
    for other in ("articles@0", "articles", ""):
        found = office.assured.ruling(a_mailbox(), classified(), a_draft(other))
        assert (found.threshold, "not in use any more" in found.doubt) == (None, True)


async def test_what_was_judged_before_versions_were_noted_is_history(office: Office) -> None:
    await office.judge(ENOUGH, responder="")
    assert office.threshold() is None


async def test_a_mailbox_that_was_removed_leaves_no_proof_to_another_of_its_name(office: Office) -> None:
    await office.judge(ENOUGH)
    del office.mailboxes[SHOP]
    await office.look()
    assert (office.threshold(), await office.alarms()) == (None, ())
    await office.stores.looks.remove(SHOP)
    office.mailboxes[SHOP] = new = replace(a_mailbox(), connected_at=at(office.judged + 1))
    await office.look()
    assert (office.threshold(), await office.alarms()) == (None, ())
    await office.judge(ENOUGH)
    assert office.threshold(mailbox=new) == SCORE
    assert office.threshold() == SCORE


async def test_nothing_is_computed_anew_while_nothing_changes(office: Office) -> None:
    await office.judge(1)
    before = office.assured.standings
    await office.look()
    assert office.assured.standings is before


async def test_the_share_that_is_drawn_follows_the_preference(office: Office) -> None:
    ids = [ExecutionId(f"ex_{number}") for number in range(200)]
    few = [one for one in ids if office.assured.drawn(one)]
    assert 0 < len(few) < 30
    await office.stores.preferences.change(Preferences(audit_share=1.0))
    await office.look()
    assert all(office.assured.drawn(one) for one in ids)
