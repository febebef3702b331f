"""`postroom pause`, `resume`, `cancel`, `retry`, `stop-sending` and `allow-sending`."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from postroom.cli.opening import DataDir, Json
from postroom.cli.output import show, show_json
from postroom.cli.running import run

if TYPE_CHECKING:
    from postroom.actions.control import Sending

Id = Annotated[str, typer.Argument(help="The execution's id, or enough of its beginning.", show_default=False)]
OrWorkflow = Annotated[
    str | None, typer.Argument(help="The execution's id, or enough of its beginning.", show_default=False)
]
Slug = Annotated[str | None, typer.Option("--workflow", help="A whole workflow in place of one execution.")]


def pause(execution: OrWorkflow = None, workflow: Slug = None, as_json: Json = False, data_dir: DataDir = None) -> None:
    """Stop an execution, or every execution of a workflow, before its next node."""
    _require_one(execution, workflow)
    if workflow is not None:
        run(_switch("pause", workflow, data_dir, as_json=as_json))
    elif execution is not None:
        run(_ask("pause", execution, data_dir, as_json=as_json))


def resume(
    execution: OrWorkflow = None, workflow: Slug = None, as_json: Json = False, data_dir: DataDir = None
) -> None:
    """Let a paused execution, or a paused workflow, go on."""
    _require_one(execution, workflow)
    if workflow is not None:
        run(_switch("resume", workflow, data_dir, as_json=as_json))
    elif execution is not None:
        run(_ask("resume", execution, data_dir, as_json=as_json))


def cancel(execution: Id, as_json: Json = False, data_dir: DataDir = None) -> None:
    """End an execution for good; what it has not sent is never sent."""
    run(_ask("cancel", execution, data_dir, as_json=as_json))


def retry(execution: Id, as_json: Json = False, data_dir: DataDir = None) -> None:
    """Run the failed nodes of an execution again."""
    run(_ask("retry", execution, data_dir, as_json=as_json))


def stop_sending(as_json: Json = False, data_dir: DataDir = None) -> None:
    """Send nothing more, in any process, from this moment on; replies wait."""
    run(_stop_sending(data_dir, as_json=as_json))


def allow_sending(as_json: Json = False, data_dir: DataDir = None) -> None:
    """Let replies be sent again."""
    run(_allow_sending(data_dir, as_json=as_json))


def _require_one(execution: str | None, workflow: str | None) -> None:
    if (execution is None) == (workflow is None):
        raise typer.BadParameter("Name either an execution or --workflow.")


async def _ask(wish: str, beginning: str, data_dir: Path | None, *, as_json: bool) -> None:
    from postroom.actions.control import ask
    from postroom.actions.find import find_execution
    from postroom.cli.store import desk_of, say_when
    from postroom.model.control import Wish

    async with desk_of(data_dir) as desk:
        asked = await ask(desk, await find_execution(desk.stores, beginning), Wish(wish))
        if as_json:
            show_json(asked)
        else:
            show(f"Asked to {wish} {asked.request.execution_id}, which is {asked.status.value}.")
        await say_when(desk)


async def _switch(wish: str, slug: str, data_dir: Path | None, *, as_json: bool) -> None:
    from postroom.actions.control import pause_workflow, resume_workflow
    from postroom.cli.store import desk_of, say_when
    from postroom.model.workflow import WorkflowSlug

    act = pause_workflow if wish == "pause" else resume_workflow
    async with desk_of(data_dir) as desk:
        switch = await act(desk.stores, WorkflowSlug(slug))
        if as_json:
            show_json(switch)
        else:
            show(f"Workflow {switch.slug} is {'paused' if switch.paused else 'not paused any more'}.")
        await say_when(desk)


async def _stop_sending(data_dir: Path | None, *, as_json: bool) -> None:
    from postroom.actions import control
    from postroom.cli.store import opened

    async with opened(data_dir) as (_, stores):
        _tell(await control.stop_sending(stores), as_json=as_json)


async def _allow_sending(data_dir: Path | None, *, as_json: bool) -> None:
    from postroom.actions import control
    from postroom.cli.store import desk_of, say_when

    async with desk_of(data_dir) as desk:
        _tell(await control.allow_sending(desk.stores), as_json=as_json)
        await say_when(desk)


def _tell(sending: "Sending", *, as_json: bool) -> None:
    if as_json:
        show_json(sending)
    else:
        show(f"Sending is {'halted' if sending.halted else 'allowed'}; replies not sent yet: {sending.pending}.")
