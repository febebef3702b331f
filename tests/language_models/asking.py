"""A client of the loopback server whose waits are noted and not waited, and its questions."""

from postroom.interfaces.clock import Clock
from postroom.interfaces.stores import Stores
from postroom.interfaces.stores.spending import Spending
from postroom.language_models.budget import DailyBudget
from postroom.language_models.client import OpenAiLanguageModel
from postroom.language_models.prices import Prices
from postroom.language_models.prompt import Abstention, Completion, Prompt
from postroom.language_models.server import Server
from servers.chat_server import ChatServer

KEY = "sk-secret-of-the-test"
DAY = "2026-03-01"
PRICES = Prices(per_million_in=2.5, per_million_out=10.0)
PROMPT = Prompt(
    purpose="classify",
    instructions="Sort this.",
    material='{"text": "Where is my parcel?"}',
    schema={"type": "object", "properties": {}, "required": [], "additionalProperties": False},
    most_tokens=50,
)


class Purse:
    """Spending in memory, for tests that ask often and are about something else."""

    def __init__(self) -> None:
        self._sums: dict[tuple[str, str], int] = {}

    async def reserve(self, account: str, day: str, *, amount: int, limit: int | None) -> bool:
        """Add to the sum of a day, within the limit."""
        more = self._sums.get((account, day), 0) + amount
        if limit is not None and more > limit:
            return False
        self._sums[account, day] = more
        return True

    async def spent(self, account: str, day: str) -> int:
        """Return the sum of a day."""
        return self._sums.get((account, day), 0)


class Asking:
    """The client and everything that it notes; `waits` are the seconds that it would have waited."""

    def __init__(self, server: ChatServer, stores: Stores, clock: Clock) -> None:
        self.server = server
        self.spending: Spending = stores.spending
        self.clock = clock
        self.waits: list[float] = []
        self._opened: list[OpenAiLanguageModel] = []
        self.model = self.opened()

    def opened(
        self,
        *,
        key: str = KEY,
        azure_api_version: str = "",
        timeout_seconds: float = 10.0,
        limit_millionths: int | None = None,
        url: str | None = None,
    ) -> OpenAiLanguageModel:
        """Return a client with other settings, closed in the end."""
        reached = Server(
            model="gpt-test",
            url=url or self.server.url,
            key=key,
            azure_api_version=azure_api_version,
            timeout_seconds=timeout_seconds,
            prices=PRICES,
        )
        budget = DailyBudget(self.spending, self.clock, account="test", limit_millionths=limit_millionths)
        model = OpenAiLanguageModel(reached, budget, clock=self.clock, sleep=self._note)
        self._opened.append(model)
        return model

    async def ask(self, model: OpenAiLanguageModel | None = None) -> Completion | Abstention:
        """Ask the usual question."""
        return await (model or self.model).ask(PROMPT)

    async def reason(self, model: OpenAiLanguageModel | None = None) -> str:
        """Ask, and return why there was no answer."""
        found = await self.ask(model)
        assert isinstance(found, Abstention)
        return found.reason

    async def spent(self) -> int:
        """Return what the day has cost so far."""
        return await self.spending.spent("test", DAY)

    async def close(self) -> None:
        """Close all clients."""
        for model in self._opened:
            await model.close()

    async def _note(self, seconds: float) -> None:
        self.waits.append(seconds)
