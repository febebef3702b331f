from postroom.actions.guarantee import Kept
from postroom.model.classification import Classification, Label
from postroom.model.draft import Draft
from postroom.model.email import Address, MailboxId
from postroom.model.mailbox import Mailbox
from postroom.trials.backtest_assurance import AssumedAssurance

MAILBOX = Mailbox(id=MailboxId("support"), address=Address(name="", address="help@workshop.example"), workflow="w")
DRAFT = Draft(text="So.", language="en", probability=0.9, passages=(), responder="articles@1")


def labelled(category: str) -> Classification:
    label = Label(name="any", probability=1.0)
    return Classification(
        category=Label(name=category, probability=0.9),
        priority=label,
        sentiment=label,
        language=label,
        classifier="x@1",
    )


def test_what_people_keep_for_themselves_stays_with_them_in_a_trial_too() -> None:
    kept = Kept(names=("billing", "delivery"), for_people=("billing",))
    assured = AssumedAssurance(0.8, kept.doubt_about)
    assert assured.ruling(MAILBOX, labelled("delivery"), DRAFT).threshold == 0.8
    assert "for themselves" in assured.ruling(MAILBOX, labelled("billing"), DRAFT).doubt
    assert "not among" in assured.ruling(MAILBOX, labelled("invoice"), DRAFT).doubt
