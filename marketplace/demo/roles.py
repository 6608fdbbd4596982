"""The people that a newcomer can be with one click, and where each begins."""

from dataclasses import dataclass

from marketplace.kernel.texts import N_


@dataclass(frozen=True, slots=True)
class DemoRole:
    """A person of the made-up region: address, what they are called here, what they can do, and where they begin."""

    email: str
    title: str
    text: str
    start: str


ROLES = (
    DemoRole(
        "docent@demo.example",
        N_("As a teacher"),
        N_("Find a docentstage or masterclass, claim a place and see what you need to bring."),
        "/",
    ),
    DemoRole(
        "bedrijf@demo.example",
        N_("As a company"),
        N_("Post an activity, plan moments, say what is needed for safety and see who is coming."),
        "/host",
    ),
    DemoRole(
        "coordinator@demo.example",
        N_("As an STO coordinator"),
        N_("Decide on claims, check new activities and keep an eye on the region."),
        "/desk",
    ),
    DemoRole(
        "school@demo.example",
        N_("As a school's contact"),
        N_("See which colleagues go where, and confirm that their lessons are covered."),
        "/school",
    ),
    DemoRole(
        "beheer@demo.example",
        N_("As the administrator"),
        N_("Manage people, organisations and regions."),
        "/desk",
    ),
)
