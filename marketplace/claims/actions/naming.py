"""Who comes on a seat that was claimed without a name, and what they say for themselves."""

from datetime import datetime

from sqlalchemy import update
from sqlalchemy.exc import IntegrityError

from marketplace.claims import entries, messages, queries, rules
from marketplace.claims.actions.claiming import keep_sizes, told_now
from marketplace.claims.actions.seats import lock
from marketplace.claims.facts import ClaimForm
from marketplace.claims.models import Claim
from marketplace.claims.states import ClaimState, Cover, step
from marketplace.kernel.database import rows_changed, session
from marketplace.kernel.errors import Refusal, Refused
from marketplace.kernel.journal import record
from marketplace.kernel.texts import N_
from marketplace.people.models import Person
from marketplace.people.queries import hold
from marketplace.safety.rules import lent_sizes


def name_seat(*, claim: Claim, person: Person, by: str, now: datetime) -> None:
    """Says who comes. From now on letters, calendar and changes are theirs; they are asked to read the safety notes.

    An approved seat is theirs on condition, where a certificate is asked for and nobody saw theirs in the register.

    Raises Refused where somebody was named already, it is too late, or the person cannot come.
    """
    lock(claim.slot)
    hold(person)
    session.refresh(claim, ["state", "version", "person"])
    if refusal := _why_not_name(claim, person, now):
        raise Refused(refusal)
    named = (
        update(Claim)
        .where(Claim.id == claim.id, Claim.version == claim.version, Claim.person_id.is_(None))
        .values(person_id=person.id, version=claim.version + 1, **told_now(claim.slot, now))
        .execution_options(synchronize_session=False)
    )
    try:
        changed = rows_changed(named)
    except IntegrityError:
        raise Refused(rules.ALREADY) from None
    if changed != 1:
        raise Refused(Refusal(N_("This claim has just changed. Look at how it stands now.")))
    session.refresh(claim)
    if claim.state == ClaimState.APPROVED and not rules.is_certified(person, claim.slot):
        step(claim, ClaimState.CONDITIONAL, by=by, now=now, condition=rules.condition_for(claim, now))
    record(kind="claim", subject=claim.code, event="named", by=by, at=now, person=person.code)
    written = entries.write_for_participant(claim, now=now)
    if claim.state == ClaimState.CONDITIONAL:
        messages.mail_conditional(claim, "", now=now)
    elif claim.state == ClaimState.APPROVED:
        messages.mail_approved(claim, written, "", now=now)
        messages.mail_coming(claim, now=now)
    else:
        messages.mail_named(claim, now=now)


def _why_not_name(claim: Claim, person: Person, now: datetime) -> Refusal | None:
    if claim.person is not None:
        return Refusal(N_("Somebody was named for this seat already."))
    if not claim.is_living:
        return Refusal(N_("This claim has ended already."))
    if rules.name_by(claim.slot.starts_at) <= now:
        return Refusal(N_("The time to name somebody is over."))
    return rules.why_not_colleague(queries.claiming(claim.slot, person), person, claim.school)


def confirm_safety(*, claim: Claim, form: ClaimForm, by: str, now: datetime) -> None:
    """A participant says that they read the safety notes as they are now, and in which sizes they want things lent.

    Said twice, it is noted once. Raises Refused for an ended claim, one without a name, a size that is missing, and
    notes that changed meanwhile.
    """
    brief = claim.slot.brief
    refusal = None if claim.is_living else Refusal(N_("This claim has ended already."))
    if claim.person is None:
        refusal = Refusal(N_("Say first who comes. They read the safety notes themselves."))
    if refusal := refusal or rules.why_not_safety(form, brief.facts, brief.version):
        raise Refused(refusal)
    keep_sizes(claim.receiver, claim.slot, form, now)
    wanted = dict(lent_sizes(brief.facts))
    sizes = {code: size for code, size in form.sizes.items() if code in wanted}
    said = (brief.version, sizes, form.diet.strip())
    if (claim.brief_version, claim.sizes, claim.diet) == said:
        return
    claim.brief_version, claim.sizes, claim.diet = said
    claim.brief_read_at = now
    record(kind="claim", subject=claim.code, event="safety_read", by=by, at=now, **brief.mark)


def confirm_cover(*, claim: Claim, by: str, now: datetime) -> None:
    """The school's own word that the lessons are covered. Raises Refused where there is nothing to cover."""
    if refusal := rules.why_not_confirm_cover(claim):
        raise Refused(refusal)
    if claim.cover != Cover.CONFIRMED:
        claim.cover = Cover.CONFIRMED
        record(kind="claim", subject=claim.code, event="cover_confirmed", by=by, at=now)
