"""What the hub says, word for word, in two languages: as a line of text, and as the names of recorded clips.

{who} and {minutes} are filled in. A prompt without them is one clip, called by its key; with them it is the pieces
around them, called key-1, key-2. Numbers are put together from few clips: a family can record all of them in
five minutes. It must not know how a clip is found or played.
"""

HEARD, NOT_DELIVERED, DELIVERED = "heard", "not_delivered", "delivered"
ACKNOWLEDGED, ON_THE_WAY, ARRIVED, CLEARED = "acknowledged", "on_the_way", "arrived", "cleared"
MAINS_LOST, MAINS_RESTORED = "mains_lost", "mains_restored"
BUTTON_UNVERIFIED = "button_unverified"
SOMEBODY = "somebody"
SMOKE, GAS, CO, FLOOD = "smoke", "gas", "co", "flood"
FALL, INACTIVITY, TEST_CALL = "fall", "inactivity", "test_call"
ARE_YOU_WELL, CANCELLED, CANNOT_CANCEL = "are_you_well", "cancelled", "cannot_cancel"
BATTERY_LOW, SENSOR_OVERDUE, SENSOR_RESTORED = "battery_low", "sensor_overdue", "sensor_restored"
WIRE_CUT, WIRE_MENDED, SELF_TEST_FAILED = "wire_cut", "wire_mended", "self_test_failed"
LINK_LOST, LINK_RESTORED = "link_lost", "link_restored"
# While somebody installs the hub.
INSTALL_OPEN, IDENTIFY, INSTALLED, NO_RELAY = "install_open", "identify", "installed", "no_relay"
WIFI_JOINED, WIFI_PASSWORD, WIFI_NOT_FOUND, WIFI_PORTAL = (
    "wifi_joined",
    "wifi_password",
    "wifi_not_found",
    "wifi_portal",
)

TEXTS = {
    HEARD: ("听到了。正在为您呼叫帮助。", "I heard you. I am calling for help."),
    NOT_DELIVERED: (
        "求助还没有送出去。我会一直试。请大声呼喊邻居,或打电话120。",
        "Your call has not got through yet. I keep trying. Please call out to a neighbour, or telephone 120.",
    ),
    DELIVERED: ("求助已送达值班室。", "Your call has reached the duty room."),
    ACKNOWLEDGED: ("{who}已接警,正在安排。", "{who} has your call and is seeing to it."),
    ON_THE_WAY: ("{who}正在赶来,大约{minutes}分钟。", "{who} is on the way, about {minutes} minutes."),
    ARRIVED: ("{who}已经到了。", "{who} has arrived."),
    CLEARED: ("这次求助已处理完毕。", "This call has been dealt with."),
    MAINS_LOST: (
        "停电了,主机改用电池,求助按钮仍然有效。",
        "The mains is off. I run on the battery; your button still works.",
    ),
    MAINS_RESTORED: ("电来了。", "The mains is back."),
    BUTTON_UNVERIFIED: (
        "收到一个无法核实的按钮信号,已报告值班室。如需帮助请再按一次。",
        "I heard a button that I cannot verify and have reported it. If you need help, press again.",
    ),
    SMOKE: ("发现烟雾。请离开房间。正在呼叫帮助。", "Smoke. Please leave the room. I am calling for help."),
    GAS: (
        "发现燃气泄漏。不要开灯,不要点火,请开窗离开。正在呼叫帮助。",
        "Gas. Do not touch a switch or a flame; open a window and leave. I am calling for help.",
    ),
    CO: (
        "一氧化碳超标。请马上到室外。正在呼叫帮助。",
        "Carbon monoxide. Go outside at once. I am calling for help.",
    ),
    FLOOD: ("发现漏水。小心地滑。正在呼叫帮助。", "Water on the floor. Mind your step. I am calling for help."),
    FALL: ("您好像摔倒了。正在为您呼叫帮助。", "You seem to have fallen. I am calling for help."),
    INACTIVITY: ("很久没有您的动静。正在为您呼叫帮助。", "I have not noticed you for long. I am calling for help."),
    TEST_CALL: ("测试呼叫,正在接通值班室。", "A test call. I am calling the duty room."),
    ARE_YOU_WELL: (
        "您还好吗?没事请按一下取消键,不然我就呼叫帮助。",
        "Are you all right? If so press the cancel button; otherwise I call for help.",
    ),
    CANCELLED: ("好的,已经取消。", "All right. I have taken it back."),
    CANNOT_CANCEL: (
        "求助已经发出,不能在这里取消。请等值班员联系您。",
        "The call is out and cannot be taken back here. Somebody on duty will be in touch.",
    ),
    BATTERY_LOW: ("主机电池快用完了。", "My battery is nearly empty."),
    SENSOR_OVERDUE: (
        "有一个按钮或感应器没有信号了,已报告值班室。",
        "A button or sensor has gone silent. I have reported it.",
    ),
    SENSOR_RESTORED: ("按钮和感应器恢复了信号。", "The button or sensor is back."),
    WIRE_CUT: ("墙上按钮的线断了,已报告值班室。", "The wire to the wall button is broken. I have reported it."),
    WIRE_MENDED: ("墙上按钮恢复了。", "The wall button works again."),
    SELF_TEST_FAILED: ("自检发现问题,已报告值班室。", "My self-test found a fault. I have reported it."),
    LINK_LOST: (
        "网络断了。按钮仍会在家里报警,我会一直尝试连接。",
        "The network is down. The button still sounds here, and I keep trying to connect.",
    ),
    LINK_RESTORED: ("网络恢复了。", "The network is back."),
    SOMEBODY: ("值班员", "Somebody on duty"),
    INSTALL_OPEN: ("可以安装了。请在一分钟内连接我。", "Ready to be installed. Connect to me within a minute."),
    IDENTIFY: ("我在这里。", "Here I am."),
    INSTALLED: ("安装完成。我现在重新启动。", "I am installed, and start anew now."),
    NO_RELAY: ("连不上值班室的服务器。", "I cannot reach the duty room's server."),
    WIFI_JOINED: ("无线网络连上了。", "I have joined the Wi-Fi."),
    WIFI_PASSWORD: ("无线网络的密码不对。", "The password of the Wi-Fi is wrong."),
    WIFI_NOT_FOUND: (
        "找不到这个无线网络。我只能用二点四吉赫的网络。",
        "I cannot find this Wi-Fi. I need a network of 2.4 gigahertz.",
    ),
    WIFI_PORTAL: (
        "这个网络要在网页上登录,我用不了。",
        "This network asks for a sign-in on a page, which I cannot do.",
    ),
}
# Other words for a time that is none, one, or too long to count.
ON_THE_WAY_SOON, ON_THE_WAY_ONE, ON_THE_WAY_LONG = "on_the_way_soon", "on_the_way_one", "on_the_way_long"
TEXTS[ON_THE_WAY_SOON] = ("{who}正在赶来。", "{who} is on the way.")
TEXTS[ON_THE_WAY_ONE] = ("{who}正在赶来,大约一分钟。", "{who} is on the way, about one minute.")
TEXTS[ON_THE_WAY_LONG] = ("{who}正在赶来,要一个多小时。", "{who} is on the way; it takes more than an hour.")
MINUTES_MAX = 60

_ZH = ("零", "一", "二", "三", "四", "五", "六", "七", "八", "九", "十")
_EN = ("zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen").split() + (
    "fifteen sixteen seventeen eighteen nineteen"
).split()
_TENS = {20: "twenty", 30: "thirty", 40: "forty", 50: "fifty", 60: "sixty"}
TWO_OF = "number-2-of"  # 两: before a measure word


def number_texts(language):
    """{clip: words} of all that numbers are put together from."""
    if language == "en":
        found = {"number-%d" % n: _EN[n] for n in range(1, 20)}
        found.update({"number-%d" % n: word for n, word in _TENS.items()})
        return found
    found = {"number-%d" % n: _ZH[n] for n in range(1, 11)}
    found[TWO_OF] = "两"
    return found


def number_clips(language, n):
    """The clips of a number. Shape: 1 to 60."""
    if language == "en":
        parts = [n] if n < 20 else [n - n % 10] + ([n % 10] if n % 10 else [])
        return ["number-%d" % part for part in parts]
    if n == 2:
        return [TWO_OF]
    parts = ([n // 10] if n >= 20 else []) + ([10] if n >= 10 else []) + ([n % 10] if n % 10 else [])
    return ["number-%d" % part for part in parts]


def _wording(prompt, minutes):
    """The key of the words that fit this time."""
    if prompt != ON_THE_WAY:
        return prompt
    if not minutes:
        return ON_THE_WAY_SOON
    return ON_THE_WAY_ONE if minutes == 1 else prompt if minutes <= MINUTES_MAX else ON_THE_WAY_LONG


def _column(language):
    return 1 if language == "en" else 0


def text(prompt, language, who, minutes):
    """The sentence of a prompt. Shape: language "zh" or "en"; who and minutes may be None."""
    column = _column(language)
    sentence = TEXTS[_wording(prompt, minutes)][column]
    if "{who}" in sentence:
        sentence = sentence.replace("{who}", who or TEXTS[SOMEBODY][column])
    if "{minutes}" in sentence:
        sentence = sentence.replace("{minutes}", str(minutes))
    return sentence


def pieces(key, language):
    """[(clip or placeholder, words)] of a wording: what is recorded, and the gaps between."""
    found = []
    rest = TEXTS[key][_column(language)]
    count = 0
    while rest:
        start = rest.find("{")
        if start == 0:
            end = rest.index("}") + 1
            found.append((rest[:end], None))
        else:
            end = start if start > 0 else len(rest)
            count += 1
            found.append((key + "-%d" % count, rest[:end].strip()))
        rest = rest[end:]
    return [(key, found[0][1])] if len(found) == 1 and count else found


def clips(prompt, language, who, minutes):
    """The clips of a sentence in order; "@name" stands for a person whose name may have been recorded."""
    found = []
    for name, _ in pieces(_wording(prompt, minutes), language):
        if name == "{who}":
            found.append("@" + who if who else SOMEBODY)
        elif name == "{minutes}":
            found += number_clips(language, minutes)
        else:
            found.append(name)
    return found


def all_clips(language):
    """{clip: words} of everything that a voice needs."""
    found = number_texts(language)
    for key in TEXTS:
        for name, words in pieces(key, language):
            if words is not None:
                found[name] = words
    return found
