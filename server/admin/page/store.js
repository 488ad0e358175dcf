// What the page knows of one double, kept up to date by its events.
import {get, pathOf, pathWithToken} from './api.js';
import {createListing, globbed} from './listing.js';
import {openLive} from './live.js';
import {createPaced} from './paced.js';
import {grown} from './session_growth.js';

const BATCH_MS = 60;

/** Everybody who wants to know of a change: on('sessions', f) returns the function that ends it. */
function createBus() {
  const listeners = new Map();
  return {
    on(name, listener) {
      if (!listeners.has(name)) listeners.set(name, new Set());
      listeners.get(name).add(listener);
      return () => listeners.get(name).delete(listener);
    },
    emit(name, value) {
      for (const listener of [...(listeners.get(name) ?? [])]) listener(value);
    },
  };
}

/**
 * Changes are told by `on`: 'double', 'scenario', 'rules', 'sessions', 'messages', 'entries' (a list of them),
 * 'live' (the state of the stream), 'cleared' (the record is empty now), 'activity' (something was recorded, often),
 * 'entrance' (where clients come in, or what they find there), 'trouble' (an error of a request that nobody has asked for).
 */
export function createStore(name) {
  const bus = createBus();
  const at = (...parts) => pathOf(['doubles', name, ...parts]);
  const store = {name, double: null, scenario: null, rules: [], live: 'connecting', evicted: null, entrance: null, on: bus.on, at};

  store.sessions = createListing({
    fetchPage: async (query) => listed(await get(pathOf(['doubles', name, 'sessions'], {...query, order: 'desc'})), 'sessions'),
    keeps: (session, {outcome, helo, client}) =>
      (!outcome || session.outcome === outcome) && (!helo || globbed(helo, session.helo)) &&
      (!client || globbed(client, session.client)),
    changed: () => bus.emit('sessions'),
  });
  store.messages = createListing({
    fetchPage: async (query) => listed(await get(pathOf(['doubles', name, 'messages'], {...query, order: 'desc'})), 'messages'),
    keeps: (message, {subject, sender, recipient, session}) =>
      (!subject || globbed(subject, message.subject)) && (!sender || globbed(sender, message.sender)) &&
      (!recipient || message.recipients.some((one) => globbed(recipient, one))) &&
      (!session || message.session === Number(session)),
    changed: () => bus.emit('messages'),
  });

  function listed(answer, key) {
    store.evicted = answer.evicted ?? null;
    return {items: answer[key], next: answer.next ?? null};
  }

  async function quietly(action) {
    try {
      await action();
    } catch (error) {
      // The state of the connection is shown by the stream; a request of the background adds nothing to it.
      if (!(error.status === undefined || error.status === 404)) bus.emit('trouble', error);
    }
  }

  let shownEntrance = '';
  store.refreshDouble = () => quietly(async () => {
    store.double = await get(at());
    // What selects sessions has no listener of its own: clients come in by those of main.
    const listeners = store.double.listeners.length > 0 ? store.double.listeners : (await get(pathOf(['doubles', 'main']))).listeners;
    const entrance = listeners.find((one) => one.kind === 'smtp' && one.port) ?? listeners.find((one) => one.port) ?? null;
    const isNew = JSON.stringify([entrance, store.double.scenario]) !== shownEntrance;
    shownEntrance = JSON.stringify([entrance, store.double.scenario]);
    store.entrance = entrance;
    if (isNew) bus.emit('entrance');
    bus.emit('double');
  });
  store.refreshRules = () => quietly(async () => {
    store.rules = (await get(at('rules'))).rules;
    bus.emit('rules');
  });
  store.refreshScenario = () => quietly(async () => {
    store.scenario = await get(at('scenario'));
    store.rules = store.scenario.rules;
    bus.emit('scenario');
    bus.emit('rules');
  });
  const refresh = createPaced(() => Promise.all([store.refreshDouble(), store.refreshRules()]));

  // Events come one by one; lists are put together once for all of a moment.
  let batch = newBatch();
  let timer = null;
  function newBatch() {
    return {sessions: new Map(), messages: new Map(), entries: []};
  }
  function flush() {
    timer = null;
    const {sessions, messages, entries} = batch;
    batch = newBatch();
    growSessions(sessions, entries);
    if (sessions.size > 0) store.sessions.upsert([...sessions.values()]);
    if (messages.size > 0) store.messages.upsert([...messages.values()]);
    if (entries.length > 0) bus.emit('entries', entries);
    bus.emit('activity');
    refresh.call();
  }

  function growSessions(sessions, entries) {
    const open = new Map(store.sessions.items.filter((session) => session.outcome === 'open').map((session) => [session.id, session]));
    for (const entry of entries) {
      const session = sessions.get(entry.session) ?? open.get(entry.session);
      if (session?.outcome === 'open') sessions.set(session.id, grown(session, entry));
    }
  }

  function receive(event, data) {
    if (event === 'reset') return cleared();
    if (event === 'evicted') return reloadAll();
    if (data === null) return;
    if (event === 'session') batch.sessions.set(data.id, data);
    if (event === 'message') batch.messages.set(data.id, data);
    if (event === 'entry') batch.entries.push(data);
    timer ??= setTimeout(flush, BATCH_MS);
  }

  function cleared() {
    clearTimeout(timer);
    timer = null;
    batch = newBatch();
    bus.emit('cleared');
    reloadAll();
  }

  function reloadAll() {
    store.sessions.reload();
    store.messages.reload();
    store.refreshDouble();
    store.refreshScenario();
    bus.emit('activity');
  }
  store.reloadAll = reloadAll;

  const live = openLive({
    address: (after) => pathWithToken(['doubles', name, 'events'], {after}),
    check: async () => {
      const double = await get(at());
      const same = store.double === null || double.created_at === store.double.created_at;
      store.double = double;
      bus.emit('double');
      return {same};
    },
    on: {
      event: receive,
      open: reloadAll,
      state(state) {
        store.live = state;
        bus.emit('live', state);
      },
    },
  });
  store.retryNow = live.retryNow;
  store.close = () => {
    live.close();
    refresh.stop();
    clearTimeout(timer);
  };
  return store;
}
