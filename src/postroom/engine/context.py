"""What one run of a node sees: its execution, and what the nodes before it gave. Pure."""

from dataclasses import dataclass, replace

from postroom.engine.interpret import Walk
from postroom.engine.plan import Plan
from postroom.interfaces.node import NodeContext, Services
from postroom.model.email import Address, StoredEmail
from postroom.model.execution import Execution
from postroom.model.mailbox import Mailbox, Mode
from postroom.model.workflow import NodeId
from postroom.workflows.graph import is_active


@dataclass(frozen=True, slots=True, kw_only=True)
class RunSubject:
    """What a run is about: the execution as it begins, its plan, its e-mail, and what its nodes may use."""

    order: Execution
    plan: Plan
    stored: StoredEmail
    services: Services


def context_for(subject: RunSubject, node_id: NodeId, walk: Walk) -> NodeContext:
    """Return what the next try of a node sees; of several nodes before it, the nearest one that gave something counts.

    Only its ancestors: in which order independent branches end changes nothing.
    """
    order, graph, outcomes = subject.order, subject.plan.graph, walk.outcomes
    before = [outcomes[each] for each in reversed(graph.ancestors[node_id]) if each in outcomes]
    here = order.progress.decisions.get(node_id) if order.progress else None
    return NodeContext(
        execution_id=order.id,
        workflow=order.workflow,
        version=order.version,
        node_id=node_id,
        attempt=walk.attempts.get(node_id, 0) + 1,
        dry_run=order.dry_run,
        mailbox=subject.services.mailboxes.get(order.mailbox_id, _unknown_mailbox(order)),
        # A mail that reached several mailboxes may be executed for another one than the first that had it.
        stored=replace(subject.stored, mailbox_id=order.mailbox_id),
        services=subject.services,
        reached_by=tuple((edge.source, edge.output) for edge in graph.incoming[node_id] if is_active(edge, outcomes)),
        classification=next((each.classification for each in before if each.classification), None),
        draft=next((each.draft for each in before if each.draft), None),
        decision=next((each.decision for each in before if each.decision), None),
        decided_here=here,
        reply=next((each.reply for each in before if each.reply), None),
        ignored=next((each.ignored for each in before if each.ignored), None),
    )


def _unknown_mailbox(order: Execution) -> Mailbox:
    # A mailbox that was removed while its e-mails were under way: nothing is sent for it any more.
    return Mailbox(id=order.mailbox_id, address=Address(name="", address=""), workflow="", mode=Mode.OBSERVE)
