"""Reports as pages: one file that needs nothing else, holds no script, and escapes whatever mail says."""

from functools import cache

from jinja2 import Environment, PackageLoader, StrictUndefined

from postroom.trials.compare import CompareReport
from postroom.trials.report import BacktestReport, CategoryReport, HeldReason

FATES = {
    "answered": "Answered without a person",
    "person": "To a person",
    "urgent": "Urgent, to a person at once",
    "ignored": "Ignored: written by a machine, or listed",
    "closed": "Ended without a reply",
    "failed": "Failed",
}
COLUMNS = ("category", "e-mails", "answered", "share", "known", "right", "share right", "at least (95 %)")
"""The headings of `cells`."""
NAMED_CATEGORIES = 3
EXAMPLES = 5
"""How many e-mails are shown for each way in which two versions differ."""


def backtest_page(report: BacktestReport) -> str:
    """Return the page of a back-test."""
    page = environment().get_template("backtest.html.j2")
    return page.render(title=f"Back-test of {report.workflow}", report=report, words=FATES)


def compare_page(report: CompareReport) -> str:
    """Return the page of a comparison."""
    page = environment().get_template("compare.html.j2")
    return page.render(title=f"{report.before} and {report.after} compared", report=report, words=FATES)


def cells(one: CategoryReport) -> tuple[str, ...]:
    """Return one category as a row."""
    counts = (str(one.emails), str(one.automatic), share(one.coverage), str(one.judged), str(one.right))
    return (one.category, *counts, share(one.precision), share(one.precision_at_least))


def most_of(reason: HeldReason) -> str:
    """Return which categories a reason is about most."""
    named = [f"{name} {count}" for name, count in list(reason.categories.items())[:NAMED_CATEGORIES]]
    return ", ".join([*named, *(["…"] if len(reason.categories) > NAMED_CATEGORIES else [])])


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
    made.filters.update(cells=cells, most_of=most_of)
    made.globals["columns"] = COLUMNS
    made.globals["examples"] = EXAMPLES
    return made
