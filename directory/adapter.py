"""allauth's adapter: nobody signs up; people are invited by the owner of their force's team."""

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest


class InvitedOnly(DefaultAccountAdapter):
    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def add_message(self, *args: object, **kwargs: object) -> None:
        """The page somebody lands on says enough: no banner for having signed in."""
