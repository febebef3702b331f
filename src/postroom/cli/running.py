"""Runs a command: its event loop, its signals, and its errors in words."""

import asyncio
import os
import signal
import sys
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager
from typing import TypeVar

import typer

from postroom.cli.hints import in_commands
from postroom.cli.output import say
from postroom.errors import PostroomError

Result = TypeVar("Result")
FAILED = 1
INTERRUPTED = 130


def run(work: Coroutine[object, object, Result]) -> Result:
    """Return what `work` gives; a failure becomes a message with a hint on standard error and exit code 1."""
    with errors_in_words():
        return asyncio.run(_awaited(work))


@contextmanager
def errors_in_words() -> Iterator[None]:
    """Show errors as message and hint and end with exit code 1; with POSTROOM_LOG_LEVEL=DEBUG also where it was."""
    try:
        yield
    except PostroomError as error:
        _show(error.message, error.hint)
        if _debugging():
            raise
        raise typer.Exit(FAILED) from error
    except BrokenPipeError as error:
        # Whoever read the output has gone (`| head`); closing it again at exit would complain once more.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise typer.Exit(FAILED) from error
    except (KeyboardInterrupt, asyncio.CancelledError) as error:
        raise typer.Exit(INTERRUPTED) from error
    except OSError as error:
        _show(f"{error.filename or 'A file'}: {error.strerror or error}.", "Check the path and who may use it.")
        if _debugging():
            raise
        raise typer.Exit(FAILED) from error
    except (typer.Exit, typer.Abort):
        raise
    except Exception as error:
        _show(
            f"Something unexpected went wrong ({type(error).__name__}).",
            "Run it again with POSTROOM_LOG_LEVEL=DEBUG to see where, and report it.",
        )
        if _debugging():
            raise
        raise typer.Exit(FAILED) from error


@contextmanager
def stop_signals() -> Iterator[asyncio.Event]:
    """Give an event that SIGINT and SIGTERM set; a second signal ends the process as usual."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    signals = (signal.SIGINT, signal.SIGTERM)

    def asked() -> None:
        stop.set()
        for one in signals:
            loop.remove_signal_handler(one)

    for one in signals:
        loop.add_signal_handler(one, asked)
    try:
        yield stop
    finally:
        for one in signals:
            loop.remove_signal_handler(one)


async def _awaited(work: Coroutine[object, object, Result]) -> Result:
    return await work


def _show(message: str, hint: str) -> None:
    say(f"Error: {message}")
    if hint:
        say(f"Hint: {in_commands(hint)}")


def _debugging() -> bool:
    return os.environ.get("POSTROOM_LOG_LEVEL", "").upper() == "DEBUG"
