"""Libraries that know human languages, behind the domain's ports."""
