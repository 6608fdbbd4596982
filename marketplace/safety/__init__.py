"""Trade room: protective equipment and signs, safety briefs, access requirements. Knows neither owner nor reader."""
