from collections import Counter

import pytest

from postroom.knowledge.articles import ArticleShelf, starter_shelf
from postroom.knowledge.search import ArticleSearch, paragraphs
from postroom.model.article import Article, ArticleId
from postroom.model.catalogue import INTENTS, LANGUAGES

SEARCH = ArticleSearch(starter_shelf())

# Written for this test; some articles were given more questions after it had shown what they missed, so this holds the
# quality that was reached and does not measure it. Mock mail of seeds that were never fitted on does.
IN_OTHER_WORDS: dict[str, tuple[tuple[str, str], ...]] = {
    "en": (
        ("It's been nine days, still no sign of my parcel", "order_tracking"),
        ("what's the postage on a small order?", "delivery_times_costs"),
        ("can I still send the vase back, I bought it 25 days ago", "return_period"),
        ("Where is the refund for the jug I returned?", "refund_when"),
        ("need the bill as a pdf for my accountant", "invoice_copy"),
        ("my visa card keeps getting declined at the checkout", "payment_declined"),
        ("I can't log in, forgot the password", "account_password"),
        ("stop the marketing emails please", "privacy_newsletter"),
        ("the iron skillet has rust spots", "product_care"),
        ("my coupon is rejected", "voucher_redeem"),
        ("how many points do I have and do they expire", "loyalty_points"),
    ),
    "de": (
        ("seit neun Tagen kein Lebenszeichen von meinem Paket", "order_tracking"),
        ("wie hoch ist das Porto bei einer kleinen Bestellung", "delivery_times_costs"),
        ("Wo bleibt die Rückerstattung für den zurückgeschickten Krug?", "refund_when"),
        ("brauche die Rechnung als PDF für den Steuerberater", "invoice_copy"),
        ("meine Visakarte wird an der Kasse dauernd abgelehnt", "payment_declined"),
        ("komme nicht ins Konto, Passwort weg", "account_password"),
        ("bitte keine Werbemails mehr", "privacy_newsletter"),
        ("die Eisenpfanne hat Rostflecken", "product_care"),
        ("der Coupon wird nicht akzeptiert, Code ungültig", "voucher_redeem"),
        ("wie viele Punkte habe ich und verfallen sie", "loyalty_points"),
    ),
    "fr": (
        ("neuf jours sans nouvelles de mon colis", "order_tracking"),
        ("combien de frais de port pour une petite commande", "delivery_times_costs"),
        ("où est le remboursement de la cruche que j'ai renvoyée", "refund_when"),
        ("il me faut la facture en pdf pour mon comptable", "invoice_copy"),
        ("ma carte visa est toujours refusée", "payment_declined"),
        ("impossible de me connecter, mot de passe perdu", "account_password"),
        ("plus de mails publicitaires svp", "privacy_newsletter"),
        ("la poêle a des taches de rouille", "product_care"),
        ("combien de points ai-je et expirent-ils", "loyalty_points"),
    ),
    "es": (
        ("nueve días sin noticias de mi paquete", "order_tracking"),
        ("cuánto son los gastos de envío de un pedido pequeño", "delivery_times_costs"),
        ("dónde está el reembolso de la jarra que devolví", "refund_when"),
        ("necesito la factura en pdf para mi gestor", "invoice_copy"),
        ("mi tarjeta visa siempre es rechazada", "payment_declined"),
        ("no puedo entrar, perdí la contraseña", "account_password"),
        ("no más correos de publicidad", "privacy_newsletter"),
        ("la sartén tiene manchas de óxido", "product_care"),
        ("cuántos puntos tengo y si caducan", "loyalty_points"),
    ),
    "it": (
        ("nove giorni senza notizie del mio pacco", "order_tracking"),
        ("quanto sono le spese di spedizione per un piccolo ordine", "delivery_times_costs"),
        ("dov'è il rimborso della brocca che ho reso", "refund_when"),
        ("mi serve la fattura in pdf per il commercialista", "invoice_copy"),
        ("la mia carta visa viene sempre rifiutata", "payment_declined"),
        ("non riesco ad accedere, password persa", "account_password"),
        ("basta mail di pubblicità", "privacy_newsletter"),
        ("la padella ha macchie di ruggine", "product_care"),
        ("quanti punti ho e quando scadono", "loyalty_points"),
    ),
    "nl": (
        ("al negen dagen niets gehoord van mijn pakket", "order_tracking"),
        ("hoeveel verzendkosten bij een kleine bestelling", "delivery_times_costs"),
        ("waar blijft de terugbetaling van de kan die ik terugstuurde", "refund_when"),
        ("ik heb de factuur als pdf nodig voor de boekhouder", "invoice_copy"),
        ("mijn visakaart wordt steeds geweigerd", "payment_declined"),
        ("ik kan niet inloggen, wachtwoord kwijt", "account_password"),
        ("geen reclamemails meer graag", "privacy_newsletter"),
        ("de koekenpan heeft roestvlekken", "product_care"),
        ("hoeveel punten heb ik en verlopen ze", "loyalty_points"),
    ),
}


CATEGORY_OF = {intent.id: intent.category for intent in INTENTS}


@pytest.mark.parametrize("language", LANGUAGES)
def test_questions_in_other_words_find_their_article_first_in_its_category(language: str) -> None:
    missed = [
        (text, found[0].article_id if found else None)
        for text, wanted in IN_OTHER_WORDS[language]
        for found in [SEARCH.search(text, language=language, category=CATEGORY_OF[wanted], limit=1)]
        if not found or found[0].article_id != wanted
    ]
    assert len(missed) <= len(IN_OTHER_WORDS[language]) // 4, missed


@pytest.mark.parametrize("language", LANGUAGES)
def test_questions_in_other_words_find_their_article_among_the_first_three_of_all(language: str) -> None:
    missed = [
        text
        for text, wanted in IN_OTHER_WORDS[language]
        if wanted not in [one.article_id for one in SEARCH.search(text, language=language, category=None, limit=3)]
    ]
    assert len(missed) <= len(IN_OTHER_WORDS[language]) // 4, missed


def test_results_are_ordered_limited_and_of_the_language() -> None:
    found = SEARCH.search("Paket Lieferung Rechnung", language="de", category=None, limit=5)
    assert len(found) == 5
    assert [one.score for one in found] == sorted((one.score for one in found), reverse=True)
    assert {one.language for one in found} == {"de"}


def test_a_category_narrows_the_search() -> None:
    found = SEARCH.search("invoice for my company", language="en", category="invoice", limit=10)
    assert {one.article_id for one in found} == {"invoice_copy", "invoice_company"}


def test_topics_for_a_person_are_scored_but_never_returned_as_passages() -> None:
    text = "the goods arrived broken"
    best = SEARCH.scores(Counter(("good", "arriv", "broken")), "en")
    assert best.topics[int(best.scores.argmax())].id == "delivery_damaged"
    found = SEARCH.search(text, language="en", category=None, limit=50)
    assert "delivery_damaged" not in {one.article_id for one in found}


def test_the_quoted_paragraph_is_the_one_that_shares_most_words() -> None:
    (found,) = SEARCH.search("iron the linen while damp", language="en", category="product", limit=1)
    assert found.text.startswith("Linen:")


@pytest.mark.parametrize(("text", "language"), [("", "en"), ("12345", "en"), ("xqzv", "en"), ("parcel", "xx")])
def test_nothing_in_common_finds_nothing(text: str, language: str) -> None:
    assert SEARCH.search(text, language=language, category=None, limit=3) == []


def test_a_misspelt_compound_is_found_by_its_fragments() -> None:
    (found,) = SEARCH.search("Geschenkkartn", language="de", category="voucher", limit=1)
    assert found.article_id in {"voucher_buy", "voucher_redeem"}


def test_equal_articles_keep_the_order_of_the_shelf() -> None:
    twins = [
        Article(id=ArticleId(name), language="en", category="c", title="Tea", questions=("Tea?",), body="Tea.")
        for name in ("z", "a")
    ]
    found = ArticleSearch(ArticleShelf(twins)).search("tea", language="en", category=None, limit=2)
    assert [one.article_id for one in found] == ["z", "a"]


def test_paragraphs_are_separated_by_empty_lines() -> None:
    one = Article(id=ArticleId("a"), language="en", category="c", title="T", questions=("Q",), body="A\nb\n\n\n\nC\n")
    assert paragraphs(one) == ("A\nb", "C")


def test_topics_are_in_the_order_of_the_scores() -> None:
    assert SEARCH.topics("de") == SEARCH.scores(Counter(("paket",)), "de").topics
    assert SEARCH.topics("xx") == ()
