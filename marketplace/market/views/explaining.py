"""Pages of explanation, gate instructions; health, robots.txt and the sitemap for machines."""

from xml.sax.saxutils import escape

from flask import Response
from flask.typing import ResponseReturnValue

from marketplace.kernel import addresses
from marketplace.kernel.clock import now
from marketplace.kernel.errors import NotFound
from marketplace.market.views.room import blueprint
from marketplace.offers.queries import offers_with_moments
from marketplace.organisations.queries import instruction_with
from marketplace.outbox.queries import failing, pulse
from marketplace.web.documents import pdf_answer
from marketplace.web.guards import for_everybody, for_machines
from marketplace.web.pages import page


@blueprint.get("/how-it-works")
@for_everybody
def how_it_works() -> ResponseReturnValue:
    """How it works, for teachers, hosts and coordinators."""
    return page("market/how_it_works.html")


READERS = ("teachers", "schools", "hosts", "coordinators")
"""For whom it is explained apart, with pictures; templates are called like this."""


@blueprint.get("/how-it-works/<readers>")
@for_everybody
def how_for(readers: str) -> ResponseReturnValue:
    """How it works for one kind of reader; NotFound for any other."""
    if readers not in READERS:
        raise NotFound
    return page(f"market/how/{readers}.html", readers=readers)


@blueprint.get("/privacy")
@for_everybody
def privacy() -> ResponseReturnValue:
    """What is kept, and how long."""
    return page("market/privacy.html")


@blueprint.get("/accessibility")
@for_everybody
def accessibility() -> ResponseReturnValue:
    """How far everybody can use this site, and what to do if not."""
    return page("market/accessibility.html")


@blueprint.get("/instructions/<code>.pdf")
@for_everybody
def instruction(code: str) -> ResponseReturnValue:
    """The gate instruction of a company's own: as public as the safety notes that name it."""
    found = instruction_with(code)
    filename = f"instruction-{found.code}.pdf"
    return pdf_answer(digest=found.digest, body=lambda: found.octets, filename=filename)


@blueprint.get("/healthz")
@for_machines
def health() -> ResponseReturnValue:
    """Whether the process answers."""
    return _plain("ok")


@blueprint.get("/readyz")
@for_machines
def ready() -> ResponseReturnValue:
    """Whether the database answers too; 503 if it does not. Says also how the worker and its letters are.

    With 200 all the same: a mailer that stands still must not take every web server out of rotation.
    """
    return {
        "database": "ok",
        "worker": str(pulse(now()) or "ok"),
        "failed_letters": failing(None),
    }


@blueprint.get("/robots.txt")
@for_machines
def robots() -> ResponseReturnValue:
    """Where search engines have nothing to find, and where they find all. Feeds say so themselves: Google fetches none
    that is named here.
    """
    return _plain(f"User-agent: *\nDisallow: /sign-in\nDisallow: /slots/\n\nSitemap: {addresses.sitemap()}")


@blueprint.get("/sitemap.xml")
@for_machines
def sitemap() -> ResponseReturnValue:
    """The pages for search engines, with since when each offer is as it is (sitemaps.org)."""
    pages = [addresses.front(), addresses.how_it_works()]
    offers = [(addresses.offer(code), changed_at) for code, changed_at in offers_with_moments(now())]
    lines = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        '<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">',
        *(f"<url><loc>{escape(each)}</loc></url>" for each in pages),
        *(
            f"<url><loc>{escape(each)}</loc><lastmod>{at:%Y-%m-%dT%H:%MZ}</lastmod></url>"
            for each, at in offers
        ),
        "</urlset>",
    ]
    return Response("\n".join(lines) + "\n", mimetype="application/xml")


def _plain(text: str) -> Response:
    return Response(f"{text}\n", mimetype="text/plain")
