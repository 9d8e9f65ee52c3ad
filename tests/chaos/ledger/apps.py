from django.apps import AppConfig


class LedgerConfig(AppConfig):
    name = "tests.chaos.ledger"
    label = "chaos_ledger"
