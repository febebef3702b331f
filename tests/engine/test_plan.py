"""Plans: a workflow with everything resolved, made once per version."""

import pytest

from engine.house import QUICK, Bench, House, make_types, make_workflow
from postroom.engine.plan import Plans, make_plan
from postroom.errors import ConfigurationError, NotFoundError
from postroom.model.workflow import NodeId, RetryPolicy, WorkflowSlug


def test_a_plan_resolves_type_outputs_retry_and_step_name() -> None:
    own = RetryPolicy(max_attempts=9)
    workflow = make_workflow({"s": "start", "a": "read"}, ["s>a"])
    types = make_types(Bench())
    plan = make_plan(workflow, types)
    node = plan.nodes[NodeId("a")]
    assert (node.step_name, node.outputs, node.retry) == ("a:read", frozenset({"main", "other", "failed"}), QUICK)
    assert node.effect.journalled
    tuned = workflow.nodes[0], type(workflow.nodes[1])(id=NodeId("a"), type="read", retry=own)
    plan = make_plan(type(workflow)(slug=workflow.slug, title="", nodes=tuned, edges=workflow.edges), types)
    assert plan.nodes[NodeId("a")].retry == own


def test_an_invalid_workflow_has_no_plan() -> None:
    with pytest.raises(ConfigurationError, match="cannot run"):
        make_plan(make_workflow({"a": "read"}, []), make_types(Bench()))


async def test_a_version_is_planned_once(house: House) -> None:
    saved = await house.stores.workflows.save(make_workflow({"s": "start"}, []), at=house.services.clock.now())
    plans = Plans(house.stores.workflows, house.types)
    first = await plans.get(saved.slug, saved.version)
    assert await plans.get(saved.slug, saved.version) is first
    with pytest.raises(NotFoundError):
        await plans.get(WorkflowSlug("test"), 99)
