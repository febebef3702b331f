from dataclasses import replace

import pytest
from fastapi.exceptions import RequestValidationError

from postroom.api.workflow_bodies import form_of, require_runnable, workflow_body, workflow_of
from postroom.bootstrap.plugins import node_types
from postroom.model.workflow import NodeId, WorkflowSlug
from postroom.workflows.load import template

SHIPPED = template(WorkflowSlug("customer_support"))


def test_a_workflow_survives_its_form() -> None:
    assert workflow_of(form_of(SHIPPED), SHIPPED.slug) == SHIPPED
    assert workflow_body(SHIPPED).nodes[0].id == SHIPPED.nodes[0].id


def test_what_is_beyond_the_bounds_of_the_form_is_refused() -> None:
    far = replace(SHIPPED.nodes[0], position=(float("inf"), 0.0))
    with pytest.raises(RequestValidationError):
        form_of(replace(SHIPPED, nodes=(far, *SHIPPED.nodes[1:])))


def test_each_problem_is_located_at_its_node() -> None:
    strange = replace(SHIPPED.nodes[1], id=NodeId("lost"))
    with pytest.raises(RequestValidationError) as refused:
        require_runnable(replace(SHIPPED, nodes=(*SHIPPED.nodes, strange)), node_types())
    assert [error["loc"] for error in refused.value.errors()] == [("body", "nodes", "lost")]
