"""What a trial made of one past e-mail, and whether that was right. Pure."""

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum

from postroom.model.article import ArticleId
from postroom.model.workflow import NodeId
from postroom.trials.past_mail import PastLabels
from postroom.trials.shadow_agreement import is_right


class Fate(StrEnum):
    """What would have become of an e-mail: a reply by itself, a person, a person at once, or nothing."""

    ANSWERED = "answered"
    PERSON = "person"
    URGENT = "urgent"
    IGNORED = "ignored"
    CLOSED = "closed"
    FAILED = "failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class NodeTrace:
    """How a node ended: its output, and the category and articles that came of it (none: it gave none)."""

    node_id: NodeId
    output: str
    category: str = ""
    article_ids: tuple[ArticleId, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Tried:
    """What a trial made of one e-mail.

    `category` is empty where nothing classified it. `reply` is what would have been sent. `nodes` are those that ran,
    in topological order. `right` tells whether what would have been sent is right, `label_right` whether it was
    classified as people did; None: nobody knows.

    `held_back` is true where it went to a person, and would have been answered if its category were switched on; reply
    and `right` are then of that answer. `reason` says in words why it went to a person. `question` are the customer's
    words, the first thousand characters. `learnt` tells whether the model that decided had learnt this very text.
    """

    key: str
    fate: Fate
    subject: str
    category: str
    category_probability: float
    language: str
    classifier: str
    article_ids: tuple[ArticleId, ...]
    reply: str
    right: bool | None
    label_right: bool | None
    failure: str
    nodes: tuple[NodeTrace, ...]
    held_back: bool = False
    reason: str = ""
    question: str = ""
    learnt: bool = False

    @property
    def automatic(self) -> bool:
        """Whether a machine alone would have answered."""
        return self.fate is Fate.ANSWERED


def rightness(
    truth: PastLabels, labels: Collection[str], article_ids: Collection[ArticleId], agreement: float | None
) -> bool | None:
    """Return whether an answer from these articles to mail of these labels (category, intent) is right; None: unknown.

    Nothing that people said may contradict it, and something that they said must support it. `agreement` is that with
    the person's own answer, None without one.
    """
    used = set(article_ids)
    if truth.label and truth.label not in {*labels, *used}:
        return False
    if used & set(truth.refused_ids):
        return False
    if truth.article_ids:
        return bool(used) and used <= set(truth.article_ids)
    if agreement is not None:
        return is_right(agreement)
    return True if truth.label else None
