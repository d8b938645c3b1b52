# The broker takes the message, but the relay is down: only a receipt counts
08:00:00  link up
08:00:30  relay down
08:01:00  press bed               -> sound siren, lamp red, voice "heard", raised published, 0 alarms at the relay
08:01:09  time passes             -> voice quiet, 1 kept on flash
08:01:10.001  time passes         -> voice "not delivered", alarm 1 raised
08:03:00  hub restarts            -> alarm 1 raised, sound siren
08:05:00  relay up
08:05:31  time passes             -> alarm 1 received, 1 alarm at the relay, relay 1 activations 1
08:06:00  operator acknowledges 1 -> voice "acknowledged"
08:15:00  operator closes 1 with no_help_needed -> alarm 1 over, lamp safe
