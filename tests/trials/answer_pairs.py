"""Answers as people write them, beside the article that a draft would have used, and whether both say the same.

Run as `python tests/trials/answer_pairs.py` it prints how well each threshold of agreement tells them apart.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from postroom.knowledge.articles import ArticleShelf, starter_shelf
from postroom.knowledge.search import ArticleSearch, paragraphs
from postroom.model.article import Passage
from postroom.model.draft import Draft
from postroom.trials.shadow_agreement import Agreement


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """An article in a language, what a person answered, and whether the article says the same."""

    article_id: str
    language: str
    answer: str
    same: bool


def _pair(article_id: str, language: str, answer: str, *, same: bool) -> Pair:
    return Pair(article_id=article_id, language=language, answer=answer, same=same)


SAME = (
    (
        "return_how",
        "en",
        "Hi Ann, just go to My orders, pick the order and press Return. You get a label to print, stick "
        "it on the parcel and drop it at a carrier shop. It costs nothing within the EU.",
    ),
    ("return_how", "en", "Returns are free. In your account choose the order, click Return and print the label."),
    (
        "account_password",
        "en",
        "Please use the Forgot your password link on the log-in page. We will e-mail you a link "
        "that is valid for one hour; check the spam folder if it does not come.",
    ),
    (
        "account_password",
        "en",
        "After too many attempts the account is locked for half an hour. Then you can log in "
        "again or choose a new password with the link on the log-in page.",
    ),
    ("invoice_copy", "en", "The invoice is in your account as a PDF: My orders, then the order, then Invoice."),
    (
        "order_tracking",
        "en",
        "Log in and open My orders, there you find the tracking link of your parcel. It normally "
        "takes two to four working days.",
    ),
    (
        "delivery_abroad",
        "en",
        "Yes, we deliver to Switzerland, it takes 4 to 7 working days and costs 14.90. Customs may be added.",
    ),
    (
        "order_cancel",
        "en",
        "You can still cancel it yourself under My orders as long as it is in preparation; the money "
        "goes back to you within 5 working days.",
    ),
    ("privacy_newsletter", "en", "There is an unsubscribe link at the bottom of each newsletter, one click is enough."),
    (
        "return_how",
        "de",
        "Hallo, bitte öffnen Sie im Konto „Meine Bestellungen“, klicken auf Zurücksenden und drucken Sie "
        "das Etikett aus. Die Rücksendung ist kostenlos.",
    ),
    (
        "account_password",
        "de",
        "Guten Tag, über „Passwort vergessen“ auf der Anmeldeseite bekommen Sie eine E-Mail mit "
        "einem Link für ein neues Passwort. Der Link gilt eine Stunde.",
    ),
    (
        "order_tracking",
        "de",
        "Den Link zur Sendungsverfolgung finden Sie unter Meine Bestellungen. Pakete brauchen meist 2 bis 4 Werktage.",
    ),
    (
        "order_cancel",
        "de",
        "Solange die Bestellung in Vorbereitung ist, können Sie sie in Ihrem Konto unter Meine "
        "Bestellungen selbst stornieren.",
    ),
    ("privacy_newsletter", "de", "Unten in jedem Newsletter gibt es einen Link zum Abmelden, ein Klick genügt."),
)
OTHER = (
    ("return_how", "en", "I am sorry to hear that. I have passed it on to my colleague, who will call you tomorrow."),
    (
        "return_how",
        "en",
        "The item you ask about will be back in stock in March. You can leave your address on its page "
        "and we write to you.",
    ),
    ("return_how", "en", "The money was sent to your card on Monday, it takes up to five working days to arrive."),
    ("account_password", "en", "To change the e-mail address of your account, open My account and enter the new one."),
    ("account_password", "en", "Thanks, I will look into it and get back to you."),
    ("invoice_copy", "en", "We have corrected the VAT number on your invoice and attached the new one."),
    ("invoice_copy", "en", "Your parcel was lost by the carrier. We send you a new one today at no cost."),
    ("order_tracking", "en", "Unfortunately the parcel was damaged in our warehouse, a replacement left today."),
    ("order_tracking", "en", "Sure, I have changed the delivery address of your order."),
    ("delivery_abroad", "en", "We take credit card, PayPal and bank transfer."),
    ("order_cancel", "en", "You collect one point for each euro; points can be used at the checkout."),
    ("privacy_newsletter", "en", "You can delete your account under My account, Privacy."),
    ("privacy_newsletter", "en", "Ok."),
    ("return_how", "de", "Das tut mir leid, ich kläre das mit dem Lager und melde mich morgen bei Ihnen."),
    ("account_password", "de", "Die Rechnung liegt als PDF in Ihrem Konto unter Meine Bestellungen."),
    ("order_tracking", "de", "Wir haben die Bestellung storniert, das Geld ist in fünf Tagen auf Ihrem Konto."),
    ("order_cancel", "de", "Gutscheine können Sie an der Kasse einlösen."),
    ("privacy_newsletter", "de", "Vielen Dank für Ihre Nachricht, ich leite sie weiter."),
)
PAIRS = tuple(_pair(*one, same=same) for same, listed in ((True, SAME), (False, OTHER)) for one in listed)
THRESHOLDS = (0.2, 0.3, 0.4, 0.5, 0.55, 0.6, 0.7)


def draft_of(pair: Pair, shelf: ArticleShelf) -> Draft:
    """Return the draft that its article would make."""
    article = shelf.find(pair.article_id, pair.language)
    assert article is not None, pair.article_id
    passages = tuple(
        Passage(article_id=article.id, language=article.language, text=text, score=1.0) for text in paragraphs(article)
    )
    return Draft(text=article.body, language=article.language, probability=1.0, passages=passages, responder="articles")


def agreements(pairs: Sequence[Pair] = PAIRS) -> list[tuple[Pair, float]]:
    """Return the agreement of each pair."""
    shelf = starter_shelf()
    agreement = Agreement(ArticleSearch(shelf))
    return [(pair, agreement.between(draft_of(pair, shelf), pair.answer)) for pair in pairs]


def main() -> None:
    """Print how many pairs each threshold takes rightly and wrongly."""
    found = agreements()
    for threshold in THRESHOLDS:
        same = sum(value >= threshold for pair, value in found if pair.same)
        other = sum(value >= threshold for pair, value in found if not pair.same)
        print(f"{threshold}: {same} of {len(SAME)} that say the same, {other} of {len(OTHER)} that do not")
    for pair, value in sorted(found, key=lambda each: each[1]):
        print(f"{value:.2f} {'same ' if pair.same else 'other'} {pair.article_id} {pair.language} {pair.answer[:60]}")


if __name__ == "__main__":
    main()
