"""The responder node, by table: sure only where nothing asks for a person."""

from dataclasses import replace

import pytest

from assurances import FixedAssurance
from nodes.stage import DRAFT, Stage, classified, decided
from postroom.errors import ConfigurationError
from postroom.model.draft import Draft
from postroom.model.email import Address
from postroom.model.mailbox import Mode

AT_THRESHOLD = replace(DRAFT, probability=0.8)


@pytest.mark.parametrize(
    ("draft", "mode", "dry_run", "cautions", "output"),
    [
        (DRAFT, Mode.AUTOMATIC, False, (), "sure"),
        (AT_THRESHOLD, Mode.AUTOMATIC, False, (), "sure"),
        (replace(DRAFT, probability=0.79), Mode.AUTOMATIC, False, (), "unsure"),
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
    assert (found.output, found.draft) == (output, draft)


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
    assert (found.output, found.draft) == ("unsure", DRAFT)
    assert reason in found.note


async def test_the_letter_ends_with_the_mailboxs_name(stage: Stage) -> None:
    mailbox = stage.with_mailbox(address=Address(name="The mill", address="mill@lindenhof.example"))
    await stage.play("auto_responder", classification=classified(), **mailbox)
    assert stage.model.signatures == ["The mill"]


async def test_what_a_person_has_in_hand_is_not_answered_by_a_machine(stage: Stage) -> None:
    await stage.play("human_review")
    found = await stage.play("auto_responder", classification=classified())
    assert (found.output, found.draft) == ("unsure", DRAFT)
    assert "a person has this conversation in hand" in found.note
    await stage.decide(f"{stage.context.execution_id}/human_review", decided())
    assert (await stage.play("auto_responder", classification=classified())).output == "sure"


async def test_no_machine_writes_to_an_address_that_mail_bounced_from(stage: Stage) -> None:
    await stage.suppress()
    found = await stage.play("auto_responder", classification=classified())
    assert (found.output, found.draft) == ("unsure", DRAFT)
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
    assert (found.output, found.draft) == (output, DRAFT)
    assert note in found.note
