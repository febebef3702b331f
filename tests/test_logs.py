import io
import json
import logging
from collections.abc import Iterator

import pytest
import structlog

from postroom.logs import configure_logging


@pytest.fixture(autouse=True)
def restored() -> Iterator[None]:
    """Give the root logger its handlers back, which pytest needs."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers[:] = handlers
    root.setLevel(level)
    logging.getLogger("postroom").setLevel(logging.NOTSET)
    structlog.reset_defaults()


def lines(stream: io.StringIO) -> list[dict[str, object]]:
    return [json.loads(line) for line in stream.getvalue().splitlines()]


def test_an_event_is_one_json_line_where_there_is_no_terminal() -> None:
    stream = io.StringIO()
    configure_logging("INFO", stream=stream)
    log = structlog.stdlib.get_logger("postroom.intake")
    log.info("email_accepted", email_id="e1")
    log.debug("not_shown")
    (line,) = lines(stream)
    assert line["event"] == "email_accepted"
    assert line["email_id"] == "e1"
    assert line["level"] == "info"
    assert line["logger"] == "postroom.intake"
    assert str(line["timestamp"]).endswith("Z")


@pytest.mark.parametrize("library", ["dbos", "sqlalchemy.engine", "alembic", "httpx", "some_other"])
def test_libraries_speak_from_warning_on_in_the_same_form(library: str) -> None:
    stream = io.StringIO()
    logging.getLogger(library.partition(".")[0]).addHandler(logging.StreamHandler(stream))
    configure_logging("DEBUG", "json", stream=stream)
    logging.getLogger(library).info("quiet")
    logging.getLogger(library).warning("loud %s", "word")
    said = [line for line in stream.getvalue().splitlines() if line.startswith("{")]
    assert [json.loads(line)["event"] for line in said] == ["loud word"]
    assert "quiet" not in stream.getvalue()


def test_mail_text_given_by_mistake_is_struck_out() -> None:
    stream = io.StringIO()
    configure_logging("INFO", "json", stream=stream)
    structlog.stdlib.get_logger("postroom.x").warning("odd", subject="My secret", recipient="ann@example.com", uid="7")
    assert "secret" not in stream.getvalue()
    assert "ann@" not in stream.getvalue()
    assert lines(stream)[0]["uid"] == "7"


@pytest.mark.parametrize("log_format", ["console", "json"])
def test_a_traceback_does_not_show_local_variables(log_format: str) -> None:
    stream = io.StringIO()
    configure_logging("INFO", "console" if log_format == "console" else "json", stream=stream)
    try:
        mail_text = "my secret text".replace("my", "your")
        raise ValueError(str(len(mail_text)))
    except ValueError:
        structlog.stdlib.get_logger("postroom.x").exception("failed")
    assert "ValueError" in stream.getvalue()
    assert "your secret text" not in stream.getvalue()


def test_configuring_twice_does_not_double_the_lines() -> None:
    stream = io.StringIO()
    configure_logging("INFO", "json", stream=stream)
    configure_logging("INFO", "json", stream=stream)
    structlog.stdlib.get_logger("postroom.x").info("once")
    assert len(lines(stream)) == 1
