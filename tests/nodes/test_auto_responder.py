"""The responder node, by table: sure only where nothing asks for a person."""

import math
from dataclasses import replace

import pytest

from assurances import FixedAssurance
from nodes.stage import DRAFT, Stage, classified, decided
from postroom.errors import ConfigurationError
from postroom.model.draft import Draft
from postroom.model.email import Address
from postroom.model.mailbox import Mode

NEVER_ALONE = replace(DRAFT, eligible=False, answerable=False)
AT_THRESHOLD = replace(DRAFT, probability=0.8)


@pytest.mark.parametrize(
    ("draft", "mode", "dry_run", "cautions", "output"),
    [
        (DRAFT, Mode.AUTOMATIC, False, (), "sure"),
        (AT_THRESHOLD, Mode.AUTOMATIC, False, (), "sure"),
        (replace(DRAFT, probability=0.79), Mode.AUTOMATIC, False, (), "unsure"),
        (replace(DRAFT, probability=math.inf), Mode.AUTOMATIC, False, (), "unsure"),
        (replace(DRAFT, passages=()), Mode.AUTOMATIC, False, (), "unsure"),
        (DRAFT, Mode.AUTOMATIC, False, ("encrypted",), "unsure"),
        (DRAFT, Mode.REVIEW, False, (), "unsure"),
        (DRAFT, Mode.OBSERVE, False, (), "unsure"),
        # A dry run shows what mode automatic would do.
        (DRAFT, Mode.REVIEW, True, (), "sure"),
        (DRAFT, Mode.REVIEW, True, ("encrypted",), "unsure"),
    ],
)
async def test_sure_or_not(
    stage: Stage, draft: Draft, mode: Mode, *, dry_run: bool, cautions: tuple[str, ...], output: str
) -> None:
    stage.model.draft = draft
    changes = {**stage.in_mode(mode), **stage.with_email(cautions=cautions), "dry_run": dry_run}
    found = await stage.play("auto_responder", {"threshold": 0.8}, classification=classified(), **changes)
    assert found.draft is not None
    assert (found.output, replace(found.draft, eligible=True, answerable=True)) == (output, draft)


@pytest.mark.parametrize("probability", [math.nan, math.inf, -math.inf])
async def test_what_is_no_number_is_never_sure(stage: Stage, probability: float) -> None:
    stage.model.draft = replace(DRAFT, probability=probability)
    found = await stage.play("auto_responder", classification=classified())
    assert found.output == "unsure"
    assert found.draft is not None
    assert not found.draft.eligible


@pytest.mark.parametrize(
    ("draft", "own", "changes", "eligible"),
    [
        (DRAFT, 0.0, {}, True),
        (DRAFT, 0.0, {"mode": Mode.REVIEW}, True),
        (DRAFT, 0.0, {"stopped": "too many"}, True),
        (DRAFT, 0.98, {}, False),
        (replace(DRAFT, passages=()), 0.0, {}, False),
        (DRAFT, 0.0, {"pilot_addresses": ("bob@example.org",)}, False),
        (DRAFT, 0.0, {"mode": Mode.REVIEW, "automatic_categories": ("refund",)}, False),
    ],
)
async def test_a_draft_says_whether_the_guarantee_or_the_mode_alone_could_stop_it(
    stage: Stage, draft: Draft, own: float, changes: dict[str, object], *, eligible: bool
) -> None:
    stage.model.draft = replace(draft, eligible=not eligible)
    nothing = stage.with_services(assurance=FixedAssurance(threshold=None, doubt="not yet"))
    given = {"classification": classified(), **nothing, **stage.with_mailbox(**changes)}
    found = await stage.play("auto_responder", {"threshold": own}, **given)
    assert found.draft is not None
    assert (found.output, found.draft.eligible) == ("unsure", eligible)
    # Another might label it otherwise and be sure, except where a rule looks at the mail alone.
    assert found.draft.answerable is ("pilot_addresses" not in changes)


@pytest.mark.parametrize(
    ("mailbox", "reason"),
    [
        ({"pilot_addresses": ("bob@example.org",)}, "only pilot addresses"),
        ({"automatic_categories": ("refund",)}, "category returns"),
        ({"answer_within_hours": 72.0}, "older than 72 hours"),
    ],
)
async def test_the_rules_of_the_mailbox_make_it_unsure(stage: Stage, mailbox: dict[str, object], reason: str) -> None:
    found = await stage.play("auto_responder", classification=classified(), **stage.with_mailbox(**mailbox))
    never = replace(NEVER_ALONE, answerable="automatic_categories" in mailbox)
    assert (found.output, found.draft) == ("unsure", never)
    assert reason in found.note


async def test_the_letter_ends_with_the_mailboxs_name(stage: Stage) -> None:
    mailbox = stage.with_mailbox(address=Address(name="The mill", address="mill@lindenhof.example"))
    await stage.play("auto_responder", classification=classified(), **mailbox)
    assert stage.model.signatures == ["The mill"]


async def test_what_a_person_has_in_hand_is_not_answered_by_a_machine(stage: Stage) -> None:
    await stage.play("human_review")
    found = await stage.play("auto_responder", classification=classified())
    assert (found.output, found.draft) == ("unsure", NEVER_ALONE)
    assert "a person has this conversation in hand" in found.note
    await stage.decide(f"{stage.context.execution_id}/human_review", decided())
    assert (await stage.play("auto_responder", classification=classified())).output == "sure"


async def test_no_machine_writes_to_an_address_that_mail_bounced_from(stage: Stage) -> None:
    await stage.suppress()
    found = await stage.play("auto_responder", classification=classified())
    assert (found.output, found.draft) == ("unsure", NEVER_ALONE)
    assert "suppression list" in found.note


async def test_mail_that_is_kept_from_machines_gets_no_draft_at_all(stage: Stage) -> None:
    never = stage.with_email(cautions=("never_automate",))
    found = await stage.play("auto_responder", classification=classified(), **never)
    assert (found.output, found.draft, stage.model.signatures) == ("unsure", None, [])


async def test_what_is_missing_is_said(stage: Stage) -> None:
    with pytest.raises(ConfigurationError, match="lacks a classification"):
        await stage.play("auto_responder")
    with pytest.raises(ConfigurationError, match="lacks the responder 'magic'"):
        await stage.play("auto_responder", {"responder": "magic"}, classification=classified())


@pytest.mark.parametrize(
    ("assurance", "own", "output", "note"),
    [
        (FixedAssurance(threshold=0.97), 0.0, "sure", ""),
        (FixedAssurance(threshold=0.971), 0.0, "unsure", "below the guaranteed 0.97"),
        (FixedAssurance(threshold=0.5), 0.98, "unsure", "below 0.98"),
        (FixedAssurance(threshold=None, doubt="90 more reviews are needed"), 0.0, "unsure", "90 more reviews"),
    ],
)
async def test_only_what_is_guaranteed_and_wanted_goes_out_by_itself(
    stage: Stage, assurance: FixedAssurance, own: float, output: str, note: str
) -> None:
    services = stage.with_services(assurance=assurance)
    found = await stage.play("auto_responder", {"threshold": own}, classification=classified(), **services)
    assert (found.output, found.draft) == (output, replace(DRAFT, eligible=own < DRAFT.probability))
    assert note in found.note
