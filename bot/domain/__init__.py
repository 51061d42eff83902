"""Nouns, rules, ports and errors: standard library only, no I/O."""
