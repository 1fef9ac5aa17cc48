"""Chromatography columns: a general rate model of Protein A capture and what is run on it."""
