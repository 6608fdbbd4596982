"""Trade room: the forms of exchange (docentstage, masterclass, …) with their playbooks, one TOML file each."""
