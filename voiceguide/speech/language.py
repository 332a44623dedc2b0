"""Languages by their codes."""


def primary(language: str) -> str:
    """Return a language without its region: ``en`` for ``en-US`` and ``en_US``."""
    return language.replace("_", "-").partition("-")[0].casefold()
