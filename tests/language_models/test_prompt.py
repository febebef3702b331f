from postroom.language_models.prompt import Usage


def test_the_usage_of_several_tries_is_one() -> None:
    tries = [Usage(tokens_in=1, tokens_out=2, cost_millionths=3), Usage(cost_millionths=10)]
    assert sum(tries, Usage()) == Usage(tokens_in=1, tokens_out=2, cost_millionths=13)


def test_it_reads_well() -> None:
    assert Usage(tokens_in=612, tokens_out=40, cost_millionths=1930).in_words() == "612 + 40 tokens, 0.001930"
