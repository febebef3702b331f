"""The claims of the specification on a named mailbox: accuracy, share answered by itself, time to the first reply."""

import asyncio
import json
import statistics
import tempfile
from dataclasses import dataclass
from pathlib import Path

from postroom.bootstrap import mock_mail, open_postroom
from postroom.cli.demo_folder import demo_settings
from postroom.cli.demo_run import DemoOutcome, play
from postroom.logs import configure_logging
from postroom.providers.mock.generate import email_at
from postroom.providers.mock.truth import Truth
from postroom.settings import Settings
from postroom.trials.waiting_line import Staff, WaitingLetter, arrivals, waits

EMAILS = 1000
SEED = 2026
DAYS = 14
STAFFS = (Staff(people=1, minutes_per_answer=6), Staff(people=2, minutes_per_answer=6))  # Too few people, and enough.
ANSWERED_AFTER_SECONDS = 1.0  # More than the p95 of the main job; the mailbox is looked at every two seconds.


@dataclass(frozen=True, slots=True, kw_only=True)
class _Answered:
    """A generated mail with its truth, and what became of it."""

    truth: Truth
    category: str
    answered: bool
    wrong: bool


def measure() -> dict[str, object]:
    """Return the three claims beside what was measured; about a minute."""
    mails = asyncio.run(_play())
    wanting = [mail for mail in mails if not mail.truth.machine and mail.truth.category is not None]
    answered = [mail for mail in mails if mail.answered]
    labelled = [mail for mail in wanting if mail.category]
    return {
        "mailbox": f"mock, seed {SEED}, {EMAILS} mails",
        "accuracy_of_all": round(statistics.mean(mail.category == mail.truth.category for mail in labelled), 4),
        "right_of_decided_alone": round(1 - statistics.mean(mail.wrong for mail in answered), 4),
        "automated_of_all": round(len(answered) / len(mails), 4),
        "automated_of_customers": round(sum(mail.answered for mail in wanting) / len(wanting), 4),
        "automated_of_answerable": round(len(answered) / sum(mail.truth.answerable for mail in mails), 4),
        "first_reply": [_first_replies(wanting, staff) for staff in STAFFS],
    }


async def _play() -> list[_Answered]:
    with tempfile.TemporaryDirectory() as place:
        settings = demo_settings(Settings(), folder=Path(place), emails=EMAILS, seed=SEED)
        async with open_postroom(settings) as postroom:
            engine = postroom.engine()
            await engine.start()
            outcome = await play(postroom, engine)
            await engine.stop()
            return _with_truth(outcome, settings)


def _with_truth(outcome: DemoOutcome, settings: Settings) -> list[_Answered]:
    mail = mock_mail(settings)
    wrong = {line.partition(":")[0] for line in outcome.wrong}
    return [
        _Answered(
            truth=email_at(mail.seed, place, mailbox_address=mail.mailbox_address, start=mail.start).truth,
            category=one.category,
            answered=one.final_state == "answered",
            wrong=one.execution_id in wrong,
        )
        for place, one in enumerate(outcome.mails)
    ]


def _first_replies(mails: list[_Answered], staff: Staff) -> dict[str, object]:
    times = arrivals(len(mails), days=DAYS, seed=SEED)
    alone = [
        WaitingLetter(at=at, urgent=mail.truth.priority == "urgent") for at, mail in zip(times, mails, strict=True)
    ]
    helped = [
        WaitingLetter(at=letter.at, urgent=letter.urgent, answered=mail.answered, right=not mail.wrong)
        for letter, mail in zip(alone, mails, strict=True)
    ]
    by_people = waits(alone, staff, at_once_seconds=ANSWERED_AFTER_SECONDS, seed=SEED)
    with_postroom = waits(helped, staff, at_once_seconds=ANSWERED_AFTER_SECONDS, seed=SEED)
    return {
        "people": staff.people,
        "minutes_per_answer": staff.minutes_per_answer,
        "mails": len(mails),
        "days": DAYS,
        "hours_all_to_people": _hours(by_people),
        "hours_with_postroom": _hours(with_postroom),
        "mean_change": round(statistics.mean(with_postroom) / statistics.mean(by_people) - 1, 3),
        "median_change": round(statistics.median(with_postroom) / statistics.median(by_people) - 1, 3),
    }


def _hours(seconds: tuple[float, ...]) -> dict[str, float]:
    ordered = sorted(seconds)
    return {
        "mean": round(statistics.mean(ordered) / 3600, 2),
        "p50": round(statistics.median(ordered) / 3600, 2),
        "p95": round(ordered[int(0.95 * len(ordered))] / 3600, 2),
    }


if __name__ == "__main__":
    configure_logging(level="ERROR", log_format="json")
    print(json.dumps(measure()))
