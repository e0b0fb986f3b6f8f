"""Sweeps: everyone who opted in is looked at again, unattended, and only they read what came of it.

open ─► told (own e-mail with a skip link, or log-in) ─► one job per profile ─► look ─► sealed report
     ─► close: one release of counts for each school, or nothing
"""
