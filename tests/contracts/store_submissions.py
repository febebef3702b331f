"""What every implementation of `Submissions` does."""

import asyncio
from dataclasses import replace

import pytest

from contracts.kept_nouns import HALF_PAIR, ODD, submission
from contracts.store_nouns import at
from postroom.errors import InputError
from postroom.interfaces.stores import Stores


class SubmissionsContract:
    """The suite; a subclass gives the fixtures `stores` and `second`, which are open on the same place."""

    async def test_the_first_under_a_key_stays(self, stores: Stores, second: Stores) -> None:
        first = submission("k")
        assert await stores.submissions.keep(first) == first
        assert await second.submissions.keep(submission("k", fingerprint="other", minute=9)) == first
        assert await second.submissions.find("k") == first

    async def test_keys_are_kept_apart(self, stores: Stores) -> None:
        for key in ("k", "K", "k "):
            assert await stores.submissions.keep(submission(key, fingerprint=key)) == submission(key, fingerprint=key)
        assert await stores.submissions.find("l") is None

    async def test_of_many_at_once_all_get_the_same(self, stores: Stores, second: Stores) -> None:
        wanted = [submission("k", fingerprint=f"{number}") for number in range(20)]
        kept = await asyncio.gather(
            *((stores if number % 2 else second).submissions.keep(one) for number, one in enumerate(wanted))
        )
        assert kept == [kept[0]] * 20
        assert await stores.submissions.find("k") == kept[0]

    async def test_old_ones_are_forgotten_and_their_keys_free(self, stores: Stores) -> None:
        for minute in range(4):
            await stores.submissions.keep(submission(f"k{minute}", minute=minute))
        await stores.submissions.forget(before=at(2))
        left = [await stores.submissions.find(f"k{minute}") is not None for minute in range(4)]
        assert left == [False, False, True, True]
        anew = submission("k0", fingerprint="new", minute=9)
        assert await stores.submissions.keep(anew) == anew

    async def test_odd_text_comes_back_as_it_was(self, stores: Stores) -> None:
        odd = replace(submission(ODD, fingerprint=ODD), plan=ODD)
        assert await stores.submissions.keep(odd) == odd
        assert await stores.submissions.find(ODD) == odd

    async def test_text_that_is_not_unicode_is_refused(self, stores: Stores) -> None:
        with pytest.raises(InputError):
            await stores.submissions.keep(submission(HALF_PAIR))
        with pytest.raises(InputError):
            await stores.submissions.find(HALF_PAIR)
