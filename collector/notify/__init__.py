"""Notifies support leads of contact surges: by signed webhook, in a chat, by e-mail. It never pages anybody."""
