"""Addresses. Those listed in docs/architecture.md stay."""


urlpatterns: list = []
