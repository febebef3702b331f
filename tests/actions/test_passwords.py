import pytest
from argon2 import PasswordHasher

from postroom.actions.passwords import PASSWORDS, Passwords, require_password
from postroom.errors import InputError

QUICK = Passwords(PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))


@pytest.mark.parametrize(
    "password", ["", "x" * 11, "ab" * 600, "Anna.Annasdottir", "x" * 40, "\ud800" + "abcdefghijkl"]
)
def test_a_password_that_protects_nothing_is_refused(password: str) -> None:
    with pytest.raises(InputError) as caught:
        require_password(password, name="anna.annasdottir")
    assert not password or password not in f"{caught.value.message} {caught.value.hint}"


@pytest.mark.parametrize("password", ["twelve chars", "ab" * 512, "дождь на крыше", "🌧 over seven roofs"])
def test_any_long_text_will_do(password: str) -> None:
    require_password(password, name="ann")
    with pytest.raises(InputError):
        require_password(password, name=password.upper())


async def test_a_password_matches_its_own_hash_only() -> None:
    kept = await QUICK.hashed("rain on seven roofs")
    assert kept.startswith("$argon2id$")
    assert await QUICK.match(kept, "rain on seven roofs")
    assert not await QUICK.match(kept, "Rain on seven roofs")
    assert not await QUICK.match("", "rain on seven roofs")
    assert not await QUICK.match("damaged", "rain on seven roofs")


async def test_the_same_letters_from_another_keyboard_match() -> None:
    kept = await QUICK.hashed("schöne grüße")
    assert await QUICK.match(kept, "scho\u0308ne gru\u0308ße")


async def test_real_passwords_cost_what_rfc_9106_asks_for() -> None:
    kept = await PASSWORDS.hashed("rain on seven roofs")
    assert kept.startswith("$argon2id$v=19$m=65536,t=3,p=4$")
    assert await PASSWORDS.match(kept, "rain on seven roofs")
    assert not PASSWORDS.outdated(kept)


async def test_a_hash_with_weaker_parameters_is_outdated() -> None:
    kept = await QUICK.hashed("rain on seven roofs")
    assert not QUICK.outdated(kept)
    assert PASSWORDS.outdated(kept)
