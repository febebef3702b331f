"""The client: one question to an OpenAI-compatible server, with structured output, a budget and an end in time.

Whatever goes wrong is an abstention: the local models, or a person, decide then. The official library composes and
sends; trying again is done here, because its own patience (two minutes for a Retry-After) is longer than a mail's.
"""

import asyncio
import json
from collections.abc import Awaitable, Callable

import httpx2
import openai
import structlog
from openai.types.shared_params.response_format_json_schema import ResponseFormatJSONSchema
from pydantic import ValidationError

from postroom.errors import PostroomError
from postroom.interfaces.clock import Clock
from postroom.language_models.budget import DailyBudget, Reservation
from postroom.language_models.failure import (
    AnswerBody,
    FailedTry,
    TokenCounts,
    of_connection,
    of_status,
    text_of,
    wait_seconds,
)
from postroom.language_models.pause import Pause
from postroom.language_models.prompt import Abstention, Completion, Prompt, Usage
from postroom.language_models.server import OPENAI_URL, Server
from postroom.language_models.transport import TooLargeError, guarded_client

MOST_TRIES = 3
SEED = 1  # The same mail shall get the same answer, as far as a server can promise that.

log = structlog.get_logger()
Sleep = Callable[[float], Awaitable[None]]


class OpenAiLanguageModel:
    """A language model behind an OpenAI-compatible server; safe to share between tasks."""

    def __init__(self, server: Server, budget: DailyBudget, *, clock: Clock, sleep: Sleep = asyncio.sleep) -> None:
        self._server = server
        self._budget = budget
        self._sleep = sleep
        self._pause = Pause(clock)
        self._left_out: set[str] = set()
        self._http = guarded_client(server.headers, timeout_seconds=server.timeout_seconds)
        self._client = _library(server, self._http)

    @property
    def name(self) -> str:
        """The name of the model, as the server knows it."""
        return self._server.model

    async def close(self) -> None:
        """Close all connections."""
        await self._client.close()

    async def ask(self, prompt: Prompt) -> Completion | Abstention:
        """Return the answer to `prompt`, or why there is none; raises nothing, and ends in bounded time."""
        found = await self._ask(prompt)
        log.info(
            "language_model_asked",
            model=self._server.model,
            purpose=prompt.purpose,
            abstained=found.reason if isinstance(found, Abstention) else "",
            tokens_in=found.usage.tokens_in,
            tokens_out=found.usage.tokens_out,
            cost_millionths=found.usage.cost_millionths,
        )
        return found

    async def _ask(self, prompt: Prompt) -> Completion | Abstention:
        if self._pause.holds():
            return Abstention(reason="the server failed repeatedly and is left alone for a while")
        usage = Usage()
        deadline = asyncio.get_running_loop().time() + self._server.timeout_seconds
        number = 0
        while True:
            number += 1
            found, more = await self._paid_try(prompt, deadline)
            usage += more
            if isinstance(found, str):
                self._pause.end()
                return Completion(text=found, usage=usage)
            wait = wait_seconds(found, number)
            if not self._goes_on(found, number, deadline - wait):
                break
            await self._sleep(wait)
        if found.trouble:
            self._pause.count(found.wait_seconds)
        return Abstention(reason=found.reason, usage=usage)

    def _goes_on(self, failure: FailedTry, number: int, start_by: float) -> bool:
        """Whether to try once more: never where the wait alone would take what time is left."""
        if failure.refused:
            self._left_out.add(failure.refused)
        in_time = asyncio.get_running_loop().time() < start_by
        return (failure.retryable or bool(failure.refused)) and in_time and number < MOST_TRIES

    async def _paid_try(self, prompt: Prompt, deadline: float) -> tuple[str | FailedTry, Usage]:
        """Try once within the budget; where nobody can know whether a try has cost, it counts as if it had."""
        most = self._server.prices.at_most(prompt, json.dumps(dict(prompt.schema)))
        try:
            reservation = await self._budget.reserve(most)
        except PostroomError:
            return FailedTry(reason="the budget cannot be read"), Usage()
        if reservation is None:
            return FailedTry(reason="the budget of the day is spent"), Usage()
        found, counts = await self._try(prompt, deadline)
        if isinstance(found, FailedTry) and not found.may_have_cost:
            usage = Usage()
        elif counts is None:
            usage = Usage(cost_millionths=most)
        else:
            usage = self._usage(counts, most)
        await self._settle(reservation, usage)
        return found, usage

    async def _settle(self, reservation: Reservation, usage: Usage) -> None:
        try:
            await self._budget.settle(reservation, usage.cost_millionths)
        except PostroomError:
            # The reservation stays: too much is counted, never too little.
            log.warning("language_model_cost_not_settled", reserved_millionths=reservation.amount)

    def _usage(self, counts: TokenCounts, most: int) -> Usage:
        cost = self._server.prices.cost_millionths(counts.prompt_tokens, counts.completion_tokens)
        # Hidden thought may cost more than was reserved; ten times as much is no count but a lie or an error.
        return Usage(
            tokens_in=counts.prompt_tokens,
            tokens_out=counts.completion_tokens,
            cost_millionths=cost if cost <= 10 * most else most,
        )

    async def _try(self, prompt: Prompt, deadline: float) -> tuple[str | FailedTry, TokenCounts | None]:
        try:
            async with asyncio.timeout_at(deadline):
                content = await self._content(prompt)
            body = AnswerBody.model_validate_json(content)
        except openai.APIStatusError as error:
            return of_status(error), None
        except (TimeoutError, openai.APITimeoutError):
            reason = f"no answer within {self._server.timeout_seconds:g} seconds"
            return FailedTry(reason=reason, trouble=True, may_have_cost=True), None
        except openai.APIConnectionError as error:
            return of_connection(error), None
        except TooLargeError:
            return FailedTry(reason="the answer was too big", may_have_cost=True), None
        except ValidationError:
            return FailedTry(reason="the answer was no completion", may_have_cost=True), None
        except (openai.OpenAIError, httpx2.HTTPError, ValueError, TypeError, RecursionError) as error:
            return FailedTry(reason=f"asking failed ({type(error).__name__})", may_have_cost=True), None
        return text_of(body), body.usage

    async def _content(self, prompt: Prompt) -> bytes:
        own = bool(self._server.url) and not self._server.azure_api_version
        response_format: ResponseFormatJSONSchema = {
            "type": "json_schema",
            "json_schema": {"name": prompt.purpose, "schema": dict(prompt.schema), "strict": True},
        }
        response = await self._client.chat.completions.with_raw_response.create(
            model=self._server.model,
            messages=[
                {"role": "system", "content": prompt.instructions},
                {"role": "user", "content": prompt.material},
            ],
            response_format=response_format,
            # OpenAI's newer models refuse the older name; other servers may not know the newer one.
            max_tokens=prompt.most_tokens if own else openai.omit,
            max_completion_tokens=openai.omit if own else prompt.most_tokens,
            temperature=openai.omit if "temperature" in self._left_out else 0.0,
            seed=openai.omit if "seed" in self._left_out else SEED,
            store=openai.omit if own else False,
        )
        return response.content


def _library(server: Server, http: httpx2.AsyncClient) -> openai.AsyncOpenAI:
    # The transport sets the real headers; a key that were left out here would be looked for in the environment.
    key = server.key or "none"
    if server.azure_api_version:
        return openai.AsyncAzureOpenAI(
            azure_endpoint=server.url,
            azure_deployment=server.model,
            api_version=server.azure_api_version,
            api_key=key,
            max_retries=0,
            timeout=server.timeout_seconds,
            http_client=http,
        )
    return openai.AsyncOpenAI(
        base_url=server.url or OPENAI_URL,
        api_key=key,
        max_retries=0,
        timeout=server.timeout_seconds,
        http_client=http,
    )
