"""A shop that is driven over HTTP, for the tools that kill and load the server: the process, the shop, the checks."""
