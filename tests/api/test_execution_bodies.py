from contracts.store_nouns import at, execution
from postroom.actions.status import ExecutionStanding, NamedNode
from postroom.api.execution_bodies import NodeStatus, standing_body
from postroom.model.execution import Step, StepStatus
from postroom.model.workflow import NodeId


def test_nodes_stand_in_the_order_of_the_workflow_with_those_not_reached() -> None:
    step = Step(
        node_id=NodeId("b"),
        status=StepStatus.SKIPPED,
        attempt=0,
        started_at=None,
        finished_at=at(1),
        output="",
        note="",
        failure=None,
    )
    standing = ExecutionStanding(
        execution=execution("e1"),
        title="Support",
        steps=(step,),
        not_reached=(NodeId("a"),),
        reviews=(),
        nodes=tuple(NamedNode(id=NodeId(name), type="work", title=name) for name in ("a", "b")),
    )

    found = standing_body(standing)

    assert [(node.node_id, node.status, node.progress) for node in found.nodes] == [
        ("a", NodeStatus.PENDING, 0.0),
        ("b", NodeStatus.SKIPPED, 1.0),
    ]
    assert found.progress == 0.5
