"""What a server's answer means: its text, or why this try gave nothing and whether another one may."""

import random
from collections.abc import Mapping
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from http import HTTPStatus

import httpx2
import openai
from pydantic import BaseModel, Field

FIRST_WAIT_SECONDS = 0.5
# Some models refuse these; without them the answer is only less repeatable.
DISPENSABLE = ("temperature", "seed")
_LATER = {HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.CONFLICT, HTTPStatus.TOO_MANY_REQUESTS}


@dataclass(frozen=True, slots=True, kw_only=True)
class FailedTry:
    """One try that gave nothing.

    `wait_seconds` is what the server asked for. `may_have_cost`: nobody can know that it was free. `refused` names a
    parameter that the server does not take. `trouble`: the server itself is at fault, not this question.
    """

    reason: str
    retryable: bool = False
    trouble: bool = False
    wait_seconds: float | None = None
    may_have_cost: bool = False
    refused: str = ""


class CompletionMessage(BaseModel):
    """What the model wrote, or its refusal."""

    content: str | None = None
    refusal: str | None = None


class CompletionChoice(BaseModel):
    """One answer of the model and why it ended."""

    message: CompletionMessage
    finish_reason: str | None = None


class TokenCounts(BaseModel):
    """Tokens as the server counts them."""

    prompt_tokens: int = Field(ge=0)
    completion_tokens: int = Field(ge=0)


class AnswerBody(BaseModel):
    """The part of a completion that is used."""

    choices: list[CompletionChoice] = Field(min_length=1)
    usage: TokenCounts | None = None


def text_of(body: AnswerBody) -> str | FailedTry:
    """Return the text of a completion; a cut-off, empty or refused one is a failure."""
    choice = body.choices[0]
    if choice.message.refusal or choice.finish_reason == "content_filter":
        return FailedTry(reason="the model refused", may_have_cost=True)
    if choice.finish_reason == "length":
        return FailedTry(reason="the answer was too long", may_have_cost=True)
    if not choice.message.content:
        return FailedTry(reason="the answer was empty", may_have_cost=True)
    return choice.message.content


def of_status(error: openai.APIStatusError) -> FailedTry:
    """Return what an error status means; such an answer costs nothing."""
    status = error.status_code
    parameter = error.param if isinstance(error.param, str) else ""
    if status == HTTPStatus.BAD_REQUEST and parameter in DISPENSABLE:
        return FailedTry(reason=f"the server does not take {parameter}", refused=parameter)
    later = status in _LATER or status >= HTTPStatus.INTERNAL_SERVER_ERROR
    return FailedTry(
        reason=f"the server answered {status}",
        retryable=later,
        trouble=later or status in {HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN},
        wait_seconds=_retry_after_seconds(error.response.headers, error.response.headers.get("date")),
    )


def of_connection(error: openai.APIConnectionError) -> FailedTry:
    """Return what a broken connection means: what never left has cost nothing."""
    never_sent = isinstance(error.__cause__, httpx2.ConnectError | httpx2.ConnectTimeout | httpx2.PoolTimeout)
    return FailedTry(reason="the server cannot be reached", retryable=True, trouble=True, may_have_cost=not never_sent)


def _retry_after_seconds(headers: Mapping[str, str], date: str | None) -> float | None:
    """Return how long the server asks to wait: seconds, or a date beside its own date (RFC 9110 section 10.2.3)."""
    asked = headers.get("retry-after", "").strip()
    if asked.isascii() and asked.isdigit():
        return float(asked[:9])
    try:
        until = parsedate_to_datetime(asked)
        return max(0.0, (until - parsedate_to_datetime(date or "")).total_seconds())
    except (TypeError, ValueError):
        return None


def wait_seconds(failure: FailedTry, number: int) -> float:
    """Return how long to wait after try `number` (from 1): what the server asked for, else half a second, doubled."""
    if failure.refused:
        return 0.0
    if failure.wait_seconds is not None:
        return failure.wait_seconds
    # Scattered, so that many mails do not come back at the same moment.
    return float(FIRST_WAIT_SECONDS * 2 ** (number - 1) * random.uniform(0.75, 1.25))
