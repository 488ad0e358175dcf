"""The measurements as Markdown tables, and beside them what smtp-double is meant to reach."""
import statistics

from comparison import median_ratio

SUBJECT, RULES, FLOOR, PEER = "smtp-double", "1,000 rules", "floor", "smtp-sink"

CPU_OF_FLOOR = {"sess": 1.20, "many": 1.20, "pipe": 1.30, "deep": 1.45, "100k": 1.25}
TLS_CPU_OF_FLOOR = 1.20
TLS_MEMORY_OF_FLOOR = 1.20
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
    text = f"{ours / 1e5:.2f} ms/MB" if "100k" in name else f"{ours / 1e3:.1f} µs"
    if server == FLOOR or FLOOR not in spent:
        return text
    return f"{text} ({median_ratio(spent[server], spent[FLOOR]):.2f}×)"


def servers_in(measured):
    return list(next(iter(measured.values()), {}))


def cpu_table(title, cpu):
    rows = [[server] + [cpu_cell(name, spent, server) for name, spent in cpu.items()] for server in servers_in(cpu)]
    return table([title, *cpu], rows)


def rate_table(spent):
    return table(["handshakes per second of CPU", ""],
                 [[server, f"{1e9 / statistics.median(each):,.0f}"] for server, each in spent.items()])


def count_table(title, counted, digits):
    rows = [[server] + [f"{values[server]:,.{digits}f}" for values in counted.values()]
            for server in servers_in(counted)]
    return table([title, *counted], rows)


def start_table(starts):
    rows = [[server, f"{statistics.median(took) / 1e3:.1f} ms", f"{min(took) / 1e3:.1f}–{max(took) / 1e3:.1f}"]
            for server, took in starts.items()]
    return table(["exec to the first 220", "median", "range"], rows)


def idle_table(title, idle):
    rows = []
    for server, found in idle.items():
        alone = " / ".join(f"{found['alone'][kind] / 1e6:.1f}" for kind in ("rss", "pss", "private"))
        rows.append([server, alone, f"{found['octets_per_connection'] / 1024:.1f} KB", f"{found['connections']:,}",
                     found["failed"]])
    return table([title, "RSS / PSS / private MB", "per idle connection", "connections", "failed connects"], rows)


def targets(results):
    """[(what, limit, measured, whether met)] of everything that was measured and has a target."""
    return [*cpu_targets(results.get("cpu", {})), *instruction_targets(results.get("instructions", {})),
            *start_targets(results.get("starts", {})), *loading_target(results.get("starts", {})),
            *idle_targets(results.get("idle", {})), *tls_targets(results["tls"])]


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


def tls_targets(tls):
    for name, spent in tls.get("cpu", {}).items():
        if SUBJECT in spent:
            ratio = median_ratio(spent[SUBJECT], spent[FLOOR])
            yield f"CPU, {name}: × floor", f"≤ {TLS_CPU_OF_FLOOR:.2f}", f"{ratio:.2f}", ratio <= TLS_CPU_OF_FLOOR
    idle = tls.get("idle", {})
    if SUBJECT in idle:
        ratio = idle[SUBJECT]["octets_per_connection"] / idle[FLOOR]["octets_per_connection"]
        yield ("per idle TLS connection: × floor", f"≤ {TLS_MEMORY_OF_FLOOR:.2f}", f"{ratio:.2f}",
               ratio <= TLS_MEMORY_OF_FLOOR)
        yield "failed TLS connects", "0", str(idle[SUBJECT]["failed"]), idle[SUBJECT]["failed"] == 0


def plain_tables(results):
    if "cpu" in results:
        yield cpu_table("server CPU per message (× floor)", results["cpu"])
    if "instructions" in results:
        yield count_table("user instructions per message", results["instructions"], 0)
    if "system_calls" in results:
        yield count_table("system calls per message, one connection", results["system_calls"], 1)
    if "starts" in results:
        yield start_table(results["starts"])
    if "idle" in results:
        yield idle_table("idle", results["idle"])


def tls_tables(results):
    if "cpu" in results:
        yield cpu_table("TLS: server CPU per handshake or message (× floor)", results["cpu"])
        if "handshakes" in results["cpu"]:
            yield rate_table(results["cpu"]["handshakes"])
    if "instructions" in results:
        yield count_table("TLS: user instructions per handshake or message", results["instructions"], 0)
    if "system_calls" in results:
        yield count_table("TLS: system calls per handshake or message, one connection", results["system_calls"], 1)
    if "idle" in results:
        yield idle_table("TLS: idle", results["idle"])


def markdown(results):
    parts = [results["machine"], *plain_tables(results), *tls_tables(results["tls"])]
    judged = [[*row[:3], "met" if row[3] else "**missed**"] for row in targets(results)]
    if judged:
        parts.append(table(["target", "limit", "measured", ""], judged))
    return "\n\n".join(parts)
