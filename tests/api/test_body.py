"""One body as it arrives, part by part, without an application around it."""

import asyncio

import pytest
from starlette.datastructures import Headers
from starlette.types import Message

from postroom.api.body import (
    MOST_HELD_BYTES,
    Allowance,
    Body,
    BodyRefusedError,
    Held,
    declared_refusal,
    is_upload,
    media_type,
)

PATIENT = Allowance(size_bytes=10, seconds=60, silent_seconds=60)


def part(content: bytes, *, more: bool = True) -> Message:
    return {"type": "http.request", "body": content, "more_body": more}


class Client:
    """Sends these messages and then nothing more, however long one waits."""

    def __init__(self, *messages: Message) -> None:
        self.left = list(messages)

    async def __call__(self) -> Message:
        if not self.left:
            await asyncio.Event().wait()
        return self.left.pop(0)


def body(*messages: Message, allowance: Allowance = PATIENT, held: Held | None = None) -> Body:
    return Body(Client(*messages), allowance=allowance, held=held or Held())


@pytest.mark.parametrize(
    ("value", "kind"), [("Text/YAML; charset=utf-8", "text/yaml"), (" application/json ", "application/json"), ("", "")]
)
def test_the_kind_of_a_body_is_told_without_parameters_in_small_letters(value: str, kind: str) -> None:
    assert media_type(Headers({"content-type": value})) == kind
    assert media_type(Headers({})) == ""


def test_only_a_message_and_past_mail_are_uploads() -> None:
    assert is_upload("/api/v1/visual/workflows/support/execute-enhanced")
    assert is_upload("/api/v1/past-mail")
    assert not is_upload("/api/v1/past-mail/pm_1/other")
    assert not is_upload("/api/v1/reviews")


@pytest.mark.parametrize(
    ("lengths", "status"),
    [
        ([], None),
        (["10"], None),
        (["0000000000010"], None),
        (["0"], None),
        (["11"], 413),
        (["9" * 100_000], 413),
        (["-1"], 400),
        (["+1"], 400),
        (["1.0"], 400),
        (["ten"], 400),
        (["\u0661\u0662"], 400),
        ([""], 400),
        (["5", "5"], 400),
    ],
)
def test_what_a_body_says_of_its_length_is_checked_before_it_comes(lengths: list[str], status: int | None) -> None:
    headers = Headers(raw=[(b"content-length", length.encode("utf-8")) for length in lengths])
    refusal = declared_refusal(headers, 10)
    assert (None if refusal is None else refusal.status) == status


async def test_a_body_within_its_bounds_comes_through_as_it_is() -> None:
    one = body(part(b"12345"), part(b"67890", more=False))
    assert (await one.receive())["body"] == b"12345"
    before = one.complete
    assert (await one.receive())["body"] == b"67890"
    assert (before, one.complete) == (False, True)
    assert one.refusal is None


async def test_one_byte_too_many_is_refused_and_stays_refused() -> None:
    one = body(part(b"1234567890"), part(b"x"), part(b"y", more=False))
    await one.receive()
    for _ in range(2):
        with pytest.raises(BodyRefusedError) as caught:
            await one.receive()
        assert caught.value.status == 413
    assert one.refusal is not None
    assert "10 bytes" in one.refusal.detail


async def test_all_bodies_together_are_bounded_and_what_is_let_go_makes_room() -> None:
    held = Held(size_bytes=MOST_HELD_BYTES - 8)
    first, second = (body(part(b"12345"), held=held) for _ in range(2))
    await first.receive()
    with pytest.raises(BodyRefusedError) as caught:
        await second.receive()
    assert caught.value.status == 503
    assert second.refusal is not None
    assert second.refusal.retry_after_seconds > 0
    for one in (first, second, first):
        one.let_go()
    assert held.size_bytes == MOST_HELD_BYTES - 8


async def test_what_goes_to_the_disk_may_be_more_than_fits_into_memory() -> None:
    half = bytes(MOST_HELD_BYTES // 2 + 1)
    allowance = Allowance(size_bytes=len(half) * 2, seconds=60, silent_seconds=60, in_memory=False)
    one = body(part(half), part(half, more=False), allowance=allowance)
    while not one.complete:
        await one.receive()
    assert one.refusal is None


async def test_what_goes_to_the_disk_is_not_counted_as_memory() -> None:
    held = Held(size_bytes=MOST_HELD_BYTES)
    one = body(
        part(b"12345"), allowance=Allowance(size_bytes=10, seconds=60, silent_seconds=60, in_memory=False), held=held
    )
    await one.receive()
    one.let_go()
    assert held.size_bytes == MOST_HELD_BYTES


@pytest.mark.parametrize(
    ("allowance", "words"),
    [
        (Allowance(size_bytes=10, seconds=0.01, silent_seconds=60), "within 0.01 seconds"),
        (Allowance(size_bytes=10, seconds=60, silent_seconds=0.01), "for 0.01 seconds"),
    ],
)
async def test_a_body_that_does_not_come_is_given_up_and_told_which_patience_ended(
    allowance: Allowance, words: str
) -> None:
    one = body(part(b"1"), allowance=allowance)
    await one.receive()
    with pytest.raises(BodyRefusedError) as caught:
        await one.receive()
    assert caught.value.status == 408
    assert one.refusal is not None
    assert words in one.refusal.detail


async def test_after_the_body_only_that_the_client_went_away_is_listened_for() -> None:
    one = body(part(b"1", more=False), {"type": "http.disconnect"})
    await one.receive()
    assert (await one.receive())["type"] == "http.disconnect"


async def test_what_is_left_of_a_refused_body_is_taken_until_it_ends() -> None:
    client = Client(part(b"12345678901"), part(b"x"), part(b"y", more=False), part(b"another request"))
    one = Body(client, allowance=PATIENT, held=Held())
    with pytest.raises(BodyRefusedError):
        await one.receive()
    await one.linger(seconds=60)
    assert one.complete
    assert len(client.left) == 1


async def test_nobody_lingers_for_ever() -> None:
    await body(part(b"x")).linger(seconds=0.01)
