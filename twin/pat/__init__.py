"""Process analytical technology: what sensors say of a true state.

Every sensor takes true values over time and gives readings. `probe` describes an ordinary sensor
by its errors, `bank` reads many of them at once, `catalogue` lists those of a plant; `offgas`,
`capacitance` and `flow_cell` add what is between the process and the sensor. `raman` makes spectra,
and soft sensors that have to earn their values from them.
"""
