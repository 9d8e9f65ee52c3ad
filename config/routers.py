"""Only the owner migrates; the application's role could not if it tried."""


class OwnerMigrates:
    def allow_migrate(self, db: str, app_label: str, **hints: object) -> bool:
        return db == "owner"

    def allow_relation(self, *args: object, **hints: object) -> None:
        return None
