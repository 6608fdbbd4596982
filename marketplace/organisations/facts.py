"""The words that organisations and their people choose from, and where they receive people as machines read it."""

from typing import Any

from marketplace.kernel.texts import N_
from marketplace.organisations.models import Organisation, Site

NAME_LIMIT = 80
"""Characters of the name of a standing brief."""
SECTORS = {
    "construction": N_("Construction & infrastructure"),
    "installation": N_("Installation & electrical"),
    "metal": N_("Metal & steelwork"),
    "machinery": N_("Machinery & mechatronics"),
    "mobility": N_("Mobility & transport"),
    "process": N_("Process industry & food"),
    "plastics": N_("Plastics & chemistry"),
    "wood": N_("Wood & interior"),
    "energy": N_("Energy & sustainability"),
    "ict": N_("ICT, electronics & media"),
    "agro": N_("Agriculture & green"),
    "education": N_("Education"),
    "other": N_("Other"),
}

PROFILES = {
    "BWI": "BWI",
    "DP": "D&P",
    "EO": "E&O",
    "GR": N_("Green"),
    "HBR": "HBR",
    "MAT": "MaT",
    "MVI": "MVI",
    "MT": "M&T",
    "PIE": "PIE",
    "ZW": "Z&W",
}
"""The ten vmbo profiles (Uitvoeringsbesluit WVO 2020, art. 2.21)."""

PROFILE_NAMES = {
    "BWI": "bouwen, wonen en interieur",
    "DP": "dienstverlening en producten",
    "EO": "economie en ondernemen",
    "HBR": "horeca, bakkerij en recreatie",
    "MAT": "maritiem en techniek",
    "MVI": "media, vormgeving en ICT",
    "MT": "mobiliteit en transport",
    "PIE": "produceren, installeren en energie",
    "ZW": "zorg en welzijn",
}
"""What they stand for, for who does not work at a school; the law names them in Dutch only."""


def place_data(host: Organisation, site: Site) -> dict[str, Any]:
    """Where a host receives people, for machines: a Place (schema.org)."""
    return {
        "@type": "Place",
        "name": host.name,
        "address": {
            "@type": "PostalAddress",
            "streetAddress": site.street,
            "postalCode": site.postcode,
            "addressLocality": site.town,
            "addressCountry": "NL",
        },
    }
