"""Who watches the promise tells people what stopped, once, and takes it back where it is so no more."""

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from bootstrap.assured_office import (
    DRAFTER,
    ENOUGH,
    MODEL,
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
from postroom.model.alarm import Alarm
from postroom.model.preferences import Preferences


@pytest.fixture
async def office(tmp_path: Path) -> AsyncIterator[Office]:
    async with office_in(tmp_path) as opened:
        yield opened


async def test_what_is_drafted_in_another_way_is_proven_anew_and_people_are_told(office: Office) -> None:
    await office.judge(ENOUGH)
    reworded = f"{DRAFTER}+reworded-gpt-4o@1"
    office.begin_anew(responders={"articles": FixedModel(name=reworded)})
    await office.look()
    # Where the language model gave no answer the local draft goes out as before.
    assert office.assured.ruling(a_mailbox(), classified(), a_draft()).threshold == SCORE
    assert office.assured.ruling(a_mailbox(), classified(), a_draft(reworded)).threshold is None
    (alarm,) = await office.alarms()
    assert alarm.key == "proof_began_again/shop"
    assert alarm.text.startswith("A language model rewords answers now. What was proven before does not hold")
    assert "at least 201 more e-mails" in alarm.text
    # What the present one proves for itself ends it.
    await office.judge(ENOUGH, responder=reworded)
    assert office.assured.ruling(a_mailbox(), classified(), a_draft(reworded)).threshold == SCORE
    assert await office.alarms() == ()


async def test_wrong_audits_demote_and_alarm_and_later_reviews_end_both(office: Office) -> None:
    await office.judge(ENOUGH)
    await office.judge(3, automatic=True, right=False)
    assert office.threshold() is None
    assert not office.assured.ruling(a_mailbox(), classified(), a_draft()).automation
    assert {one.key for one in await office.alarms()} == {"demoted/fixed/shop", "demoted/fixed/shop/returns"}
    assert all("of the newest 3 judged replies 0 were right" in one.text for one in await office.alarms())
    # Until the next look more that are right: of all mail, and of what would have gone out.
    await office.judge(201 - ENOUGH - 3)
    assert office.threshold() == SCORE
    assert await office.alarms() == ()


async def test_a_new_model_begins_again_and_says_so_and_the_old_one_goes_on_where_it_was(office: Office) -> None:
    await office.judge(ENOUGH)
    office.classifiers["fixed"] = FixedModel(name="fixed@2")
    await office.look()
    (alarm,) = await office.alarms()
    assert "Another model labels the mail (fixed@2 in place of fixed@1)" in alarm.text
    office.classifiers["fixed"] = FixedModel(name=MODEL)
    await office.look()
    assert (office.threshold(), await office.alarms()) == (SCORE, ())


async def test_a_new_model_ends_a_demotion(office: Office) -> None:
    await office.judge(ENOUGH)
    await office.judge(3, automatic=True, right=False)
    office.classifiers["fixed"] = FixedModel(name="fixed@2")
    await office.look()
    assert [one.key for one in await office.alarms()] == ["proof_began_again/shop"]


async def test_an_alarm_that_people_cleared_is_raised_by_the_next_fall_only(office: Office) -> None:
    await office.judge(ENOUGH)
    await office.judge(3, automatic=True, right=False)
    for alarm in await office.alarms():
        await office.stores.alarms.clear(alarm.key, at=at(1))
    await office.judge(1, automatic=True, right=False)
    assert await office.alarms() == ()
    assert office.threshold() is None
    # A process that starts anew says it once more.
    office.begin_anew()
    await office.look()
    assert len(await office.alarms()) == 2


async def test_people_are_told_that_automation_stopped_whatever_stopped_it(office: Office) -> None:
    await office.judge(ENOUGH)
    # Ordinary reviews: no audit is among them, so nothing was demoted.
    await office.judge(2, right=False)
    (alarm,) = await office.alarms()
    assert alarm.key == "proof_lost/shop"
    assert alarm.text.startswith("What was judged since, a higher target or examples that were removed leave it")
    await office.judge(201 - ENOUGH - 2)
    assert await office.alarms() == ()
    await office.stores.preferences.change(Preferences(target_precision=0.99))
    await office.look()
    assert [one.key for one in await office.alarms()] == ["proof_lost/shop"]
    await office.stores.preferences.change(Preferences(target_precision=0.95, revision=1))
    await office.look()
    assert (office.threshold(), await office.alarms()) == (SCORE, ())


async def test_what_was_proven_is_remembered_over_a_restart(office: Office) -> None:
    await office.judge(ENOUGH)
    await office.stores.preferences.change(Preferences(target_precision=0.99))
    office.begin_anew()
    await office.look()
    assert [one.key for one in await office.alarms()] == ["proof_lost/shop"]


@pytest.mark.parametrize("last", ["one review of the fallback", "another one first", "judged afterwards"])
async def test_that_something_else_decides_is_told_whatever_was_judged_before(office: Office, last: str) -> None:
    if last == "another one first":
        await office.judge(3, model="fixed@2")
    await office.judge(ENOUGH)
    if last == "one review of the fallback":
        await office.judge(1, model="fixed@0", score=0.3)
    if last == "judged afterwards":
        for name in "abcdef":
            await office.judge(1, model=f"fixed@{name}", live=False, attempt=1)
    office.classifiers["fixed"] = FixedModel(name="fixed@2")
    await office.look()
    (alarm,) = await office.alarms()
    assert alarm.key == "proof_began_again/shop"
    assert "Another model labels the mail (fixed@2 in place of fixed@1)" in alarm.text


async def test_where_nothing_was_proven_nothing_is_lost(office: Office) -> None:
    await office.judge(ENOUGH - 1)
    await office.judge(1, right=False)
    office.classifiers["fixed"] = FixedModel(name="fixed@2")
    await office.look()
    assert await office.alarms() == ()


async def test_a_mailbox_that_reads_other_mail_is_proven_anew_and_people_are_told(office: Office) -> None:
    await office.judge(ENOUGH)
    office.mailboxes[SHOP] = other = replace(a_mailbox(), connected_at=at(office.judged + 1))
    # Before anybody has looked.
    assert (office.threshold(), office.threshold(mailbox=other)) == (SCORE, None)
    office.begin_anew()
    await office.look()
    (alarm,) = await office.alarms()
    assert (office.threshold(), alarm.key) == (None, "proof_lost/shop")
    assert alarm.text.startswith("The mailbox reads other mail than before")


async def test_what_the_settings_describe_is_proven_anew_where_they_describe_other_mail(office: Office) -> None:
    office.begin_anew(box="ours")
    await office.judge(ENOUGH)
    office.begin_anew(box="ours")
    await office.look()
    assert office.threshold() == SCORE
    for _ in range(2):
        office.begin_anew(box="theirs")
        await office.look()
        assert office.threshold() is None
        (alarm,) = await office.alarms()
        assert alarm.text.startswith("The mailbox reads other mail than before")
    await office.judge(ENOUGH)
    assert (office.threshold(), await office.alarms()) == (SCORE, ())


async def test_who_only_reads_touches_neither_alarms_nor_looks(office: Office) -> None:
    await office.judge(ENOUGH)
    await office.stores.alarms.sound(Alarm(key="demoted/fixed/shop", title="t", text="x", raised_at=at(0)))
    before = await office.stores.looks.list()
    office.classifiers["fixed"] = FixedModel(name="fixed@2")
    ground = ground_on(office.stores, office.preferred, office.classifiers, office.mailboxes)
    await Assured(ground).refresh()
    assert [one.key for one in await office.alarms()] == ["demoted/fixed/shop"]
    assert await office.stores.looks.list() == before


async def test_much_less_above_the_threshold_alarms_and_demotes_nothing(office: Office) -> None:
    await office.judge(400)
    await office.judge(190, score=0.1, right=False)
    assert [one.key for one in await office.alarms()] == ["coverage_fell/fixed/shop"]
    assert office.threshold() == SCORE
