"""What is asked of a language model and what comes of it: a text or an abstention, never an error."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True, kw_only=True)
class Prompt:
    """One question. `purpose` names it in logs and to the server (letters, digits and underscores).

    `instructions` are ours alone; `material` is what a stranger may have written, to be read and never obeyed: personal
    data in it is masked already. `schema` is the JSON Schema of the answer, `most_tokens` its longest length.
    """

    purpose: str
    instructions: str
    material: str
    schema: Mapping[str, object]
    most_tokens: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Usage:
    """What one question took, all tries together: tokens as the server counts them, and the cost in millionths of the
    currency of the prices.
    """

    tokens_in: int = 0
    tokens_out: int = 0
    cost_millionths: int = 0

    def __add__(self, other: "Usage") -> "Usage":
        """Return both together."""
        return Usage(
            tokens_in=self.tokens_in + other.tokens_in,
            tokens_out=self.tokens_out + other.tokens_out,
            cost_millionths=self.cost_millionths + other.cost_millionths,
        )

    def in_words(self) -> str:
        """Return it for the trace, as `612 + 40 tokens, 0.001930`."""
        return f"{self.tokens_in} + {self.tokens_out} tokens, {self.cost_millionths / 1_000_000:.6f}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Completion:
    """The server's answer, not yet held against the schema."""

    text: str
    usage: Usage


@dataclass(frozen=True, slots=True, kw_only=True)
class Abstention:
    """There is no answer; `reason` says why in a few words, without keys, mail text or words of the server."""

    reason: str
    usage: Usage = Usage()


class LanguageModel(Protocol):
    """What answers prompts."""

    @property
    def name(self) -> str:
        """The name of the model, as the server knows it."""
        ...

    async def ask(self, prompt: Prompt) -> Completion | Abstention:
        """Return the answer to `prompt`, or why there is none; raises nothing, and ends in bounded time."""
        ...
