"""Sends packets into a device as fast as it takes them, on one processor, and prints the seconds that took.

argv: the device, the MAC address of the next hop, how often to send them all; stdin: packets as lines of hex. A cable's far
end forwards within the call that sends, so the time is that of the whole way.
"""
import ctypes, os, socket, sys, time

BATCH = 256
SOL_PACKET, PACKET_QDISC_BYPASS = 263, 20
device, mac, times = sys.argv[1], bytes.fromhex(sys.argv[2].replace(':', '')), int(sys.argv[3])
frames = [mac + bytes(6) + b'\x86\xdd' + bytes.fromhex(line) for line in sys.stdin]


class Iovec(ctypes.Structure):
    _fields_ = [('base', ctypes.c_char_p), ('length', ctypes.c_size_t)]


class Message(ctypes.Structure):
    _fields_ = [
        ('name', ctypes.c_void_p), ('name_length', ctypes.c_uint32), ('iov', ctypes.POINTER(Iovec)),
        ('iov_length', ctypes.c_size_t), ('control', ctypes.c_void_p), ('control_length', ctypes.c_size_t),
        ('flags', ctypes.c_int), ('length', ctypes.c_uint),
    ]


vectors = (Iovec * len(frames))(*[Iovec(frame, len(frame)) for frame in frames])
messages = (Message * len(frames))()
for index in range(len(frames)):
    messages[index].iov = ctypes.pointer(vectors[index])
    messages[index].iov_length = 1
wire = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, 0)
wire.bind((device, 0))
wire.setsockopt(SOL_PACKET, PACKET_QDISC_BYPASS, 1)
send = ctypes.CDLL(None, use_errno=True).sendmmsg
os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
step, size = len(frames), ctypes.sizeof(Message)
start = time.monotonic()
for _ in range(times):
    at = 0
    while at < step:
        sent = send(wire.fileno(), ctypes.byref(messages, at * size), min(BATCH, step - at), 0)
        if sent < 0:
            raise OSError(ctypes.get_errno(), 'sendmmsg')
        at += sent
print(time.monotonic() - start)
