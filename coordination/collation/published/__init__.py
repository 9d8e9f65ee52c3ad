"""Published tables: each is declared once and read once, and every format writes the same cells.

declaration   what a table is: its address, what it says, its measures, its dimension, its notes
dimensions    what a table has a row for: years, months, forces
divided       the same by what records say of themselves: use case, settings, watchlist, time to publish
questions     which part of a table is wanted, and what may be asked
reading       the table as read from the cells of the statistics
grid          the table as columns and values: what every format writes
formats       CSV and its description (CSVW), JSON, ODS and XLSX: they know neither database nor HTTP
tables        the tables that are published
"""
