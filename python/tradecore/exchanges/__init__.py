"""Languages of venues: what a connector and a local exchange speak, none knowing another."""
