"""Hyperscan on the cleaned text of a log beside the whole of jobtriage on the log: CPU time, the least of three rounds in turn.

    cargo bench --bench ratios -- --regexes > regexes.txt
    pip install hyperscan
    python3 benches/beside_hyperscan.py PROGRAM regexes.txt LOG

It is given all it could ask for: the text is clean already, the regexes are compiled, blocks of 64 KiB are scanned as they
lie, and each regex is told once a block. Regexes that it refuses are left out and counted.
"""

import resource
import subprocess
import sys
import time

import hyperscan

BLOCK = 64 << 10
FLAGS = hyperscan.HS_FLAG_SINGLEMATCH | hyperscan.HS_FLAG_MULTILINE


def database(regexes):
    made = hyperscan.Database()
    count = len(regexes)
    made.compile(expressions=regexes, ids=list(range(count)), elements=count, flags=[FLAGS] * count)
    return made


def is_taken(regex):
    try:
        database([regex])
        return True
    except hyperscan.error:
        return False


def of_child(command):
    """CPU seconds of a process."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime


def of_scan(made, text):
    """CPU seconds of a scan, and how often a regex matched in a block."""
    matches = 0

    def told(*_):
        nonlocal matches
        matches += 1

    start = time.thread_time()
    for at in range(0, len(text), BLOCK):
        made.scan(text[at : at + BLOCK], match_event_handler=told)
    return time.thread_time() - start, matches


def main():
    program, list_of_regexes, log = sys.argv[1:]
    with open(list_of_regexes, "rb") as file:
        regexes = file.read().splitlines()
    taken = [regex for regex in regexes if is_taken(regex)]
    start = time.thread_time()
    made = database(taken)
    compiled = time.thread_time() - start
    text = subprocess.run([program, "clean", log], stdout=subprocess.PIPE, check=True).stdout
    ours, theirs, matches = [], [], 0
    for _ in range(3):
        ours.append(of_child([program, "-s", log]))
        seconds, matches = of_scan(made, text)
        theirs.append(seconds)
    print(f"{len(taken)} of {len(regexes)} regexes, compiled in {compiled:.1f} s")
    print(f"{len(text) >> 20} MiB of clean text, {matches} matches told")
    ratio = min(theirs) / min(ours)
    print(f"jobtriage {min(ours):.3f} s, Hyperscan {min(theirs):.3f} s: {ratio:.1f} times as fast")


main()
