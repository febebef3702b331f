from collections.abc import Iterator

import pytest
from structlog.testing import capture_logs

from contracts.notifier_contract import NOTIFICATION, NotifierContract, NotifierTrial
from postroom.notifiers.log import LogNotifier


class TestLogNotifier(NotifierContract):
    @pytest.fixture
    def trial(self) -> Iterator[NotifierTrial]:
        with capture_logs() as logs:
            yield NotifierTrial(notifier=LogNotifier(), told=lambda: [str(line) for line in logs])


async def test_words_of_the_mail_stay_out_of_the_log() -> None:
    with capture_logs() as logs:
        await LogNotifier().notify(NOTIFICATION)
    (line,) = logs
    assert line["log_level"] == "warning"
    assert NOTIFICATION.text not in str(line)
    assert NOTIFICATION.title not in str(line)
