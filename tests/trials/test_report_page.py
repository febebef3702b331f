from dataclasses import replace

from postroom.trials.backtest_tried import Fate
from postroom.trials.compare import CompareReport, flip_between
from postroom.trials.report_page import backtest_page, compare_page, share
from trials.test_backtest_results import ONE
from trials.test_report import many, reported

EVIL = "<script>alert(1)</script>{{ 7*7 }}"


def test_a_page_escapes_what_mail_says_and_runs_nothing() -> None:
    page = backtest_page(reported(many(2, subject=EVIL, reply=EVIL, category=EVIL, failure=EVIL)))
    assert "<script" not in page
    assert "&lt;script&gt;" in page
    assert "{{ 7*7 }}" in page
    assert "http" not in page.replace("http-equiv", "")
    assert "default-src &#39;none&#39;" in page or "default-src 'none'" in page


def test_the_page_of_a_comparison_escapes_too() -> None:
    flip = flip_between(replace(ONE, subject=EVIL), replace(ONE, fate=Fate.PERSON))
    assert flip is not None
    report = CompareReport(
        source=EVIL,
        before="a",
        after="b",
        emails=1,
        flips=1,
        changes=(),
        fates_before={"answered": 1},
        fates_after={"answered": 0},
        listed=(flip,),
    )
    assert "<script" not in compare_page(report)
    assert "answered → person" in compare_page(report)


def test_a_share_that_nobody_knows_is_a_dash() -> None:
    assert (share(None), share(0.5)) == ("–", "50.0%")
