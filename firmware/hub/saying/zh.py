"""What the hub says in Mandarin: a key, a colon, the sentence; a line each. Keys as in prompts.py.

One text and no table: on a board it stays in flash, where it lies. A home loads its own language and no other.
"""

TEXT = """
heard:听到了。正在为您呼叫帮助。
not_delivered:求助还没有送出去。我会一直试。请大声呼喊邻居,或打电话120。
delivered:求助已送达值班室。
acknowledged:{who}已接警,正在安排。
on_the_way:{who}正在赶来,大约{minutes}分钟。
arrived:{who}已经到了。
cleared:这次求助已处理完毕。
mains_lost:停电了,主机改用电池,求助按钮仍然有效。
mains_restored:电来了。
button_unverified:收到一个无法核实的按钮信号,已报告值班室。如需帮助请再按一次。
smoke:发现烟雾。请离开房间。正在呼叫帮助。
gas:发现燃气泄漏。不要开灯,不要点火,请开窗离开。正在呼叫帮助。
co:一氧化碳超标。请马上到室外。正在呼叫帮助。
flood:发现漏水。小心地滑。正在呼叫帮助。
fall:您好像摔倒了。正在为您呼叫帮助。
inactivity:很久没有您的动静。正在为您呼叫帮助。
test_call:测试呼叫,正在接通值班室。
are_you_well:您还好吗?没事请按一下取消键,不然我就呼叫帮助。
cancelled:好的,已经取消。
cannot_cancel:求助已经发出,不能在这里取消。请等值班员联系您。
battery_low:主机电池快用完了。
sensor_overdue:有一个按钮或感应器没有信号了,已报告值班室。
sensor_restored:按钮和感应器恢复了信号。
wire_cut:墙上按钮的线断了,已报告值班室。
wire_mended:墙上按钮恢复了。
self_test_failed:自检发现问题,已报告值班室。
link_lost:网络断了。按钮仍会在家里报警,我会一直尝试连接。
link_restored:网络恢复了。
somebody:值班员
install_open:可以安装了。请在一分钟内连接我。
identify:我在这里。
installed:安装完成。我现在重新启动。
no_relay:连不上值班室的服务器。
wifi_joined:无线网络连上了。
wifi_password:无线网络的密码不对。
wifi_not_found:找不到这个无线网络。我只能用二点四吉赫的网络。
wifi_portal:这个网络要在网页上登录,我用不了。
on_the_way_soon:{who}正在赶来。
on_the_way_one:{who}正在赶来,大约一分钟。
on_the_way_long:{who}正在赶来,要一个多小时。
"""
