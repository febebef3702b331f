"""Reports as pages: one file that needs nothing else, holds no script, and escapes whatever mail says."""

from functools import cache

from jinja2 import Environment, PackageLoader, StrictUndefined

from postroom.trials.compare import CompareReport
from postroom.trials.report import BacktestReport

FATES = {
    "answered": "Answered without a person",
    "person": "To a person",
    "urgent": "Urgent, to a person at once",
    "ignored": "Ignored: written by a machine, or listed",
    "closed": "Ended without a reply",
    "failed": "Failed",
}


def backtest_page(report: BacktestReport) -> str:
    """Return the page of a back-test."""
    page = environment().get_template("backtest.html.j2")
    return page.render(title=f"Back-test of {report.workflow}", report=report, words=FATES)


def compare_page(report: CompareReport) -> str:
    """Return the page of a comparison."""
    page = environment().get_template("compare.html.j2")
    return page.render(title=f"{report.before} and {report.after} compared", report=report, words=FATES)


def share(value: float | None) -> str:
    """Return a share in per cent, a dash where it is not known."""
    return "–" if value is None else f"{value:.1%}"


@cache
def environment() -> Environment:
    """Return what makes pages; an unknown name in one is an error."""
    made = Environment(
        loader=PackageLoader("postroom.trials", "pages"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters["share"] = share
    return made
