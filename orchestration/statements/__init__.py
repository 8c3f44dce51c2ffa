"""Figures that others report to us: whole files of them, sent again and again.

A file of `landing/statements/<feed>/` is one delivery. Each is compared, cell by cell,
with what was delivered and with what was accepted before it.
"""
