# A sensor falls silent: noticed within its own interval, over when it is back, across a restart of nothing
08:00:00  link up
08:00:01  supervise every 60 minutes
08:59:00  sensor beacon
09:00:02  time passes             -> technical sensor overdue open
10:00:01  sensor beacon
10:00:02  time passes             -> lamp dim
