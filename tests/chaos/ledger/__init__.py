"""An app of the chaos run alone: it writes down each entry it hears of, so that a doubled effect shows."""
