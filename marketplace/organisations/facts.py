"""The words that organisations choose from."""

from marketplace.kernel.texts import N_

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
