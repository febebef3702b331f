"""What is kept open follows the plan for it."""

from postroom.bootstrap.kept import KeptOpen, OpenPlan
from postroom.errors import ConfigurationError, PostroomError, TransientError


class Scene:
    """Counts what is opened and closed."""

    def __init__(self) -> None:
        self.opened: list[str] = []
        self.closed: list[str] = []
        self.told: list[tuple[str, PostroomError | None]] = []
        self.away = True
        self.there_at_closing: list[str | None] = []
        self.kept = KeptOpen[str](close=self._close, told=self._hear)

    def plan(self, text: str, *, key: int = 1) -> OpenPlan[str]:
        async def open_it() -> str:
            self.opened.append(text)
            if text == "broken":
                raise ConfigurationError("It is broken.")
            if text == "bug":
                raise ValueError(text)
            if text == "away" and self.away:
                raise TransientError("It is away.")
            return text

        return OpenPlan(key=key, open=open_it)

    async def _close(self, name: str, opened: str) -> None:
        self.there_at_closing.append(self.kept.by_name.get(name))
        self.closed.append(f"{name}:{opened}")

    async def _hear(self, name: str, error: PostroomError | None) -> None:
        self.told.append((name, error))


async def test_the_same_plan_is_opened_once() -> None:
    scene = Scene()
    for _ in range(3):
        await scene.kept.follow({"a": scene.plan("first")})
    assert (scene.opened, scene.closed, scene.kept.by_name) == (["first"], [], {"a": "first"})


async def test_another_key_opens_anew_before_it_closes_so_that_there_is_always_one() -> None:
    scene = Scene()
    await scene.kept.follow({"a": scene.plan("first")})
    await scene.kept.follow({"a": scene.plan("second", key=2)})
    assert scene.there_at_closing == ["second"]
    assert (scene.opened, scene.closed, scene.kept.by_name) == (["first", "second"], ["a:first"], {"a": "second"})


async def test_what_is_planned_no_more_is_closed() -> None:
    scene = Scene()
    await scene.kept.follow({"a": scene.plan("first"), "b": scene.plan("other")})
    await scene.kept.follow({"b": scene.plan("other")})
    assert (scene.closed, scene.kept.by_name) == (["a:first"], {"b": "other"})


async def test_one_that_cannot_be_opened_is_told_once_and_leaves_the_others_alone() -> None:
    scene = Scene()
    plans = {"a": scene.plan("broken"), "b": scene.plan("other")}
    await scene.kept.follow(plans)
    await scene.kept.follow(plans)
    assert scene.opened == ["broken", "other"]
    assert scene.kept.by_name == {"b": "other"}
    assert [(name, error is None) for name, error in scene.told] == [("a", False), ("b", True)]
    assert set(scene.kept.failures) == {"a"}
    await scene.kept.follow({**plans, "a": scene.plan("mended", key=2)})
    assert scene.kept.by_name == {"a": "mended", "b": "other"}
    assert not scene.kept.failures


async def test_one_that_is_only_away_is_tried_again_and_told_once() -> None:
    scene = Scene()
    plans = {"a": scene.plan("away")}
    for _ in range(3):
        await scene.kept.follow(plans)
    assert [(name, error is None) for name, error in scene.told] == [("a", False)]
    scene.away = False
    await scene.kept.follow(plans)
    assert scene.kept.by_name == {"a": "away"}
    assert scene.told[-1] == ("a", None)
    assert not scene.kept.failures


async def test_a_bug_of_one_leaves_the_others_alone() -> None:
    scene = Scene()
    await scene.kept.follow({"a": scene.plan("bug"), "b": scene.plan("other")})
    assert scene.kept.by_name == {"b": "other"}
    assert "ValueError" in str(scene.kept.failures["a"])


async def test_one_that_cannot_be_opened_with_its_new_plan_is_closed_all_the_same() -> None:
    scene = Scene()
    await scene.kept.follow({"a": scene.plan("first")})
    await scene.kept.follow({"a": scene.plan("broken", key=2)})
    assert (scene.kept.by_name, scene.closed, set(scene.kept.failures)) == ({}, ["a:first"], {"a"})
