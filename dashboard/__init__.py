"""What people watch: the plant and its campaigns in the browser, on this computer only.

It reads the database that another process writes, and writes nothing.  `dashboard.app.serve` starts
it; `sdl dashboard` calls that.
"""
