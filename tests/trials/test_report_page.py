from dataclasses import replace

from postroom.model.mailbox import Mode
from postroom.trials.backtest_tried import Fate
from postroom.trials.compare import CompareReport, NodeFlips, flip_between
from postroom.trials.report import HeldReason
from postroom.trials.report_page import backtest_page, compare_page, most_of, share
from postroom.trials.terms import Terms
from trials.test_backtest_results import ONE
from trials.test_report import many, reported

EVIL = "<script>alert(1)</script>{{ 7*7 }}"


def test_a_page_escapes_what_mail_says_and_runs_nothing() -> None:
    evil = many(2, subject=EVIL, reply=EVIL, category=EVIL, failure=EVIL, question=EVIL)
    asked = many(1, fate=Fate.PERSON, reason=EVIL, category=EVIL)
    page = backtest_page(reported([*evil, *asked], terms=Terms(mailbox_id=EVIL, mode=Mode.REVIEW, switched_on=())))
    assert "<script" not in page
    assert "&lt;script&gt;" in page
    assert "{{ 7*7 }}" in page
    assert "http" not in page.replace("http-equiv", "")
    assert "default-src &#39;none&#39;" in page or "default-src 'none'" in page


def test_the_page_of_a_comparison_escapes_too() -> None:
    flip = flip_between(replace(ONE, subject=EVIL, question=EVIL), replace(ONE, fate=Fate.PERSON))
    assert flip is not None
    report = CompareReport(
        source=EVIL,
        before="a",
        after="b",
        emails=1,
        flips=1,
        changes=(NodeFlips(node_id=flip.node_id, before=flip.before, after=flip.after, emails=1),),
        fates_before={"answered": 1},
        fates_after={"answered": 0},
        listed=(flip,),
    )
    assert "<script" not in compare_page(report)
    assert "answered → person" in compare_page(report)


def test_the_page_says_first_what_the_figures_are_worth_and_why_mail_went_to_people() -> None:
    held = many(2, fate=Fate.PERSON, held_back=True, reason="It is off.", question="Where is it?")
    page = backtest_page(reported(held, terms=Terms(mailbox_id="support", switched_on=())))
    assert page.index("No category is switched on") < page.index("Nothing was sent")
    assert "It is off." in page
    assert "if every category were switched on" in page
    assert "Where is it?" in page
    assert "only if returns were switched on" in page


def test_only_the_categories_that_a_reason_is_about_most_are_named() -> None:
    categories = {"a": 4, "b": 3, "c": 2, "d": 1}
    assert most_of(HeldReason(words="w", emails=10, categories=categories)) == "a 4, b 3, c 2, …"
    assert most_of(HeldReason(words="w", emails=4, categories={"a": 4})) == "a 4"


def test_a_share_that_nobody_knows_is_a_dash() -> None:
    assert (share(None), share(0.5)) == ("–", "50.0%")
