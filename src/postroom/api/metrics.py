"""Metrics in the text format of Prometheus: the counts of the store, of this process, and of its requests."""

from collections.abc import Mapping
from dataclasses import dataclass

from prometheus_client import CollectorRegistry, Gauge, generate_latest

from postroom.actions.status import living
from postroom.api.meter import Tally
from postroom.api.office import Office
from postroom.interfaces.clock import Clock
from postroom.interfaces.stores import Stores
from postroom.language_models.budget import Purse, SpentToday, spent_today
from postroom.model.execution import ExecutionStatus
from postroom.model.reply import ReplyState
from postroom.model.review import ReviewStatus
from postroom.model.summary import Backlog

MOST_ALARMS = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """What the store counts; `alarms` are at most 200."""

    executions: Mapping[ExecutionStatus, int]
    reviews: Mapping[ReviewStatus, int]
    replies: Mapping[ReplyState, int]
    backlog: Backlog
    quarantined: int
    alarms: int
    engines: int
    sending_halted: bool
    language_model: SpentToday | None = None


async def counts(stores: Stores, clock: Clock, purse: Purse | None = None) -> Counts:
    """Return what the store counts now; `purse` is the language model's.

    Raises:
        StoreError: it cannot be read.
    """
    return Counts(
        executions=await stores.executions.count(),
        reviews=await stores.reviews.count(),
        replies=await stores.outbox.count(),
        backlog=await stores.figures.backlog(),
        quarantined=await stores.ledger.count_quarantined(),
        alarms=len((await stores.alarms.open(limit=MOST_ALARMS)).rows),
        engines=len(await living(stores, clock)),
        sending_halted=await stores.controls.sending_halted(),
        language_model=await spent_today(stores.spending, clock, purse) if purse else None,
    )


def exposition(found: Counts, office: Office, tally: Tally | None) -> bytes:
    """Return everything in the text format; without a `tally` nothing of requests and the process."""
    registry = CollectorRegistry(auto_describe=True)
    executions = {status.value: found.executions.get(status, 0) for status in ExecutionStatus}
    reviews = {status.value: found.reviews.get(status, 0) for status in ReviewStatus}
    replies = {state.value: found.replies.get(state, 0) for state in ReplyState}
    for name, label, numbers in (
        ("executions", "status", executions),
        ("reviews", "status", reviews),
        ("replies", "state", replies),
    ):
        gauge = Gauge(f"postroom_{name}", f"The {name} in the store, by {label}.", (label,), registry=registry)
        for state, number in numbers.items():
            gauge.labels(state).set(number)
    for name, meaning, value in _single(found, office):
        Gauge(f"postroom_{name}", meaning, registry=registry).set(value)
    return generate_latest(registry) + (generate_latest(tally.registry) if tally is not None else b"")


def _single(found: Counts, office: Office) -> list[tuple[str, str, float]]:
    standing = office.standing()
    failed = sum(1 for name in standing.failures if name.startswith("mailbox "))
    followers: object = getattr(office.feed, "followers", None)
    oldest = found.backlog.oldest_at
    waited = (office.clock.now() - oldest).total_seconds() if oldest is not None else 0.0
    numbers: list[tuple[str, str, float]] = [
        ("reviews_undecided", "Questions to people that nobody has decided.", found.backlog.undecided),
        ("reviews_undecided_urgent", "Those of them that are urgent.", found.backlog.urgent),
        ("reviews_oldest_age_seconds", "How long the oldest of them has waited, 0 without any.", waited),
        ("quarantined_messages", "Messages in quarantine.", found.quarantined),
        ("alarms_open", f"Open alarms, at most {MOST_ALARMS}.", found.alarms),
        ("engines_alive", "Processes that run the engine.", found.engines),
        ("sending_halted", "1 while sending is halted.", float(found.sending_halted)),
        ("mailboxes_open", "Mailboxes that this process reads.", len(standing.mailboxes) - failed),
        ("mailboxes_failed", "Mailboxes that this process cannot open.", failed),
    ]
    if found.language_model is not None:
        spent, limit = found.language_model.spent_millionths, found.language_model.limit_millionths
        numbers.append(("language_model_cost_today_millionths", "What the language model has cost today (UTC).", spent))
        numbers.append(("language_model_budget_millionths", "What it may cost a day.", limit))
    if isinstance(followers, int):
        numbers.append(("stream_followers", "Who follows the live stream.", followers))
    return numbers
