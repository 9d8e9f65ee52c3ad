"""Why a goal falls short, where it does: written by hand, shown beside the figures as long as they fall short."""

SHORT: dict[int, str] = {}

METHOD = """## How it is measured
"""
