"""Raman spectra at 785 nm, and soft sensors that earn their values from them.

`probe` turns a true composition into spectra, from the bands in `bands`; `cleaning` prepares
spectra; `pls` regresses on them; `cultures` simulates what a calibration is made from;
`soft_sensor` predicts, and says when a spectrum is not like those it was calibrated with;
`window` says how clear the window is; `analyzer` puts it together for a vessel.
"""
