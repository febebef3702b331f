"""What becomes of arrivals, given what the store knows already: pure, so that every rule can be tested without SQL."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from hashlib import sha256

from postroom.model.conversation import Conversation
from postroom.model.email import ConversationId, Email, EmailId, MailboxId, StoredEmail
from postroom.model.execution import Event, EventKind, Execution, ExecutionId, ExecutionStatus
from postroom.model.ledger import Acceptance, Arrival, EntryKind

MESSAGE_ID_REUSED = "message_id_reused"
NEW_PARTICIPANT = "new_participant"
ANSWERED_ELSEWHERE = "answered_elsewhere"

Place = tuple[str, str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Copy:
    """One place where an e-mail lies: its mailbox, what it was there, and the execution that shows it.

    `observed` where the mailbox was in mode observe then.
    """

    mailbox_id: MailboxId
    kind: EntryKind
    execution_id: ExecutionId | None
    observed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What the store knows that concerns some arrivals.

    `entries` by place, `emails` by id, `copies` of e-mails by id in the order they came, `stored` by id the e-mails
    that are executed once more, `conversation_of` by Message-ID of any e-mail or reply, `conversations` by id.
    """

    entries: dict[Place, Acceptance]
    emails: set[EmailId]
    copies: dict[EmailId, list[Copy]]
    stored: dict[EmailId, StoredEmail]
    conversation_of: dict[str, ConversationId]
    conversations: dict[ConversationId, Conversation]


@dataclass(frozen=True, slots=True, kw_only=True)
class Additions:
    """What is to be written.

    `entries` go with the arrival they were made for, `attachments` are by digest, `cursors` by mailbox. `revised` are
    e-mails that read differently in the mailbox that may answer them; `further` the mailboxes that e-mails reach
    besides their own, each once.
    """

    acceptances: list[Acceptance] = field(default_factory=list)
    entries: list[tuple[Arrival, Acceptance]] = field(default_factory=list)
    emails: list[tuple[StoredEmail, bytes]] = field(default_factory=list)
    further: list[tuple[EmailId, MailboxId]] = field(default_factory=list)
    revised: dict[EmailId, Email] = field(default_factory=dict)
    attachments: dict[str, bytes] = field(default_factory=dict)
    message_ids: dict[str, ConversationId] = field(default_factory=dict)
    conversations: dict[ConversationId, Conversation] = field(default_factory=dict)
    executions: list[Execution] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)
    cursors: dict[str, str] = field(default_factory=dict)


def place_of(arrival: Arrival) -> Place:
    """Return where the arrival lies: mailbox, UIDVALIDITY, UID."""
    return (arrival.raw.mailbox_id, arrival.raw.uid_validity, arrival.raw.uid)


def decide(arrivals: Sequence[Arrival], known: Known) -> Additions:
    """Return what the arrivals, in this order, add to what is known; `known` grows with each of them."""
    additions = Additions()
    for arrival in arrivals:
        place = place_of(arrival)
        # For a known place too: a receiver that follows its cursor alone would otherwise get it for ever.
        if arrival.cursor is not None:
            additions.cursors[arrival.raw.mailbox_id] = arrival.cursor
        stored = known.entries.get(place)
        if stored is not None:
            additions.acceptances.append(replace(stored, already_known=True))
            continue
        acceptance = _accepted(arrival, known, additions)
        known.entries[place] = acceptance
        known.copies.setdefault(arrival.email_id, []).append(_copy(arrival, acceptance))
        additions.acceptances.append(acceptance)
        additions.entries.append((arrival, acceptance))
    return additions


def takes_over(arrival: Arrival, copies: Sequence[Copy]) -> bool:
    """Whether a mail of which there are `copies` is executed once more, in the mailbox it has come to now.

    It is where no earlier copy was executed, or only for mailboxes in mode observe and this one is not. In a mailbox
    that has it already it never is: there it is the same mail in another place, whatever the mode was then.
    """
    if arrival.history or any(copy.mailbox_id == arrival.raw.mailbox_id for copy in copies):
        return False
    executed = [copy for copy in copies if copy.kind is EntryKind.NEW]
    return not executed or (not arrival.observed and all(copy.observed for copy in executed))


def later_execution_id(arrival: Arrival) -> ExecutionId:
    """Return the id of the execution of a mail for a mailbox that was not the first to have it."""
    digest = sha256(f"{arrival.content_hash} {arrival.raw.mailbox_id}".encode()).hexdigest()
    return ExecutionId(f"ex_{digest[:32]}")


def _accepted(arrival: Arrival, known: Known, additions: Additions) -> Acceptance:
    copies = known.copies.get(arrival.email_id, [])
    if copies and all(copy.mailbox_id != arrival.raw.mailbox_id for copy in copies):
        additions.further.append((arrival.email_id, arrival.raw.mailbox_id))
    if arrival.email_id not in known.emails:
        _add_email(arrival, known, additions)
        kind = EntryKind.HISTORY if arrival.history else EntryKind.NEW
        execution_id = None if arrival.history else arrival.execution_id
    elif takes_over(arrival, copies):
        _revise_email(arrival, known, additions)
        kind, execution_id = EntryKind.NEW, later_execution_id(arrival)
    else:
        # History has no execution, and neither has a copy of it. Of two, the later is the one that may answer.
        kind = EntryKind.DUPLICATE
        execution_id = next((copy.execution_id for copy in reversed(copies) if copy.kind is EntryKind.NEW), None)
    if kind is EntryKind.NEW and execution_id is not None:
        additions.executions.append(_execution(execution_id, arrival))
        additions.events.append(_queued_event(execution_id, arrival))
    return Acceptance(kind=kind, email_id=arrival.email_id, execution_id=execution_id, already_known=False)


def _copy(arrival: Arrival, acceptance: Acceptance) -> Copy:
    return Copy(
        mailbox_id=arrival.raw.mailbox_id,
        kind=acceptance.kind,
        execution_id=acceptance.execution_id,
        observed=arrival.observed,
    )


def _add_email(arrival: Arrival, known: Known, additions: Additions) -> None:
    conversation, cautions = _join_or_open(arrival, known)
    message_id = None if arrival.apart else arrival.email.message_id
    if message_id and message_id in known.conversation_of:
        cautions.append(MESSAGE_ID_REUSED)
    elif message_id:
        known.conversation_of[message_id] = conversation.id
        additions.message_ids[message_id] = conversation.id
    email = StoredEmail(
        id=arrival.email_id,
        mailbox_id=arrival.raw.mailbox_id,
        conversation_id=conversation.id,
        conversation_version=conversation.version,
        content_hash=arrival.content_hash,
        received_at=arrival.raw.received_at,
        accepted_at=arrival.accepted_at,
        size_bytes=len(arrival.raw.content),
        email=_with_cautions(arrival.email, cautions),
    )
    known.emails.add(email.id)
    known.stored[email.id] = email
    known.conversations[conversation.id] = conversation
    additions.conversations[conversation.id] = conversation
    additions.emails.append((email, arrival.raw.content))
    additions.attachments.update(arrival.attachments)


def _revise_email(arrival: Arrival, known: Known, additions: Additions) -> None:
    """Let the stored e-mail say what its flags and the rules of the mailbox that may answer it say.

    That a person answered it stays true in every mailbox.
    """
    stored = known.stored[arrival.email_id]
    of_the_conversation = [each for each in stored.email.cautions if each in {MESSAGE_ID_REUSED, NEW_PARTICIPANT}]
    answered = stored.email.automatic == ANSWERED_ELSEWHERE
    read_anew = replace(
        stored.email,
        automatic=ANSWERED_ELSEWHERE if answered else arrival.email.automatic,
        cautions=arrival.email.cautions,
        authentication=arrival.email.authentication,
    )
    revised = _with_cautions(read_anew, of_the_conversation)
    if revised != stored.email:
        known.stored[arrival.email_id] = replace(stored, email=revised)
        additions.revised[arrival.email_id] = revised


def _join_or_open(arrival: Arrival, known: Known) -> tuple[Conversation, list[str]]:
    """Return the conversation as it is with this e-mail, and the cautions for joining it as a stranger."""
    sender = "" if arrival.email.from_address is None else arrival.email.from_address.address.casefold()
    senders = [sender] if sender else []
    if arrival.apart:
        return _open(arrival, senders), []
    referred = next((name for name in arrival.thread_ids if name in known.conversation_of), None)
    found = None if referred is None else known.conversations.get(known.conversation_of[referred])
    if found is not None:
        takes_part = sender in found.participants
        if takes_part or referred in arrival.own_thread_ids:
            joined = replace(
                found,
                participants=_union(found.participants, senders),
                version=found.version + 1,
                updated_at=arrival.accepted_at,
            )
            # Who joined it later stays a stranger: one mail that a person has yet to look at must not let in the next.
            return joined, [] if sender in found.participants[:1] else [NEW_PARTICIPANT]
    return _open(arrival, senders), []


def _open(arrival: Arrival, senders: Sequence[str]) -> Conversation:
    return Conversation(
        id=ConversationId(f"c-{arrival.email_id}"),
        subject=arrival.email.subject,
        participants=tuple(senders),
        version=1,
        created_at=arrival.accepted_at,
        updated_at=arrival.accepted_at,
    )


def _with_cautions(email: Email, cautions: Sequence[str]) -> Email:
    return replace(email, cautions=_union(email.cautions, cautions)) if cautions else email


def _union(known: Sequence[str], more: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys((*known, *more)))


def _execution(execution_id: ExecutionId, arrival: Arrival) -> Execution:
    return Execution(
        id=execution_id,
        email_id=arrival.email_id,
        mailbox_id=arrival.raw.mailbox_id,
        workflow=arrival.workflow,
        version=arrival.version,
        status=ExecutionStatus.QUEUED,
        run=1,
        final_state=None,
        created_at=arrival.accepted_at,
        updated_at=arrival.accepted_at,
        dry_run=arrival.dry_run,
    )


def _queued_event(execution_id: ExecutionId, arrival: Arrival) -> Event:
    return Event(
        execution_id=execution_id,
        node_id="",
        attempt=1,
        kind=EventKind.EXECUTION_QUEUED,
        at=arrival.accepted_at,
        workflow=arrival.workflow,
    )
