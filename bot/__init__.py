"""Rapporteur: reports what standards bodies do into the team's chat."""
