"""Trade room: companies and schools, where they are, and whether a company is trusted. Knows no person."""
