"""Process models as plain equations, for simulation, control and estimation alike."""
