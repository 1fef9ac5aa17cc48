"""A plant: vessels with probes, an assay workcell, faults, all on one SimPy clock."""
