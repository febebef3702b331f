"""What tokens cost, in millionths of the currency of the prices."""

import math
from dataclasses import dataclass

from postroom.language_models.prompt import Prompt

# Around each message, the schema and the answer, servers add tokens of their own; OpenAI's count is below 20 in all.
OVERHEAD_TOKENS = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class Prices:
    """Prices for a million tokens read and written; 0 for a server of one's own."""

    per_million_in: float = 0.0
    per_million_out: float = 0.0

    def cost_millionths(self, tokens_in: int, tokens_out: int) -> int:
        """Return what the tokens cost, rounded up: a price for a million is that of one in millionths."""
        return math.ceil(tokens_in * self.per_million_in + tokens_out * self.per_million_out)

    def at_most(self, prompt: Prompt, schema: str) -> int:
        """Return what one answer to `prompt` can cost: no tokenizer makes more tokens than there are bytes."""
        written = len((prompt.instructions + prompt.material + schema).encode("utf-8", "surrogatepass"))
        return self.cost_millionths(written + OVERHEAD_TOKENS, prompt.most_tokens)
