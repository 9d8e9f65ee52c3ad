"""From a plan to its notice: drafted, submitted, assessed, authorised, notified; each step by whoever may take it."""
