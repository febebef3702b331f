from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Literal

import pytest
from argon2 import PasswordHasher

from clocks import SetClock
from postroom.actions.desk import Desk
from postroom.actions.log_in import (
    MOST_OF_ADDRESS,
    MOST_OF_NAME,
    MOST_OF_NAME_AND_ADDRESS,
    WINDOW_SECONDS,
    Attempt,
    TooManyAttemptsError,
    WrongPasswordError,
    is_worth_noting,
    log_in,
    network_of,
    take_attempt,
)
from postroom.actions.passwords import Passwords
from postroom.interfaces.stores import Stores
from postroom.model.credential import CredentialKind
from postroom.model.user import Role, User, UserId

NOW = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
QUICK = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
PASSWORD = "rain on seven roofs"


class Counting(PasswordHasher):
    """A hasher that remembers what passwords were compared with."""

    def __init__(self) -> None:
        super().__init__(time_cost=1, memory_cost=8, parallelism=1)
        self.compared: list[str | bytes] = []

    def verify(self, hash: str | bytes, password: str | bytes) -> Literal[True]:  # noqa: A002 - the name is argon2's.
        self.compared.append(hash)
        return super().verify(hash, password)


@pytest.fixture
def desk(stores: Stores) -> Desk:
    return Desk(stores=stores, clock=SetClock(NOW), by="test")


async def ann(desk: Desk, *, password_hash: str = "", disabled: bool = False) -> User:
    user = User(
        id=UserId("us_ann"),
        name="ann",
        display_name="Ann",
        role=Role.AGENT,
        created_at=NOW,
        updated_at=NOW,
        password_hash=password_hash,
        disabled=disabled,
    )
    assert await desk.stores.users.add(user)
    return user


def attempt(name: str = "ann", password: str = PASSWORD, address: str = "192.0.2.1") -> Attempt:
    return Attempt(name=name, password=password, address=address)


async def test_an_unknown_name_costs_the_same_comparison_as_a_known_one(desk: Desk) -> None:
    hasher = Counting()
    kept = hasher.hash(PASSWORD)
    await ann(desk, password_hash=kept)
    passwords = Passwords(hasher)
    for name in ("nobody", "ann"):
        with pytest.raises(WrongPasswordError):
            await log_in(desk, attempt(name, "not this one"), passwords)
    nobodys, anns = hasher.compared
    assert anns == kept
    # A hash of its own, with the same parameters.
    assert str(nobodys).split("$")[:4] == kept.split("$")[:4]
    assert nobodys != kept


@pytest.mark.parametrize("disabled", [True, False])
async def test_who_is_disabled_or_has_no_password_costs_the_same_comparison(desk: Desk, *, disabled: bool) -> None:
    hasher = Counting()
    await ann(desk, password_hash=hasher.hash(PASSWORD) if disabled else "", disabled=disabled)
    with pytest.raises(WrongPasswordError):
        await log_in(desk, attempt(), Passwords(hasher))
    assert len(hasher.compared) == 1


async def test_nobody_gets_in_with_the_password_of_nobody(desk: Desk) -> None:
    await ann(desk)
    with pytest.raises(WrongPasswordError):
        await log_in(desk, attempt(password="nobody has this password"), Passwords(QUICK))


async def test_a_password_that_was_hashed_weaker_is_hashed_anew(desk: Desk) -> None:
    await ann(desk, password_hash=QUICK.hash(PASSWORD))
    stronger = Passwords(PasswordHasher(time_cost=2, memory_cost=16, parallelism=1))
    entrance = await log_in(desk, attempt(), stronger)
    stored = await desk.stores.users.get(entrance.user.id)
    assert not stronger.outdated(stored.password_hash)
    assert stored.revision == entrance.user.revision == 1
    await log_in(desk, attempt(), stronger)
    assert (await desk.stores.users.get(entrance.user.id)).revision == 1


async def test_trying_many_names_from_one_address_is_stopped(desk: Desk) -> None:
    for number in range(MOST_OF_ADDRESS):
        await take_attempt(desk, "log-in", f"name{number}", "192.0.2.1")
    with pytest.raises(TooManyAttemptsError):
        await take_attempt(desk, "log-in", "another", "192.0.2.1")
    await take_attempt(desk, "log-in", "another", "192.0.2.2")


async def test_trying_one_name_from_many_addresses_is_stopped(desk: Desk) -> None:
    for number in range(MOST_OF_NAME):
        await take_attempt(desk, "log-in", "ann", f"192.0.2.{number}")
    with pytest.raises(TooManyAttemptsError):
        await take_attempt(desk, "log-in", "ann", "198.51.100.1")
    await take_attempt(desk, "log-in", "bob", "198.51.100.1")


async def test_attempts_are_forgiven_after_a_quarter_of_an_hour(desk: Desk) -> None:
    clock = desk.clock
    assert isinstance(clock, SetClock)
    for _ in range(MOST_OF_NAME_AND_ADDRESS):
        await take_attempt(desk, "log-in", "ann", "192.0.2.1")
    with pytest.raises(TooManyAttemptsError):
        await take_attempt(desk, "log-in", "ann", "192.0.2.1")
    clock.at += timedelta(seconds=WINDOW_SECONDS + 1)
    await take_attempt(desk, "log-in", "ann", "192.0.2.1")


async def test_a_name_that_looks_like_an_address_takes_no_place_of_that_address(desk: Desk) -> None:
    for number in range(MOST_OF_ADDRESS):
        await take_attempt(desk, "log-in", "192.0.2.1", f"198.51.100.{number}")
    for number in range(MOST_OF_ADDRESS):
        await take_attempt(desk, "log-in", f"name{number}", "192.0.2.1")
    with pytest.raises(TooManyAttemptsError):
        await take_attempt(desk, "log-in", "ann", "192.0.2.1")


async def test_who_has_one_address_of_ipv6_has_the_attempts_of_one(desk: Desk) -> None:
    for number in range(MOST_OF_NAME_AND_ADDRESS):
        await take_attempt(desk, "log-in", "ann", f"2001:db8:0:1::{number:x}")
    with pytest.raises(TooManyAttemptsError):
        await take_attempt(desk, "log-in", "ann", "2001:db8:0:1:ffff::1")
    worth = [await is_worth_noting(desk, f"2001:db8:0:1::{number:x}") for number in range(MOST_OF_NAME_AND_ADDRESS + 1)]
    assert worth == [True] * MOST_OF_NAME_AND_ADDRESS + [False]


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("192.0.2.1", "192.0.2.1"),
        ("2001:db8:0:1:2:3:4:5", "2001:db8:0:1::/64"),
        ("2001:db8:0:2::", "2001:db8:0:2::/64"),
        ("::ffff:192.0.2.1", "192.0.2.1"),
        ("fe80::1%eth0", "fe80::/64"),
        ("", ""),
        ("no address", "no address"),
    ],
)
def test_attempts_count_for_what_one_party_has(address: str, network: str) -> None:
    assert network_of(address) == network


async def test_a_password_that_changes_while_it_is_compared_opens_nothing(desk: Desk) -> None:
    user = await ann(desk, password_hash=QUICK.hash(PASSWORD))

    class Meanwhile(Passwords):
        """Another request sets a new password between comparison and session."""

        async def match(self, password_hash: str, password: str) -> bool:
            matched = await super().match(password_hash, password)
            assert await desk.stores.users.change(replace(user, password_hash=QUICK.hash("another one altogether")))
            return matched

    with pytest.raises(WrongPasswordError):
        await log_in(desk, attempt(), Meanwhile(QUICK))
    assert (await desk.stores.credentials.list(CredentialKind.SESSION, user.id)).rows == ()
