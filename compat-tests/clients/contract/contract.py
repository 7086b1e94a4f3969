"""How a program speaks with its runner (see ../scenario-run.ts). What should not be raises."""

import json
import sys
import threading
import time
import traceback

# The arguments of the program.
BOOTSTRAP, SCENARIO, PREFIX = sys.argv[1:4]


def _say(**line):
    print(json.dumps(line), flush=True)


def absent(name, why):
    """Reports something that the client does not have."""
    _say(name=name, ok=None, detail=why)


def passed(name, seen=None):
    _say(name=name, ok=True, detail=str(seen or ""))


def failed(name):
    """Reports the exception that is being handled."""
    _say(name=name, ok=False, detail=traceback.format_exc())


def check(name, work):
    """Reports whether work does what its name says."""
    try:
        passed(name, work())
    except Exception:
        failed(name)


def ask_kill():
    _say(ask="kill")


def restart():
    """Asks for a crash and a start of the broker; the event is set when it runs again."""
    _say(ask="restart")
    done = threading.Event()
    threading.Thread(target=lambda: (sys.stdin.read(), done.set()), daemon=True).start()
    return done


def expect(what, actual, expected):
    if actual != expected:
        raise AssertionError(f"{what}: {str(actual)[:300]} instead of {str(expected)[:300]}")


def until(what, is_true, poll=lambda: time.sleep(0.02)):
    """Calls poll until something is true."""
    deadline = time.time() + 60
    while not is_true():
        poll()
        if time.time() > deadline:
            raise AssertionError(f"in vain: {what}")


def numbers(count, first=0):
    """Values from first on."""
    return [str(n) for n in range(first, first + count)]
