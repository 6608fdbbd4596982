"""The desk shows at whom mail does not arrive."""

from marketplace.kernel.database import session, transaction
from marketplace.replies.models import DeadAddress
from tests.cast import Cast
from tests.conftest import NOW, Visit


def test_a_coordinator_sees_where_mail_comes_back(cast: Cast, client_of: Visit) -> None:
    coordinator = client_of("coordinator")
    assert "came back" not in coordinator.get("/desk/people").text
    with coordinator.application.app_context(), transaction():
        reason = "smtp; 550 5.1.1 <b>User unknown</b>"
        session.add(DeadAddress(address=cast.emails["teacher"], reason=reason, bounced_at=NOW))
    page = coordinator.get("/desk/people").text
    assert "Mail to this address came back on 11 January 2027" in page
    assert "<b>User unknown" not in page


def test_a_coordinator_of_elsewhere_does_not(cast: Cast, client_of: Visit) -> None:
    outsider = client_of("outside coordinator")
    with outsider.application.app_context(), transaction():
        session.add(DeadAddress(address=cast.emails["teacher"], reason="gone", bounced_at=NOW))
    assert "came back" not in outsider.get("/desk/people").text
