"""Compares two workflow versions, or two models, over the same past mail: which decisions flip, and at which node."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from postroom.guard.masking import mask
from postroom.interfaces.progress import Progress
from postroom.trials.backtest import Rehearse, in_chunks
from postroom.trials.backtest_tried import Fate, NodeTrace, Tried
from postroom.trials.order import MODEL
from postroom.trials.past_mail import PastMail
from postroom.trials.terms import NO_TERMS, Notice, Terms, notices_of, notices_of_learnt

LISTED = 1000
FIRST_CHARS = 160
END = "(end)"
"""Where the nodes that both sides have ended alike, and yet something else would have become of the e-mail."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DecisionFlip:
    """One e-mail that the two sides decide differently, at the first node that both have and that ended otherwise.

    `before` and `after` say how that node ended: output, category and articles, as far as they differ. `subject` and
    `first_words` are the customer's, with addresses and numbers masked.
    """

    key: str
    subject: str
    node_id: str
    before: str
    after: str
    fate_before: Fate
    fate_after: Fate
    right_before: bool | None
    right_after: bool | None
    first_words: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class NodeFlips:
    """How often a node was the first that ended otherwise, in one way."""

    node_id: str
    before: str
    after: str
    emails: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CompareReport:
    """What flips between two sides over `emails` of `source`.

    `changes` are all `flips`, node by node, most of them first; `listed` the first thousand e-mails. The fates count
    what would become of all e-mails. `notices` stand before every figure.
    """

    source: str
    before: str
    after: str
    emails: int
    flips: int
    changes: tuple[NodeFlips, ...]
    fates_before: dict[str, int]
    fates_after: dict[str, int]
    listed: tuple[DecisionFlip, ...]
    notices: tuple[Notice, ...] = ()

    def by_change(self) -> Iterator[tuple[NodeFlips, Sequence[DecisionFlip]]]:
        """Give each change with those of its e-mails that are listed, in the order of `changes`."""
        found: defaultdict[tuple[str, str, str], list[DecisionFlip]] = defaultdict(list)
        for one in self.listed:
            found[one.node_id, one.before, one.after].append(one)
        for change in self.changes:
            yield change, found[change.node_id, change.before, change.after]


@dataclass(frozen=True, slots=True, kw_only=True)
class CompareSide:
    """One side: its name, what rehearses it, and on what terms."""

    name: str
    rehearse: Rehearse
    terms: Terms = NO_TERMS


@dataclass(frozen=True, slots=True, kw_only=True)
class ComparePlan:
    """What is compared, over which mail."""

    mail: PastMail
    before: CompareSide
    after: CompareSide


async def compare(plan: ComparePlan, progress: Progress) -> CompareReport:
    """Return what flips between the two sides.

    Raises:
        StoppedError: `progress` says so. InputError, PluginError, TransientError, StoreError: the mail cannot be read.
    """
    fates: tuple[Counter[Fate], Counter[Fate]] = (Counter(), Counter())
    learnt: Counter[str] = Counter()
    changes: Counter[tuple[str, str, str]] = Counter()
    listed: list[DecisionFlip] = []
    done, total = 0, await plan.mail.count()
    await progress(0, total)
    async for chunk in in_chunks(plan.mail.emails()):
        befores, afters = await plan.before.rehearse(chunk), await plan.after.rehearse(chunk)
        for before, after in zip(befores, afters, strict=True):
            fates[0][before.fate] += 1
            fates[1][after.fate] += 1
            learnt.update({plan.before.name: before.learnt, plan.after.name: after.learnt})
            flip = flip_between(before, after)
            if flip is not None:
                changes[flip.node_id, flip.before, flip.after] += 1
                listed.extend((flip,) if len(listed) < LISTED else ())
        done += len(chunk)
        await progress(done, total and max(total, done))
    return CompareReport(
        source=plan.mail.name,
        before=plan.before.name,
        after=plan.after.name,
        emails=done,
        flips=changes.total(),
        changes=tuple(
            NodeFlips(node_id=node_id, before=before, after=after, emails=count)
            for (node_id, before, after), count in sorted(changes.items(), key=lambda each: (-each[1], each[0]))
        ),
        fates_before={fate.value: fates[0][fate] for fate in Fate},
        fates_after={fate.value: fates[1][fate] for fate in Fate},
        listed=tuple(listed),
        notices=_notices(plan, learnt, done),
    )


def _notices(plan: ComparePlan, learnt: Counter[str], emails: int) -> tuple[Notice, ...]:
    """Return what must be known of either side, each sentence once."""
    sides = {side.name: side.terms for side in (plan.before, plan.after)}
    of_terms = [one for terms in sides.values() for one in notices_of(terms)]
    models = {name if name.startswith(MODEL) else "The model in use": learnt[name] for name in sides}
    of_learnt = [one for name, count in models.items() for one in notices_of_learnt(count, emails, model=name)]
    return tuple(dict.fromkeys([*of_terms, *of_learnt]))


def flip_between(before: Tried, after: Tried) -> DecisionFlip | None:
    """Return what flips for one e-mail, None where both sides decide alike.

    A node that only one side has, or that got another e-mail's way only because of a node before it, is no flip of its
    own: the first one in the order of the graph counts.
    """
    difference = next(_differences(before, after), None)
    if difference is None and before.fate is after.fate:
        return None
    node_id, was, now = difference or (END, before.fate.value, after.fate.value)
    subject, question = mask((before.subject, before.question)).texts
    return DecisionFlip(
        key=before.key,
        subject=subject,
        first_words=_first_words(question),
        node_id=node_id,
        before=was,
        after=now,
        fate_before=before.fate,
        fate_after=after.fate,
        right_before=before.right,
        right_after=after.right,
    )


def _first_words(text: str) -> str:
    told = " ".join(text.split())
    return told if len(told) <= FIRST_CHARS else f"{told[: FIRST_CHARS - 1]}…"


def _differences(before: Tried, after: Tried) -> Iterator[tuple[str, str, str]]:
    others = {trace.node_id: trace for trace in after.nodes}
    for trace in before.nodes:
        other = others.get(trace.node_id)
        if other is not None and other != trace:
            yield (trace.node_id, *_in_words(trace, other))


def _in_words(one: NodeTrace, other: NodeTrace) -> tuple[str, str]:
    fields = (
        (one.output, other.output),
        (one.category, other.category),
        (", ".join(one.article_ids) or "no article", ", ".join(other.article_ids) or "no article"),
    )
    differing = [pair for pair in fields if pair[0] != pair[1]]
    return " / ".join(was for was, _ in differing), " / ".join(now for _, now in differing)
