"""The command line: `postroom --help`."""

from postroom.cli.app import app, main

__all__ = ["app", "main"]
