"""The one blueprint of the room, and what holds for pages that secrets lead to."""

from flask import Blueprint, Response, request

blueprint = Blueprint("account", __name__)

SECRET_PAGES = {
    "account.sign_in_link",
    "account.follow_link",
    "account.unsubscribe",
    "account.stop_letter",
    "account.stopping_search",
    "account.stop_search",
}


@blueprint.after_request
def keep_quiet(answer: Response) -> Response:
    """The address of a mailed link is a secret: no other site is told it, no cache keeps what stands behind it."""
    if request.endpoint in SECRET_PAGES:
        answer.headers["Referrer-Policy"] = "no-referrer"
        answer.headers["Cache-Control"] = "no-store"
    return answer
