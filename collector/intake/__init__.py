"""Receives beacons over HTTP: decodes, checks, and hands them to the spool."""
