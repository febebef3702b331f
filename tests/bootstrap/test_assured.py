"""The assurance in production follows what people judge."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from clocks import SetClock
from contracts.store_nouns import at
from empty_store import open_stores_at
from nodes.stage import FixedModel, classified
from postroom.bootstrap.assured import Assured, Ground
from postroom.bootstrap.preferred import Preferred
from postroom.interfaces.classifier import Classifier
from postroom.interfaces.responder import Responder
from postroom.interfaces.stores import Stores
from postroom.knowledge.confidence import ANSWER_THRESHOLD
from postroom.learning.guarantee import reviews_needed
from postroom.model.alarm import Alarm
from postroom.model.category import Category
from postroom.model.classification import Classification
from postroom.model.draft import Draft
from postroom.model.email import Address, MailboxId
from postroom.model.example import ExampleId
from postroom.model.execution import ExecutionId
from postroom.model.judgement import Judgement
from postroom.model.mailbox import Mailbox, Mode
from postroom.model.preferences import Preferences

MADE_UP, SHOP = MailboxId("main"), MailboxId("shop")
MODEL, DRAFTER = "fixed@1", "articles@1"
SCORE = 0.7
ENOUGH = reviews_needed(0)


def a_mailbox(name: MailboxId = SHOP, mode: Mode = Mode.AUTOMATIC) -> Mailbox:
    return Mailbox(id=name, address=Address(name="", address="a@b.example"), workflow="w", mode=mode)


def a_draft(responder: str = DRAFTER, *, generated: bool = False) -> Draft:
    return Draft(text="So.", language="en", probability=SCORE, passages=(), responder=responder, generated=generated)


@dataclass
class Office:
    """An assurance over a real store, and people who judge."""

    stores: Stores
    preferred: Preferred
    classifiers: dict[str, Classifier]
    assured: Assured
    judged: int = 0

    async def judge(self, number: int, **changes: object) -> None:
        """Let people judge so many decisions, and let the assurance look."""
        for _ in range(number):
            self.judged += 1
            fields: dict[str, object] = {
                "example_id": ExampleId(f"xa_{self.judged}"),
                "model": MODEL,
                "responder": DRAFTER,
                "category": "returns",
                "score": SCORE,
                "right": True,
                "at": at(self.judged),
                "mailbox_id": SHOP,
            }
            await self.stores.judgements.put([Judgement(**{**fields, **changes})])  # type: ignore[arg-type]
        await self.look()

    async def look(self) -> None:
        await self.preferred.refresh()
        await self.assured.refresh()

    async def alarms(self) -> tuple[Alarm, ...]:
        return (await self.stores.alarms.open()).rows

    def threshold(self, found: Classification | None = None, mailbox: Mailbox | None = None) -> float | None:
        where = mailbox or a_mailbox()
        draft = a_draft(generated=self.assured.generates(where))
        return self.assured.ruling(where, found or classified(), draft).threshold

    def doubt(self, found: Classification | None = None) -> str:
        return self.assured.ruling(a_mailbox(), found or classified(), a_draft()).doubt


def assured_on(
    stores: Stores,
    preferred: Preferred,
    classifiers: dict[str, Classifier],
    *,
    made_up: MailboxId | None = MADE_UP,
    responders: dict[str, Responder] | None = None,
) -> Assured:
    ground = Ground(
        stores=stores,
        clock=SetClock(at(0)),
        preferred=preferred,
        classifiers=classifiers,
        responders=responders or {"articles": FixedModel(name=DRAFTER)},
        secret=b"s" * 32,
        made_up=made_up,
    )
    return Assured(ground)


@pytest.fixture
async def office(tmp_path: Path) -> AsyncIterator[Office]:
    stores = await open_stores_at(tmp_path / "postroom.db")
    preferred = Preferred(stores, Preferences())
    classifiers: dict[str, Classifier] = {"fixed": FixedModel(name=MODEL)}
    made = Office(stores, preferred, classifiers, assured_on(stores, preferred, classifiers))
    await made.look()
    yield made
    await stores.connection.close()


async def test_nothing_is_answered_before_anything_was_read(office: Office) -> None:
    new = assured_on(office.stores, office.preferred, office.classifiers)
    assert new.ruling(a_mailbox(MADE_UP), classified(), a_draft(generated=True)).threshold is None


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
    real = assured_on(office.stores, office.preferred, office.classifiers, made_up=None)
    await real.refresh()
    found = real.ruling(a_mailbox(MADE_UP), classified(), a_draft())
    assert (found.threshold, found.automation) == (None, False)
    # Whatever its mailbox is now, the draft says what it answers.
    old = real.ruling(a_mailbox(MADE_UP), classified(), a_draft(generated=True))
    assert (old.threshold, "the made-up shop's" in old.doubt) == (None, True)
    assert office.assured.ruling(a_mailbox(MADE_UP), classified(), a_draft()).threshold is None


async def test_no_mailbox_rides_on_what_was_judged_in_another(office: Office) -> None:
    await office.judge(ENOUGH)
    await office.judge(ENOUGH - 1, mailbox_id=MailboxId("office"))
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


async def test_what_is_drafted_in_another_way_is_proven_anew_and_people_are_told(office: Office) -> None:
    await office.judge(ENOUGH)
    reworded = f"{DRAFTER}+reworded-gpt-4o@1"
    responders: dict[str, Responder] = {"articles": FixedModel(name=reworded)}
    anew = assured_on(office.stores, office.preferred, office.classifiers, responders=responders)
    await anew.refresh()
    # Where the language model gave no answer the local draft goes out as before.
    assert anew.ruling(a_mailbox(), classified(), a_draft()).threshold == SCORE
    assert anew.ruling(a_mailbox(), classified(), a_draft(reworded)).threshold is None
    (alarm,) = await office.alarms()
    assert alarm.key == "proof_began_again/shop"
    assert alarm.text.startswith("A language model rewords answers now. What was proven before does not hold")
    assert "at least 197 more e-mails" in alarm.text
    # What the present one proves for itself ends it.
    office.assured = anew
    await office.judge(ENOUGH, responder=reworded)
    assert anew.ruling(a_mailbox(), classified(), a_draft(reworded)).threshold == SCORE
    assert await office.alarms() == ()


async def test_a_draft_of_an_older_version_never_goes_out_by_what_was_proven_of_another(office: Office) -> None:
    await office.judge(ENOUGH)
    for other in ("articles@0", "articles", ""):
        found = office.assured.ruling(a_mailbox(), classified(), a_draft(other))
        assert (found.threshold, "not in use any more" in found.doubt) == (None, True)


async def test_what_was_judged_before_versions_were_noted_is_history(office: Office) -> None:
    await office.judge(ENOUGH, responder="")
    assert office.threshold() is None
    again = assured_on(office.stores, office.preferred, office.classifiers)
    await again.refresh()
    (alarm,) = await office.alarms()
    assert alarm.text.startswith("Answers are scored in another way (articles@1 in place of an unknown version)")


async def test_wrong_audits_demote_and_alarm_and_later_reviews_end_both(office: Office) -> None:
    await office.judge(ENOUGH)
    await office.judge(3, automatic=True, right=False)
    assert office.threshold() is None
    assert not office.assured.ruling(a_mailbox(), classified(), a_draft()).automation
    assert {one.key for one in await office.alarms()} == {"demoted/fixed/shop", "demoted/fixed/shop/returns"}
    assert all("of the newest 3 judged replies 0 were right" in one.text for one in await office.alarms())
    # A hundred more that are right: of all mail, and of what would have gone out.
    await office.judge(100)
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
    assert await office.alarms() == ()


async def test_an_alarm_that_people_cleared_is_raised_by_the_next_fall_only(office: Office) -> None:
    await office.judge(ENOUGH)
    await office.judge(3, automatic=True, right=False)
    for alarm in await office.alarms():
        await office.stores.alarms.clear(alarm.key, at=at(1))
    await office.judge(1, automatic=True, right=False)
    assert await office.alarms() == ()
    assert office.threshold() is None
    # A process that starts anew says it once more.
    await assured_on(office.stores, office.preferred, office.classifiers).refresh()
    assert len(await office.alarms()) == 2


async def test_much_less_above_the_threshold_alarms_and_demotes_nothing(office: Office) -> None:
    await office.judge(400)
    await office.judge(190, score=0.1, right=False)
    assert [one.key for one in await office.alarms()] == ["coverage_fell/fixed/shop"]
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
