"""Everything published nationally in one file, `/data/latest.zip`, made by a worker when the register has changed.

packing     a ZIP whose bytes follow from what is in it, written as it comes
fields      what each column of each file means, once for all descriptions
describing  the descriptions: Data Package (Frictionless) and CSVW
contents    which files there are, and their rows
making      whether the stored file is older than the register, and making the next one
"""
