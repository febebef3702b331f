"""Health without a log-in, metrics with one."""

import re
from dataclasses import replace

from prometheus_client.parser import text_string_to_metric_families

from api.conftest import NOW, Rooms
from contracts.store_nouns import arrival
from postroom.api import health, sending
from postroom.api.office import OfficeStanding
from postroom.model.alarm import Alarm
from postroom.model.control import Process
from postroom.model.user import Role


def beat(rooms: Rooms) -> Process:
    return Process(executor_id="one", host="here", pid=1, beat_at=rooms.clock.now())


async def test_it_lives_without_a_log_in_and_without_a_store(rooms: Rooms) -> None:
    stranger = await rooms.client(rooms.app(health.ROUTER), None)
    await rooms.stores.connection.close()
    assert (await stranger.get("/health/live")).json() == {"status": "ok"}


async def test_it_is_ready_while_an_engine_beats(rooms: Rooms) -> None:
    await rooms.stores.controls.beat(beat(rooms))
    stranger = await rooms.client(rooms.app(health.ROUTER), None)
    answer = await stranger.get("/health/ready")
    assert (answer.status_code, answer.json()) == (200, {"status": "ok", "store": "ok", "engine": "ok"})


async def test_without_an_engine_it_is_not_ready(rooms: Rooms) -> None:
    await rooms.stores.controls.beat(beat(rooms))
    rooms.clock.advance(21)
    stranger = await rooms.client(rooms.app(health.ROUTER), None)
    answer = await stranger.get("/health/ready")
    assert (answer.status_code, answer.json()) == (503, {"status": "failed", "store": "ok", "engine": "failed"})


async def test_metrics_need_a_log_in(rooms: Rooms) -> None:
    app = rooms.app(health.ROUTER)
    assert (await (await rooms.client(app, None)).get("/metrics")).status_code == 401
    assert (await (await rooms.client(app, Role.VIEWER)).get("/metrics")).status_code == 200


async def test_metrics_count_the_store_this_process_and_its_requests(rooms: Rooms) -> None:
    await rooms.stores.ledger.accept([arrival(1), arrival(2)])
    await rooms.stores.alarms.sound(Alarm(key="a", title="A", text="A", raised_at=NOW))
    rooms.office = replace(
        rooms.office,
        standing=lambda: OfficeStanding(mailboxes={}, failures={"sender post": "It refuses."}),
    )
    app = rooms.app(health.ROUTER, sending.ROUTER)
    viewer = await rooms.client(app, Role.VIEWER)
    await viewer.get("/api/v1/sending")
    await viewer.post("/api/v1/sending/stop")
    await viewer.get("/no/such/path-of-somebody@example.com")
    answer = await viewer.get("/metrics")
    samples = {
        (one.name, *sorted(one.labels.items())): one.value
        for family in text_string_to_metric_families(answer.text)
        for one in family.samples
    }
    assert samples["postroom_executions", ("status", "queued")] == 2
    assert samples["postroom_executions", ("status", "failed")] == 0
    assert samples[("postroom_alarms_open",)] == 1
    assert samples[("postroom_mailboxes_failed",)] == 0
    requests = "postroom_http_requests_total"
    assert samples[requests, ("operation", "get_sending"), ("status", "200")] == 1
    assert samples[requests, ("operation", "stop_sending"), ("status", "403")] == 1
    assert samples[requests, ("operation", "none"), ("status", "404")] == 1
    assert samples["postroom_http_request_duration_seconds_count", ("operation", "get_sending")] == 1
    assert ("process_resident_memory_bytes",) in samples
    assert "example.com" not in answer.text
    assert re.match(r"text/plain", answer.headers["content-type"])


async def test_each_application_counts_its_own_requests(rooms: Rooms) -> None:
    first = await rooms.client(rooms.app(health.ROUTER), Role.VIEWER)
    second = await rooms.client(rooms.app(health.ROUTER), Role.VIEWER)
    await first.get("/health/live")
    assert "get_liveness" in (await first.get("/metrics")).text
    assert "get_liveness" not in (await second.get("/metrics")).text
