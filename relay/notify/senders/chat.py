"""Chat, mail and push by apprise: each person has an address of its kind (wecom://, dingtalk://, mailto://, …)."""

import logging

import apprise

from .base import AT_ONCE, Message, NotSent

logging.getLogger("apprise").setLevel(logging.CRITICAL)  # its log names addresses, which hold secrets


class ChatSender:
    name = "apprise"
    at_once = AT_ONCE

    def send(self, message: Message) -> str | None:
        chat = apprise.Apprise()
        if not chat.add(message.address):
            raise NotSent("the address is not one that apprise knows", is_final=True)
        if not chat.notify(body=message.body):
            raise NotSent("the service did not take it")
        return None
