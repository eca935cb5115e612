"""Runs a command in a terminal of its own and copies what it writes there: in-terminal.py COLUMNS COMMAND..."""
import fcntl
import os
import pty
import struct
import sys
import termios

columns, command = int(sys.argv[1]), sys.argv[2:]
process, terminal = pty.fork()
if process == 0:
    # Before the command begins, so that it never sees another size.
    fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
    os.execvp(command[0], command)
while True:
    try:
        content = os.read(terminal, 65536)
    except OSError:  # The way Linux says that the other end is closed.
        break
    if not content:
        break
    sys.stdout.buffer.write(content)
sys.stdout.flush()
sys.exit(os.waitstatus_to_exitcode(os.waitpid(process, 0)[1]))
