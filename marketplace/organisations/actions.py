"""What happens to organisations: they join, move and come to be trusted."""

from datetime import datetime
from hashlib import sha256

from sqlalchemy.exc import IntegrityError

from marketplace.documents.checking import why_not_pdf
from marketplace.kernel.codes import new_code
from marketplace.kernel.database import session
from marketplace.kernel.errors import Refusal, Refused
from marketplace.kernel.journal import record
from marketplace.kernel.texts import N_
from marketplace.organisations.facts import NAME_LIMIT
from marketplace.organisations.models import Instruction, Kind, Organisation, Site, StandingBrief
from marketplace.organisations.queries import instruction_like, is_registered, standing_brief_made_with
from marketplace.regions.queries import region_with
from marketplace.safety.actions import new_brief
from marketplace.safety.facts import BriefFacts

KVK_TAKEN = Refusal(
    N_("This KvK number is already registered. Ask your colleague or the coordinator to invite you.")
)


def add_company(
    *,
    name: str,
    kvk: str,
    sector: str,
    region: str,
    street: str,
    postcode: str,
    town: str,
    phone: str,
    website: str,
    by: str,
    now: datetime,
) -> Organisation:
    """A new company with its first site. Refuses a KvK number that is there already."""
    if is_registered(kvk):
        raise Refused(KVK_TAKEN)
    company = Organisation(
        kind=Kind.COMPANY,
        name=name.strip(),
        kvk=kvk,
        sector=sector,
        phone=phone.strip(),
        website=website.strip(),
        region_id=region_with(region).id,
    )
    try:
        with session.begin_nested():
            return _add(company, street=street, postcode=postcode, town=town, by=by, now=now)
    except IntegrityError:  # registered at this instant
        raise Refused(KVK_TAKEN) from None


def add_school(
    *,
    name: str,
    brin: str,
    is_mbo: bool,
    region: str,
    street: str,
    postcode: str,
    town: str,
    phone: str,
    website: str,
    by: str,
    now: datetime,
) -> Organisation:
    """A new school with its first site; `brin` is the code of the school site (DUO)."""
    school = Organisation(
        kind=Kind.SCHOOL,
        name=name.strip(),
        brin=brin,
        is_mbo=is_mbo,
        sector="education",
        phone=phone.strip(),
        website=website.strip(),
        region_id=region_with(region).id,
    )
    return _add(school, street=street, postcode=postcode, town=town, by=by, now=now)


def _add(
    organisation: Organisation, *, street: str, postcode: str, town: str, by: str, now: datetime
) -> Organisation:
    site = _site(street, postcode, town, now)
    organisation.code, organisation.created_at, organisation.sites = new_code(), now, [site]
    session.add(organisation)
    session.flush()
    record(kind="organisation", subject=organisation.code, event="added", by=by, at=now)
    return organisation


def _site(street: str, postcode: str, town: str, now: datetime) -> Site:
    return Site(
        code=new_code(),
        street=street.strip(),
        postcode=postcode,
        town=town.strip(),
        changed_at=now,
        changing_since=now,
    )


def add_site(
    *, organisation: Organisation, street: str, postcode: str, town: str, by: str, now: datetime
) -> Site:
    """One more place where an organisation receives people; the one that is there, if it has that address already."""
    site = _site(street, postcode, town, now)
    if known := next((each for each in organisation.sites if each.address == site.address), None):
        return known
    organisation.sites.append(site)
    session.flush()
    record(kind="site", subject=site.code, event="added", by=by, at=now)
    return site


def change_contact(*, organisation: Organisation, phone: str, website: str, by: str, now: datetime) -> None:
    """Writes by which number and on which website an organisation is found."""
    if (organisation.phone, organisation.website) == (phone.strip(), website.strip()):
        return
    organisation.phone, organisation.website = phone.strip(), website.strip()
    record(kind="organisation", subject=organisation.code, event="contact", by=by, at=now)


def add_standing_brief(
    *,
    organisation: Organisation,
    name: str,
    site: Site | None,
    brief: BriefFacts,
    made_with: str | None,
    by: str,
    now: datetime,
) -> StandingBrief:
    """A brief to base offers on. The same form sent twice (`made_with`, its one-time key) makes one.

    Raises Refused without a name, and for a brief that cannot be.
    """
    if made_with and (made := standing_brief_made_with(made_with)):
        return made
    standing = StandingBrief(
        code=new_code(),
        organisation=organisation,
        brief=new_brief(own=brief, now=now),
        made_with=made_with,
    )
    name_standing_brief(standing=standing, name=name, site=site)
    session.add(standing)
    session.flush()
    record(kind="standing_brief", subject=standing.code, event="added", by=by, at=now)
    return standing


def name_standing_brief(*, standing: StandingBrief, name: str, site: Site | None) -> None:
    """Writes how a standing brief is called and where it holds. Raises Refused without a name or with a long one."""
    if not 0 < len(name.strip()) <= NAME_LIMIT:
        raise Refused(Refusal(N_("Give it a name of at most %(limit)s characters."), {"limit": NAME_LIMIT}))
    standing.name, standing.site = name.strip(), site


def trust(*, organisation: Organisation, by: str, now: datetime) -> None:
    """From now on this organisation publishes its own offers."""
    if not organisation.is_trusted:
        organisation.trusted_at = now
        record(kind="organisation", subject=organisation.code, event="trusted", by=by, at=now)


def change_address(*, site: Site, street: str, postcode: str, town: str, by: str, now: datetime) -> None:
    """Writes a new address; who is expected there will be told, because the version rises."""
    if (site.street, site.postcode, site.town) == (street.strip(), postcode, town.strip()):
        return
    site.street, site.postcode, site.town = street.strip(), postcode, town.strip()
    site.raise_version(now)
    record(kind="site", subject=site.code, event="address", by=by, at=now)


def change_emergency(*, site: Site, emergency: str, assembly_point: str, by: str, now: datetime) -> None:
    """Writes whom to warn in an emergency and where to gather; who is expected there will be told."""
    said = (emergency.strip(), assembly_point.strip())
    if (site.emergency, site.assembly_point) == said:
        return
    site.emergency, site.assembly_point = said
    site.raise_version(now)
    record(kind="site", subject=site.code, event="emergency", by=by, at=now)


def add_instruction(
    *, organisation: Organisation, name: str, octets: bytes, by: str, now: datetime
) -> Instruction:
    """Keeps a gate instruction as a PDF, or finds it where that very file is kept already.

    Raises Refused as `documents.checking.why_not_pdf` says.
    """
    if refusal := why_not_pdf(octets):
        raise Refused(refusal)
    digest = sha256(octets).hexdigest()
    if known := instruction_like(organisation.id, digest):
        return known
    kept = Instruction(
        code=new_code(),
        organisation_id=organisation.id,
        name=name[:NAME_LIMIT],
        octets=octets,
        digest=digest,
        added_at=now,
    )
    session.add(kept)
    session.flush()
    record(kind="organisation", subject=organisation.code, event="instruction", by=by, at=now, digest=digest)
    return kept
