"""New firmware: fetched while the home is quiet, proven, tried, and taken back when it does not prove itself."""
