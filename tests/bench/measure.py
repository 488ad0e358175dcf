"""What a running process has cost: its CPU time and its memory, with all its threads and children."""
import os
import resource
from dataclasses import dataclass
from pathlib import Path

PROC = Path("/proc")


def parents():
    """Of every process: its parent's id."""
    found = {}
    for entry in PROC.iterdir():
        if entry.name.isdigit():
            try:
                # The name in parentheses may hold spaces and parentheses of its own.
                found[int(entry.name)] = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
            except OSError:
                pass  # gone in the meantime
    return found


def children(pid):
    return [child for child, parent in parents().items() if parent == pid]


def tree(pid):
    return [pid] + [below for child in children(pid) for below in tree(child)]


def cpu_ns(pid):
    """Nanoseconds on a core, of user and kernel together; utime and stime of /proc/PID/stat count in 10 ms."""
    total = 0
    for process in tree(pid):
        for task in (PROC / str(process) / "task").iterdir():
            total += int((task / "schedstat").read_text().split()[0])
    return total


@dataclass
class Memory:
    """In octets. Pss divides what is shared by the number of those who share it; private is ours alone."""
    rss: int = 0
    pss: int = 0
    private: int = 0


def memory(pid):
    total = Memory()
    for process in tree(pid):
        values = {}
        for line in (PROC / str(process) / "smaps_rollup").read_text().splitlines()[1:]:
            key, value = line.split()[:2]
            values[key] = int(value) * 1024
        total.rss += values["Rss:"]
        total.pss += values["Pss:"]
        total.private += values["Private_Clean:"] + values["Private_Dirty:"]
    return total


def allow_descriptors(wanted):
    """For this process and all it starts. How many there may be."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard != resource.RLIM_INFINITY and hard < wanted:
        try:
            resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, wanted))
            return wanted
        except (ValueError, OSError):
            wanted = hard
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, wanted), hard))
    return max(soft, wanted)


def cores():
    """The server's and the generator's: two different ones if there are two."""
    available = sorted(os.sched_getaffinity(0))
    return available[0], available[-1]
