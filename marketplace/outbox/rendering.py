"""From facts to words: `templates/letters/<name>/{subject.txt,body.txt,body.html}` in the receiver's language."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from css_inline import CSSInliner
from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape
from markupsafe import Markup

from marketplace.kernel import addresses
from marketplace.kernel.site import site
from marketplace.kernel.texts import in_language, teach
from marketplace.kernel.wording import FILTERS, hours

FOLDER = Path(__file__).parents[2] / "templates"


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(FOLDER),
        autoescape=select_autoescape(("html",)),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    teach(environment)
    environment.filters.update(FILTERS, lines=_lines)
    environment.globals.update(hours=hours, in_language=in_language, addresses=addresses, site=site)
    return environment


def _lines(text: str) -> Markup:
    """Text as HTML that keeps its line ends; markup in it is escaped."""
    return Markup("<br>").join(text.splitlines())


@cache
def _inliner() -> CSSInliner:
    """Writes the style sheet of letters into their elements, and leaves that of the head alone."""
    css = (FOLDER / "letters/parts/style.css").read_text()
    return CSSInliner(
        extra_css=css,
        inline_style_tags=False,
        keep_style_tags=True,
        minify_css=True,
        load_remote_stylesheets=False,
    )


def render(name: str, facts: Mapping[str, Any]) -> tuple[str, str, str]:
    """Subject, text and HTML of a letter, in the language in force. A fact that a template misses raises."""
    environment = _environment()
    subject, text, html = (
        environment.get_template(f"letters/{name}/{part}").render(facts)
        for part in ("subject.txt", "body.txt", "body.html")
    )
    return " ".join(subject.split()), text.strip() + "\n", _inliner().inline(html)
