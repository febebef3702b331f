"""What the outcomes of one rehearsed e-mail say: its labels, its draft, what would become of it, and why. Pure."""

from collections.abc import Mapping

from postroom.engine.conclude import failed_nodes
from postroom.engine.plan import Plan
from postroom.model.article import ArticleId
from postroom.model.classification import Classification
from postroom.model.draft import Draft
from postroom.model.execution import Outcome
from postroom.model.workflow import NodeId
from postroom.trials.backtest_tried import Fate, NodeTrace

Ran = Mapping[NodeId, Outcome]
"""How the nodes ended that an e-mail reached, in topological order."""

URGENT_TYPE = "urgent_handler"
SENDER_TYPE = "email_sender"
_OBSERVED = "observed"
_SENT = "sent"


def classification_of(ran: Ran) -> Classification | None:
    """Return the labels of the e-mail; None where no node gave any."""
    return next((one.classification for one in ran.values() if one.classification), None)


def draft_of(ran: Ran) -> Draft | None:
    """Return the last draft; None where no node made one."""
    return next((one.draft for one in reversed(tuple(ran.values())) if one.draft), None)


def responded(ran: Ran) -> Draft | None:
    """Return the last draft that could go out by itself, which none is that a person is shown; None without one."""
    return draft_of({node_id: one for node_id, one in ran.items() if one.output != _OBSERVED})


def articles_of(draft: Draft | None) -> tuple[ArticleId, ...]:
    """Return the articles that a draft is made of, each once."""
    return tuple(dict.fromkeys(passage.article_id for passage in draft.passages)) if draft else ()


def labels_of(found: Classification) -> frozenset[str]:
    """Return what people may have called the e-mail: its category and its intent."""
    return frozenset(label.name for label in (found.category, found.intent) if label is not None)


def reason_of(ran: Ran) -> str:
    """Return why a person is asked, in the words that the person would read; empty where nobody is."""
    note = next((one.note for one in ran.values() if one.output == _OBSERVED), "")
    # The node says in front of them what it would do.
    return note.partition(": ")[2] or note


def fate_of(plan: Plan, ran: Ran) -> Fate:
    """Return what outcomes of a dry run mean for the e-mail."""
    types = {plan.nodes[node_id].type for node_id in ran}
    sent = any(outcome.output == _SENT and plan.nodes[each].type == SENDER_TYPE for each, outcome in ran.items())
    fates = (
        (bool(failed_nodes(plan.graph, ran)), Fate.FAILED),
        (any(outcome.ignored is not None for outcome in ran.values()), Fate.IGNORED),
        (URGENT_TYPE in types, Fate.URGENT),
        (any(outcome.output == _OBSERVED for outcome in ran.values()), Fate.PERSON),
        (sent, Fate.ANSWERED),
    )
    return next((fate for holds, fate in fates if holds), Fate.CLOSED)


def trace_of(node_id: NodeId, outcome: Outcome) -> NodeTrace:
    """Return how a node ended, as two versions are compared by it."""
    found = outcome.classification
    return NodeTrace(
        node_id=node_id,
        output=outcome.output,
        category=found.category.name if found else "",
        article_ids=articles_of(outcome.draft),
    )
