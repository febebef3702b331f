from postroom.actions.check import Check, Trial, check
from postroom.errors import PluginError


async def fine() -> str:
    return "all well"


async def refused() -> str:
    raise PluginError("It refused.", hint="Ask nicely.")


async def broken() -> str:
    raise ZeroDivisionError("secret words")


async def test_every_trial_is_told_in_words_and_none_stops_the_next() -> None:
    found = await check([Trial(name="a", look=refused), Trial(name="b", look=broken), Trial(name="c", look=fine)])
    assert [one.ok for one in found] == [False, False, True]
    assert found[0] == Check(name="a", ok=False, text="It refused.", hint="Ask nicely.")
    assert found[1].text == "ZeroDivisionError"
    assert found[2].text == "all well"
