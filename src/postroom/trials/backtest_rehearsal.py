"""A rehearsal: one past e-mail through the nodes of a workflow, in memory, as in a dry run.

The engine's own interpreter walks the graph and its own steps run the nodes; only the journal and the log are missing.
"""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from pydantic import BaseModel

from postroom.engine.conclude import failed_nodes
from postroom.engine.context import RunSubject, context_for
from postroom.engine.interpret import Walk, interpret
from postroom.engine.plan import make_plan
from postroom.engine.step import NodeRun, run_node
from postroom.guard.arrival import ArrivalFacts, assessed
from postroom.interfaces.node import NodeType, Services
from postroom.knowledge.disclosure import disclosure
from postroom.mime.parse import parse
from postroom.model.classification import Classification
from postroom.model.draft import Draft
from postroom.model.email import ConversationId, Email, EmailId, StoredEmail
from postroom.model.execution import Execution, ExecutionId, ExecutionStatus, Failure
from postroom.model.mailbox import AuthenticationPolicy, Mailbox, Mode
from postroom.model.workflow import NodeId, Workflow
from postroom.trials.backtest_memory import StoppedClock
from postroom.trials.backtest_outcomes import (
    Ran,
    articles_of,
    classification_of,
    draft_of,
    fate_of,
    labels_of,
    reason_of,
    responded,
    trace_of,
)
from postroom.trials.backtest_tried import Fate, Tried, rightness
from postroom.trials.past_mail import PastEmail, PastLabels
from postroom.trials.shadow_agreement import Agreement
from postroom.trials.terms import NO_TERMS, Terms

_ANSWERED_FLAG = "\\answered"
QUESTION_CHARS = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Play:
    """What is rehearsed: a workflow with the kinds of its nodes, for a mailbox, with what the nodes may use.

    The stores of `services` are the rehearsal's own and are thrown away; its notifiers tell nobody. `terms` are what
    the reader of a report must know. `learnt` tells whether the model that decides has learnt a text.
    """

    workflow: Workflow
    types: Mapping[str, NodeType[BaseModel]]
    mailbox: Mailbox
    services: Services
    agreement: Agreement | None = None
    terms: Terms = NO_TERMS
    learnt: Callable[[str], bool] = lambda _: False


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
        ran = await self._ran(stored, mailbox)
        besides = self._besides(ran, mailbox)
        if besides is None:
            return self._tried(past, stored.email, ran)
        if besides:
            alone = self._tried(past, stored.email, ran)
            return replace(alone, reason=f"{alone.reason} Besides, {besides}.")
        again = await self._ran(stored, replace(mailbox, automatic_categories=None))
        held_back = fate_of(self._plan, again) is Fate.ANSWERED
        return self._tried(past, stored.email, ran, switched_on=again if held_back else None)

    async def _ran(self, stored: StoredEmail, mailbox: Mailbox) -> Ran:
        """Return how the nodes end that an e-mail reaches, in their order, by the rules of `mailbox`."""
        services = replace(
            self._play.services,
            clock=StoppedClock(stored.received_at),
            mailboxes={**self._play.services.mailboxes, mailbox.id: mailbox},
            senders={},
            lookouts={},
        )
        subject = RunSubject(order=self._order(stored), plan=self._plan, stored=stored, services=services)
        walk = await interpret(self._plan.graph, Walk.resume(None), _DryRun(subject))
        return {each: walk.outcomes[each] for each in self._plan.graph.order if each in walk.outcomes}

    def _besides(self, ran: Ran, mailbox: Mailbox) -> str | None:
        """Return what holds an e-mail back besides that its category is switched off; empty where nothing is known to.

        None where that is not what holds it back.
        """
        found, drafted = classification_of(ran), responded(ran)
        if mailbox.automatic_categories is None or found is None or drafted is None:
            return None
        if found.category.name in mailbox.automatic_categories or fate_of(self._plan, ran) is not Fate.PERSON:
            return None
        ruling = self._play.services.assurance.ruling(mailbox, found, drafted)
        if ruling.doubt_about(drafted) is None:
            return ""
        return ruling.doubt if ruling.threshold is None else "no article answers it surely enough"

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
        found = assessed(email, facts)
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

    def _tried(self, past: PastEmail, email: Email, ran: Ran, *, switched_on: Ran | None = None) -> Tried:
        found = classification_of(ran)
        draft = draft_of(switched_on or ran)
        fate = fate_of(self._plan, ran)
        is_sent = fate is Fate.ANSWERED or switched_on is not None
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
            article_ids=articles_of(draft),
            reply=self._letter(draft) if draft and is_sent else "",
            right=self._right(past.truth, found, draft) if is_sent else None,
            label_right=past.truth.label in labels_of(found) if past.truth.label and found else None,
            failure=failure.message if failure else "",
            nodes=tuple(trace_of(node_id, outcome) for node_id, outcome in ran.items()),
            held_back=switched_on is not None,
            reason=reason_of(ran) if fate in {Fate.PERSON, Fate.URGENT} else "",
            question=email.new_text.strip()[:QUESTION_CHARS],
            learnt=self._play.learnt(f"{email.subject}\n{email.new_text}"),
        )

    def _right(self, truth: PastLabels, found: Classification | None, draft: Draft | None) -> bool | None:
        if not truth or found is None or draft is None:
            return None
        compared = self._play.agreement
        agreement = compared.between(draft, truth.answer) if compared and truth.answer else None
        return rightness(truth, labels_of(found), [passage.article_id for passage in draft.passages], agreement)

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


def _never() -> bool:
    return False
