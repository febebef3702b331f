from contracts.store_nouns import reply
from postroom.actions.conversations import letters
from postroom.api.letter import letter_body_of


async def test_a_letter_is_shown_without_its_bytes_and_envelope() -> None:
    (letter,) = await letters([reply("r1", version=2)])
    body = letter_body_of(letter)
    assert (body.subject, body.automatic, body.state) == ("Re", True, "pending")
    assert body.recipient.address == "ann@example.com"
    assert "shop@shop.example" not in body.model_dump_json()
