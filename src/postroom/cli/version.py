"""`postroom version`."""

import platform

import typer

from postroom import __version__
from postroom.cli.opening import Json


def version(as_json: Json = False) -> None:
    """Show which Postroom and which Python this is."""
    if as_json:
        typer.echo(f'{{"postroom":"{__version__}","python":"{platform.python_version()}"}}')
    else:
        typer.echo(f"postroom {__version__} (Python {platform.python_version()})")
