"""Is everything still there: technical alarms."""
