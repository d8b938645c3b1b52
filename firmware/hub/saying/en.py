"""What the hub says in English: a key, a colon, the sentence; a line each. Keys as in prompts.py.

One text and no table: on a board it stays in flash, where it lies. A home loads its own language and no other.
"""

TEXT = """
heard:I heard you. I am calling for help.
not_delivered:Your call has not got through yet. I keep trying. Please call out to a neighbour, or telephone 120.
delivered:Your call has reached the duty room.
acknowledged:{who} has your call and is seeing to it.
on_the_way:{who} is on the way, about {minutes} minutes.
arrived:{who} has arrived.
cleared:This call has been dealt with.
mains_lost:The mains is off. I run on the battery; your button still works.
mains_restored:The mains is back.
button_unverified:I heard a button that I cannot verify and have reported it. If you need help, press again.
smoke:Smoke. Please leave the room. I am calling for help.
gas:Gas. Do not touch a switch or a flame; open a window and leave. I am calling for help.
co:Carbon monoxide. Go outside at once. I am calling for help.
flood:Water on the floor. Mind your step. I am calling for help.
fall:You seem to have fallen. I am calling for help.
inactivity:I have not noticed you for long. I am calling for help.
test_call:A test call. I am calling the duty room.
are_you_well:Are you all right? If so press the cancel button; otherwise I call for help.
cancelled:All right. I have taken it back.
cannot_cancel:The call is out and cannot be taken back here. Somebody on duty will be in touch.
battery_low:My battery is nearly empty.
sensor_overdue:A button or sensor has gone silent. I have reported it.
sensor_restored:The button or sensor is back.
wire_cut:The wire to the wall button is broken. I have reported it.
wire_mended:The wall button works again.
self_test_failed:My self-test found a fault. I have reported it.
link_lost:The network is down. The button still sounds here, and I keep trying to connect.
link_restored:The network is back.
somebody:Somebody on duty
install_open:Ready to be installed. Connect to me within a minute.
identify:Here I am.
installed:I am installed, and start anew now.
no_relay:I cannot reach the duty room's server.
wifi_joined:I have joined the Wi-Fi.
wifi_password:The password of the Wi-Fi is wrong.
wifi_not_found:I cannot find this Wi-Fi. I need a network of 2.4 gigahertz.
wifi_portal:This network asks for a sign-in on a page, which I cannot do.
on_the_way_soon:{who} is on the way.
on_the_way_one:{who} is on the way, about one minute.
on_the_way_long:{who} is on the way; it takes more than an hour.
"""
