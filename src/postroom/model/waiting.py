"""What still waits in a mailbox."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """How many undecided or not carried out reviews, pending replies and other unfinished executions a mailbox has.

    Nothing is counted twice: an execution that has a review or a reply among them is not among `emails`.
    """

    reviews: int
    replies: int
    emails: int

    @property
    def in_words(self) -> str:
        """As `2 reviews, 1 reply and 3 unfinished e-mails`; empty where nothing waits."""
        counted = (
            (self.reviews, "review", "reviews"),
            (self.replies, "reply", "replies"),
            (self.emails, "unfinished e-mail", "unfinished e-mails"),
        )
        words = [f"{count} {one if count == 1 else many}" for count, one, many in counted if count]
        return " and ".join(part for part in (", ".join(words[:-1]), *words[-1:]) if part)
