"""The errors of Postroom, one tree.

PostroomError
├── ConfigurationError   a setting, a workflow or an account is wrong: a person must change it
├── InputError           what the caller gave cannot be used
│   └── NotFoundError    there is no such thing
├── ConflictError        the state does not allow it (any more)
├── StoreError           the store or the journal cannot be used
└── PluginError          a node, provider, classifier, responder or notifier failed
    └── TransientError   … and waiting may help

Each class says once who can mend it (`http_status`) and whether waiting helps (`retryable`).
"""

from typing import ClassVar


class PostroomError(Exception):
    """Base of all errors that Postroom raises on purpose.

    `message` says what failed, with which value, and why; `hint` says what to do. Neither holds secrets or mail text.
    `retry_after_seconds` is for how long trying again is useless, 0 where nobody knows.
    """

    code: ClassVar[str] = "error"
    http_status: ClassVar[int] = 500
    retryable: ClassVar[bool] = False
    retry_after_seconds: int = 0

    def __init__(self, message: str, *, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


class ConfigurationError(PostroomError):
    """A setting, a workflow or an account is wrong; a person must change it."""

    code = "configuration"
    http_status = 422


class InputError(PostroomError):
    """What the caller gave cannot be used."""

    code = "input"
    http_status = 422


class NotFoundError(InputError):
    """There is no such thing."""

    code = "not_found"
    http_status = 404


class ConflictError(PostroomError):
    """The state does not allow it, or no longer does."""

    code = "conflict"
    http_status = 409


class StoreError(PostroomError):
    """The store or the journal cannot be used."""

    code = "store"
    http_status = 503
    retryable = True


class PluginError(PostroomError):
    """A node, provider, classifier, responder or notifier failed, and trying again would not help."""

    code = "plugin"
    http_status = 502


class TransientError(PluginError):
    """A plug-in failed in a way that waiting may mend (time-out, 4xx of SMTP, 429 and 5xx of HTTP)."""

    code = "transient"
    http_status = 503
    retryable = True
