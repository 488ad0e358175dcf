"""smtp-double beside a floor server and smtp-sink, in one go. Started by script/bench; docs/performance.md explains."""
import argparse
import json
import os
import platform
import shutil
import sys
from pathlib import Path

import measure
import report
import servers
from comparison import IDLE_TLS_CONNECTIONS, Comparison, say
from workloads import WORKLOADS, Generator

ROOT = Path(__file__).resolve().parents[2]
MEASURES = ("cpu", "instructions", "syscalls", "start", "idle", "idle-tls")
OF_PLAIN_TEXT, OF_TLS = ("start", "idle"), ("idle-tls",)  # the others are of both


def parse_arguments():
    parser = argparse.ArgumentParser(prog="script/bench", description="Compares smtp-double with a floor and smtp-sink.")
    parser.add_argument("--quick", action="store_true", help="3 rounds instead of 9")
    parser.add_argument("--only", default="", metavar="A,B", type=lambda text: [part for part in text.split(",") if part],
                        help=f"workloads ({', '.join(WORKLOADS)}) and measurements ({', '.join(MEASURES)})")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write everything that was measured there")
    parser.add_argument("--server", type=Path, default=ROOT / "build/release/server/app/smtp-double", metavar="PATH",
                        help="the smtp-double to measure (default: the release build)")
    parser.add_argument("--tools", type=Path, default=ROOT / "build/bench", metavar="DIR",
                        help="where load_generator and floor_server are")
    parser.add_argument("--sink", default=shutil.which("smtp-sink"), metavar="PATH", help="smtp-sink, from Postfix")
    options = parser.parse_args()
    for name in options.only:
        if name not in (*WORKLOADS, *MEASURES):
            parser.error(f"--only: no '{name}'; there are {', '.join((*WORKLOADS, *MEASURES))}")
    return options


def selection(only):
    """A list of workloads alone means all that is measured with workloads, a list of measurements all workloads."""
    names = [name for name in WORKLOADS if name in only] or list(WORKLOADS)
    wanted = [name for name in MEASURES if name in only]
    if not wanted:
        wanted = MEASURES if not only else ("cpu", "instructions", "syscalls")
    return names, wanted


def kinds_of(options):
    kinds = [servers.floor(options.tools)]
    if options.server.exists():
        kinds.append(servers.smtp_double(options.server))
        kinds.append(servers.with_rules(kinds[-1], options.tools))
    else:
        say(f"no {options.server}: measuring without smtp-double")
    if options.sink:
        kinds.append(servers.smtp_sink(options.sink))
    else:
        say("no smtp-sink: measuring without it")
    return kinds


def tls_kinds_of(options):
    kinds = [servers.tls_floor(options.tools)]
    if options.server.exists() and servers.knows(options.server, "--listen-tls"):
        kinds.append(servers.smtp_double(options.server, tls=True))
    return kinds


def machine():
    model = next((line.split(":")[1].strip() for line in Path("/proc/cpuinfo").read_text().splitlines()
                  if line.startswith("model name")), platform.machine())
    return f"{os.cpu_count()} × {model}, Linux {platform.release()}"


def measured(comparison, names, wanted):
    results = {}
    if "cpu" in wanted and names:
        results["cpu"] = comparison.cpu(names)
    if "start" in wanted:
        results["starts"] = comparison.starts()
    if "idle" in wanted:
        results["idle"] = comparison.idle()
    if "idle-tls" in wanted:
        results["idle"] = comparison.idle(IDLE_TLS_CONNECTIONS)
    if "instructions" in wanted and names and available("valgrind"):
        results["instructions"] = comparison.instructions(names)
    if "syscalls" in wanted and names and available("strace"):
        results["system_calls"] = comparison.system_calls(names)
    return results


def available(tool):
    if shutil.which(tool) is None:
        say(f"no {tool}: left out what it counts")
        return False
    return True


def main():
    options = parse_arguments()
    server_core, generator_core = measure.cores()
    if server_core == generator_core:
        say("one core only: the load generator disturbs the server")
    measure.allow_descriptors(20_000)
    generator = Generator(options.tools / "load_generator", generator_core)
    names, wanted = selection(options.only)

    def compared(kinds, tls):
        comparison = Comparison(kinds, generator, server_core, rounds=3 if options.quick else 9)
        others = OF_PLAIN_TEXT if tls else OF_TLS
        return measured(comparison, [name for name in names if WORKLOADS[name].tls == tls],
                        [name for name in wanted if name not in others])

    results = {"machine": machine(), **compared(kinds_of(options), tls=False),
               "tls": compared(tls_kinds_of(options), tls=True)}
    results["targets"] = [dict(zip(("target", "limit", "measured", "met"), row)) for row in report.targets(results)]
    print(report.markdown(results))
    if options.json:
        options.json.write_text(json.dumps(results, indent=2) + "\n")


if __name__ == "__main__":
    try:
        main()
    except (RuntimeError, OSError) as error:
        sys.exit(f"bench: {error}")
