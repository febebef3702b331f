"""`/workflows`: graphs in versions, of which one is in use."""

import asyncio
from typing import Annotated

from fastapi import Path, Query, Request, Response, status
from pydantic import BaseModel, ConfigDict, Field

from postroom.actions import workflows
from postroom.actions.workflows import publish_workflow, stored_workflow
from postroom.api.access import Configurer, Reader
from postroom.api.account_pages import page_by_name
from postroom.api.audit import note_subject
from postroom.api.body import media_type
from postroom.api.caller import Caller
from postroom.api.office import Office, OfficeHere
from postroom.api.problem import CallError, problems
from postroom.api.routing import After, Limit, router
from postroom.api.workflow_bodies import (
    GraphForm,
    NewWorkflowForm,
    ValidityBody,
    WorkflowBody,
    WorkflowChangeForm,
    WorkflowRowBody,
    form_of,
    require_runnable,
    validity,
    workflow_body,
    workflow_of,
)
from postroom.api.written import PLAIN_NUMBER
from postroom.errors import InputError
from postroom.model.page import Page
from postroom.model.workflow import Workflow, WorkflowSlug, WorkflowVersion
from postroom.workflows.load import read_workflow, write_workflow

ROUTER = router("/workflows", "workflows")

YAML = "text/yaml"
_YAML_TYPES = (YAML, "application/yaml", "application/x-yaml", "text/x-yaml")
_YAML_TEXT = {"schema": {"type": "object", "description": "A workflow, as the export of one is written."}}
_YAML_BODY: dict[str, object] = {"requestBody": {"required": True, "content": {YAML: _YAML_TEXT}}}

Slug = Annotated[str, Path(max_length=100, description="The slug of the workflow.")]
Version = Annotated[int, Path(ge=1, le=2**31 - 1, description="The number of a version.")]


class RollBackForm(BaseModel):
    """Which version is put into use again."""

    model_config = ConfigDict(extra="forbid")

    version: Annotated[int, Field(ge=1, le=2**31 - 1), PLAIN_NUMBER] | None = Field(
        default=None, description="An older version; null: the one before that in use."
    )


@ROUTER.get("")
async def list_workflows(
    office: OfficeHere, _caller: Reader, after: After = None, limit: Limit = 50
) -> Page[WorkflowRowBody]:
    """List the workflows by slug, each with its version in use."""
    paused = await office.stores.controls.paused_workflows()
    mailboxes = office.standing().mailboxes.values()
    # At most 200 are kept, so that all of them are no more than a page.
    page = page_by_name(await office.stores.workflows.list(), lambda one: one.slug, after=after, limit=limit)
    rows = tuple(
        WorkflowRowBody(
            slug=one.slug,
            title=one.title,
            version=one.version,
            nodes=len(one.nodes),
            paused=one.slug in paused,
            mailboxes=tuple(sorted(mailbox.id for mailbox in mailboxes if mailbox.workflow == one.slug)),
        )
        for one in page.rows
    )
    return Page(rows=rows, next_cursor=page.next_cursor)


@ROUTER.post("", status_code=status.HTTP_201_CREATED, responses=problems(409))
async def create_workflow(
    request: Request, form: NewWorkflowForm, office: OfficeHere, caller: Configurer
) -> WorkflowBody:
    """Make a workflow; its first version is in use at once."""
    return await _create(request, office, caller, form)


@ROUTER.post("/validate")
async def validate_workflow(form: NewWorkflowForm, office: OfficeHere, _caller: Configurer) -> ValidityBody:
    """Say everything that is wrong with a workflow; nothing is saved."""
    return validity(workflow_of(form, WorkflowSlug(form.slug)), office.node_types)


@ROUTER.post("/yaml", status_code=status.HTTP_201_CREATED, responses=problems(409, 415), openapi_extra=_YAML_BODY)
async def create_workflow_from_yaml(request: Request, office: OfficeHere, caller: Configurer) -> WorkflowBody:
    """Make a workflow of YAML; its first version is in use at once."""
    return await _create(request, office, caller, await _form_in_yaml(request))


@ROUTER.get("/{slug}", responses=problems(404))
async def get_workflow(slug: Slug, office: OfficeHere, _caller: Reader) -> WorkflowBody:
    """Read the version of a workflow that is in use."""
    return workflow_body(await office.stores.workflows.current(WorkflowSlug(slug)))


@ROUTER.put("/{slug}", responses=problems(404, 409))
async def update_workflow(slug: Slug, form: WorkflowChangeForm, office: OfficeHere, caller: Configurer) -> WorkflowBody:
    """Save a new version of a workflow; what is in use stays so until it is published."""
    return await _update(office, caller, slug, form, base_version=form.base_version)


@ROUTER.get(
    "/{slug}/yaml",
    response_class=Response,
    responses=problems(404) | {200: {"description": "The workflow.", "content": {YAML: _YAML_TEXT}}},
)
async def get_workflow_as_yaml(
    slug: Slug,
    office: OfficeHere,
    caller: Reader,
    version: Annotated[
        int | None, Query(ge=1, le=2**31 - 1, description="The number of a version; without it the one in use.")
    ] = None,
) -> Response:
    """Read a version of a workflow as YAML."""
    found = await stored_workflow(office.desk(caller), WorkflowSlug(slug), version)
    return Response(write_workflow(found), media_type=YAML)


@ROUTER.put("/{slug}/yaml", responses=problems(404, 409, 415), openapi_extra=_YAML_BODY)
async def update_workflow_from_yaml(
    slug: Slug,
    request: Request,
    office: OfficeHere,
    caller: Configurer,
    base_version: Annotated[
        int, Query(ge=1, le=2**31 - 1, description="The version it was made from; a newer one: 409.")
    ],
) -> WorkflowBody:
    """Save a new version of a workflow from YAML; what is in use stays so until it is published."""
    form = await _form_in_yaml(request)
    if form.slug != slug:
        raise InputError(f"The YAML is of the workflow {form.slug!r}, not {slug!r}.", hint="Correct its slug.")
    return await _update(office, caller, slug, form, base_version=base_version)


@ROUTER.get("/{slug}/versions", responses=problems(404))
async def list_workflow_versions(
    slug: Slug, office: OfficeHere, _caller: Reader, after: After = None, limit: Limit = 50
) -> Page[WorkflowVersion]:
    """List the versions of a workflow, newest first."""
    await office.stores.workflows.current(WorkflowSlug(slug))
    return await office.stores.workflows.versions(WorkflowSlug(slug), after=after, limit=limit)


@ROUTER.get("/{slug}/versions/{version}", responses=problems(404))
async def get_workflow_version(slug: Slug, version: Version, office: OfficeHere, caller: Reader) -> WorkflowBody:
    """Read one version of a workflow."""
    return workflow_body(await stored_workflow(office.desk(caller), WorkflowSlug(slug), version))


@ROUTER.post("/{slug}/versions/{version}/publish", responses=problems(404, 409))
async def publish_workflow_version(
    slug: Slug, version: Version, office: OfficeHere, caller: Configurer
) -> WorkflowBody:
    """Put a version into use; executions under way keep theirs."""
    found = await publish_workflow(office.desk(caller), WorkflowSlug(slug), version, office.node_types)
    return workflow_body(found)


@ROUTER.post("/{slug}/rollback", responses=problems(404, 409))
async def roll_back_workflow(
    slug: Slug, office: OfficeHere, caller: Configurer, body: RollBackForm | None = None
) -> WorkflowBody:
    """Put an older version into use again."""
    version = body.version if body else None
    found = await workflows.roll_back_workflow(
        office.desk(caller), WorkflowSlug(slug), office.node_types, version=version
    )
    return workflow_body(found)


async def _create(request: Request, office: Office, caller: Caller, form: NewWorkflowForm) -> WorkflowBody:
    note_subject(request, form.slug)
    workflow = require_runnable(workflow_of(form, WorkflowSlug(form.slug)), office.node_types)
    return workflow_body(await workflows.create_workflow(office.desk(caller), workflow, office.node_types))


async def _update(office: Office, caller: Caller, slug: str, form: GraphForm, *, base_version: int) -> WorkflowBody:
    desk, types = office.desk(caller), office.node_types
    await office.stores.workflows.current(WorkflowSlug(slug))
    workflow: Workflow = require_runnable(workflow_of(form, WorkflowSlug(slug)), types)
    return workflow_body(await workflows.update_workflow(desk, workflow, types, base_version=base_version))


async def _form_in_yaml(request: Request) -> NewWorkflowForm:
    kind = media_type(request.headers)
    if kind not in _YAML_TYPES:
        raise CallError(status.HTTP_415_UNSUPPORTED_MEDIA_TYPE, f"The body is {kind[:100]!r}.", hint=f"Send {YAML}.")
    try:
        text = (await request.body()).decode()
    except UnicodeDecodeError as error:
        raise InputError("The YAML is not UTF-8.", hint="Save it as UTF-8.") from error
    # A large one takes a second; what is in the loop goes on meanwhile.
    return form_of(await asyncio.to_thread(read_workflow, text, source="the body"))
