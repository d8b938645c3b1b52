"""What the hub says, word for word, in two languages. No decision lives here.

A prompt's key is also the file name of its recording on a board. {who} and {minutes} are filled in.
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
}
ON_THE_WAY_SOON = ("{who}正在赶来。", "{who} is on the way.")


def text(prompt, language, who, minutes):
    """The sentence of a prompt. Shape: language "zh" or "en"; who and minutes may be None."""
    column = 1 if language == "en" else 0
    if prompt == ON_THE_WAY and minutes is None:
        sentence = ON_THE_WAY_SOON[column]
    else:
        sentence = TEXTS[prompt][column]
    if "{who}" in sentence:
        sentence = sentence.replace("{who}", who or TEXTS[SOMEBODY][column])
    if "{minutes}" in sentence:
        sentence = sentence.replace("{minutes}", str(minutes))
    return sentence
