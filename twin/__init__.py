"""The twin: a simulation library of bioprocesses that stands alone.

Kinetics are written once and compiled, vessels and instruments live on SimPy's clock, and
`twin.clock` lets ordinary asyncio code run on that clock.
"""
