"""Force capability over time: how many forces stood how to live facial recognition, and on whose word."""
