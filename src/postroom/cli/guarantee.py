"""`postroom guarantee`: what may be answered by itself, why not, and what another target would give."""

import math
from pathlib import Path
from typing import TYPE_CHECKING

from postroom.cli.opening import DataDir, Json, settings_of
from postroom.cli.output import show, show_json, show_table
from postroom.cli.running import run

if TYPE_CHECKING:
    from postroom.actions.guarantee_shown import EarlierPromise, ModelPromise
    from postroom.learning.guarantee import DialPoint

CATEGORIES = ("category", "by itself", "reviewed", "would be sent", "right", "why not")
DIAL = ("target precision", "by itself", "precision", "at least", "threshold", "more reviews")


def guarantee(as_json: Json = False, data_dir: DataDir = None) -> None:
    """Show what is promised, what holds for each category, and the dial from target precision to automation."""
    run(_guarantee(data_dir, as_json=as_json))


async def _guarantee(data_dir: Path | None, *, as_json: bool) -> None:
    from postroom.actions.guarantee_shown import guarantee_state
    from postroom.bootstrap import open_postroom

    settings = settings_of(data_dir)
    async with open_postroom(settings, dry_run=True) as postroom:
        state = await guarantee_state(
            postroom.stores,
            tuple(postroom.assured.standings),
            postroom.preferred.now,
            postroom.assured.places,
        )
    if as_json:
        show_json(state)
        return
    each = "each category on its own" if state.strict_categories else "all categories together"
    show(
        f"Promised: {state.target_precision:.1%} of the automatic replies are right ({each}, {state.confidence:.0%} "
        f"confidence); {state.audit_share:.1%} of them are audited."
    )
    if not state.audit_share:
        show(
            "NOT AUDITED: audit_share is 0, so nobody ever looks at what went out by itself, and nothing would show it "
            "if that were wrong."
        )
    for one in state.models:
        _show_model(one)


def _show_model(one: "ModelPromise") -> None:
    real = "real mail" if one.mailbox_id is None else f"mailbox {one.mailbox_id}"
    mail = "the made-up shop's mail" if one.generated else real
    show(f"\n{one.model} with {one.responder}, {mail}: {_standing(one)}")
    if one.attempt:
        show(
            "Some of that mail it decided afterwards, as one of several that could be tried here. So that trying one "
            f"after the other proves nothing, its proof must be {_percent(one.proof_confidence)} sure."
        )
    if one.began_again:
        show(one.began_again)
    if one.earlier:
        show(_earlier(one.earlier))
    for sentence in one.drift:
        show(f"DRIFT: {sentence}")
    if one.categories:
        rows = [
            (
                own.category,
                "no" if own.threshold is None else f"from {own.threshold:.3f}",
                str(own.reviewed),
                str(own.automated),
                str(own.right),
                own.doubt,
            )
            for own in one.categories
        ]
        show_table("", CATEGORIES, rows)
    if one.reviewed:
        show_table("", DIAL, [_dial_row(point) for point in one.dial])


def _standing(one: "ModelPromise") -> str:
    if one.generated:
        return f"answered from {one.threshold:.2f} on, as measured on generated mail; {one.reviewed} reviewed."
    if one.threshold is None:
        return (
            f"nothing is answered by itself yet. {one.reviewed} e-mails are reviewed; at least {one.more_reviews} more "
            "are needed."
        )
    precision = "" if one.precision is None else f", {one.precision:.1%} of that right"
    return (
        f"from {one.threshold:.3f} on. Of {one.reviewed} reviewed e-mails {one.coverage:.1%} would be answered by "
        f"itself{precision} (at least {one.lower_bound:.1%})."
        + ("" if one.automation else " It was demoted: all of it goes to people.")
    )


def _percent(share: float) -> str:
    """Return a share with as many digits as tell it from 100 %."""
    return f"{share:.{max(0, math.ceil(-math.log10(1 - share)) - 1)}%}"


def _earlier(one: "EarlierPromise") -> str:
    proven = "nothing was answered by itself" if one.threshold is None else f"from {one.threshold:.3f} on"
    precision = "" if one.precision is None else f", {one.precision:.1%} of that right"
    return (
        f"Before, until {one.until:%Y-%m-%d}: {one.model} with {one.responder or 'an unknown version'}, {proven}. Of "
        f"{one.reviewed} reviewed e-mails {one.coverage:.1%} would have been answered by itself{precision}. That is "
        "kept, and counts again where what decided then decides again."
    )


def _dial_row(point: "DialPoint") -> tuple[str, ...]:
    given = point.threshold is not None
    return (
        f"{point.target:.1%}",
        f"{point.coverage:.1%}" if given else "nothing",
        f"{point.precision:.1%}" if point.precision is not None else "",
        f"{point.lower_bound:.1%}" if given else "",
        f"{point.threshold:.3f}" if point.threshold is not None else "",
        "" if given else str(point.more_reviews),
    )
