"""The measurements as Markdown tables, and beside them what smtp-double is meant to reach."""
import statistics

from comparison import median_ratio

SUBJECT, RULES, FLOOR, PEER = "smtp-double", "1,000 rules", "floor", "smtp-sink"

CPU_OF_FLOOR = {"sess": 1.20, "many": 1.20, "pipe": 1.30, "deep": 1.45, "100k": 1.25}
CPU_OF_PEER = 0.75
CPU_OF_NO_RULES = 1.10
LOADING = 50_000  # microseconds
INSTRUCTIONS = {"sess": 25_000, "many": 15_000, "pipe": 12_000, "100k": 300_000}
IDLE_OCTETS_PER_CONNECTION = 6 * 1024
IDLE_RSS = 6_000_000


def table(header, rows):
    lines = [header, ["---"] * len(header), *rows]
    return "\n".join("| " + " | ".join(map(str, line)) + " |" for line in lines)


def cpu_cell(name, spent, server):
    ours = statistics.median(spent[server])
    # For large content it is the octets that cost: nanoseconds per 100 KB are milliseconds per MB by 100,000.
    text = f"{ours / 1e5:.2f} ms/MB" if name == "100k" else f"{ours / 1e3:.1f} µs"
    if server == FLOOR or FLOOR not in spent:
        return text
    return f"{text} ({median_ratio(spent[server], spent[FLOOR]):.2f}×)"


def cpu_table(cpu, servers):
    rows = [[server] + [cpu_cell(name, spent, server) for name, spent in cpu.items()] for server in servers]
    return table(["server CPU per message (× floor)", *cpu], rows)


def count_table(title, counted, servers, digits):
    rows = [[server] + [f"{values[server]:,.{digits}f}" for values in counted.values()] for server in servers]
    return table([title, *counted], rows)


def start_table(starts):
    rows = [[server, f"{statistics.median(took) / 1e3:.1f} ms", f"{min(took) / 1e3:.1f}–{max(took) / 1e3:.1f}"]
            for server, took in starts.items()]
    return table(["exec to the first 220", "median", "range"], rows)


def idle_table(idle):
    rows = []
    for server, found in idle.items():
        alone = " / ".join(f"{found['alone'][kind] / 1e6:.1f}" for kind in ("rss", "pss", "private"))
        rows.append([server, alone, f"{found['octets_per_connection'] / 1024:.1f} KB", f"{found['connections']:,}",
                     found["failed"]])
    return table(["idle", "RSS / PSS / private MB", "per idle connection", "connections", "failed connects"], rows)


def targets(results):
    """[(what, limit, measured, whether met)] of everything that was measured and has a target."""
    return [*cpu_targets(results.get("cpu", {})), *instruction_targets(results.get("instructions", {})),
            *start_targets(results.get("starts", {})), *loading_target(results.get("starts", {})), *idle_targets(results.get("idle", {}))]


def cpu_targets(cpu):
    for name, spent in cpu.items():
        if SUBJECT not in spent:
            continue
        if RULES in spent:
            ratio = median_ratio(spent[RULES], spent[SUBJECT])
            yield f"CPU, {name}: {RULES} × none", f"≤ {CPU_OF_NO_RULES:.2f}", f"{ratio:.2f}", ratio <= CPU_OF_NO_RULES
        if FLOOR in spent:
            ratio = median_ratio(spent[SUBJECT], spent[FLOOR])
            yield f"CPU, {name}: × floor", f"≤ {CPU_OF_FLOOR[name]:.2f}", f"{ratio:.2f}", ratio <= CPU_OF_FLOOR[name]
        if PEER in spent:
            ratio = median_ratio(spent[SUBJECT], spent[PEER])
            yield f"CPU, {name}: × {PEER}", f"< {CPU_OF_PEER:.2f}", f"{ratio:.2f}", ratio < CPU_OF_PEER


def instruction_targets(instructions):
    for name, limit in INSTRUCTIONS.items():
        ours = instructions.get(name, {}).get(SUBJECT)
        if ours is not None:
            yield f"user instructions, {name}", f"≤ {limit:,}", f"{ours:,.0f}", ours <= limit


def start_targets(starts):
    if SUBJECT in starts and PEER in starts:
        ours, theirs = (statistics.median(starts[server]) / 1e3 for server in (SUBJECT, PEER))
        yield f"first 220, beside {PEER}", f"≤ {theirs:.1f} ms", f"{ours:.1f} ms", ours <= theirs


def loading_target(starts):
    if SUBJECT in starts and RULES in starts:
        took = statistics.median(starts[RULES]) - statistics.median(starts[SUBJECT])
        yield f"loading {RULES}", f"≤ {LOADING / 1e3:.0f} ms", f"{took / 1e3:.1f} ms", took <= LOADING


def idle_targets(idle):
    if SUBJECT not in idle:
        return
    ours = idle[SUBJECT]
    rss, each = ours["alone"]["rss"], ours["octets_per_connection"]
    yield "idle RSS", f"≤ {IDLE_RSS / 1e6:.0f} MB", f"{rss / 1e6:.1f} MB", rss <= IDLE_RSS
    yield ("per idle connection", f"≤ {IDLE_OCTETS_PER_CONNECTION / 1024:.0f} KB", f"{each / 1024:.1f} KB",
           each <= IDLE_OCTETS_PER_CONNECTION)
    yield "failed connects", "0", str(ours["failed"]), ours["failed"] == 0


def markdown(results, servers):
    parts = [results["machine"]]
    if "cpu" in results:
        parts.append(cpu_table(results["cpu"], servers))
    if "instructions" in results:
        parts.append(count_table("user instructions per message", results["instructions"], servers, 0))
    if "system_calls" in results:
        parts.append(count_table("system calls per message, one connection", results["system_calls"], servers, 1))
    if "starts" in results:
        parts.append(start_table(results["starts"]))
    if "idle" in results:
        parts.append(idle_table(results["idle"]))
    judged = [[*row[:3], "met" if row[3] else "**missed**"] for row in targets(results)]
    if judged:
        parts.append(table(["target", "limit", "measured", ""], judged))
    return "\n\n".join(parts)
