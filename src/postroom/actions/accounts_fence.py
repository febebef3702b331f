"""How far accounts may lead that are set up over HTTP: whoever has a password need not own the machine.

Who works at the command line owns it and is bound by nothing of this.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from pydantic import BaseModel

from postroom.actions.accounts_sealed import with_paths
from postroom.errors import InputError

PRIVATE = "allow_private"
"""The setting of a kind, where it has one, that lets it reach addresses inside the own network."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fence:
    """Files of accounts lie in `folder`; they reach into the own network only where that is allowed at all."""

    folder: Path
    private_allowed: bool

    def with_paths_inside(self, config: type[BaseModel], values: Mapping[str, object]) -> dict[str, object]:
        """Return nested `values` with every path absolute and its links followed; a relative one begins in the folder.

        Raises:
            InputError: a path leads out of the folder.
        """
        return with_paths(config, values, self.inside)

    def require_within(self, config: BaseModel) -> None:
        """Pass where the settings of an account stay out of the own network, or may lead there.

        Raises:
            InputError: they lead there.
        """
        if getattr(config, PRIVATE, False) and not self.private_allowed:
            raise InputError(
                f"{PRIVATE!r} cannot be set here: addresses inside the own network are not allowed over the API.",
                hint="Who runs Postroom may set it at the command line, or allow it for all by "
                "POSTROOM_ALLOW_PRIVATE_WEBHOOKS=true.",
            )

    def inside(self, written: str) -> str:
        """Return a path absolute and with its links followed; a relative one begins in the folder.

        Raises:
            InputError: it leads out of the folder.
        """
        root = self.folder.resolve()
        try:
            found = (root / written).resolve()
        except (OSError, RuntimeError, ValueError):
            # A loop of links, a name that no disk knows: wherever it leads, it is not said to be inside.
            found = None
        if found is None or not found.is_relative_to(root):
            raise InputError(
                f"The path {written!r} leads out of the folder that accounts may use over the API.",
                hint=f"Name a place in {str(root)!r} (POSTROOM_FOLDERS_DIR); at the command line it may be any.",
            )
        return str(found)
