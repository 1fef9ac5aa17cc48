"""The assay workcell: what draws, pipettes, carries and measures samples and plates.

Instruments are `twin.device.Device`s: each publishes its programs, assays and signals, refuses what
it can't do, and reports what went wrong as a task that failed with a cause.
"""
