# He reads all day: a step to the window answers, at each rung of the ladder
07:00:00  link up
07:00:01  silence is watched
08:00:00  motion
20:00:00  time passes             -> voice "are you well"
20:02:00  motion                  -> voice "cancelled", 0 alarms at the relay
+1 days
08:02:00  time passes             -> voice "are you well"
08:07:00  time passes             -> voice "are you well"
08:08:00  cancel pressed          -> voice "cancelled", 0 alarms at the relay
20:08:00  time passes             -> voice "are you well"
20:18:00  time passes             -> relay 1 pre alarm
20:18:10  motion                  -> voice "cancelled", relay 1 cancelled, alarm 1 over, lamp safe
