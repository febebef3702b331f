"""A rehearsal: one past e-mail through the nodes of a workflow, in memory, as in a dry run.

The engine's own interpreter walks the graph and its own steps run the nodes; only the journal and the log are missing.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from pydantic import BaseModel

from postroom.engine.conclude import failed_nodes
from postroom.engine.context import RunSubject, context_for
from postroom.engine.interpret import Walk, interpret
from postroom.engine.plan import Plan, make_plan
from postroom.engine.step import NodeRun, run_node
from postroom.guard.arrival import ArrivalFacts, standing
from postroom.interfaces.node import NodeType, Services
from postroom.knowledge.disclosure import disclosure
from postroom.mime.parse import parse
from postroom.model.classification import Classification
from postroom.model.draft import Draft
from postroom.model.email import ConversationId, Email, EmailId, StoredEmail
from postroom.model.execution import Execution, ExecutionId, ExecutionStatus, Failure, Outcome
from postroom.model.mailbox import AuthenticationPolicy, Mailbox, Mode
from postroom.model.workflow import NodeId, Workflow
from postroom.trials.backtest_memory import StoppedClock
from postroom.trials.backtest_tried import Fate, NodeTrace, Tried, rightness
from postroom.trials.past_mail import PastEmail, Truth
from postroom.trials.shadow_agreement import Agreement

_ANSWERED_FLAG = "\\answered"
_OBSERVED = "observed"
_SENT = "sent"
URGENT_TYPE = "urgent_handler"
SENDER_TYPE = "email_sender"


@dataclass(frozen=True, slots=True, kw_only=True)
class Play:
    """What is rehearsed: a workflow with the kinds of its nodes, for a mailbox, with what the nodes may use.

    The stores of `services` are the rehearsal's own and are thrown away; its notifiers tell nobody. Where no guarantee
    lets anything out yet, drafts go out from `assumed_threshold` (0..1) on.
    """

    workflow: Workflow
    types: Mapping[str, NodeType[BaseModel]]
    mailbox: Mailbox
    services: Services
    agreement: Agreement | None = None
    assumed_threshold: float | None = None


class Rehearsal:
    """Rehearses e-mails one by one; what is made of one never depends on another.

    The mailbox's rules count, but neither its mode nor how old the mail is: everything is as if it were automatic, had
    just arrived, and nobody had the conversation in hand.
    """

    def __init__(self, play: Play) -> None:
        """Make the plan.

        Raises:
            ConfigurationError: the workflow cannot run.
        """
        self._play = play
        self._plan = make_plan(play.workflow, play.types)
        self._mailbox = rehearsed(play.mailbox)
        # A row of a table has no header that could say who wrote it.
        self._for_rows = replace(self._mailbox, authentication=AuthenticationPolicy.OFF)
        mailboxes = (*play.services.mailboxes.values(), self._mailbox)
        self._own = frozenset(address for one in mailboxes for address in one.addresses)

    async def rehearse(self, past: PastEmail) -> Tried:
        """Return what would have become of an e-mail; a node that fails is told as such, and never raises."""
        mailbox = self._for_rows if isinstance(past.content, Email) else self._mailbox
        stored = self._stored(past, mailbox)
        services = replace(
            self._play.services,
            clock=StoppedClock(past.received_at),
            mailboxes={**self._play.services.mailboxes, mailbox.id: mailbox},
            senders={},
            lookouts={},
        )
        subject = RunSubject(order=self._order(stored), plan=self._plan, stored=stored, services=services)
        walk = await interpret(self._plan.graph, Walk.resume(None), _DryRun(subject))
        return self._tried(past, stored.email, walk)

    def _stored(self, past: PastEmail, mailbox: Mailbox) -> StoredEmail:
        if isinstance(past.content, Email):
            email, size = past.content, len(past.content.text)
        else:
            email, size = parse(past.content), len(past.content)
        facts = ArrivalFacts(
            received_at=past.received_at,
            # Past mail was answered; the question is what would have become of it before.
            flags=frozenset(flag for flag in past.flags if flag.casefold() != _ANSWERED_FLAG),
            now=past.received_at,
            mailbox=mailbox,
            own_addresses=self._own,
            secret=self._play.services.identity.secret,
        )
        found = standing(email, facts)
        return StoredEmail(
            id=EmailId(f"em_{past.key[:32]}"),
            mailbox_id=mailbox.id,
            conversation_id=ConversationId(f"co_{past.key}"),
            content_hash=past.key,
            received_at=past.received_at,
            accepted_at=past.received_at,
            size_bytes=size,
            email=replace(email, automatic=found.automatic, cautions=found.cautions),
        )

    def _order(self, stored: StoredEmail) -> Execution:
        return Execution(
            id=ExecutionId(f"ex_{stored.content_hash[:32]}"),
            email_id=stored.id,
            mailbox_id=stored.mailbox_id,
            workflow=self._play.workflow.slug,
            version=self._play.workflow.version,
            status=ExecutionStatus.RUNNING,
            run=1,
            final_state=None,
            created_at=stored.received_at,
            updated_at=stored.received_at,
            dry_run=True,
        )

    def _tried(self, past: PastEmail, email: Email, walk: Walk) -> Tried:
        ran = {each: walk.outcomes[each] for each in self._plan.graph.order if each in walk.outcomes}
        found = next((one.classification for one in ran.values() if one.classification), None)
        draft = next((one.draft for one in reversed(ran.values()) if one.draft), None)
        fate = fate_of(self._plan, ran)
        articles = tuple(dict.fromkeys(passage.article_id for passage in draft.passages)) if draft else ()
        failed = failed_nodes(self._plan.graph, ran)
        failure = ran[failed[0]].failure if failed else None
        return Tried(
            key=past.key,
            fate=fate,
            subject=email.subject,
            category=found.category.name if found else "",
            category_probability=found.category.probability if found else 0.0,
            language=found.language.name if found else "",
            classifier=found.classifier if found else "",
            article_ids=articles,
            draft_probability=draft.probability if draft else 0.0,
            reply=self._letter(draft) if draft and fate is Fate.ANSWERED else "",
            right=self._right(past.truth, found, draft) if fate is Fate.ANSWERED else None,
            label_right=past.truth.label in _labels(found) if past.truth.label and found else None,
            failure=failure.message if failure else "",
            nodes=tuple(_trace(node_id, outcome) for node_id, outcome in ran.items()),
        )

    def _right(self, truth: Truth, found: Classification | None, draft: Draft | None) -> bool | None:
        if not truth or found is None or draft is None:
            return None
        compared = self._play.agreement
        agreement = compared.between(draft, truth.answer) if compared and truth.answer else None
        return rightness(truth, _labels(found), [passage.article_id for passage in draft.passages], agreement)

    def _letter(self, draft: Draft) -> str:
        signature = self._mailbox.signature(draft.language).strip()
        parts = (draft.text.rstrip(), f"-- \n{signature}" if signature else "")
        return "\n\n".join(filter(None, (*parts, disclosure(draft.language, by_model=draft.by_model))))


class _DryRun:
    """The effects of a rehearsal: the nodes run, and nothing is kept."""

    def __init__(self, subject: RunSubject) -> None:
        self._subject = subject

    async def may_start(self, node_id: NodeId) -> bool:
        """Let every node start."""
        del node_id
        return True

    async def run(self, node_id: NodeId, walk: Walk) -> NodeRun:
        """Run a node as the engine does."""
        node = self._subject.plan.nodes[node_id]
        return await run_node(node, context_for(self._subject, node_id, walk), _UNHEARD, _never)

    def skipped(self, node_id: NodeId) -> None:
        """Forget it."""

    def ended(self, node_id: NodeId, run: NodeRun) -> None:
        """Forget it: the walk has the outcome."""


class _Unheard:
    """A log that nobody reads."""

    def started(self, node_id: NodeId, attempt: int, *, at: datetime | None = None) -> None:
        """Forget it."""

    def retrying(self, node_id: NodeId, attempt: int, *, note: str, failure: Failure) -> None:
        """Forget it."""

    def publish(self) -> None:
        """Do nothing."""


_UNHEARD = _Unheard()


def rehearsed(mailbox: Mailbox) -> Mailbox:
    """Return the mailbox in which past mail is tried: its rules without mode, pilot, age and hour."""
    return replace(
        mailbox, mode=Mode.AUTOMATIC, stopped="", answer_within_hours=math.inf, connected_at=None, pilot_addresses=()
    )


def fate_of(plan: Plan, outcomes: Mapping[NodeId, Outcome]) -> Fate:
    """Return what outcomes of a dry run mean for the e-mail."""
    types = {plan.nodes[node_id].type for node_id in outcomes}
    sent = any(outcome.output == _SENT and plan.nodes[each].type == SENDER_TYPE for each, outcome in outcomes.items())
    fates = (
        (bool(failed_nodes(plan.graph, outcomes)), Fate.FAILED),
        (any(outcome.ignored is not None for outcome in outcomes.values()), Fate.IGNORED),
        (URGENT_TYPE in types, Fate.URGENT),
        (any(outcome.output == _OBSERVED for outcome in outcomes.values()), Fate.PERSON),
        (sent, Fate.ANSWERED),
    )
    return next((fate for holds, fate in fates if holds), Fate.CLOSED)


def _labels(found: Classification) -> frozenset[str]:
    return frozenset(label.name for label in (found.category, found.intent) if label is not None)


def _trace(node_id: NodeId, outcome: Outcome) -> NodeTrace:
    draft, found = outcome.draft, outcome.classification
    return NodeTrace(
        node_id=node_id,
        output=outcome.output,
        category=found.category.name if found else "",
        article_ids=tuple(dict.fromkeys(passage.article_id for passage in draft.passages)) if draft else (),
    )


def _never() -> bool:
    return False
