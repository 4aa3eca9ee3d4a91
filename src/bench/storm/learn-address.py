#!/usr/bin/python3
"""
A hook of dynVPN's kind, with the least work that one can have: the user is looked up in a file of members, and the rules of
the user's group are put in a chain of the user's own, all in one call of nft. dynVPN itself starts a program for each group.
"""
import json
import logging
import os
import subprocess
import sys

FOLDER = os.path.dirname(os.path.abspath(__file__))
RULES = {"allow_ssh": "tcp dport 22 accept", "allow_dns": "udp dport 53 accept"}


def commands(action, address, user):
    chain = "c_" + "".join(letter if letter.isalnum() else "_" for letter in address)
    if action == "delete":
        yield f"add chain inet learn {chain}"
        yield f"flush chain inet learn {chain}"
        return
    with open(os.path.join(FOLDER, "members.json"), encoding="utf-8") as file:
        groups = json.load(file)[user]
    yield f"add chain inet learn {chain}"
    yield f"flush chain inet learn {chain}"
    for group in groups:
        yield f"add rule inet learn {chain} {RULES[group]}"
    if action == "add":
        yield f"add rule inet learn forward ip6 saddr {address} jump {chain}"


def main():
    logging.basicConfig(filename=os.path.join(FOLDER, "learn-address.log"), level=logging.INFO)
    action, address = sys.argv[1], sys.argv[2]
    user = sys.argv[3] if len(sys.argv) > 3 else ""
    logging.info("%s %s %s", action, address, user)
    text = "\n".join(commands(action, address, user)) + "\n"
    subprocess.run(["/usr/sbin/nft", "-f", "-"], input=text, text=True, check=True)


main()
