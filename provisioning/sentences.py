"""What goes wrong in an installation, as a sentence with the remedy, in both languages. Decides wording only.

The words are those of the hub (device/install, device/link), of this program, and of the channel (protocol/pairing).
"""

LANGUAGES = ("zh", "en")

_UNREACHABLE = (
    "主机已连上无线网络，但连不上服务器。请用手机确认这里能上网，再试一次；能上网还不行，请通知服务器管理员。",
    "The hub has joined the Wi-Fi, but cannot reach the relay. Check with your phone that the internet"
    " works here and try"
    " again; if it does, tell whoever runs the relay.",
)
_REFUSED = (
    "服务器不接受这台主机。请重新登记（放弃登记后再来一次）；还不行，请换一台主机并送回工作台。",
    "The relay does not take this hub in. Give the claim up and begin again; if that does not help, take"
    " another hub and"
    " send this one back to the bench.",
)
_NO_ANSWER = (
    "主机没有连上这个无线网络：路由器没有应答。请靠近路由器，或重启路由器后再试。",
    "The hub did not get into this Wi-Fi: the router does not answer. Move it nearer, or restart the"
    " router, and try again.",
)

SENTENCES = {
    # Wi-Fi
    "wifi_wrong_password": (
        "无线网络密码不对。请重新输入，注意大小写。",
        "The Wi-Fi password is wrong. Type it again; capital letters count.",
    ),
    "wifi_not_found": (
        "主机找不到这个网络。它只能用 2.4 GHz：请在路由器里打开 2.4 GHz，或改用 2.4 GHz 的名称，并核对拼写。",
        "The hub does not see a network of this name. It needs 2.4 GHz: switch that band on in the router, or use that"
        " band's name, and check the spelling.",
    ),
    "wifi_no_answer": _NO_ANSWER,
    "wifi_starting": _NO_ANSWER,
    "wifi_driver": _NO_ANSWER,
    "wifi_lost": _NO_ANSWER,
    "captive_portal": (
        "这个网络要求在网页上登录，主机做不到。请改用住户自己的路由器或其他网络。",
        "This network wants a sign-in on a web page, which a hub cannot do. Use the home's own router or"
        " another network.",
    ),
    "no_wifi": ("请先设置无线网络。", "Set the Wi-Fi up first."),
    # relay
    "connect_timeout": _UNREACHABLE,
    "connection_refused": _UNREACHABLE,
    "connection_reset": _UNREACHABLE,
    "closed_by_broker": _UNREACHABLE,
    "name_not_found": _UNREACHABLE,
    "name_timeout": _UNREACHABLE,
    "no_route": _UNREACHABLE,
    "protocol_fault": _UNREACHABLE,
    "network_fault": _UNREACHABLE,
    "broker_unavailable": _UNREACHABLE,
    "password_refused": _REFUSED,
    "not_authorised": _REFUSED,
    "hub_id_refused": _REFUSED,
    "tls_refused": _REFUSED,
    "certificate_refused": _REFUSED,
    "bad_security_settings": _REFUSED,
    "relay_away": (
        "这台设备连不上服务器 {0}。请检查这里的网络；已完成的步骤都保存着。",
        "This device cannot reach the relay at {0}. Check the internet here; what is done is kept.",
    ),
    "relay_plain": (
        "{0} 没有加密，密码会被人看到。请用 https:// 开头的地址。",
        "{0} is not encrypted: your password could be read on the way. Use an address with https://.",
    ),
    "not_signed_in": (
        "服务器不认识这个用户名或密码（或令牌已过期）。请再试一次，或请主管重设。",
        "The relay does not know this name or password, or the token has ended. Try again, or ask your supervisor.",
    ),
    "never_online": (
        "主机重启后一分钟内没有上线。请看指示灯，确认通电，然后再运行 anling-install。",
        "The hub did not come on the line within a minute of its restart. Look at its lamp, check its power, then start"
        " anling-install again.",
    ),
    "walk_over": (
        "走测时间到了，测试状态已自动结束。请再运行 anling-install 重新走测。",
        "The time of the walk test is over and the test mode has ended by itself. Start anling-install again.",
    ),
    # clock
    "clock_off": (
        "这台设备的时钟差了 {0} 分钟。已改用服务器的时间；请事后校准这台设备。",
        "This device's clock is off by {0} minutes. The relay's time is used instead; set this device's"
        " clock right later.",
    ),
    "bad_clock": (
        "主机不接受这个时间。请校准这台设备的时钟后再试。",
        "The hub does not believe this time. Set this device's clock right and try again.",
    ),
    # the hub in reach
    "no_hub": (
        "没有收到主机的信号。请短按主机上的取消键（已装过的主机：三秒内按三下），站在五米以内。如果别人正连着它，"
        "要等对方结束。",
        "No hub is heard. Press its cancel button once (three times within 3 s if it was installed before)"
        " and stay within"
        " five metres. If somebody else is connected to it, they must finish first.",
    ),
    "other_hub": (
        "附近的主机不是这张标签上的那台。请扫描主机背面的标签。",
        "The hub in reach is not the one of this label. Scan the label on the back of the hub in your hand.",
    ),
    "dropped": (
        "与主机的蓝牙连接断了。请站在五米以内，再运行 anling-install：会从断开的地方继续。",
        "The connection to the hub broke. Stay within five metres and start anling-install again: it goes on where it"
        " stopped.",
    ),
    "no_bluetooth": (
        "这台设备没有可用的蓝牙（{0}）。请打开蓝牙，或换一台手机或电脑。",
        "This device has no Bluetooth to use ({0}). Switch it on, or take another telephone or computer.",
    ),
    "no_port": (
        "打不开串口 {0}（{1}）。请插好数据线，用 --port 写对名称，并关掉占用它的程序。",
        "The port {0} cannot be opened ({1}). Plug the cable in, name the right --port, and close what else uses it.",
    ),
    "no_serial": (
        "这个程序没有装串口支持。请运行 pip install anling[provisioning]，或改用蓝牙。",
        "This program has no support for cables. Run pip install anling[provisioning], or use Bluetooth.",
    ),
    "cable_pulled": (
        "数据线断开了，或主机断电了。请插好，再运行 anling-install：会从断开的地方继续。",
        "The cable was pulled, or the hub lost its power. Plug it in and start anling-install again: it goes on where"
        " it stopped.",
    ),
    "cable_silent": (
        "这条数据线上没有主机应答。请短按主机的取消键（装过的按三下），用能传数据的线，再试一次。",
        "No hub answers on this cable. Press its cancel button once (three times within 3 s if it was installed"
        " before), take a cable that carries data, and try again.",
    ),
    "too_many": (
        "这台主机的设备已满。请先移除一个不用的设备。",
        "This hub has as many devices as it can hold. Remove one that is not used first.",
    ),
    "too_long": (
        "填写的内容太长。请缩短后再试。",
        "What was told is too long. Make it shorter and try again.",
    ),
    "old_firmware": (
        "主机的固件和这个程序版本不合。请更新 anling-install，或把主机送回工作台。",
        "The hub's firmware and this program do not fit. Update anling-install, or send the hub back to the bench.",
    ),
    "broken": (
        "收到的信息不完整。请再试一次。",
        "A message from the hub was not whole. Try again.",
    ),
    "flash": (
        "主机的存储器写不进去。请换一台主机，把这台送回工作台。",
        "The hub cannot write its memory. Take another hub and send this one back to the bench.",
    ),
    "bad_settings": (
        "主机不接受服务器给的设置。请通知服务器管理员（--hub-broker）。",
        "The hub cannot use what the relay told it. Tell whoever runs the relay (--hub-broker).",
    ),
    "not_enrolled": ("请先选好住户并登记。", "Choose the dwelling and enrol first."),
    # sensors
    "not_heard": (
        "主机还没有听到这个设备。请在主机附近按它一下，再试。",
        "The hub has not heard this device. Trigger it near the hub and try again.",
    ),
    "needs_key": (
        "这个设备是加密的。请扫描它的二维码，输入 32 位密钥。",
        "This device is encrypted. Scan its QR code for the key of 32 digits.",
    ),
    "wrong_key": (
        "这个密钥打不开该设备的信号。请扫描同一个设备上的二维码。",
        "This key does not open what the device sends. Scan the QR code on that very device.",
    ),
    "not_sealed": (
        "这个设备没有加密，不能用密钥。请先在厂商的应用里打开加密，或不填密钥。",
        "This device does not encrypt, so a key is no use. Switch encryption on in its maker's app, or leave"
        " the key out.",
    ),
    "bad_key": ("密钥应为 32 位十六进制数字。", "A key has 32 digits, 0 to 9 and a to f."),
    "bad_order": (
        "有一项填写不对。房间和名称各 1 到 32 个字。",
        "Something is not right. Room and name have 1 to 32 letters.",
    ),
    "unknown_order": (
        "主机的固件不认识这一步。请更新主机或 anling-install。",
        "The hub's firmware does not know this step. Update the hub or anling-install.",
    ),
}


class Trouble(Exception):
    """Something that the installer must know; `word` is a key of SENTENCES, or a sentence of the relay's."""

    def __init__(self, word: str, *filled: object) -> None:
        super().__init__(word)
        self.word = word
        self.filled = filled

    def sentence(self, language: str) -> str:
        """What to read. A word that is not known is shown as it is, with what to do."""
        found = SENTENCES.get(self.word)
        if found is not None:
            return found[LANGUAGES.index(language)].format(*self.filled)
        if " " in self.word:
            return self.word
        return f"主机报告：{self.word}。请再试一次。" if language == "zh" else f"The hub says: {self.word}. Try again."
