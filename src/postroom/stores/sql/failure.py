"""Errors of the database in the words of Postroom: what waiting may mend, apart from what it never will."""

from pathlib import Path

from sqlalchemy.exc import (
    DatabaseError,
    InterfaceError,
    InternalError,
    OperationalError,
    SQLAlchemyError,
)
from sqlalchemy.exc import (
    TimeoutError as PoolTimeoutError,
)

from postroom.errors import InputError, StoreError
from postroom.stores.sql.sqlite import is_too_much


def failure_of(error: SQLAlchemyError, path: Path) -> StoreError | InputError:
    """Return a StoreError where the database is at fault, an InputError where it can never take what it was given."""
    # The driver's own words only: SQLAlchemy's would add the statement.
    reason = str(getattr(error, "orig", None) or type(error).__name__)
    if not _database_is_at_fault(error):
        return refusal(reason, path)
    return StoreError(
        f"The database {str(path)!r} cannot be used: {reason}.",
        hint="Check that its disk is not full and that no other program holds it, then try again.",
    )


def refusal(reason: str, path: Path) -> InputError:
    """Return the error for what no waiting lets the database take."""
    return InputError(
        f"The database {str(path)!r} cannot take what it was given: {reason}.",
        hint="Trying again does not help; a mail that cannot be stored goes to quarantine. Report it as a bug.",
    )


def _database_is_at_fault(error: SQLAlchemyError) -> bool:
    if isinstance(error, OperationalError):
        return not is_too_much(error)
    # Of the classes of a driver, the plain DatabaseError is for a damaged file: no mail is to blame for it.
    return type(error) is DatabaseError or isinstance(error, (InterfaceError, InternalError, PoolTimeoutError))
