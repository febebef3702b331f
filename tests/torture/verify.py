"""The verdict: what the mailbox gave, against what the store says, against what the sink accepted."""

import asyncio
import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from postroom.interfaces.stores import Stores
from postroom.interfaces.stores.pages import every
from postroom.mime.content_hash import content_hash
from postroom.mime.parse import parse
from postroom.model.email import EmailId
from postroom.model.example import ExampleId
from postroom.model.execution import Execution, ExecutionStatus, FinalState
from postroom.model.reply import ReplyState
from postroom.model.review import ReviewKind, ReviewStatus
from postroom.stores.sql.open import open_stores
from torture.harness import Tally


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """The figures of a run; `lost`, `duplicated` and `unlearned` must be 0, `uncertain` at most `sends_cut_off`.

    `sends_cut_off` counts the replies that a kill caught between claim and recorded result (with ten executions at
    once one kill may catch several), `kills_while_sending` the kills that caught any. `unlearned` are decisions that
    were carried out without becoming exactly one example and judgement; `audited` replies were judged afterwards.
    """

    seed: int
    kills: int
    random_kills: int
    border_kills: int
    borders_reached: int
    received: int
    received_twice: int
    answered: int
    in_review: int
    ignored_automatic: int
    closed: int
    lost: int
    duplicated: int
    uncertain: int
    sends_cut_off: int
    kills_while_sending: int
    broke_by_itself: int
    audited: int
    unlearned: int
    ok: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """What a run left behind.

    `mails` is what the mailbox gave (e-mail id → Message-ID), `accepted` how often an answer to each Message-ID was
    accepted, `doubts` how many sends besides those that a kill cut off may rightly be uncertain, `lessons` what became
    of the decisions.
    """

    mails: Mapping[EmailId, str]
    twice: int
    executions: Mapping[EmailId, Execution]
    accepted: Counter[str]
    uncertain: int
    lessons: "Lessons"
    doubts: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Lessons:
    """How many audits were carried out, and how many decisions were without becoming one example and judgement."""

    audited: int
    unlearned: int


def verify(folder: Path, tally: Tally) -> Verdict:
    """Return the verdict on the run in `folder`."""
    return asyncio.run(_verdict(folder, tally))


async def _verdict(folder: Path, tally: Tally) -> Verdict:
    stores = await open_stores(f"sqlite:///{folder / 'store.sqlite'}")
    try:
        evidence = Evidence(
            mails=await asyncio.to_thread(_mails, folder / "maildir"),
            twice=tally.twice,
            executions=await executions(stores),
            accepted=_accepted(folder / "sink.log"),
            uncertain=(await stores.outbox.count()).get(ReplyState.UNCERTAIN, 0),
            lessons=await lessons(stores),
        )
    finally:
        await stores.connection.close()
    return judge(tally, evidence)


def judge(tally: Tally, evidence: Evidence) -> Verdict:
    """Return the verdict on what a run left behind."""
    mails, found, accepted = evidence.mails, evidence.executions, evidence.accepted
    states = Counter(each.final_state for each in found.values())
    lost = sum(not _safe(found.get(email_id), accepted[message_id]) for email_id, message_id in mails.items())
    duplicated = sum(count - 1 for count in accepted.values() if count > 1)
    duplicated += len(found) - len(set(found) & set(mails))
    explained = evidence.uncertain <= len(tally.cut_off) + evidence.doubts
    return Verdict(
        seed=tally.seed,
        kills=tally.kills,
        random_kills=tally.random_kills,
        border_kills=sum(tally.border_kills.values()),
        borders_reached=len(tally.border_kills),
        received=len(mails),
        received_twice=evidence.twice,
        answered=states[FinalState.ANSWERED],
        in_review=states[FinalState.IN_REVIEW],
        ignored_automatic=states[FinalState.IGNORED_AUTOMATIC],
        closed=states[FinalState.CLOSED],
        lost=lost,
        duplicated=duplicated,
        uncertain=evidence.uncertain,
        sends_cut_off=len(tally.cut_off),
        kills_while_sending=tally.kills_while_sending,
        broke_by_itself=tally.broke_by_itself,
        audited=evidence.lessons.audited,
        unlearned=evidence.lessons.unlearned,
        ok=not (lost or duplicated or tally.broke_by_itself or evidence.lessons.unlearned) and explained,
    )


async def executions(stores: Stores) -> dict[EmailId, Execution]:
    """Return all executions by e-mail."""
    found: dict[EmailId, Execution] = {}
    after: str | None = None
    while True:
        page = await stores.executions.list(after=after, limit=500)
        found.update({execution.email_id: execution for execution in page.rows})
        after = page.next_cursor
        if after is None:
            return found


async def lessons(stores: Stores) -> Lessons:
    """Return what became of the decisions on drafts and of the audits that were carried out."""
    reviews = every(
        lambda after: stores.reviews.list(
            statuses=[ReviewStatus.CLOSED], kinds=[ReviewKind.DRAFT, ReviewKind.AUDIT], after=after, limit=500
        )
    )
    # What the sender asks about words that it stopped is judged by nobody.
    decided = [one async for one in reviews if one.decision is not None and one.decision.by == "harness"]
    carried_out = [one for one in decided if one.kind is ReviewKind.AUDIT or one.node_id == "human_review"]
    examples = [one.id async for one in every(lambda after: stores.examples.list(after=after, limit=500))]
    judged = {one.example_id for one in await stores.judgements.of_model(await _model(stores))}
    missing = [one for one in carried_out if examples.count(ExampleId(one.id)) != 1 or ExampleId(one.id) not in judged]
    return Lessons(audited=sum(one.kind is ReviewKind.AUDIT for one in carried_out), unlearned=len(missing))


async def _model(stores: Stores) -> str:
    """Return the one model of a run, from the labels of any of its executions."""
    for execution in (await executions(stores)).values():
        whole = await stores.executions.get(execution.id)
        for outcome in whole.progress.outcomes.values() if whole.progress else ():
            if outcome.classification is not None:
                return outcome.classification.classifier
    return ""


def _safe(execution: Execution | None, accepted: int) -> bool:
    """Return whether an e-mail is where somebody sees it, and what is called answered was accepted by the sink."""
    if execution is None or execution.final_state is None:
        return False
    if execution.final_state is FinalState.ANSWERED:
        return accepted > 0
    if execution.final_state in {FinalState.IN_REVIEW, FinalState.UNCERTAIN}:
        return execution.status is ExecutionStatus.WAITING
    return execution.status.settled


def _mails(maildir: Path) -> dict[EmailId, str]:
    """Return what the mailbox gave: e-mail id → Message-ID; the same mail given twice is one."""
    mails: dict[EmailId, str] = {}
    for path in (maildir / "new").iterdir():
        content = path.read_bytes()
        mails[EmailId(f"em_{content_hash(content)[:32]}")] = parse(content).message_id or ""
    return mails


def _accepted(log: Path) -> Counter[str]:
    """Return how often the sink accepted an answer to each Message-ID."""
    entries = [json.loads(line) for line in log.read_text().splitlines()] if log.exists() else []
    return Counter(str(entry["in_reply_to"]) for entry in entries)
