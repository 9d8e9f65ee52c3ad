"""Notices of deployments to come: lists, a calendar, one notice, and feeds and calendar files to follow them by."""
