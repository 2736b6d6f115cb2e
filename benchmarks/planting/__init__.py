"""Planted incidents: unseen variants of each kind of recording, with the answer known.

Each module writes one incident folder as the dataset lays it out, ground truth beside it, from a seed alone; the
importers turn it into a case. `python -m benchmarks.planting KIND DST --count N --seed S` does both.
"""
