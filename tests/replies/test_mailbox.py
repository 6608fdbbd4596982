"""The mailbox on a real IMAP server: each mail is handled once and ends up in a folder, whatever breaks."""

import gzip
from base64 import encodebytes
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from marketplace.claims.models import Claim
from marketplace.claims.states import ClaimState
from marketplace.kernel.database import session
from marketplace.outbox.carrying import Unreachable
from marketplace.replies import mailbox
from marketplace.replies.actions import handle, read_due
from marketplace.replies.actions import reading as reading_actions
from marketplace.replies.facts import Account, Outcome
from marketplace.replies.models import IncomingMail
from tests import steps
from tests.calendars.answers import Given
from tests.cast import Cast
from tests.conftest import NOW
from tests.imap_server import HOST, PASSWORD, USER, ImapServer
from tests.replies.answering import given, planned, standing
from tests.replies.posts import PROGRAMS, from_google, from_outlook, words
from tests.rows import everything

pytestmark = pytest.mark.usefixtures("app_context")


@pytest.fixture
def account(imap: ImapServer) -> Account:
    return Account(HOST, imap.port, USER, PASSWORD, is_ssl=False, folder="INBOX")


def outcomes() -> list[str]:
    return list(session.scalars(select(IncomingMail.outcome).order_by(IncomingMail.id)))


def no(cast: Cast) -> tuple[Claim, bytes]:
    """A claim, and a mail that declines it."""
    claim = steps.approved(cast)
    return claim, from_google(given(claim, "DECLINED"), claim.receiver.email)


@pytest.mark.parametrize("program", PROGRAMS.values(), ids=PROGRAMS)
def test_an_answer_arrives_from_every_program(
    cast: Cast, imap: ImapServer, account: Account, program: Callable[[Given, str], bytes]
) -> None:
    claim = steps.approved(cast)
    octets = program(given(claim, "DECLINED", comment="Ik ben ziek."), claim.receiver.email)
    imap.deliver(octets)
    assert read_due(now=NOW, account=account) == 1
    assert planned(claim) is not None
    assert standing(claim).comment == "Ik ben ziek."
    assert (imap.mails_in("INBOX"), imap.mails_in("Handled"), imap.mails_in("Unclear")) == ([], [octets], [])


def test_mails_are_handled_in_the_order_in_which_they_came(
    cast: Cast, imap: ImapServer, account: Account
) -> None:
    claim = steps.approved(cast)
    sender = claim.receiver.email
    imap.deliver(
        from_google(given(claim, "DECLINED"), sender),
        words("Wie bent u?", "stranger@elsewhere.example"),
        from_outlook(given(claim, "ACCEPTED", minutes=2), sender),
    )
    assert read_due(now=NOW, account=account) == 3
    assert outcomes() == [Outcome.ANSWERED, Outcome.UNKNOWN, Outcome.ANSWERED]
    assert planned(claim) is None
    assert (len(imap.mails_in("Handled")), len(imap.mails_in("Unclear"))) == (2, 1)
    assert read_due(now=NOW, account=account) == 0


def test_a_mail_that_people_look_at_is_still_unread(cast: Cast, imap: ImapServer, account: Account) -> None:
    imap.deliver(words("Wie bent u?", "stranger@elsewhere.example"))
    read_due(now=NOW, account=account)
    with imap.client() as client:
        client.select_folder("Unclear", readonly=True)
        assert len(client.search(["UNSEEN"])) == 1


def test_one_of_twenty_megabytes_is_not_fetched_and_those_behind_it_go_on(
    cast: Cast, imap: ImapServer, account: Account
) -> None:
    claim, octets = no(cast)
    sent = steps.the_letter("claim_approved").message_id
    large = words("x" * 20_000_000, claim.receiver.email, f"In-Reply-To: {sent}")
    imap.deliver(large, octets)
    assert read_due(now=NOW, account=account) == 2
    assert outcomes() == [Outcome.TOO_LARGE, Outcome.ANSWERED]
    assert len(imap.mails_in("Unclear")[0]) == len(large)
    assert "too large" in steps.letters("answer_received")[0].text


def test_one_that_cannot_be_read_holds_up_no_other(cast: Cast, imap: ImapServer, account: Account) -> None:
    claim, octets = no(cast)
    bomb = words("--x\n" * 3000, "a@b.example")
    imap.deliver(bomb, octets)
    assert read_due(now=NOW, account=account) == 2
    assert outcomes() == [Outcome.UNREADABLE, Outcome.ANSWERED]
    assert imap.mails_in("Unclear") == [bomb]
    assert planned(claim) is not None


def test_a_zip_bomb_beside_an_answer_is_left_packed(cast: Cast, imap: ImapServer, account: Account) -> None:
    claim, octets = no(cast)
    content = encodebytes(gzip.compress(b"\0" * 50_000_000))
    part = (
        b'--0a\r\nContent-Type: application/gzip; name="reply.ics.gz"\r\nContent-Encoding: gzip\r\n'
        b"Content-Transfer-Encoding: base64\r\n\r\n" + content.replace(b"\n", b"\r\n") + b"\r\n--0a\r\n"
    )
    imap.deliver(octets.replace(b"--0a\r\n", part, 1))
    assert read_due(now=NOW, account=account) == 1
    assert (outcomes(), planned(claim)) == ([Outcome.ANSWERED], NOW + timedelta(hours=24))


@pytest.mark.parametrize("program", PROGRAMS.values(), ids=PROGRAMS)
def test_what_a_stranger_answers_and_with_the_uid_of_another_is_put_aside(
    cast: Cast, imap: ImapServer, account: Account, program: Callable[[Given, str], bytes]
) -> None:
    """Only the invited attendee counts, whoever sent the mail (RFC 5546 3.2.3, RFC 6047 2.2.1)."""
    claim, other = steps.approved(cast), steps.approved(cast, "colleague")
    stranger = given(claim, "DECLINED", attendee="stranger@elsewhere.example")
    stolen = replace(given(claim, "DECLINED"), uid=given(other, "DECLINED").uid)
    mails = [program(stranger, "stranger@elsewhere.example"), program(stolen, claim.receiver.email)]
    imap.deliver(*mails)
    assert read_due(now=NOW, account=account) == 2
    assert (outcomes(), planned(claim), planned(other)) == ([Outcome.STRANGER] * 2, None, None)
    assert imap.mails_in("Unclear") == mails


# --- What breaks --------------------------------------------------------------------------------------------------


def test_a_mail_that_was_handled_but_not_moved_is_only_moved(
    cast: Cast, imap: ImapServer, account: Account
) -> None:
    claim, octets = no(cast)
    imap.deliver(octets)
    imap.cut(b"MOVE")
    with pytest.raises(Unreachable):
        read_due(now=NOW, account=account)
    due = planned(claim)
    assert due is not None
    assert imap.mails_in("INBOX") == [octets]
    imap.cut(b"")
    before = {**everything()}
    assert read_due(now=NOW.replace(hour=23), account=account) == 1
    assert everything() == before
    assert (imap.mails_in("INBOX"), imap.mails_in("Handled")) == ([], [octets])


@pytest.mark.parametrize("word", [b"LOGIN", b"SELECT", b"CREATE", b"SEARCH", b"RFC822.SIZE", b"BODY.PEEK"])
def test_a_mailbox_that_vanishes_halfway_loses_nothing(
    cast: Cast, imap: ImapServer, account: Account, word: bytes
) -> None:
    claim, octets = no(cast)
    imap.deliver(octets)
    imap.cut(word)
    with pytest.raises(Unreachable):
        read_due(now=NOW, account=account)
    assert (planned(claim), imap.mails_in("INBOX")) == (None, [octets])
    imap.cut(b"")
    assert read_due(now=NOW, account=account) == 1
    assert planned(claim) is not None


def test_a_crash_while_handling_leaves_the_mail_where_it_is(
    cast: Cast, imap: ImapServer, account: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    claim, octets = no(cast)
    imap.deliver(octets, words("Wie bent u?", "stranger@elsewhere.example"))

    def crash(**facts) -> None:
        handle(**facts)
        if facts["mail"].calendars:
            raise RuntimeError("the disk is full")

    monkeypatch.setattr(reading_actions, "handle", crash)
    assert read_due(now=NOW, account=account) == 1
    assert (planned(claim), imap.mails_in("INBOX")) == (None, [octets])
    monkeypatch.undo()
    assert read_due(now=NOW, account=account) == 1
    assert planned(claim) is not None


@pytest.mark.parametrize(
    "changes",
    [{"port": 1}, {"password": "wrong"}, {"folder": "No such folder"}, {"is_ssl": True}],
    ids=["port", "password", "folder", "tls"],
)
def test_a_mailbox_that_cannot_be_opened_says_so(account: Account, changes: dict) -> None:
    with (
        pytest.raises(Unreachable, match="mailbox of replies") as why,
        mailbox.opened(replace(account, **changes)),
    ):
        pass
    assert PASSWORD not in str(why.value)
    assert PASSWORD not in repr(account)


def test_two_readers_handle_a_mail_once(cast: Cast, imap: ImapServer, account: Account) -> None:
    claim, octets = no(cast)
    imap.deliver(octets)
    with mailbox.opened(account) as one:
        (number,) = one.waiting(10)
        assert read_due(now=NOW, account=account) == 1
        assert one.read(number) is None
    assert outcomes() == [Outcome.ANSWERED]
    assert claim.state == ClaimState.APPROVED
