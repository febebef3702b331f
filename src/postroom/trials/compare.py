"""Compares two workflow versions, or two models, over the same past mail: which decisions flip, and at which node."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from postroom.interfaces.progress import Progress
from postroom.trials.backtest import Rehearse, in_chunks
from postroom.trials.backtest_tried import Fate, NodeTrace, Tried
from postroom.trials.past_mail import PastMail

LISTED = 1000
END = "(end)"
"""Where the nodes that both sides have ended alike, and yet something else would have become of the e-mail."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Flip:
    """One e-mail that the two sides decide differently, at the first node that both have and that ended otherwise.

    `before` and `after` say how that node ended: output, category and articles, as far as they differ.
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
    what would become of all e-mails.
    """

    source: str
    before: str
    after: str
    emails: int
    flips: int
    changes: tuple[NodeFlips, ...]
    fates_before: dict[str, int]
    fates_after: dict[str, int]
    listed: tuple[Flip, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CompareSide:
    """One side: its name, and what rehearses it."""

    name: str
    rehearse: Rehearse


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
    changes: Counter[tuple[str, str, str]] = Counter()
    listed: list[Flip] = []
    done, total = 0, await plan.mail.count()
    await progress(0, total)
    async for chunk in in_chunks(plan.mail.emails()):
        befores, afters = await plan.before.rehearse(chunk), await plan.after.rehearse(chunk)
        for before, after in zip(befores, afters, strict=True):
            fates[0][before.fate] += 1
            fates[1][after.fate] += 1
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
    )


def flip_between(before: Tried, after: Tried) -> Flip | None:
    """Return what flips for one e-mail, None where both sides decide alike.

    A node that only one side has, or that got another e-mail's way only because of a node before it, is no flip of its
    own: the first one in the order of the graph counts.
    """
    difference = next(_differences(before, after), None)
    if difference is None and before.fate is after.fate:
        return None
    node_id, was, now = difference or (END, before.fate.value, after.fate.value)
    return Flip(
        key=before.key,
        subject=before.subject,
        node_id=node_id,
        before=was,
        after=now,
        fate_before=before.fate,
        fate_after=after.fate,
        right_before=before.right,
        right_after=after.right,
    )


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
