"""A draft: a proposed reply, made by a responder or a person, before anything is sent."""

from dataclasses import dataclass

from postroom.model.article import Passage


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """The text of a reply without greeting-line headers: subject and recipients are set when it is composed.

    `probability` (0..1) is how sure the responder is that the draft answers the mail; `passages` are what it used.
    `language` is the ISO 639-1 code it is written in. `responder` names who made it, with versions; `by_model` is
    true where a language model wrote words of it. `note` is a line for the trace, without mail text.

    `eligible` tells that only the guarantee or the mode of its mailbox could keep it from going out by itself,
    `answerable` that no rule but what depends on the labels and the draft could keep such mail from being answered by a
    machine, `all_seen` that people saw every such draft then, as none went out, and `generated` that the mail it
    answers is the made-up shop's. All four are as they were when it was made.
    """

    text: str
    language: str
    probability: float
    passages: tuple[Passage, ...]
    responder: str
    by_model: bool = False
    note: str = ""
    eligible: bool = False
    answerable: bool = False
    all_seen: bool = False
    generated: bool = False
