"""What the hub says, word for word, in two languages. No decision lives here.

A prompt's key is also the file name of its recording on a board. {who} and {minutes} are filled in.
"""

HEARD, NOT_DELIVERED, DELIVERED = "heard", "not_delivered", "delivered"
ACKNOWLEDGED, ON_THE_WAY, ARRIVED, CLEARED = "acknowledged", "on_the_way", "arrived", "cleared"
MAINS_LOST, MAINS_RESTORED = "mains_lost", "mains_restored"
BUTTON_UNVERIFIED = "button_unverified"
SOMEBODY = "somebody"

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
