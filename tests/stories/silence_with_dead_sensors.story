# The sensors die first: nobody is frightened, and staff know that nobody would be missed
09:00:00  link up
09:00:01  silence is watched
09:05:00  motion
09:06:00  supervise every 60 minutes
10:06:01  time passes             -> technical watch blind open, technical sensor overdue open
23:00:00  time passes             -> 0 alarms at the relay
23:30:00  motion
23:30:01  wake                    -> technical watch blind over
