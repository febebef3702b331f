"""The receive loop: it acknowledges only what is stored, outlives every failure, and says when a mailbox is silent."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from engine.house import MAILBOX
from intake.scene import MAX_BYTES, Folder, Scene, Signs, mail, open_scene
from postroom.errors import PluginError, StoreError, TransientError
from postroom.intake import receive
from postroom.intake.receive import (
    ACKNOWLEDGE_TIMEOUT_SECONDS,
    BESIDE_TIMEOUT_SECONDS,
    FETCH_TIMEOUT_SECONDS,
    MAX_BACK_OFF_SECONDS,
    WAIT_TIMEOUT_SECONDS,
    receive_forever,
    receive_once,
)
from postroom.intake.sent_copies import TIMEOUT_SECONDS as COPY_TIMEOUT_SECONDS
from postroom.intake.silence import SilenceWatch
from postroom.interfaces.provider import Fetched
from postroom.model.answer import Answer, FlaggedAnswer
from postroom.model.email import RawEmail
from postroom.model.review import ReviewStatus

AROUND_SECONDS = 10.0


@pytest.fixture
async def scene(tmp_path: Path) -> AsyncIterator[Scene]:
    async with open_scene(tmp_path, 3) as opened:
        yield opened


async def run(scene: Scene, **changes: object) -> None:
    """Let the loop run until the mailbox has waited three times in all."""
    fields = {name: getattr(scene.reception, name) for name in receive.Reception.__dataclass_fields__}
    with pytest.raises(asyncio.CancelledError):
        await receive_forever(receive.Reception(**{**fields, **changes}))


def answered(uid: str) -> FlaggedAnswer:
    return FlaggedAnswer(mailbox_id=MAILBOX.id, uid_validity="1", uid=uid, seen_at=mail(1).received_at)


async def test_everything_is_fetched_batch_by_batch_and_acknowledged_only_when_stored(tmp_path: Path) -> None:
    async with open_scene(tmp_path, 5) as scene:
        assert await receive_once(scene.reception) == 5
        assert scene.box.acknowledged == ["1", "2", "3", "4", "5"]
        assert scene.box.stored_when_acknowledged == [True] * 5
        assert len(scene.told) == 5
        assert await receive_once(scene.reception) == 0


async def test_a_cursor_that_says_more_than_the_last_mail_is_kept(scene: Scene) -> None:
    scene.box.cursor = "17"
    await receive_once(scene.reception)
    assert scene.box.acknowledged == ["1", "2"]
    assert await scene.stores.ledger.cursor(MAILBOX.id) == "17"


async def test_a_mailbox_that_was_empty_keeps_its_cursor_too(scene: Scene) -> None:
    scene.box.mails, scene.box.cursor = [], "9"
    assert await receive_once(scene.reception) == 0
    assert await scene.stores.ledger.cursor(MAILBOX.id) == "9"


async def test_the_loop_outlives_failures_of_every_kind_and_waits_longer_and_longer(scene: Scene) -> None:
    scene.box.failures = [TransientError("away"), PluginError("refused"), ValueError("a bug"), TimeoutError()]
    await run(scene)
    assert scene.pauses == [1.0, 2.0, 4.0, 8.0]
    assert scene.box.acknowledged == ["1", "2", "3"]


async def test_the_wait_after_failures_is_bounded_and_starts_anew_after_a_success(scene: Scene) -> None:
    scene.box.failures = [TransientError("away")] * 12
    await run(scene)
    assert max(scene.pauses) == MAX_BACK_OFF_SECONDS
    scene.box.failures, scene.box.waits = [TransientError("away")], 0
    scene.pauses.clear()
    await run(scene)
    assert scene.pauses == [1.0]


async def test_nothing_is_acknowledged_that_could_not_be_stored(scene: Scene) -> None:
    await scene.stores.connection.close()
    with pytest.raises(StoreError):
        await receive_once(scene.reception)
    assert scene.box.acknowledged == []
    assert scene.told == []


async def test_mail_in_quarantine_raises_one_alarm(scene: Scene) -> None:
    scene.box.mails += [mail(uid, message_id=f"<{uid}@example.org>", body="x" * MAX_BYTES) for uid in (4, 5)]
    await receive_once(scene.reception)
    (alarm,) = await scene.alarms()
    assert (alarm.key, alarm.raised_at) == ("quarantine/main", scene.clock.now())
    assert scene.box.acknowledged == ["1", "2", "3", "4", "5"]


async def test_a_silent_mailbox_raises_an_alarm_when_it_is_due_and_the_next_success_clears_it(scene: Scene) -> None:
    began = scene.clock.now()
    scene.box.failures = [TransientError("The server is away.", hint="Look at the host name.")] * 14

    class Watching:
        """The mailbox; it notes the alarms that were open at each look."""

        open_alarms: list[list[str]] = []  # noqa: RUF012 - one instance.

        def __getattr__(self, name: str) -> object:
            return getattr(scene.box, name)

        async def fetch(self, cursor: str | None, *, limit: int) -> Fetched:
            self.open_alarms.append([f"{alarm.key}: {alarm.text}" for alarm in await scene.alarms()])
            return await scene.box.fetch(cursor, limit=limit)

    watching = Watching()
    await run(scene, receiver=watching, silent_after_seconds=lambda: 900)
    text = "mailbox_silent/main: Nothing was received for 15 min. The server is away. Look at the host name."
    silent = [looks for looks in watching.open_alarms if looks]
    assert silent
    assert silent == [[text]] * len(silent)
    assert await scene.alarms() == []
    # The look at which it was due came on time, whatever the back-off.
    paused = [sum(scene.pauses[: count + 1]) for count in range(len(scene.pauses))]
    assert 900 in paused
    assert scene.clock.now() > began


async def test_an_alarm_of_an_earlier_process_is_cleared_by_the_first_success(scene: Scene) -> None:
    scene.box.failures = [TransientError("away")]
    watch = SilenceWatch(MAILBOX.id, scene.stores.alarms, scene.clock, after_seconds=lambda: 0)
    await watch.failed(TransientError("away", hint=""))
    assert len(await scene.alarms()) == 1
    await run(scene)
    assert await scene.alarms() == []


async def test_a_bug_is_told_without_its_text(scene: Scene) -> None:
    scene.box.failures = [ValueError("Dear shop, my secret is 4711")]
    scene.box.last_wait = 1
    looked: list[str] = []

    async def pause(seconds: float) -> None:
        looked.extend(alarm.text for alarm in await scene.alarms())

    await run(scene, pause=pause, silent_after_seconds=lambda: 0)
    (text,) = looked
    assert "ValueError" in text
    assert "4711" not in text


async def test_answers_are_looked_for_once_a_turn_and_wake_the_engine_when_a_review_closes(scene: Scene) -> None:
    await receive_once(scene.reception)
    email_id = scene.told[0].email_id
    assert email_id is not None
    review = await scene.ask(email_id)
    wakes = scene.wakes
    signs = Signs([[], [answered("1")], []])
    await run(scene, lookout=signs)
    assert signs.asked == 3
    assert (await scene.stores.reviews.get(review)).status is ReviewStatus.DECIDED
    assert scene.wakes == wakes + 1


async def test_mail_is_known_before_its_answer_is_looked_for(scene: Scene) -> None:
    signs = Signs([[answered("3")]])
    scene.box.last_wait = 1
    await run(scene, lookout=signs)
    (email_id,) = await scene.accept(mail(3, message_id="<3@example.org>"))
    stored = await scene.stores.emails.get(email_id)
    version = (await scene.stores.emails.conversation(stored.conversation_id)).version
    assert version == stored.conversation_version + 1


async def test_copies_of_sent_replies_are_filed_beside_receiving(scene: Scene) -> None:
    reply = await scene.sent_reply("r1")
    folder = Folder()
    await run(scene, sent_folder=folder)
    assert folder.held == {reply.outgoing.message_id: reply.outgoing.content}
    assert folder.asked == [reply.outgoing.message_id]
    assert await scene.unfiled() == []


async def test_without_a_sent_folder_nothing_is_filed(scene: Scene) -> None:
    await scene.sent_reply("r1")
    await run(scene)
    assert await scene.unfiled() == ["r1"]


@pytest.mark.parametrize(
    ("failure", "event", "times"),
    [
        (TransientError("away"), "beside_receiving_failed", 3),
        (PluginError("refused"), "beside_receiving_failed", 3),
        (ValueError("a bug"), "beside_receiving_broke", 6),
    ],
)
async def test_what_is_done_beside_receiving_never_stops_it(
    scene: Scene, failure: Exception, event: str, times: int
) -> None:
    await scene.sent_reply("r1")
    looks: list[Sequence[Answer] | Exception] = [failure, failure, failure]
    folder = Folder(failures={"<r1@lindenhof.example>": [failure, failure, failure]})
    with capture_logs() as logs:
        await run(scene, lookout=Signs(looks), sent_folder=folder)
    assert [line["event"] for line in logs].count(event) == times
    assert scene.box.acknowledged == ["1", "2", "3"]
    assert scene.pauses == []
    assert await scene.alarms() == []


async def never() -> None:
    await asyncio.Event().wait()


class Hanging:
    """A mailbox, lookout and folder of which one call hangs once, while the loop's time runs on to around a limit."""

    def __init__(self, scene: Scene, call: str, limit_seconds: float) -> None:
        self.scene, self.call, self.limit_seconds = scene, call, limit_seconds
        self.ahead_seconds = 0.0
        self.hung_on_before_the_limit = False

    async def fetch(self, cursor: str | None, *, limit: int) -> Fetched:
        await self._hang("fetch")
        return await self.scene.box.fetch(cursor, limit=limit)

    async def wait(self, *, timeout_seconds: float) -> None:
        await self._hang("wait")
        await self.scene.box.wait(timeout_seconds=timeout_seconds)

    async def acknowledge(self, email: RawEmail) -> None:
        await self._hang("acknowledge")
        await self.scene.box.acknowledge(email)

    async def answers(self) -> tuple[Answer, ...]:
        await self._hang("answers")
        return ()

    async def file(self, content: bytes, *, message_id: str) -> None:
        await self._hang("file")

    async def holds(self, message_id: str) -> bool:
        return False

    async def close(self) -> None:
        pass

    async def _hang(self, call: str) -> None:
        if self.call == call:
            self.call = ""
            self.ahead_seconds += self.limit_seconds - AROUND_SECONDS
            for _ in range(5):
                await asyncio.sleep(0)
            self.hung_on_before_the_limit = True
            self.ahead_seconds += AROUND_SECONDS
            await never()


@pytest.mark.parametrize(
    ("call", "limit_seconds", "paused"),
    [
        ("fetch", FETCH_TIMEOUT_SECONDS, True),
        ("wait", WAIT_TIMEOUT_SECONDS, True),
        ("acknowledge", ACKNOWLEDGE_TIMEOUT_SECONDS, False),
        ("answers", BESIDE_TIMEOUT_SECONDS, False),
        ("file", COPY_TIMEOUT_SECONDS, False),
    ],
)
async def test_a_call_that_hangs_is_given_up_at_its_limit(
    scene: Scene, monkeypatch: pytest.MonkeyPatch, call: str, limit_seconds: float, *, paused: bool
) -> None:
    loop = asyncio.get_running_loop()
    own_time, hanging = loop.time, Hanging(scene, call, limit_seconds)
    monkeypatch.setattr(loop, "time", lambda: own_time() + hanging.ahead_seconds)
    await scene.sent_reply("r1")
    await run(scene, receiver=hanging, lookout=hanging, sent_folder=hanging)
    assert hanging.call == ""
    assert hanging.hung_on_before_the_limit
    assert scene.box.waits == 3
    assert bool(scene.pauses) is paused
    assert await scene.stores.ledger.known(MAILBOX.id, "1", ["1", "2", "3"]) == {"1", "2", "3"}


class Slow:
    """A mailbox whose first fetches take too long; it notes how many messages it is asked for."""

    def __init__(self, scene: Scene, failures: int) -> None:
        self.scene, self.failures = scene, failures
        self.limits: list[int] = []

    def __getattr__(self, name: str) -> object:
        return getattr(self.scene.box, name)

    async def fetch(self, cursor: str | None, *, limit: int) -> Fetched:
        self.limits.append(limit)
        if len(self.limits) <= self.failures:
            raise TransientError("Nothing came.") from TimeoutError()
        return await self.scene.box.fetch(cursor, limit=limit)


async def test_less_is_asked_for_after_each_time_out_and_then_slowly_more(scene: Scene) -> None:
    slow = Slow(scene, 3)
    await run(scene, receiver=slow)
    assert slow.limits[:6] == [50, 25, 12, 6, 7, 8]


async def test_at_least_one_message_is_asked_for(scene: Scene) -> None:
    slow = Slow(scene, 8)
    await run(scene, receiver=slow)
    assert slow.limits[5:9] == [1, 1, 1, 1]


async def test_a_failure_without_a_time_out_asks_for_no_less(scene: Scene) -> None:
    slow = Slow(scene, 0)
    scene.box.failures = [TransientError("away")]
    await run(scene, receiver=slow)
    assert slow.limits[:2] == [50, 50]


async def test_while_much_is_read_answers_copies_and_the_alarm_are_not_forgotten(tmp_path: Path) -> None:
    async with open_scene(tmp_path, 8) as scene:
        folder, signs = Folder(), Signs([])
        reply = await scene.sent_reply("r1")
        seen: list[tuple[int, int]] = []

        class Piling:
            """The mailbox, of which each batch takes a minute."""

            def __getattr__(self, name: str) -> object:
                return getattr(scene.box, name)

            async def fetch(self, cursor: str | None, *, limit: int) -> Fetched:
                seen.append((signs.asked, len(folder.held)))
                scene.clock.advance(60)
                return await scene.box.fetch(cursor, limit=limit)

        watch = SilenceWatch(MAILBOX.id, scene.stores.alarms, scene.clock, after_seconds=lambda: 0)
        await watch.failed(TransientError("away", hint=""))
        scene.box.last_wait = 1
        await run(scene, receiver=Piling(), lookout=signs, sent_folder=folder)
        assert seen == [(0, 0), (1, 1), (2, 1), (3, 1)]
        assert list(folder.held) == [reply.outgoing.message_id]
        assert await scene.alarms() == []


class Refusing:
    """A mailbox that takes some acknowledgements only after some tries."""

    def __init__(self, scene: Scene, refusals: dict[str, int]) -> None:
        self.scene, self.refusals = scene, refusals
        self.asked: list[str] = []

    def __getattr__(self, name: str) -> object:
        return getattr(self.scene.box, name)

    async def acknowledge(self, email: RawEmail) -> None:
        self.asked.append(email.uid)
        if self.refusals.get(email.uid, 0):
            self.refusals[email.uid] -= 1
            raise TransientError("away")
        await self.scene.box.acknowledge(email)


async def test_an_acknowledgement_that_fails_keeps_no_other_back_and_is_tried_again(scene: Scene) -> None:
    scene.box.batch = 3
    with capture_logs() as logs:
        await run(scene, receiver=Refusing(scene, {"1": 1}))
    assert scene.box.acknowledged == ["2", "3", "1"]
    assert scene.pauses == []
    lines = [(line["mailbox_id"], line["uid"]) for line in logs if line["event"] == "email_not_acknowledged"]
    assert lines == [(MAILBOX.id, "1")]


async def test_an_acknowledgement_is_not_tried_for_ever(scene: Scene) -> None:
    scene.box.last_wait = 9
    refusing = Refusing(scene, {"1": 99})
    await run(scene, receiver=refusing)
    assert refusing.asked.count("1") == receive.ACKNOWLEDGE_TRIES


async def test_a_mailbox_that_takes_no_acknowledgement_is_left_in_peace_for_a_while(tmp_path: Path) -> None:
    async with open_scene(tmp_path, 6) as scene:
        scene.box.batch, scene.box.last_wait = 6, 2
        refusing = Refusing(scene, {"1": 1, "2": 1, "3": 1})
        await run(scene, receiver=refusing)
        assert refusing.asked == ["1", "2", "3", "1", "2", "3", "4", "5", "6"]
        assert scene.box.acknowledged == ["1", "2", "3", "4", "5", "6"]
