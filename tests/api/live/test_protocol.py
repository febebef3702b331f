"""The server lets go of who takes nothing."""

from api.live.conftest import Live, next_message
from api.live.writing import event, record, until


async def test_a_stalled_client_does_not_hold_the_socket_of_a_stream_that_has_ended(hasty: Live) -> None:
    async with hasty.idler("?after=0"):
        await until(lambda: hasty.feed.channels == 1)
        await record(hasty.writer, [event(number, note="n" * 2_000) for number in range(3_000)])
        await until(lambda: not hasty.server.server_state.connections)
        assert hasty.feed.channels == 0


async def test_a_shutdown_does_not_wait_for_a_stalled_client(live: Live) -> None:
    async with live.idler("?after=0"), live.client() as other:
        await next_message(other)
        await record(live.writer, [event(number, note="n" * 2_000) for number in range(3_000)])
        await until(lambda: live.feed.end == 3_000)
        await live.stop()
        assert not live.server.server_state.connections
