// A `wrap` that runs the program with a terminal as its stderr; another process passes on what comes there.

export const AT_TERMINAL = ['python3', '-c', `
import os, pty, sys
ours, terminal = pty.openpty()
if os.fork() == 0:
    os.close(terminal)
    os.close(1)
    try:
        while text := os.read(ours, 4096):
            os.write(2, text)
    except OSError:
        pass  # the program has ended
    os._exit(0)
os.close(ours)
os.dup2(terminal, 2)
os.close(terminal)
os.execvp(sys.argv[1], sys.argv[1:])
`];
