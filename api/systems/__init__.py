"""Forces' own systems: signing in, and writing down a force's working results through the portal's own actions."""
