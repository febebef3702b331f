"""`postroom workflow`: workflows as files, checked and kept in versions."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from postroom.cli.opening import DataDir, Json
from postroom.cli.output import say, show, show_json, show_json_list, show_table
from postroom.cli.running import FAILED, errors_in_words, run

if TYPE_CHECKING:
    from postroom.model.workflow import Workflow

workflow = typer.Typer(help="Workflows: look at them, move them as files, check them.", no_args_is_help=True)

Slug = Annotated[str, typer.Argument(help="The workflow's slug.", show_default=False)]
Version = Annotated[int | None, typer.Option(min=1, help="A version; without it the one in use.")]
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
