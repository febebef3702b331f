"""What a responder promises."""

from typing import Protocol

from postroom.model.classification import Classification
from postroom.model.draft import Draft
from postroom.model.email import Email


class Responder(Protocol):
    """Drafts a reply to an e-mail from approved articles only. Repeatable, sends nothing."""

    @property
    def name(self) -> str:
        """The implementation and the version of its scores, as `articles@1a2b3c4d`.

        Where a language model has a say, a `+` and who it is follow. A draft in which it had none names what stands
        before the `+`: it rests on what was proven of that alone.
        """
        ...

    async def respond(self, email: Email, classification: Classification, *, signature: str) -> Draft:
        """Return the best draft, with a low probability where nothing fits (its text is then a skeleton for a person).

        `signature` is the name that ends the letter, empty for none.

        Raises:
            PluginError: a remote model cannot be reached (retryable).
        """
        ...
