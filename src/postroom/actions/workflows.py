"""Versions of workflows: made, published and rolled back. Only what can run is kept; an execution keeps its version."""

from collections.abc import Mapping

from pydantic import BaseModel

from postroom.actions.desk import Desk
from postroom.errors import ConflictError, NotFoundError
from postroom.interfaces.node import NodeType
from postroom.model.workflow import Workflow, WorkflowSlug
from postroom.workflows.validate import problems, require_valid

NodeTypes = Mapping[str, NodeType[BaseModel]]

MAX_WORKFLOWS = 200


async def create_workflow(desk: Desk, workflow: Workflow, types: NodeTypes) -> Workflow:
    """Store a new workflow as version 1, which is in use at once.

    Raises:
        ConfigurationError: it cannot run. ConflictError: there is one of its name, or there are too many.
    """
    require_valid(workflow, types)
    known = {one.slug for one in await desk.stores.workflows.list()}
    if workflow.slug in known:
        raise ConflictError(
            f"There is a workflow {workflow.slug!r} already.", hint="Save a new version of it, or choose another name."
        )
    if len(known) >= MAX_WORKFLOWS:
        raise ConflictError(
            f"There are {len(known)} workflows: at most {MAX_WORKFLOWS} are kept.", hint="Change one of them."
        )
    saved = await desk.stores.workflows.save(workflow, at=desk.clock.now(), base_version=0)
    await desk.stores.workflows.publish(saved.slug, saved.version)
    return saved


async def update_workflow(desk: Desk, workflow: Workflow, types: NodeTypes, *, base_version: int) -> Workflow:
    """Store a new version, made from `base_version`; the version in use stays in use until this one is published.

    Raises:
        ConfigurationError: it cannot run. NotFoundError: there is no such workflow. ConflictError: somebody saved a
        newer version than `base_version`.
    """
    require_valid(workflow, types)
    _require_base(await desk.stores.workflows.newest(workflow.slug), base_version)
    return await desk.stores.workflows.save(workflow, at=desk.clock.now(), base_version=base_version)


async def publish_workflow(desk: Desk, slug: WorkflowSlug, version: int, types: NodeTypes) -> Workflow:
    """Put a version into use: executions that begin from now on run it.

    Raises:
        NotFoundError: there is no such version. ConflictError: it cannot run (any more).
    """
    found = await desk.stores.workflows.get(slug, version)
    wrong = problems(found, types)
    if wrong:
        raise ConflictError(
            f"Version {version} of the workflow {slug!r} cannot run: {len(wrong)} problem(s).", hint="\n".join(wrong)
        )
    await desk.stores.workflows.publish(slug, version)
    return found


async def roll_back_workflow(desk: Desk, slug: WorkflowSlug, types: NodeTypes, *, version: int | None) -> Workflow:
    """Put an older version into use again: `version`, or the one before that in use.

    Raises:
        NotFoundError: there is no such workflow or version. ConflictError: it is not older, or cannot run.
    """
    current = await desk.stores.workflows.current(slug)
    wanted = current.version - 1 if version is None else version
    if wanted < 1:
        raise ConflictError(
            f"Version {current.version} of the workflow {slug!r} is the first one.", hint="There is nothing older."
        )
    if wanted >= current.version:
        raise ConflictError(
            f"Version {wanted} of the workflow {slug!r} is not older than {current.version}, which is in use.",
            hint="Publish it instead.",
        )
    return await publish_workflow(desk, slug, wanted, types)


async def stored_workflow(desk: Desk, slug: WorkflowSlug, version: int | None) -> Workflow:
    """Return a version of a workflow, without a number the one in use.

    Raises:
        NotFoundError: there is none.
    """
    if version is None:
        return await desk.stores.workflows.current(slug)
    try:
        return await desk.stores.workflows.get(slug, version)
    except NotFoundError as error:
        raise NotFoundError(error.message, hint="The list of its versions shows what there is.") from error


def _require_base(newest: Workflow, base_version: int) -> None:
    if newest.version != base_version:
        raise ConflictError(
            f"Version {newest.version} of the workflow {newest.slug!r} was saved since version {base_version}.",
            hint="Load it, make your changes there, and save again.",
        )
