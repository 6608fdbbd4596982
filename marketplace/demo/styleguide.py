"""The values that the style guide shows the parts of the pages with, in all their states."""

from dataclasses import dataclass, replace
from datetime import date, datetime, time

from wtforms import (
    BooleanField,
    DateField,
    Form,
    IntegerField,
    RadioField,
    SelectField,
    SelectMultipleField,
    TelField,
    TextAreaField,
    TimeField,
)
from wtforms.validators import DataRequired, NumberRange, Optional

from marketplace.kernel.texts import N_
from marketplace.kernel.times import at_wall
from marketplace.offers.facts import AUDIENCES, Card, SessionFacts, SlotFacts
from marketplace.offers.states import SlotState
from marketplace.safety.catalogue import catalogue
from marketplace.safety.facts import Access, BriefFacts, BriefLine, Item, Provider
from marketplace.web.forms import CHOOSE, choice, choices

NOW = at_wall(date(2027, 1, 14), time(9))

WELDING = BriefFacts(
    lines=(
        BriefLine(
            "M008", provided_by=Provider.PARTICIPANT, is_size_needed=True, note="S3. Een leenpaar kan ook"
        ),
        BriefLine("M019", provided_by=Provider.HOST),
        BriefLine("M004", provided_by=Provider.HOST, note="Er zijn overzetbrillen."),
        BriefLine("M003", is_required=False, provided_by=Provider.HOST),
        BriefLine("M010", provided_by=Provider.SCHOOL),
        BriefLine("P008"),
        BriefLine("W017"),
    ),
    notes="Blijf op het groene looppad.\nDe hal is onverwarmd.",
    access=Access.GATE_INSTRUCTION,
)
BUILDING = BriefFacts(
    lines=(BriefLine("M014", provided_by=Provider.HOST), BriefLine("M015", provided_by=Provider.HOST)),
    access=Access.GPI,
)
ELECTRIC = BriefFacts(lines=(BriefLine("W012"),), access=Access.B_VCA)
CALM = BriefFacts(has_no_particular_risks=True)


COLOURS = (
    ("ground", N_("the floor of a page")),
    ("surface", N_("a plate on it")),
    ("sunk", N_("the strip along the foot of a card")),
    ("line", N_("lines, for decoration only")),
    ("edge", N_("edges of controls")),
    ("ink", N_("text")),
    ("ink-soft", N_("text beside it")),
    ("act", N_("buttons and docentstages")),
    ("link", N_("links")),
    ("tint", N_("what is chosen or explained")),
    ("menie", N_("what nobody may miss, and masterclasses")),
    ("menie-tint", N_("bring it yourself")),
    ("focus", N_("the ring around what has the focus")),
    ("ok", N_("all is well, and visits")),
    ("ok-tint", N_("the ground under it")),
    ("warn", N_("look out")),
    ("warn-tint", N_("the ground under it")),
    ("bad", N_("not right")),
    ("bad-tint", N_("the ground under it")),
)
"""The tokens of static/css/tokens.css and what they are for."""
ICONS = (
    *("search", "warn", "x", "cal", "check", "info"),
    *("stop", "copy", "up", "down", "grip", "print"),
)


class ExampleForm(Form):
    """Every kind of field."""

    question = TextAreaField(
        N_("Your question for the day"),
        [DataRequired(N_("Say what you want to learn."))],
        description=N_("What do you want to be able to do or know after this day?"),
        render_kw={"rows": 3},
    )
    phone = TelField(N_("Phone"), [Optional()], render_kw={"autocomplete": "tel"})
    on = DateField(N_("Day"), [DataRequired(N_("Choose a day."))])
    until = TimeField(N_("End"), [DataRequired(N_("Choose a time."))])
    capacity = IntegerField(N_("Places"), [NumberRange(1, 200, N_("Choose a number from 1 to 200."))])
    cover = SelectField(
        N_("Are your lessons covered?"),
        [DataRequired(N_("Say how your lessons are covered."))],
        choices=[CHOOSE, choice("arranged", N_("Yes, it is arranged"))],
    )
    basis = RadioField(
        N_("In whose time do you come?"),
        [DataRequired(N_("Choose in whose time you come."))],
        choices=choices({"school": N_("School time"), "own": N_("Own time")}),
    )
    audiences = SelectMultipleField(N_("For whom"), [Optional()], choices=choices(AUDIENCES))
    has_read = BooleanField(
        N_("I have read the safety notes and will keep to them"),
        [DataRequired(N_("Confirm that you read the safety notes."))],
    )


@dataclass(frozen=True, slots=True)
class Examples:
    """All that the page shows."""

    now: datetime
    cards: tuple[Card, ...]
    slots: tuple[SlotFacts, ...]
    briefs: tuple[BriefFacts, ...]
    colours: tuple[tuple[str, str], ...]
    icons: tuple[str, ...]
    signs: tuple[Item, ...]
    form: ExampleForm
    refused: ExampleForm


def examples() -> Examples:
    """The examples of the style guide; the forms are new each time."""
    refused = ExampleForm(data={"question": "Hoe bereidt u een plaatuitslag voor?", "capacity": 0})
    refused.validate()
    form = ExampleForm(data={"basis": "school"})
    return Examples(
        now=NOW,
        cards=CARDS,
        slots=SLOTS,
        briefs=(WELDING, BUILDING, CALM),
        colours=COLOURS,
        icons=ICONS,
        signs=tuple(catalogue().values()),
        form=form,
        refused=refused,
    )


def _at(month: int, day: int, hour: int) -> datetime:
    return at_wall(date(2027, month, day), time(hour))


CARD = Card(
    offer="A7K2",
    title="Lassen en zetten: van plaat tot product",
    format="docentstage",
    kind="exploratory",
    organisation="Reestdal Metaalwerken",
    town="Meppel",
    slot="B3M9",
    slot_id=1,
    starts_at=_at(2, 9, 8),
    ends_at=_at(2, 9, 16),
    session_count=1,
    is_own_time=False,
    open_at=None,
    close_at=_at(2, 7, 8),
    capacity=2,
    seats_taken=1,
    more_moments=2,
    brief=WELDING,
)
EVENING = replace(
    CARD,
    title="Warmtepompen inregelen: zelf aan de meetkoffer",
    format="masterclass",
    kind="",
    organisation="Vechtstroom Installatietechniek",
    town="Hardenberg",
    starts_at=_at(2, 11, 17),
    ends_at=_at(2, 11, 20),
    is_own_time=True,
    capacity=12,
    seats_taken=7,
    more_moments=0,
    brief=ELECTRIC,
)
THREE_DAYS = replace(
    CARD,
    title="Digitaal uitzetten op de bouwplaats",
    organisation="Bouwbedrijf Turfhaven",
    town="Hoogeveen",
    starts_at=_at(2, 15, 7),
    ends_at=_at(2, 17, 15),
    session_count=3,
    seats_taken=2,
    more_moments=0,
    brief=BUILDING,
)
NOT_YET = replace(EVENING, open_at=_at(2, 9, 9), capacity=16, seats_taken=0, brief=CALM)
TOO_LATE = replace(CARD, close_at=NOW, more_moments=0, brief=CALM)
CARDS = (CARD, EVENING, THREE_DAYS, NOT_YET, TOO_LATE)

SLOT = SlotFacts(
    code="B3M9",
    state=SlotState.OPEN,
    sessions=(SessionFacts(_at(2, 9, 8), _at(2, 9, 16)),),
    address="Smidsvonkweg 14, 7944 XY Meppel",
    town="Meppel",
    supervisor="Gerda Nijboer",
    capacity=2,
    seats_taken=1,
    is_own_time=False,
    open_at=None,
    close_at=_at(2, 7, 8),
    brief=CALM,
)
SLOTS = (
    SLOT,
    replace(
        SLOT, sessions=(SessionFacts(_at(3, 4, 8), _at(3, 4, 16)), SessionFacts(_at(3, 5, 9), _at(3, 5, 12)))
    ),
    replace(SLOT, state=SlotState.CANCELLED, cancel_reason="De hal wordt verbouwd."),
)
