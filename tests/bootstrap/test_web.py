import socket
from contextlib import closing
from pathlib import Path

import pytest

from postroom.bootstrap.web import listen
from postroom.errors import ConfigurationError
from postroom.settings import Settings


@pytest.mark.parametrize("host", ["127.0.0.1", "::1"])
def test_answers_are_sent_at_once(tmp_path: Path, host: str) -> None:
    with closing(listen(Settings(data_dir=tmp_path, api_host=host, api_port=0))) as listening:
        # What asyncio asks before it switches Nagle's algorithm off.
        assert listening.proto == socket.IPPROTO_TCP


def test_a_port_that_is_taken_is_told_with_what_to_do(tmp_path: Path) -> None:
    with closing(listen(Settings(data_dir=tmp_path, api_port=0))) as first:
        with pytest.raises(ConfigurationError) as caught:
            listen(Settings(data_dir=tmp_path, api_port=first.getsockname()[1]))
        assert "POSTROOM_API_PORT" in caught.value.hint
