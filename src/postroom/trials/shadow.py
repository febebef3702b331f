"""Shadow: what Postroom would have answered in mode observe, beside what a person really answered."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from postroom.errors import NotFoundError
from postroom.interfaces.stores import Stores
from postroom.interfaces.stores.pages import every
from postroom.learning.bounds import lower_bound
from postroom.mime.parse import parse
from postroom.model.answer import SentAnswer
from postroom.model.classification import Classification
from postroom.model.draft import Draft
from postroom.model.email import ConversationId, StoredEmail
from postroom.model.example import Example, ExampleId, Origin
from postroom.model.execution import Execution, ExecutionFilter, FinalState
from postroom.model.judgement import Judgement
from postroom.trials.shadow_agreement import Agreement, is_right

BY = "mailbox"

Read = Callable[[], Awaitable[bytes | None]]
"""Reads the bytes of a sent answer; None where it is gone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Observed:
    """An e-mail that was only observed, with what would have been made of it."""

    execution: Execution
    email: StoredEmail
    classification: Classification | None
    draft: Draft | None


class ShadowKeeper:
    """Keeps what people answered to observed e-mails, with how much of the draft it said.

    `agreement` gives what compares them, by the articles of now.
    """

    def __init__(self, stores: Stores, agreement: Callable[[], Awaitable[Agreement]]) -> None:
        self._stores = stores
        self._agreement = agreement

    async def hear(self, answer: SentAnswer, read: Read) -> bool:
        """Keep an answer that a person sent; False where it concerns nothing that was observed, or says nothing.

        It is read only where it does. Heard again, it changes nothing; of several answers the last one stays.

        Raises:
            StoreError: the store cannot be used. TransientError, PluginError: it cannot be read.
        """
        found = await observed_by(self._stores, answer)
        if found is None or await self._has(found, answer):
            return False
        content = await read()
        text = parse(content).new_text.strip() if content else ""
        if not text:
            return False
        example = _example(found, answer, text)
        await self._stores.examples.put([example])
        if found.draft is not None and found.draft.passages and found.classification is not None:
            agreement = (await self._agreement()).between(found.draft, text)
            await self._stores.judgements.put([_judgement(example, found.classification, found.draft, agreement)])
        return True

    async def _has(self, found: Observed, answer: SentAnswer) -> bool:
        try:
            kept = await self._stores.examples.get(_example_id(found))
        except NotFoundError:
            return False
        return kept.at >= answer.sent_at


@dataclass(frozen=True, slots=True, kw_only=True)
class ShadowCategory:
    """One category: its answered e-mails with a draft, their mean agreement (0..1), and the drafts that were right.

    `right_share` is their share, `right_at_least` its one-sided 95 % Clopper-Pearson bound; None without any.
    """

    category: str
    drafts: int
    agreement: float | None
    right: int
    right_share: float | None
    right_at_least: float | None


def shadow_category(name: str, judged: Sequence[Judgement]) -> ShadowCategory:
    """Return what judgements with an agreement say of a category."""
    agreements = [one.agreement for one in judged if one.agreement is not None]
    right = sum(one.right for one in judged)
    return ShadowCategory(
        category=name,
        drafts=len(judged),
        agreement=sum(agreements) / len(agreements) if agreements else None,
        right=right,
        right_share=right / len(judged) if judged else None,
        right_at_least=lower_bound(right, len(judged)) if judged else None,
    )


async def observed_by(stores: Stores, answer: SentAnswer) -> Observed | None:
    """Return the e-mail that a sent answer answers, where it was only observed; None where none was."""
    for concerned in await stores.ledger.note_answers([answer]):
        emails = await _answerable(stores, concerned.conversation_id, answer)
        for message_id in answer.refers_to:
            if message_id in emails:
                return await _observed(stores, emails[message_id])
    return None


async def _answerable(
    stores: Stores, conversation_id: ConversationId, answer: SentAnswer
) -> dict[str | None, StoredEmail]:
    listed = every(lambda after: stores.emails.of_conversation(conversation_id, after=after))
    return {email.email.message_id: email async for email in listed if _goes_to(answer, email)}


async def _observed(stores: Stores, email: StoredEmail) -> Observed | None:
    wanted = ExecutionFilter(email_id=email.id, final_state=FinalState.OBSERVED)
    for listed in (await stores.executions.list(wanted)).rows:
        if listed.dry_run:
            continue
        execution = await stores.executions.get(listed.id)
        outcomes = tuple(execution.progress.outcomes.values()) if execution.progress else ()
        return Observed(
            execution=execution,
            email=email,
            classification=next((one.classification for one in outcomes if one.classification), None),
            draft=next((one.draft for one in reversed(outcomes) if one.draft), None),
        )
    return None


def _goes_to(answer: SentAnswer, email: StoredEmail) -> bool:
    content = email.email
    senders = (*((content.from_address,) if content.from_address else ()), *content.reply_to)
    return any(one.address.casefold() in answer.recipients for one in senders)


def _example_id(found: Observed) -> ExampleId:
    return ExampleId(f"{found.execution.id}/elsewhere")


def _example(found: Observed, answer: SentAnswer, text: str) -> Example:
    """Return what the answer teaches; what the e-mail is about, its writer did not say."""
    language = found.draft.language if found.draft else ""
    return Example(
        id=_example_id(found),
        origin=Origin.ELSEWHERE,
        subject=found.email.email.subject,
        text=found.email.email.new_text,
        language=language,
        category="",
        by=BY,
        at=answer.sent_at,
        answer=text,
        email_id=found.email.id,
        mailbox_id=found.execution.mailbox_id,
    )


def _judgement(example: Example, found: Classification, draft: Draft, agreement: float) -> Judgement:
    return Judgement(
        example_id=example.id,
        model=found.classifier,
        responder=draft.responder,
        vote=found.vote,
        category=found.category.name,
        score=min(1.0, max(0.0, draft.probability)),
        right=is_right(agreement),
        at=example.at,
        agreement=agreement,
        # Words that are alike are a sign, not a review: nothing may go out by itself because of them.
        sampled=False,
        mailbox_id=example.mailbox_id,
    )
