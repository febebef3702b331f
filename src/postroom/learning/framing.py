"""A labelled text as it would stand in a mail: what models learn from a corpus, and which texts belong together."""

import random
from collections.abc import Iterator
from dataclasses import dataclass, replace

from postroom.learning.corpus import Corpus, Frame, LabelledText
from postroom.learning.learn_members import TrainingText

_HASTE_SHARE = 0.12  # A few per cent of real mail is urgent; more here, so that it is not drowned.
_MOOD_SHARE = 0.35


@dataclass(frozen=True, slots=True, kw_only=True)
class FramedText:
    """A text as it is learnt: `group` is the same for all variants of one labelled text, so no fold splits them.

    A `phrase` says nothing about the tone; `plain` is a text that stands in no frame.
    """

    labelled: LabelledText
    group: int
    phrase: bool
    plain: bool


def framed_texts(corpus: Corpus, *, seed: int) -> list[FramedText]:
    """Return each text of `corpus` as it is and once more in the frame of its language, then its phrases."""
    return list(_framed_texts(corpus, random.Random(seed)))


def corpus_texts(corpus: Corpus, *, seed: int = 0) -> list[TrainingText]:
    """Return what an ensemble learns from `corpus`: each text as it is and once more as it would stand in a mail.

    The mails are what it is judged by; a phrase teaches nothing about the tone.
    """
    return [
        TrainingText(
            text=one.labelled.text,
            labels=replace(one.labelled, sentiment="") if one.phrase else one.labelled,
            aside=one.phrase or one.plain,
            group=one.group,
        )
        for one in framed_texts(corpus, seed=seed)
    ]


def framed(text: LabelledText, frame: Frame, choice: random.Random) -> LabelledText:
    """Return `text` as a mail: perhaps a greeting, fillers, a mood, some haste and a closing of `frame` around it.

    Haste makes it urgent; a mood is put only into a neutral text, and gives it its sentiment.
    """
    parts = [text.text]
    priority, sentiment = text.priority, text.sentiment
    if choice.random() < _HASTE_SHARE:
        parts.insert(choice.randint(0, 1), choice.choice(frame.urgent))
        priority = "urgent"
    if sentiment == "neutral" and choice.random() < _MOOD_SHARE:
        sentiment, pool = choice.choice((("negative", frame.negative), ("positive", frame.positive)))
        parts.insert(choice.randint(0, len(parts)), choice.choice(pool))
    if choice.random() < 0.6:
        parts.insert(0, choice.choice(frame.greetings))
    for _ in range(choice.choice((0, 1, 1, 2))):
        parts.insert(choice.randint(1, len(parts)), choice.choice(frame.fillers))
    if choice.random() < 0.7:
        parts.append(choice.choice(frame.closings))
    return replace(text, text="\n".join(parts), priority=priority, sentiment=sentiment)


def _framed_texts(corpus: Corpus, choice: random.Random) -> Iterator[FramedText]:
    frames = {frame.language: frame for frame in corpus.frames}
    for group, text in enumerate(corpus.texts):
        yield FramedText(labelled=text, group=group, phrase=False, plain=True)
        frame = frames.get(text.language)
        if frame is not None:
            mail = framed(text, frame, choice)
            # Of a frame nothing may have been chosen.
            yield FramedText(labelled=mail, group=group, phrase=False, plain=mail.text == text.text)
    for group, phrase in enumerate(corpus.phrases, start=len(corpus.texts)):
        yield FramedText(labelled=phrase, group=group, phrase=True, plain=True)
