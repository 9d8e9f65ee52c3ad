"""Notices: what forces tell the public before they deploy. On the register like results, and never counted as one."""
