"""Sets up the log: one line an event, ids only, and the libraries' own logs through the same door.

The log goes to standard error: readable on a terminal, JSON elsewhere.
"""

import logging
import sys
from collections.abc import MutableMapping
from typing import Literal, TextIO

import structlog
from structlog.typing import Processor

LogFormat = Literal["auto", "console", "json"]
LIBRARIES = ("alembic", "asyncio", "dbos", "httpcore", "httpcore2", "httpx", "httpx2", "openai", "sqlalchemy")
# A net under the rule that only ids are logged: fields of these names are struck out.
WITHHELD = frozenset(
    {"address", "body", "content", "from_address", "html", "password", "recipient", "secret", "sender"}
)
WITHHELD |= frozenset({"subject", "text", "token"})


def configure_logging(level: str, log_format: LogFormat = "auto", *, stream: TextIO | None = None) -> None:
    """Send Postroom's log from `level` (a name as `INFO`) on, and that of libraries from WARNING on, to `stream`.

    May be called again; the last call counts. Call it after a library that sets up a log of its own (dbos) was
    launched, too: its handlers are taken away.
    """
    out = stream or sys.stderr
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        _withhold,
    ]
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *shared,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        # Loggers are made when modules load, before this runs, and tests set them up again.
        cache_logger_on_first_use=False,
    )
    handler = logging.StreamHandler(out)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *_rendering(log_format, out)],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.WARNING)
    logging.getLogger("postroom").setLevel(level.upper())
    for name in LIBRARIES:
        library = logging.getLogger(name)
        library.handlers.clear()
        library.setLevel(logging.WARNING)
        library.propagate = True


def _rendering(log_format: LogFormat, out: TextIO) -> list[Processor]:
    if log_format == "console" or (log_format == "auto" and out.isatty()):
        # The default shows the local variables of every frame, and with them mail text.
        plain = structlog.dev.plain_traceback
        return [structlog.dev.ConsoleRenderer(colors=out.isatty(), exception_formatter=plain)]
    return [structlog.processors.format_exc_info, structlog.processors.JSONRenderer()]


def _withhold(logger: object, method: str, event: MutableMapping[str, object]) -> MutableMapping[str, object]:
    del logger, method
    for name in WITHHELD & event.keys():
        event[name] = "(withheld)"
    return event
