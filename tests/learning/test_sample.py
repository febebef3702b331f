"""The audited share: fair, repeatable, and nobody's guess."""

from postroom.learning.sample import is_drawn
from postroom.model.execution import ExecutionId

IDS = [ExecutionId(f"ex_{number}") for number in range(4_000)]
SECRET = b"s" * 32


def drawn(share: float, secret: bytes = SECRET) -> set[ExecutionId]:
    return {one for one in IDS if is_drawn(one, secret=secret, share=share)}


def test_the_share_is_kept_within_chance_and_a_larger_one_holds_the_smaller() -> None:
    few, many = drawn(0.05), drawn(0.25)
    # Four standard deviations of a binomial of 4,000.
    assert 145 <= len(few) <= 255
    assert 890 <= len(many) <= 1_110
    assert few < many


def test_nothing_and_everything_are_what_they_say() -> None:
    assert drawn(0) == set()
    assert drawn(1) == set(IDS)


def test_another_secret_draws_others() -> None:
    ours, theirs = drawn(0.25), drawn(0.25, b"t" * 32)
    # Two independent quarters share a sixteenth.
    assert len(ours & theirs) < 350
