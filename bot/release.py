"""Which version this is."""


def release() -> str:
    """Return the version that is installed."""
    from importlib.metadata import PackageNotFoundError, version

    try:
        return version("rapporteur")
    except PackageNotFoundError:  # run from a tree that nobody installed
        return "0 (not installed)"
