"""Runs a command in a terminal of its own and copies what it writes there: in-terminal.py COLUMNS COMMAND...

ANSWERS, a JSON list of pairs, is what a person types: the second of a pair once the first has been written.
"""
import fcntl
import json
import os
import pty
import struct
import sys
import termios

columns, command = int(sys.argv[1]), sys.argv[2:]
answers = json.loads(os.environ.pop("ANSWERS", "[]"))
process, terminal = pty.fork()
if process == 0:
    # Before the command begins, so that it never sees another size.
    fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
    os.execvp(command[0], command)
unanswered = b""
while True:
    try:
        content = os.read(terminal, 65536)
    except OSError:  # The way Linux says that the other end is closed.
        break
    if not content:
        break
    sys.stdout.buffer.write(content)
    unanswered += content
    if answers and answers[0][0].encode() in unanswered:
        unanswered = b""
        os.write(terminal, answers.pop(0)[1].encode())
sys.stdout.flush()
sys.exit(os.waitstatus_to_exitcode(os.waitpid(process, 0)[1]))
