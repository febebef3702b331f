"""The words of each language, loaded once from texts/ and checked."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources

import yaml

from postroom.errors import ConfigurationError
from postroom.model.catalogue import INTENTS
from postroom.providers.mock.slots import SLOT_NAMES
from postroom.providers.mock.template import Template, compile_line

_MIN_CORES = 5
_NOUNS = (
    *("first", "last", "place", "street", "p", "series", "device", "care", "person", "event", "country", "carrier"),
    *("company", "defect", "wrongcolour", "fault", "want", "weeks", "month", "day"),
)
_POOLS = (
    *("greetings", "closings", "context", "greybox", "negative", "positive", "requests", "hurry", "danger"),
    *("follow_openers", "chase_openers", "and_also", "attachment_mentions", "thanks", "thanks_subjects"),
    *("shop_replies", "attribution", "forwarded_phone", "vague_subjects", "out_of_office_subjects", "out_of_office"),
    *("newsletter_subjects", "newsletter", "calendar_topics", "spam_subjects", "spam", "injection_subjects"),
    *("injection", "injection_files"),
)
_WORDS = ("date", "shop_greeting", "shop_closing", "original", "headings", "reply_prefix", "accepted", "declined")


@dataclass(frozen=True, slots=True, kw_only=True)
class IntentPhrases:
    """How one intent is put: its subject lines and its core sentences."""

    subjects: tuple[Template, ...]
    core: tuple[Template, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Phrases:
    """All words of one language; every intent of the catalogue is there."""

    language: str
    nouns: Mapping[str, tuple[str, ...]]
    words: Mapping[str, str]
    pools: Mapping[str, tuple[Template, ...]]
    intents: Mapping[str, IntentPhrases]


@cache
def phrases(language: str) -> Phrases:
    """Return the phrases of `language`, one of the catalogue's.

    Raises:
        ConfigurationError: the phrase file lacks an intent or a pool, or names an unknown slot.
    """
    source = resources.files("postroom.providers.mock") / "texts" / f"{language}.yaml"
    return parse_phrases(source.read_text(encoding="utf-8"), language)


def parse_phrases(text: str, language: str) -> Phrases:
    """Return the phrases that `text` (YAML) holds, checked against the catalogue.

    Raises:
        ConfigurationError: as `phrases`.
    """
    document: object = yaml.load(text, Loader=yaml.CSafeLoader)
    top = _mapping(document, language)
    nouns = _mapping(top.get("nouns"), f"{language}: nouns")
    words = _mapping(top.get("words"), f"{language}: words")
    intents = _mapping(top.get("intents"), f"{language}: intents")
    return Phrases(
        language=language,
        nouns={name: _split(nouns.get(name), f"{language}: nouns.{name}", ";") for name in _NOUNS},
        words={name: _text(words.get(name), f"{language}: words.{name}") for name in _WORDS},
        pools={name: _lines(top.get(name), f"{language}: {name}") for name in _POOLS},
        intents={intent.id: _intent(intents.get(intent.id), f"{language}: {intent.id}") for intent in INTENTS},
    )


def _intent(value: object, place: str) -> IntentPhrases:
    parts = _mapping(value, place)
    core = _lines(parts.get("core"), f"{place}.core")
    if len(core) < _MIN_CORES:
        raise ConfigurationError(
            f"{place} has {len(core)} core phrasings instead of {_MIN_CORES}.", hint="Write more of them."
        )
    return IntentPhrases(subjects=_lines(parts.get("subjects"), f"{place}.subjects"), core=core)


def _lines(value: object, place: str) -> tuple[Template, ...]:
    templates = tuple(compile_line(line) for line in _split(value, place, "\n"))
    unknown = {name for template in templates for name in template.slot_names()} - SLOT_NAMES
    if unknown:
        raise ConfigurationError(
            f"{place} names unknown slots {sorted(unknown)!r}.", hint="See slots.py for the names."
        )
    return templates


def _split(value: object, place: str, separator: str) -> tuple[str, ...]:
    parts = tuple(part.strip() for part in _text(value, place).split(separator))
    return tuple(part for part in parts if part)


def _text(value: object, place: str) -> str:
    if not isinstance(value, str) or not value.strip():
        raise ConfigurationError(f"{place} is missing or no text: {value!r}.", hint="Complete the phrase file.")
    return value


def _mapping(value: object, place: str) -> dict[object, object]:
    if not isinstance(value, dict):
        raise ConfigurationError(f"{place} is missing or no mapping.", hint="Complete the phrase file.")
    return value
