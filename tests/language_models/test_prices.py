from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from language_models.asking import PROMPT
from postroom.language_models.prices import Prices

tokens = st.integers(min_value=0, max_value=10**7)
prices = st.floats(min_value=0, max_value=1000)


def test_the_price_of_a_million_is_that_of_one_in_millionths() -> None:
    price = Prices(per_million_in=2.5, per_million_out=10.0)
    assert price.cost_millionths(1_000_000, 0) == 2_500_000
    assert price.cost_millionths(0, 1_000_000) == 10_000_000
    assert price.cost_millionths(1, 0) == 3
    assert Prices().cost_millionths(10**9, 10**9) == 0


@given(prices, prices, tokens, tokens)
def test_a_cost_is_never_rounded_down(price_in: float, price_out: float, tokens_in: int, tokens_out: int) -> None:
    cost = Prices(per_million_in=price_in, per_million_out=price_out).cost_millionths(tokens_in, tokens_out)
    assert cost >= tokens_in * price_in + tokens_out * price_out


@given(st.text(max_size=200), st.integers(min_value=1, max_value=1000))
def test_what_is_reserved_covers_a_token_for_each_byte(material: str, most_tokens: int) -> None:
    prompt = replace(PROMPT, material=material, most_tokens=most_tokens)
    price = Prices(per_million_in=1.0, per_million_out=1.0)
    written = prompt.instructions + material + "{}"
    assert price.at_most(prompt, "{}") >= len(written.encode("utf-8", "surrogatepass")) + most_tokens
