"""The starter catalogue: what the demo's customers write about, in which languages, and which article answers it.

The starter corpus, the starter articles and the mock mailbox speak of the same shop ("Lindenhof", an online shop for
household goods) and are written apart from each other: they share these ids and nothing else.
"""

from dataclasses import dataclass

LANGUAGES = ("en", "de", "fr", "es", "it", "nl")
PRIORITIES = ("urgent", "high", "normal", "low")
SENTIMENTS = ("positive", "neutral", "negative")


@dataclass(frozen=True, slots=True, kw_only=True)
class Intent:
    """One thing a customer wants; `article_id` is None where only a person can answer."""

    id: str
    category: str
    article_id: str | None
    meaning: str


def _intent(category: str, intent_id: str, meaning: str, *, article: bool = True) -> Intent:
    return Intent(id=intent_id, category=category, article_id=intent_id if article else None, meaning=meaning)


INTENTS = (
    _intent("order_status", "order_tracking", "Where is my order, how do I track it?"),
    _intent("order_status", "order_no_confirmation", "I ordered but got no confirmation e-mail."),
    _intent("order_change", "order_cancel", "I want to cancel an order that has not been shipped."),
    _intent("order_change", "order_change_address", "I gave the wrong delivery address for an order."),
    _intent("delivery", "delivery_times_costs", "How long does delivery take and what does it cost?"),
    _intent("delivery", "delivery_abroad", "Do you deliver to other countries?"),
    _intent("delivery_problem", "delivery_damaged", "The goods arrived broken.", article=False),
    _intent("delivery_problem", "delivery_missing", "An article is missing or the wrong one came.", article=False),
    _intent("delivery_problem", "delivery_not_found", "The carrier says delivered but nothing is here.", article=False),
    _intent("returns", "return_how", "How do I send something back, where is the label?"),
    _intent("returns", "return_period", "How long may I return something, in which condition?"),
    _intent("refund", "refund_when", "I sent it back; when do I get my money?"),
    _intent("refund", "refund_wrong_amount", "The refund was too low or went to the wrong account.", article=False),
    _intent("invoice", "invoice_copy", "I need an invoice or a copy of it."),
    _intent("invoice", "invoice_company", "The invoice must name my company or VAT number."),
    _intent("payment", "payment_methods", "Which ways to pay are there, can I pay by invoice or instalments?"),
    _intent("payment", "payment_declined", "My card or payment was declined."),
    _intent("payment", "payment_double", "I was charged twice or wrongly.", article=False),
    _intent("account", "account_password", "I forgot my password, the reset mail does not come."),
    _intent("account", "account_change_email", "I want to change the e-mail address or name of my account."),
    _intent("account", "account_hacked", "Someone else used my account.", article=False),
    _intent("privacy", "privacy_delete", "Delete my account and my data."),
    _intent("privacy", "privacy_newsletter", "Take me off the newsletter."),
    _intent("product", "product_availability", "When is a sold-out product back?"),
    _intent("product", "product_care", "How do I clean or care for cast iron, wood or linen?"),
    _intent("product", "product_advice", "Which product fits my special case?", article=False),
    _intent("warranty", "warranty_terms", "How long is the warranty and what does it cover?"),
    _intent("warranty", "warranty_claim", "A device broke after some months, I want it repaired.", article=False),
    _intent("voucher", "voucher_redeem", "How do I use a voucher or discount code; it is refused."),
    _intent("voucher", "voucher_buy", "How do I buy a gift card, how long is it valid?"),
    _intent("loyalty", "loyalty_points", "How do I collect and spend points?"),
    _intent("technical", "technical_site_error", "The site or app shows an error, the basket empties.", article=False),
    _intent(
        "complaint", "complaint_service", "Angry about the service, threatens with a lawyer or reviews.", article=False
    ),
    _intent("business", "business_quote", "A company wants a quote, large quantity, partnership.", article=False),
)

CATEGORIES = tuple(dict.fromkeys(intent.category for intent in INTENTS))
