// The stream of events of one double, and what state it is in.

const PAUSES = [500, 1000, 2000, 5000];
const EVENTS = ['entry', 'session', 'message', 'reset', 'evicted'];

/**
 * Keeps a stream open until close().
 *   address(after)  where the stream is; `after` is the last event that came, or null
 *   check()         asks whether the double is still the same: resolves with {same}, throws when it is not there
 *   on.event(name, data), on.open(), on.state('connecting' | 'live' | 'retrying' | 'gone')
 *
 * EventSource would reconnect by itself, but not after an answer like 503, and with the last id of a program that
 * has been started anew since: so every connection is a new one, made after asking.
 */
export function openLive({address, check, on}) {
  let source = null;
  let last = null;
  let failures = 0;
  let timer = null;
  let closed = false;

  function connect() {
    source = new EventSource(address(last));
    source.onopen = () => {
      failures = 0;
      on.state('live');
      on.open();
    };
    source.onerror = () => lose();
    for (const name of EVENTS) {
      source.addEventListener(name, (event) => {
        if (event.lastEventId) last = event.lastEventId;
        on.event(name, parsed(event.data));
      });
    }
  }

  function lose() {
    source.close();
    if (closed) return;
    on.state('retrying');
    timer = setTimeout(retry, PAUSES[Math.min(failures++, PAUSES.length - 1)]);
  }

  async function retry() {
    clearTimeout(timer);
    timer = null;
    try {
      const {same} = await check();
      if (closed) return;
      if (!same) last = null;
      connect();
    } catch (error) {
      if (closed) return;
      if (error.status === 404) on.state('gone');
      else timer = setTimeout(retry, PAUSES[Math.min(failures++, PAUSES.length - 1)]);
    }
  }

  on.state('connecting');
  connect();
  return {
    /** Does not wait for the next attempt. */
    retryNow() {
      if (timer !== null) retry();
    },
    close() {
      closed = true;
      clearTimeout(timer);
      source.close();
    },
  };
}

function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
