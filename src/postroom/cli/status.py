"""`postroom status`: where everything stands, or one execution node by node."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from postroom.cli.opening import DataDir, Json
from postroom.cli.output import moment, printable, short_id, show, show_json, show_table
from postroom.cli.running import run

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from postroom.actions.status import ExecutionStanding, Overview, ReplyStanding
    from postroom.model.execution import Step

Id = Annotated[
    str | None,
    typer.Argument(help="An execution's id, or enough of its beginning; that of a review, too.", show_default=False),
]
NODE_COLUMNS = ("node", "status", "attempt", "started", "finished", "output", "note", "failure")


def status(execution: Id = None, as_json: Json = False, data_dir: DataDir = None) -> None:
    """Show where everything stands, or how one execution went."""
    if execution is None:
        run(_overview(data_dir, as_json=as_json))
    else:
        run(_standing(data_dir, execution, as_json=as_json))


async def _overview(data_dir: Path | None, *, as_json: bool) -> None:
    from postroom.actions.status import overview
    from postroom.bootstrap.language_model import purse_of
    from postroom.cli.store import opened
    from postroom.interfaces.clock import SystemClock

    async with opened(data_dir) as (settings, stores):
        found = await overview(stores, SystemClock(), purse_of(settings))
    if as_json:
        show_json(found)
    else:
        _show_overview(found)


async def _standing(data_dir: Path | None, beginning: str, *, as_json: bool) -> None:
    from postroom.actions.find import find_execution
    from postroom.actions.status import standing
    from postroom.cli.store import opened

    async with opened(data_dir) as (_, stores):
        found = await standing(stores, await find_execution(stores, beginning))
    if as_json:
        show_json(found)
    else:
        _show_standing(found)


def _show_overview(found: "Overview") -> None:
    counts = [
        *(("executions", state.value, number) for state, number in found.executions.items()),
        *(("reviews", state.value, number) for state, number in found.reviews.items()),
        *(("replies", state.value, number) for state, number in found.replies.items()),
        ("quarantine", "", found.quarantined),
    ]
    show_table("", ("what", "state", "count"), [(what, state, str(number)) for what, state, number in counts])
    show(f"Sending: {'halted' if found.sending_halted else 'allowed'}")
    show(f"Paused workflows: {', '.join(found.paused_workflows) or 'none'}")
    running = [f"{one.host} (pid {one.pid}, {moment(one.beat_at)})" for one in found.processes]
    show(f"Running: {', '.join(running) or 'nothing'}")
    if found.language_model is not None:
        show(printable(f"Language model: {found.language_model.in_words()}"))
    if found.requests:
        show(f"Not carried out yet: {', '.join(f'{one.wish.value} {one.execution_id}' for one in found.requests)}")
    _show_mailboxes_and_alarms(found)
    rows = [
        (
            short_id(one.id),
            moment(one.created_at),
            f"{one.workflow} v{one.version}",
            _status(one.status.value, found.deferred.get(one.id)),
            one.final_state.value if one.final_state else "",
            str(one.run),
        )
        for one in found.newest
    ]
    show_table("Newest executions", ("id", "made", "workflow", "status", "final state", "run"), rows)


def _show_mailboxes_and_alarms(found: "Overview") -> None:
    from postroom.cli.mailbox_words import mode_in_words

    for mailbox in found.mailboxes:
        show(printable(f"Mailbox {mailbox.id} ({mailbox.address.address}): {mode_in_words(mailbox)}"))
    for alarm in found.alarms:
        show(printable(f"ALARM {alarm.key} since {moment(alarm.raised_at)}: {alarm.title}. {alarm.text}"))
    if found.alarms:
        show("An alarm that was seen to: postroom alarm clear KEY")


def _show_standing(found: "ExecutionStanding") -> None:
    from postroom.actions.status import standing_of

    one = found.execution
    show(f"{one.id}: {standing_of(one)}, run {one.run}, {one.workflow} v{one.version}")
    rows = [_step(step) for step in found.steps]
    rows.extend((node_id, "not reached", "", "", "", "", "", "") for node_id in found.not_reached)
    show_table("", NODE_COLUMNS, rows)
    for review in found.reviews:
        decision = f", {review.decision.verdict.value} by {review.decision.by}" if review.decision else ""
        show(f"Review {review.id}: {review.kind.value}, {review.status.value}{decision}")
    for reply in reply_lines(found.replies):
        show(printable(reply))


def reply_lines(replies: "Sequence[ReplyStanding]") -> "Iterator[str]":
    """Return a line on each reply: how far it got, and a second one where it came back."""
    for one in replies:
        later = f", tried again at {moment(one.not_before)} UTC" if one.not_before and one.state == "pending" else ""
        detail = f" ({one.detail})" if one.detail else ""
        yield f"Reply to {one.recipient.address}: {one.state.value}{later}{detail}"
        if one.bounced:
            yield f"BOUNCED: the reply to {one.recipient.address} came back: {one.bounced}"


def _status(status: str, deferred: "datetime | None") -> str:
    return f"{status} (reply deferred until {moment(deferred)})" if deferred else status


def _step(step: "Step") -> tuple[str, ...]:
    failure = f"{step.failure.message} {step.failure.hint}".strip() if step.failure else ""
    return (
        step.node_id,
        step.status.value,
        str(step.attempt),
        f"{step.started_at:%H:%M:%S.%f}"[:-3] if step.started_at else "",
        f"{step.finished_at:%H:%M:%S.%f}"[:-3] if step.finished_at else "",
        step.output,
        step.note,
        failure,
    )
