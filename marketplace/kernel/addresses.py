"""The addresses that letters and calendar entries link to, one function each; a test compares them with the routes."""

from marketplace.kernel.site import site


def front() -> str:
    """The marketplace."""
    return f"{site().base_url}/"


def offer(code: str) -> str:
    """An offer with its moments."""
    return f"{site().base_url}/offers/{code}"


def how_it_works() -> str:
    """How it works, for teachers, hosts and coordinators."""
    return f"{site().base_url}/how-it-works"


def sitemap() -> str:
    """The pages for search engines."""
    return f"{site().base_url}/sitemap.xml"


def claim(code: str) -> str:
    """A participant's own claim."""
    return f"{site().base_url}/claims/{code}"


def instruction(code: str) -> str:
    """The gate instruction of a company's own, as a PDF."""
    return f"{site().base_url}/instructions/{code}.pdf"


def sheet(code: str) -> str:
    """The safety sheet of a participant, as a PDF."""
    return f"{site().base_url}/claims/{code}/sheet.pdf"


def withdraw(code: str) -> str:
    """Where a participant withdraws."""
    return f"{site().base_url}/claims/{code}/withdraw"


def certificates() -> str:
    """What somebody keeps of safety certificates."""
    return f"{site().base_url}/profile/certificates"


def party(code: str) -> str:
    """The claims that somebody made together."""
    return f"{site().base_url}/parties/{code}"


def desk_claims() -> str:
    """What waits for a decision, on the coordinator's desk."""
    return f"{site().base_url}/desk/claims"


def decide(code: str, version: int = 0) -> str:
    """A claim on the coordinator's desk; with a version, to be decided as it stood then."""
    return f"{site().base_url}/desk/claims/{code}" + (f"?version={version}" if version else "")


def decide_as_host(code: str, version: int) -> str:
    """A claim on the host's side, to be decided as it stood then."""
    return f"{site().base_url}/host/claims/{code}?version={version}"


def check(code: str) -> str:
    """An offer to look at before it is published, on the desk."""
    return f"{site().base_url}/desk/offers/{code}"


def hosted_slot(code: str) -> str:
    """A moment with its roster, on the host's side."""
    return f"{site().base_url}/host/slots/{code}"


def moment(code: str) -> str:
    """A moment in a calendar: leads each reader to the page of it that is theirs."""
    return f"{site().base_url}/moments/{code}"


def attendance(code: str) -> str:
    """Where the host notes who came to a moment."""
    return f"{site().base_url}/host/slots/{code}/attendance"


def hosted_offer(code: str) -> str:
    """An offer, on the host's side."""
    return f"{site().base_url}/host/offers/{code}"


def question(code: str) -> str:
    """A question of a school or company, with its answers."""
    return f"{site().base_url}/questions/{code}"


def new_question() -> str:
    """Where somebody asks a question."""
    return f"{site().base_url}/questions/new"


def sign_in(token: str = "") -> str:
    """Where people sign in; with a token, the page of a mailed link."""
    return f"{site().base_url}/sign-in" + (f"/{token}" if token else "")


def search(query: str) -> str:
    """What a search finds; `query` is what it looks for, as it stands in an address."""
    return f"{site().base_url}/offers" + (f"?{query}" if query else "")


def saved_searches() -> str:
    """The searches that somebody keeps."""
    return f"{site().base_url}/searches"


def stop_search(token: str) -> str:
    """Where the mails about one saved search are stopped, without signing in."""
    return f"{site().base_url}/searches/stop/{token}"


def search_feed() -> str:
    """The calendar feed of everything that is on offer."""
    return f"{site().base_url}/offers.ics"


def feed(token: str) -> str:
    """A personal calendar feed."""
    return f"{site().base_url}/feeds/{token}.ics"


def unsubscribe(token: str) -> str:
    """Where one optional letter is stopped, without signing in."""
    return f"{site().base_url}/unsubscribe/{token}"
