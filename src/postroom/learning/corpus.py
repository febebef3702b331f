"""The starter corpus: example mails of the starter catalogue with their labels, one YAML file for each language."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from importlib import resources
from typing import Annotated, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from postroom.errors import ConfigurationError
from postroom.model.catalogue import INTENTS, LANGUAGES

OTHER = "other"
"""The category and intent of mail that belongs to no category; no machine answers it."""

_CATEGORY_OF = {intent.id: intent.category for intent in INTENTS} | {OTHER: OTHER}


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelledText:
    """A text and what a person said of it; `intent` is empty where only the category is known."""

    text: str
    intent: str
    category: str
    priority: str
    sentiment: str
    language: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """What people write around their question in one language: it says nothing about the category.

    `urgent` sentences make a mail urgent; `negative` and `positive` ones give it its sentiment.
    """

    language: str
    greetings: tuple[str, ...]
    fillers: tuple[str, ...]
    closings: tuple[str, ...]
    urgent: tuple[str, ...]
    negative: tuple[str, ...]
    positive: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Corpus:
    """What a model learns from: whole texts, phrases that name a category, and one frame for each language.

    A phrase is a few words that a customer uses for an intent; it has the priority that is usual for this intent, and
    its sentiment says nothing.
    """

    texts: tuple[LabelledText, ...]
    phrases: tuple[LabelledText, ...]
    frames: tuple[Frame, ...]


_Line = Annotated[str, Field(min_length=1)]


class _Entry(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)
    text: _Line
    priority: Literal["urgent", "high", "normal", "low"] = "normal"
    sentiment: Literal["positive", "neutral", "negative"] = "neutral"


class _Frames(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)
    greetings: list[_Line] = Field(min_length=1)
    fillers: list[_Line] = Field(min_length=1)
    closings: list[_Line] = Field(min_length=1)
    urgent: list[_Line] = Field(min_length=1)
    negative: list[_Line] = Field(min_length=1)
    positive: list[_Line] = Field(min_length=1)


class _File(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)
    frames: _Frames
    texts: dict[str, list[_Line | _Entry]]
    phrases: dict[str, list[_Line]] = Field(default_factory=dict)


def load_starter(languages: Sequence[str] = LANGUAGES) -> Corpus:
    """Return the starter corpus of `languages` (ISO 639-1 codes), in the order of the files.

    Raises:
        ConfigurationError: there is no starter corpus in one of the languages.
    """
    parts = [parse_corpus(_read(language), language) for language in dict.fromkeys(languages)]
    return join(parts)


def join(parts: Iterable[Corpus]) -> Corpus:
    """Return one corpus of several, in their order."""
    kept = tuple(parts)
    return Corpus(
        texts=tuple(text for part in kept for text in part.texts),
        phrases=tuple(phrase for part in kept for phrase in part.phrases),
        frames=tuple(frame for part in kept for frame in part.frames),
    )


def with_questions(corpus: Corpus, questions: Iterable[LabelledText]) -> Corpus:
    """Return `corpus` with questions that articles and topics for a person answer, as more phrases of their intent.

    Their priority becomes the usual one of the intent where the corpus has texts of it.
    """
    added = _with_usual_priority(tuple(questions), corpus.texts)
    return replace(corpus, phrases=corpus.phrases + added)


def parse_corpus(content: str, language: str) -> Corpus:
    """Return what a corpus file says: `frames` and, under `texts` and `phrases`, the examples of each intent.

    Raises:
        ConfigurationError: it is not such a file, names an unknown intent or holds a text twice.
    """
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        # CSafeLoader is SafeLoader in C, six times as fast; it is missing where PyYAML was built without libyaml.
        file = _File.model_validate(yaml.load(content, Loader=loader))  # noqa: S506
    except (yaml.YAMLError, ValidationError) as error:
        raise ConfigurationError(
            f"The corpus of {language!r} cannot be read: {error}", hint="Compare it with starter/en.yaml."
        ) from error
    unknown = sorted((file.texts.keys() | file.phrases.keys()) - _CATEGORY_OF.keys())
    if unknown:
        raise ConfigurationError(f"The corpus of {language!r} has unknown intents: {', '.join(unknown)}.")
    texts = _labelled_all(file.texts, language)
    if len({text.text for text in texts}) < len(texts):
        raise ConfigurationError(f"The corpus of {language!r} holds a text twice.")
    return Corpus(
        texts=texts,
        phrases=_with_usual_priority(_labelled_all(file.phrases, language), texts),
        frames=(_frame(file.frames, language),),
    )


def _read(language: str) -> str:
    path = resources.files("postroom.learning").joinpath("starter", f"{language}.yaml")
    if language not in LANGUAGES or not path.is_file():
        raise ConfigurationError(
            f"There is no starter corpus in the language {language!r}.", hint=f"There is one in {', '.join(LANGUAGES)}."
        )
    return path.read_text(encoding="utf-8")


def _labelled_all(entries: Mapping[str, Sequence[str | _Entry]], language: str) -> tuple[LabelledText, ...]:
    return tuple(
        _labelled(entry, intent=intent, language=language) for intent, group in entries.items() for entry in group
    )


def _with_usual_priority(phrases: Sequence[LabelledText], texts: Sequence[LabelledText]) -> tuple[LabelledText, ...]:
    seen: dict[str, Counter[str]] = {}
    for text in texts:
        seen.setdefault(text.intent, Counter())[text.priority] += 1
    usual = {intent: counts.most_common(1)[0][0] for intent, counts in seen.items()}
    return tuple(replace(phrase, priority=usual.get(phrase.intent, phrase.priority)) for phrase in phrases)


def _labelled(entry: str | _Entry, *, intent: str, language: str) -> LabelledText:
    full = _Entry(text=entry) if isinstance(entry, str) else entry
    return LabelledText(
        text=full.text,
        intent=intent,
        category=_CATEGORY_OF[intent],
        priority=full.priority,
        sentiment=full.sentiment,
        language=language,
    )


def _frame(frames: _Frames, language: str) -> Frame:
    return Frame(
        language=language,
        greetings=tuple(frames.greetings),
        fillers=tuple(frames.fillers),
        closings=tuple(frames.closings),
        urgent=tuple(frames.urgent),
        negative=tuple(frames.negative),
        positive=tuple(frames.positive),
    )
