"""The User-Agent with which newsmill requests pages."""

from __future__ import annotations

from pipeline.settings import Fetch


def user_agent(settings: Fetch, own: str = "") -> str:
    """The User-Agent header: the settings' name, or `own` instead of it, with the operator's contact address."""
    name = own or settings.user_agent
    return f"{name} (+{settings.contact})" if settings.contact else name
