"""What requests say of accounts, whichever family they are of, and how accounts are shown."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, JsonValue

from postroom.actions.accounts import (
    WORD,
    AccountChange,
    AccountForm,
    Setup,
    ShownAccount,
    changed_meanwhile,
    require_settings,
)
from postroom.api.caller import Caller
from postroom.api.office import Office
from postroom.api.written import PLAIN_NUMBER, Revision, YesNo
from postroom.errors import ConfigurationError
from postroom.model.account import Account, AccountFamily
from postroom.model.user import Permission

MAX_NUMBER = 2**53
Name = Annotated[
    str, Field(pattern=r"^[a-z0-9][a-z0-9_-]{0,40}$", description="Small letters, digits, - and _; it never changes.")
]
Kind = Annotated[
    str, Field(pattern=r"^[a-z0-9][a-z0-9_-]{0,60}$", description="One of the kinds that `account-kinds` lists.")
]
SettingName = Annotated[str, Field(pattern=r"^[A-Za-z_][A-Za-z0-9_.-]{0,80}$")]
_Whole = Annotated[int, Field(ge=-MAX_NUMBER, le=MAX_NUMBER), PLAIN_NUMBER]
_Number = Annotated[float, Field(allow_inf_nan=False), PLAIN_NUMBER]
Scalar = Annotated[str, Field(max_length=20_000)] | YesNo | _Whole | _Number | None
# Texts in lists are addresses and names: even many of them fit into a request.
Listed = Annotated[
    list[Annotated[str, Field(max_length=1_000)] | YesNo | _Whole | _Number | None], Field(max_length=200)
]
Group = Annotated[dict[SettingName, Scalar | Listed], Field(max_length=60)]
Values = Annotated[
    dict[SettingName, Scalar | Listed | Group],
    Field(
        max_length=60,
        repr=False,
        description="Settings by name, as the schema of the kind says; those inside a group nested or by dotted path. "
        "Secrets are plain text here and never come out again.",
    ),
]
TestFirst = Annotated[YesNo, Field(description="Try it first, and store nothing where it does not work.")]


class NewAccountForm(BaseModel):
    """An account to be tried or added."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

    name: Name
    kind: Kind
    values: Values = Field(default={})
    test_first: TestFirst = True

    def form(self, setup: Setup, family: AccountFamily) -> AccountForm:
        """Return it as acts take it.

        Raises:
            InputError: a setting does not exist. ConfigurationError: there is no such kind.
        """
        require_settings(setup, family, self.kind, self.values)
        return AccountForm(name=self.name, kind=self.kind, values=without_dots(self.values))


class AccountChangeForm(BaseModel):
    """What is to be changed of an account; settings that are left out stay, null goes back to the default."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

    revision: Revision
    kind: Kind | None = Field(default=None, description="Another kind, which begins without any of the old settings.")
    values: Values = Field(default={})
    test_first: TestFirst = True

    def change(self, setup: Setup, account: Account) -> AccountChange:
        """Return it as acts take it.

        Raises:
            ConflictError: the account has another revision. InputError: a setting does not exist. ConfigurationError:
            there is no such kind.
        """
        if account.revision != self.revision:
            raise changed_meanwhile(WORD[account.family], account.name)
        require_settings(setup, account.family, self.kind or account.kind, self.values)
        return AccountChange(values=self.values, kind=self.kind)


class AccountBody(BaseModel):
    """An account without its secrets."""

    family: AccountFamily
    name: str
    kind: str
    values: dict[str, JsonValue] = Field(
        description="Its settings without the secrets; those at their default are out."
    )
    secrets: list[str] = Field(description="The secrets that are kept, by dotted path.")
    created_at: datetime
    updated_at: datetime
    revision: int
    failure: str = Field(description="Why it cannot be opened here, empty where it can or was not tried yet.")


def without_dots(values: Mapping[str, object]) -> dict[str, object]:
    """Return settings nested, those that are null left out."""
    found: dict[str, object] = {}
    for path, value in values.items():
        level, names = found, path.split(".")
        for name in names[:-1]:
            below = level.setdefault(name, {})
            if not isinstance(below, dict):
                below = level[name] = {}
            level = below
        if value is not None:
            level[names[-1]] = dict(value) if isinstance(value, dict) else value
    return found


def account_body(office: Office, caller: Caller, account: ShownAccount) -> AccountBody:
    """Return an account as `caller` may see it.

    Settings that may hold a secret without being one (the path of an address) are for those who configure.
    """
    word = WORD[account.family]
    return AccountBody(
        family=account.family,
        name=account.name,
        kind=account.kind,
        values={name: _json(value) for name, value in _seen_by(office, caller, account).items()},
        secrets=list(account.secrets),
        created_at=account.created_at,
        updated_at=account.updated_at,
        revision=account.revision,
        failure=office.standing().failures.get(f"{word} {account.name}", ""),
    )


def _seen_by(office: Office, caller: Caller, account: ShownAccount) -> Mapping[str, object]:
    """Return the settings of an account that `caller` may see."""
    if Permission.CONFIGURE in caller.permissions:
        return account.values
    try:
        fields = office.setup(office.desk(caller)).plugin(account.family, account.kind).config.model_fields
    except ConfigurationError:
        # A kind that is not installed here: nobody can tell which of its settings are to be hidden.
        return {}
    return {name: value for name, value in account.values.items() if name in fields and fields[name].repr}


def _json(value: object) -> JsonValue:
    """Return a value that came out of JSON as what Pydantic knows as JSON."""
    if value is None or isinstance(value, bool | int | float | str):
        return value
    if isinstance(value, Mapping):
        return {str(name): _json(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [_json(inner) for inner in value]
    raise TypeError(type(value).__name__)
