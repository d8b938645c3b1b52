# A home too quiet; the relay comes back after the pre-alarm became an alarm
07:00:00  link up
07:00:01  relay down
10:00:00  silence suspected       -> sound question, 0 alarms at the relay
10:00:20  time passes             -> alarm 1 raised, voice "inactivity", sound siren
10:10:00  relay up
10:10:31  time passes             -> 1 alarm at the relay, relay 1 raised, relay 1 kind inactivity, alarm 1 received
