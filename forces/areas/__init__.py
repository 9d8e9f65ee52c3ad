"""Maps of forces' areas, which an operator loads: the project carries no geometry.

geojson     what a file must hold, and its limits
lines       fewer points, without gaps between neighbours
drawing     from degrees to the paths of a drawing
loading     one map takes the place of the one before
"""
