"""The cables of a firewall under test: sends packets into it and tells which came out. One JSON object a line.

Runs in the namespace at the far ends; argv: the path of the firewall's namespace, then pairs of far device=MAC of the
firewall's end. A request is {"packets": [[by, hex], ...]}: `by` is a far device, or "host" for a packet that
the firewall's host itself sends. The answer is a list of [where, hex] of all that came out until the last packet, which
nothing stops, has come out itself; on the host, without the IPv6 header, which a raw socket never shows.
"""
import ctypes, json, os, select, socket, sys, time

ETH_P_IPV6 = 0x86DD
PACKET_IGNORE_OUTGOING = 23
cables = {}
for pair in sys.argv[2:]:
    device, mac = pair.split('=')
    cable = socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM, socket.htons(ETH_P_IPV6))
    cable.bind((device, ETH_P_IPV6))
    cable.setsockopt(263, PACKET_IGNORE_OUTGOING, 1)
    cables[device] = (cable, (device, ETH_P_IPV6, 0, 0, bytes.fromhex(mac.replace(':', ''))))

with open(sys.argv[1]) as namespace:
    if ctypes.CDLL(None, use_errno=True).setns(namespace.fileno(), 0) != 0:
        raise OSError(ctypes.get_errno(), 'setns')
raw = [socket.socket(socket.AF_INET6, socket.SOCK_RAW, number) for number in (6, 17, 58)]
sender = socket.socket(socket.AF_INET6, socket.SOCK_RAW, socket.IPPROTO_RAW)
places = {cable.fileno(): (name, cable) for name, (cable, _) in cables.items()}
places.update({one.fileno(): ('host', one) for one in raw})
for _, one in places.values():
    one.setblocking(False)
    one.setsockopt(socket.SOL_SOCKET, 33, 1 << 25)  # SO_RCVBUFFORCE

# On one processor packets are forwarded in the order in which they were sent.
os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})


def send(by, packet):
    if by == 'host':
        try:
            sender.sendto(packet, (socket.inet_ntop(socket.AF_INET6, packet[24:40]), 0))
        except OSError:
            pass  # dropped on the way out
    else:
        cable, address = cables[by]
        cable.sendto(packet, address)


def drain(came):
    for name, one in places.values():
        while True:
            try:
                packet = one.recv(2048)
            except BlockingIOError:
                break
            came.append([name, packet.hex()])


for line in sys.stdin:
    request = json.loads(line)
    came = []
    for at, (by, packet) in enumerate(request['packets']):
        send(by, bytes.fromhex(packet))
        if at % 32 == 31:
            drain(came)
    # The hop limit is one less at the other end.
    last = request['packets'][-1][1][80:]
    end = time.monotonic() + 5
    while True:
        drain(came)
        if any(packet.endswith(last) for _, packet in came) or time.monotonic() > end:
            break
        select.select(list(places), [], [], 0.05)
    drain(came)
    print(json.dumps(came), flush=True)
