"""Past mail as a file: a customer's e-mail and the company's own."""

MBOX = (
    b"From a Mon Nov  2 09:00:00 2026\nFrom: a@x.example\nSubject: One\n\nWhere is my parcel?\n\n"
    b"From b Mon Nov  2 09:00:00 2026\nFrom: help@shop.example\nSubject: Two\n\nHere it is.\n"
)
