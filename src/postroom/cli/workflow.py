"""`postroom workflow`: workflows as files, checked and kept in versions."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from postroom.cli.opening import By, DataDir, Json
from postroom.cli.output import moment, say, show, show_json, show_json_list, show_table
from postroom.cli.running import FAILED, errors_in_words, run

if TYPE_CHECKING:
    from postroom.model.workflow import Workflow

workflow = typer.Typer(help="Workflows: look at them, move them as files, check them.", no_args_is_help=True)

Slug = Annotated[str, typer.Argument(help="The workflow's slug.", show_default=False)]
Version = Annotated[int | None, typer.Option(min=1, help="A version; without it the one in use.")]
OneVersion = Annotated[int, typer.Argument(min=1, help="The version.", show_default=False)]
File = Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="A workflow in YAML.", show_default=False)]


@workflow.command("list")
def list_(as_json: Json = False, data_dir: DataDir = None) -> None:
    """Show the version in use of each workflow in the store."""
    run(_list(data_dir, as_json=as_json))


@workflow.command("show")
def show_(slug: Slug, version: Version = None, as_json: Json = False, data_dir: DataDir = None) -> None:
    """Show the nodes and edges of a workflow; of one that is not in the store, the shipped template."""
    found = run(_one(data_dir, slug, version))
    if as_json:
        show_json(found)
        return
    show(f"{found.slug} v{found.version}: {found.title}")
    rows = [
        (node.id, node.type, node.title, ", ".join(f"{k}={v}" for k, v in node.config.items())) for node in found.nodes
    ]
    show_table("", ("node", "type", "title", "settings"), rows)
    show_table("", ("from", "output", "to"), [(edge.source, edge.output, edge.target) for edge in found.edges])


@workflow.command("export")
def export_(
    slug: Slug,
    version: Version = None,
    output: Annotated[Path | None, typer.Option("--output", "-o", help="The file; else standard output.")] = None,
    data_dir: DataDir = None,
) -> None:
    """Write a workflow as YAML."""
    from postroom.workflows.load import write_workflow

    text = write_workflow(run(_one(data_dir, slug, version)))
    with errors_in_words():
        if output is None:
            sys.stdout.write(text)
        else:
            output.write_text(text, encoding="utf-8")


@workflow.command("import")
def import_(file: File, as_json: Json = False, data_dir: DataDir = None) -> None:
    """Check a workflow, keep it as a new version in the store and use that one from now on."""
    saved = run(_import(data_dir, file))
    if as_json:
        show_json(saved)
    else:
        show(f"Workflow {saved.slug} is in the store as version {saved.version}.")
    say(f"A mailbox with POSTROOM_WORKFLOW={saved.slug} runs it from the next start on; what is under way keeps its.")


@workflow.command("versions")
def versions_(slug: Slug, as_json: Json = False, data_dir: DataDir = None) -> None:
    """Show the versions of a workflow in the store, newest first."""
    run(_versions(data_dir, slug, as_json=as_json))


@workflow.command("publish")
def publish_(slug: Slug, version: OneVersion, by: By = None, data_dir: DataDir = None) -> None:
    """Put a version into use: executions that begin from now on run it."""
    found = run(_publish(data_dir, slug, version, by))
    show(f"Version {found.version} of the workflow {found.slug} is in use.")


@workflow.command("rollback")
def rollback(
    slug: Slug,
    version: Annotated[int | None, typer.Option(min=1, help="An older version; without it the one before.")] = None,
    by: By = None,
    data_dir: DataDir = None,
) -> None:
    """Put an older version into use again; executions under way keep theirs."""
    found = run(_rollback(data_dir, slug, version, by))
    show(f"Version {found.version} of the workflow {found.slug} is in use again.")


@workflow.command("validate")
def validate(file: File, as_json: Json = False) -> None:
    """Say everything that is wrong with a workflow; exit code 1 where it cannot run."""
    from postroom.bootstrap import node_types
    from postroom.workflows.validate import problems

    with errors_in_words():
        found = problems(_read(file), node_types())
    if as_json:
        show_json(list(found))
    else:
        for problem in found:
            show(problem)
        if not found:
            show("The workflow is valid.")
    if found:
        raise typer.Exit(FAILED)


async def _list(data_dir: Path | None, *, as_json: bool) -> None:
    from postroom.cli.store import opened
    from postroom.model.workflow import Workflow

    async with opened(data_dir) as (_, stores):
        found = await stores.workflows.list()
        paused = await stores.controls.paused_workflows()
    if as_json:
        show_json_list(Workflow, found)
        return
    rows = [
        (one.slug, str(one.version), one.title, str(len(one.nodes)), "paused" if one.slug in paused else "")
        for one in found
    ]
    show_table("", ("slug", "version", "title", "nodes", ""), rows)


async def _versions(data_dir: Path | None, slug: str, *, as_json: bool) -> None:
    from postroom.cli.store import opened
    from postroom.interfaces.stores.pages import every
    from postroom.model.workflow import WorkflowSlug, WorkflowVersion

    async with opened(data_dir) as (_, stores):
        known = WorkflowSlug(slug)
        await stores.workflows.current(known)
        found = [one async for one in every(lambda after: stores.workflows.versions(known, after=after, limit=200))]
    if as_json:
        show_json_list(WorkflowVersion, tuple(found))
        return
    rows = [
        (str(one.version), one.title, moment(one.saved_at) if one.saved_at else "", "in use" if one.published else "")
        for one in found
    ]
    show_table("", ("version", "title", "saved", ""), rows)


async def _publish(data_dir: Path | None, slug: str, version: int, by: str | None) -> "Workflow":
    from postroom.actions.audit import note_at_machine
    from postroom.actions.workflows import publish_workflow
    from postroom.bootstrap import node_types
    from postroom.cli.store import desk_of
    from postroom.model.workflow import WorkflowSlug

    async with desk_of(data_dir, by) as desk:
        found = await publish_workflow(desk, WorkflowSlug(slug), version, node_types())
        await note_at_machine(desk, "publish_workflow", f"{slug}/{version}")
        return found


async def _rollback(data_dir: Path | None, slug: str, version: int | None, by: str | None) -> "Workflow":
    from postroom.actions.audit import note_at_machine
    from postroom.actions.workflows import roll_back_workflow
    from postroom.bootstrap import node_types
    from postroom.cli.store import desk_of
    from postroom.model.workflow import WorkflowSlug

    async with desk_of(data_dir, by) as desk:
        found = await roll_back_workflow(desk, WorkflowSlug(slug), node_types(), version=version)
        await note_at_machine(desk, "roll_back_workflow", slug)
        return found


async def _one(data_dir: Path | None, slug: str, version: int | None) -> "Workflow":
    from postroom.cli.store import opened
    from postroom.errors import NotFoundError
    from postroom.model.workflow import WorkflowSlug
    from postroom.workflows.load import template

    async with opened(data_dir) as (_, stores):
        if version is not None:
            return await stores.workflows.get(WorkflowSlug(slug), version)
        try:
            return await stores.workflows.current(WorkflowSlug(slug))
        except NotFoundError:
            return template(slug)


async def _import(data_dir: Path | None, file: Path) -> "Workflow":
    from postroom.bootstrap import node_types
    from postroom.cli.store import opened
    from postroom.interfaces.clock import SystemClock
    from postroom.workflows.validate import require_valid

    found = _read(file)
    require_valid(found, node_types())
    async with opened(data_dir) as (_, stores):
        saved = await stores.workflows.save(found, at=SystemClock().now())
        await stores.workflows.publish(saved.slug, saved.version)
        return saved


def _read(file: Path) -> "Workflow":
    from postroom.errors import ConfigurationError
    from postroom.workflows.load import read_workflow

    try:
        return read_workflow(file.read_text(encoding="utf-8"), source=str(file))
    except UnicodeDecodeError as error:
        raise ConfigurationError(f"The file {str(file)!r} is not UTF-8.", hint="Save it as UTF-8.") from error
