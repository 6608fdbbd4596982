"""What an offer says: its form, made for one form of exchange and for those who may host it."""

from collections.abc import Sequence
from typing import Any

from wtforms import IntegerField, RadioField, SelectField, SelectMultipleField

from marketplace.formats.facts import Format
from marketplace.kernel.texts import N_, gettext, in_language
from marketplace.offers.facts import (
    AUDIENCES,
    CAPACITY_LIMIT,
    SHORT_LIMIT,
    SUMMARY_LIMIT,
    TEXT_LIMIT,
    TITLE_LIMIT,
    OfferText,
)
from marketplace.offers.models import Offer
from marketplace.offers.states import Policy
from marketplace.organisations.facts import PROFILE_NAMES, PROFILES
from marketplace.organisations.models import Organisation
from marketplace.web.forms import Chosen, OneTimeForm, Readable, area, choices, line

POLICIES: dict[str, str] = {
    Policy.COORDINATOR: N_("The coordinator"),
    Policy.HOST: N_("We ourselves"),
    Policy.BOTH: N_("The coordinator and we ourselves"),
    Policy.AUTOMATIC: N_("Nobody: who claims a seat has it at once"),
}
POLICY_HINTS: dict[str, str] = {
    Policy.COORDINATOR: N_("The coordinator of the school's region looks at each claim."),
    Policy.HOST: N_("You get a mail for each claim and say yes or no; you see no names before that."),
    Policy.BOTH: N_("It goes on when both say yes; one no is enough to turn it down."),
    Policy.AUTOMATIC: N_("People nobody knows here yet still go by the coordinator."),
}
"""What each choice means, in a sentence."""
WALK_IN_LIMIT = 120


class OfferForm(OneTimeForm):
    """The texts of an offer. Fields that ask nothing here (one organisation, no kinds, not trusted) are left out."""

    organisation = SelectField(N_("Where does it take place?"), [Chosen()])
    kind = RadioField(N_("Which kind is it?"), [Chosen(N_("Choose a kind from the list."))])
    title = line(N_("Title"), limit=TITLE_LIMIT, required=N_("Give the activity a title."))
    summary = area(
        N_("Summary"), limit=SUMMARY_LIMIT, rows=3, required=N_("Sum up the activity in two sentences.")
    )
    activity = area(
        N_("What participants do themselves"),
        limit=TEXT_LIMIT,
        required=N_("Describe what participants make, measure or operate themselves."),
    )
    learning = area(N_("What they learn"), limit=TEXT_LIMIT)
    audiences = SelectMultipleField(
        N_("For whom"),
        [Chosen(is_required=False)],
        choices=choices(AUDIENCES),
        description=N_("Think of careers advisers and mentors too: they help pupils choose."),
    )
    profiles = SelectMultipleField(
        N_("For which profiles"), [Chosen(is_required=False)], choices=choices(PROFILES)
    )
    report_at = line(N_("Report at"), limit=SHORT_LIMIT, hint=N_("Such as: reception, hall 2."))
    parking = line(N_("Parking"), limit=SHORT_LIMIT, hint=N_("Such as: behind the hall, at no cost."))
    meal = line(
        N_("Meal"), limit=SHORT_LIMIT, hint=N_("Soup with bread is fine. Leave this empty if there is none.")
    )
    walk_in_minutes = IntegerField(
        N_("Walk-in, in minutes"),
        [Readable(N_("Enter a number of minutes from %(low)s to %(high)s."), 0, WALK_IN_LIMIT)],
        description=N_("How long before the start people are welcome, with coffee and tea."),
    )
    clothing = line(
        N_("Clothing"), limit=SHORT_LIMIT, hint=N_("Such as: closed shoes, clothes that may get dirty.")
    )
    policy = RadioField(
        N_("Who decides about claims?"),
        [Chosen(N_("Choose who decides about claims."))],
        choices=choices(POLICIES),
        description=N_("This holds for new claims. Those that were made before stay with who decides now."),
    )
    school_limit = IntegerField(
        N_("At most so many people of one school"),
        [Readable(N_("Choose at most %(high)s people of a school."), 0, CAPACITY_LIMIT, is_required=False)],
        description=N_("Leave this empty if it does not matter."),
    )

    def fit(self, form: Format, hosts: Sequence[Organisation]) -> None:
        """Leaves the choices that there are for this form of exchange at these organisations."""
        self.kind.choices = choices({kind.slug: in_language(kind.name) for kind in form.kinds})
        self.organisation.choices = choices({host.code: host.name for host in hosts})
        if not form.kinds:
            del self.kind
        if len(hosts) == 1:
            del self.organisation
        if not any(host.is_trusted for host in hosts):
            self.policy.choices = choices(
                {code: name for code, name in POLICIES.items() if code != Policy.AUTOMATIC}
            )

    def text(self, format_slug: str, host: Organisation) -> OfferText:
        """What was filled in. Automatic approval is for trusted organisations only."""
        said: dict[str, Any] = {name: value for name, value in self.data.items() if name in _TEXT_FIELDS}
        lists = {name: tuple(said[name]) for name in ("profiles", "audiences")}
        is_too_free = said["policy"] == Policy.AUTOMATIC and not host.is_trusted
        asked = {
            "policy": Policy.COORDINATOR if is_too_free else said["policy"],
            "school_limit": said["school_limit"] or 0,
        }
        return OfferText(**{"kind": "", **said, **lists, **asked, "format": format_slug})

    def host(self, hosts: Sequence[Organisation]) -> Organisation:
        """Where it takes place: as chosen, or at the only one there is."""
        chosen = self.organisation.data if "organisation" in self else hosts[0].code
        return next(each for each in hosts if each.code == chosen)


_TEXT_FIELDS = set(OfferText.__dataclass_fields__)


def playbook_defaults(form: Format) -> dict[str, Any]:
    """What a new offer of this form begins with, from its playbook."""
    kind = form.kinds[0].slug if form.kinds else ""
    defaults = form.defaults_for(kind)
    return {
        "kind": kind,
        "walk_in_minutes": defaults.walk_in_minutes,
        "meal": gettext("A simple meal") if defaults.meal else "",
        "policy": Policy.COORDINATOR,
    }


def offer_data(offer: Offer) -> dict[str, Any]:
    """What an offer says now, for its form."""
    return {
        **{name: getattr(offer, name) for name in _TEXT_FIELDS - {"format", "profiles", "audiences"}},
        "school_limit": offer.school_limit or None,
        "profiles": [each.profile for each in offer.profiles],
        "audiences": [each.audience for each in offer.audiences],
    }


def beside_fields(form_of_exchange: Format) -> dict[str, Any]:
    """What stands beside the fields of an offer of this form, by the names that its pages know it by."""
    explanations = {kind.slug: in_language(kind.explanation) for kind in form_of_exchange.kinds}
    return {
        "format": form_of_exchange,
        "explanations": explanations,
        "profile_names": PROFILE_NAMES,
        "policy_hints": POLICY_HINTS,
    }
