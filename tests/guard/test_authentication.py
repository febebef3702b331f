"""Only trusted servers are believed, and their no outweighs their yes."""

from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from guard.mails import MAILBOX, PLAIN, emails, results
from postroom.guard.authentication import Vouching, caution, vouching
from postroom.mime.parse import parse
from postroom.model.email import Address, AuthenticationResult, Email
from postroom.model.mailbox import AuthenticationPolicy

TRUSTED = "mx.lindenhof.example"


def found(*written: str, server: str = TRUSTED) -> tuple[AuthenticationResult, ...]:
    """Results written as `dkim=pass example.org`."""

    def one(text: str) -> AuthenticationResult:
        said, _, domain = text.partition(" ")
        method, _, result = said.partition("=")
        return AuthenticationResult(authserv_id=server, method=method, result=result, domain=domain)

    return tuple(one(text) for text in written)


def judged(
    *written: str, server: str = TRUSTED, ids: Sequence[str] = (TRUSTED,), sender: str = "ada@example.org"
) -> Vouching:
    address = Address(name="", address=sender)
    return vouching(replace(PLAIN, from_address=address, authentication=found(*written, server=server)), ids)


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        (["dmarc=pass example.org"], Vouching.PASS),
        (["dmarc=pass"], Vouching.PASS),
        (["dmarc=pass other.example"], Vouching.MISSING),
        (["dkim=pass example.org"], Vouching.PASS),
        (["dkim=pass mail.example.org"], Vouching.PASS),
        (["DKIM=Pass Example.org"], Vouching.PASS),
        (["dkim=pass other.example"], Vouching.MISSING),
        (["dkim=pass org"], Vouching.MISSING),
        (["dkim=pass"], Vouching.MISSING),
        (["spf=pass bounces@example.org"], Vouching.PASS),
        (["spf=fail example.org", "dkim=pass example.org"], Vouching.PASS),
        (["dkim=fail example.org", "spf=pass other.example"], Vouching.FAIL),
        (["dkim=pass example.org", "dkim=fail example.org"], Vouching.FAIL),
        (["dkim=pass example.org", "dkim=fail list.example"], Vouching.PASS),
        (["dmarc=fail example.org", "dkim=pass example.org"], Vouching.FAIL),
        (["dmarc=fail example.org", "dmarc=pass example.org"], Vouching.FAIL),
        (["spf=softfail example.org", "dkim=none"], Vouching.FAIL),
        (["spf=none", "dkim=none", "dmarc=none"], Vouching.MISSING),
        (["=unreadable"], Vouching.FAIL),
        (["=unreadable", "dmarc=pass example.org"], Vouching.FAIL),
        (["dmarc=none example.org", "dmarc=pass example.org"], Vouching.FAIL),
        (["dmarc=temperror", "dmarc=pass example.org"], Vouching.FAIL),
        (["dmarc=none", "dkim=pass example.org"], Vouching.MISSING),
        (["dmarc=permerror example.org", "spf=pass example.org"], Vouching.MISSING),
        (["dkim=none example.org", "dkim=pass example.org"], Vouching.MISSING),
        (["dkim=neutral example.org", "dkim=pass example.org", "dmarc=pass example.org"], Vouching.PASS),
        (["dmarc=temperror example.org"], Vouching.MISSING),
        (["arc=fail", "x-other=fail example.org"], Vouching.MISSING),
        ([], Vouching.MISSING),
    ],
)
def test_results_of_a_trusted_server_make_a_verdict(written: list[str], expected: Vouching) -> None:
    assert judged(*written) is expected


def test_a_forged_field_below_the_real_one_makes_no_pass() -> None:
    forged = f"{TRUSTED}; dmarc=pass header.from=example.org"
    for real in (
        "spf=fail smtp.mailfrom=evil.example; dmarc=fail header.from=example.org",
        'spf=pass smtp.mailfrom=a"@evil.example; dmarc=fail header.from=example.org',
        "; ".join(["dkim=pass header.d=evil.example header.b=abcd"] * 400) + "; dmarc=fail header.from=example.org",
        "spf=none; dkim=none; dmarc=none header.from=example.org",
        "dmarc=temperror header.from=example.org",
    ):
        head = f"Authentication-Results: {TRUSTED}; {real}\r\nAuthentication-Results: {forged}\r\n"
        email = parse(f"{head}From: ada@example.org\r\nSubject: x\r\n\r\nHello\r\n".encode())
        assert vouching(email, (TRUSTED,)) is Vouching.FAIL, real


def test_a_server_is_known_by_its_whole_name_in_any_case() -> None:
    assert judged("dmarc=pass", server="MX.Lindenhof.Example") is Vouching.PASS
    assert judged("dmarc=pass", server="evil.mx.lindenhof.example") is Vouching.MISSING
    assert judged("dmarc=pass", ids=()) is Vouching.MISSING


def test_a_passing_neighbour_below_the_same_parent_does_not_vouch() -> None:
    assert judged("dkim=pass b.example.org", sender="ada@a.example.org") is Vouching.MISSING
    assert judged("dkim=pass example.org", sender="ada@a.example.org") is Vouching.PASS


@settings(deadline=None)
@given(st.lists(results, max_size=5), st.lists(results, max_size=5))
def test_results_of_strangers_change_nothing(
    trusted: list[AuthenticationResult], forged: list[AuthenticationResult]
) -> None:
    real = tuple(replace(each, authserv_id=TRUSTED) for each in trusted)
    strange = tuple(replace(each, authserv_id="forged.example") for each in forged)
    alone = vouching(replace(PLAIN, authentication=real), (TRUSTED,))
    assert vouching(replace(PLAIN, authentication=strange + real), (TRUSTED,)) is alone


@settings(deadline=None)
@given(emails, st.permutations(range(4)))
def test_the_order_of_results_makes_no_difference(email: Email, order: list[int]) -> None:
    shuffled = tuple(email.authentication[each] for each in order if each < len(email.authentication))
    assert vouching(replace(email, authentication=shuffled), (TRUSTED,)) is vouching(email, (TRUSTED,))


@pytest.mark.parametrize(
    ("policy", "failing", "silent"),
    [
        (AuthenticationPolicy.OFF, None, None),
        (AuthenticationPolicy.FAILED, "authentication_failed", None),
        (AuthenticationPolicy.MISSING, "authentication_failed", "authentication_missing"),
    ],
)
def test_the_mailbox_says_which_verdict_needs_a_person(
    policy: AuthenticationPolicy, failing: str | None, silent: str | None
) -> None:
    mailbox = replace(MAILBOX, authserv_ids=(TRUSTED,), authentication=policy)
    assert caution(replace(PLAIN, authentication=found("dmarc=fail example.org")), mailbox) == failing
    assert caution(PLAIN, mailbox) == silent
    assert caution(replace(PLAIN, authentication=found("dmarc=pass example.org")), mailbox) is None
