"""Pages as a visitor uses them: finds a form in the HTML, fills it in and sends it."""

from html.parser import HTMLParser
from typing import Any

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

Fields = dict[str, Any]
OURS = ("/language", "/sign-out")
"""The forms of the frame that stand on every page."""


class _Forms(HTMLParser):
    """Collects the forms that post: where to, and what a browser would send as they stand."""

    def __init__(self) -> None:
        super().__init__()
        self.forms: list[tuple[str, Fields]] = []
        self._fields: Fields = {}
        self._select = self._area = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = {name: value or "" for name, value in attrs}
        name, value = said.get("name", ""), said.get("value", "")
        if tag == "form":
            self._fields = {}
            if said.get("method") == "post":
                self.forms.append((said.get("action", ""), self._fields))
        elif tag == "input" and (said.get("type") not in {"checkbox", "radio"} or "checked" in said):
            self._keep(name, value)
        elif tag == "select":
            self._select = name
        elif tag == "option" and self._select and ("selected" in said or self._select not in self._fields):
            self._fields[self._select] = value  # a browser sends the first one if none is chosen
        elif tag == "textarea":
            self._area = name
            self._fields[name] = ""

    def handle_endtag(self, tag: str) -> None:
        if tag == "select":
            self._select = ""
        elif tag == "textarea":
            self._area = ""

    def handle_data(self, data: str) -> None:
        if self._area:
            self._fields[self._area] += data

    def _keep(self, name: str, value: str) -> None:
        """A name that comes twice has several values."""
        if name and name in self._fields:
            before = self._fields[name]
            self._fields[name] = [*(before if isinstance(before, list) else [before]), value]
        elif name:
            self._fields[name] = value


def forms_of(html: str) -> list[tuple[str, Fields]]:
    """Every form on a page that posts: its action and its fields as they stand."""
    parser = _Forms()
    parser.feed(html)
    return parser.forms


def has_form(html: str, action: str) -> bool:
    """Whether a form on the page posts to an address that ends like this."""
    return any(found.endswith(action) for found, _ in forms_of(html))


def form_of(html: str, action: str = "") -> Fields:
    """The fields of the form whose action ends in `action`; without one, of the first that the page does not share."""
    return _form(html, action)[1]


def _form(html: str, action: str) -> tuple[str, Fields]:
    for found, fields in forms_of(html):
        if found.endswith(action) and (action or found not in OURS):
            return found, fields
    raise AssertionError(f"there is no form to {action!r} on this page")


def post(
    client: FlaskClient, url: str, action: str = "", *, headers: dict[str, str] | None = None, **fields: Any
) -> TestResponse:
    """Looks at a page, fills in its form (the one to `action`, else the first) and sends it where it says, or back."""
    page = client.get(url)
    assert page.status_code == 200, page.status
    target, form = _form(page.text, action)
    return client.post(target or url, data={**form, **fields}, headers=headers)
