"""The campaign engine: asks the optimizer, drives the instruments, writes the ledger.

`campaign` holds the loop over rounds, `experiment` one culture from claim to result, `commands`
the write-ahead of what instruments are told, `resources` who may use which instrument.
"""
