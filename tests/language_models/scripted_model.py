"""A language model that writes what a test says, and keeps what it was asked."""

from collections.abc import Callable
from dataclasses import dataclass, field

from postroom.language_models.prompt import Abstention, Completion, Prompt, Usage

USAGE = Usage(tokens_in=600, tokens_out=40, cost_millionths=1900)


@dataclass
class ScriptedModel:
    """Answers with `text`, with what `write` makes of the prompt, or not at all."""

    text: str = ""
    write: Callable[[Prompt], str] | None = None
    abstention: Abstention | None = None
    name: str = "scripted"
    asked: list[Prompt] = field(default_factory=list)

    async def ask(self, prompt: Prompt) -> Completion | Abstention:
        self.asked.append(prompt)
        if self.abstention:
            return self.abstention
        return Completion(text=self.write(prompt) if self.write else self.text, usage=USAGE)
