# Out of the door: a day is not too long, for ever is; the first step at home ends it
09:00:00  link up
09:00:01  silence is watched
09:30:00  motion
09:31:00  front door opens
09:31:10  front door closes
23:00:00  time passes             -> voice quiet, 0 alarms at the relay
+1 days
09:31:09  time passes             -> voice quiet, 0 alarms at the relay
09:31:10  time passes             -> voice "are you well"
09:33:00  front door opens        -> voice "cancelled"
09:33:30  motion                  -> 0 alarms at the relay
21:33:30  time passes             -> voice "are you well"
