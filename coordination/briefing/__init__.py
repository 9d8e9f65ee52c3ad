"""What the centre tells others: answers to questions with the figures behind them, and the briefing pack.

models     saved questions, their answers, packs: an answer and a pack are kept for good as they were given
actions    saving a question, changing it, answering it; making a pack
asked      what a question asks, in the words of a public address
steady     reading figures and register in one state
reading    the answer as the figures have it now: numbers with addresses, caveats, records
sentences  the same in plain English: every number in it is one of the figures
caveats    what must be said beside the figures, and what a person may leave out
changes    what moved between two answers, and which revisions moved it
outliers   where forces or months stand out, and where nothing can be compared
pack       the briefing pack
writing    PDF and ODS
"""
