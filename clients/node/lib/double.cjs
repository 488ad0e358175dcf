'use strict';
const { inspect } = require('node:util');
const { camel, patience } = require('./api.cjs');
const { NoListenerError, NotFoundError } = require('./errors.cjs');
const { Message } = require('./message.cjs');
const {
  conditions, counted, defined, duration, messageFilter, milliseconds, optionsOf, refuseOthers, refuseTypos,
  sessionFilter, texts, waitOptions,
} = require('./values.cjs');

const ofFailNext = ['code', 'stage', 'times', 'then', 'delay', 'when', 'name'];
const pageSize = 500;
const mostShown = 20;
const asyncDispose = Symbol.asyncDispose ?? Symbol.for('nodejs.asyncDispose');

/** One isolated SMTP server: what it is to do, what it has seen. Server.double() makes one. */
class Double {
  #api;
  #path;
  #at;
  #removed = false;

  /** `at`: the listeners where it is reached, its own or those of `main`. */
  constructor(api, described, at = described.listeners) {
    this.#api = api;
    this.#path = described.url;
    this.name = described.name;
    this.listeners = described.listeners;
    this.select = described.select;
    this.#at = at;
  }

  get url() {
    return this.#api.url + this.#path;
  }

  get host() {
    return this.#listener('smtp', 'lmtp', 'smtps').host;
  }

  get port() {
    return this.#listener('smtp', 'lmtp', 'smtps').port;
  }

  get smtpsPort() {
    return this.#listener('smtps').port;
  }

  get lmtpPort() {
    return this.#listener('lmtp').port;
  }

  #listener(...kinds) {
    for (const kind of kinds) {
      const found = this.#at.find((listener) => listener.kind === kind && listener.port !== null);
      if (found) return found;
    }
    throw new NoListenerError(`double '${this.name}' has no listener for ${kinds.join(' or ')}`);
  }

  #ask(method, below, options) {
    return this.#api.ask(method, this.#path + below, options);
  }

  details() {
    return this.#ask('GET', '');
  }

  // What it does

  failNext(options) {
    const { code, stage = 'rcpt', times = 1, then, delay, name, when, ...more } =
      optionsOf(options, 'failNext()', '{ code: 450, times: 2 }');
    if (code === undefined) throw new TypeError('failNext() needs a code: 450, "450 4.2.2 Mailbox full", null for silence');
    refuseTypos('failNext()', ofFailNext, Object.keys(more));
    const held = conditions(when, more);
    return this.addRule(defined({
      name,
      at: stage,
      when: Object.keys(held).length > 0 ? held : undefined,
      times: times === null || times === Infinity ? undefined : times,
      delay: delay === undefined ? undefined : duration(delay),
      reply: code === null ? 'none' : String(code),
      then: then === undefined || typeof then === 'string' ? then
        : Object.fromEntries(Object.entries(then).map(([act, pause]) => [act, duration(pause)])),
    }));
  }

  async addRule(rule) {
    const [added] = await this.addRules(typeof rule === 'string' ? rule : [rule]);
    return added;
  }

  async addRules(rules) {
    // JSON is YAML, and only YAML may be a list.
    const yaml = typeof rules === 'string' ? rules : JSON.stringify(rules);
    return (await this.#ask('POST', '/rules', { yaml })).rules.map(asRule);
  }

  async rules(options) {
    const { unused, ...rest } = optionsOf(options, 'rules()', '{ unused: true }');
    refuseOthers(rest, 'rules()');
    return (await this.#ask('GET', '/rules', { query: { unused: unused ? 'true' : undefined } })).rules.map(asRule);
  }

  async rule(name) {
    return asRule(await this.#askRule('GET', nameOf(name, 'rule()')));
  }

  async hits(name) {
    return (await this.#askRule('GET', nameOf(name, 'hits()'))).hits;
  }

  async replaceRule(name, rule) {
    const yaml = typeof rule === 'string' ? rule : JSON.stringify(rule);
    return asRule(await this.#askRule('PUT', nameOf(name, 'replaceRule()'), { yaml }));
  }

  async removeRule(name) {
    await this.#askRule('DELETE', nameOf(name, 'removeRule()'));
  }

  #askRule(method, name, options) {
    return this.#ask(method, `/rules/${encodeURIComponent(name)}`, options);
  }

  async scenario() {
    const told = await this.#ask('GET', '/scenario');
    told.rules.forEach(asRule);
    return told;
  }

  async load(scenario) {
    await this.#ask('PUT', '/scenario', typeof scenario === 'string' ? { yaml: scenario } : { json: scenario });
  }

  async states() {
    return (await this.#ask('GET', '/state')).keys;
  }

  async state() {
    return (await this.states()).find(({ key }) => key === '')?.state ?? 'start';
  }

  async setState(state, key) {
    await this.#ask('PUT', '/state', { json: defined({ state, key }) });
  }

  async advanceClock(by) {
    return (await this.#ask('POST', '/clock', { json: { advance: milliseconds(by, 'what the clock advances by') } })).nowMs;
  }

  // What it has seen

  async messages(filter) {
    const [query, rest] = messageFilter(optionsOf(filter, 'messages()', "{ recipient: '*@example.com' }"));
    refuseOthers(rest, 'messages()');
    return (await this.#pages('messages', query)).map((told) => new Message(this.#api, this.#path, told));
  }

  async message(id) {
    return new Message(this.#api, this.#path, await this.#ask('GET', `/messages/${id}`));
  }

  async sessions(filter) {
    const { outcome, helo, client, open, ...rest } = optionsOf(filter, 'sessions()', "{ outcome: 'refused' }");
    refuseOthers(rest, 'sessions()');
    return this.#pages('sessions', { outcome, helo, client, open });
  }

  session(id) {
    return this.#ask('GET', `/sessions/${id}`);
  }

  async transcript(session) {
    if (session === undefined) return this.#transcripts((await this.sessions()).map(({ id }) => id));
    return (await this.#api.octets('GET', `${this.#path}/sessions/${session}/transcript`)).toString();
  }

  async troubledTranscript() {
    const sessions = await this.sessions();
    const troubled = sessions.filter(({ outcome }) => outcome === 'refused' || outcome === 'failed');
    return this.#transcripts((troubled.length > 0 ? troubled : sessions).slice(-mostShown).map(({ id }) => id));
  }

  async #transcripts(ids) {
    const texts = [];
    for (const id of ids) {
      try {
        texts.push(`session ${id}\n${await this.transcript(id)}`);
      } catch (error) {
        if (!(error instanceof NotFoundError)) throw error; // dropped by the bounds of the journal meanwhile
      }
    }
    return texts.join('\n');
  }

  async deliveries() {
    return (await this.#ask('GET', '/deliveries')).deliveries;
  }

  async unmatched() {
    return (await this.#ask('GET', '/unmatched')).unmatched;
  }

  events({ after, signal } = {}) {
    return eventsIn(this.#api.lines(`${this.#path}/events`, { query: { after }, signal }));
  }

  async #pages(what, wanted) {
    const found = [];
    let after;
    do {
      const page = await this.#ask('GET', `/${what}`, { query: { ...wanted, limit: pageSize, after } });
      found.push(...page[what]);
      after = page.next ?? undefined;
    } while (after !== undefined);
    return found;
  }

  // Waiting, verifying, beginning anew

  async waitForMessages(countOrOptions, options) {
    return this.#messagesOf('waitForMessages()', waitOptions('waitForMessages()', countOrOptions, options));
  }

  async waitForMessage(options) {
    const what = 'waitForMessage()';
    const held = optionsOf(options, what, "{ recipient: '*@example.com', timeout: '5s' }");
    if ('count' in held) refuseOthers({ count: held.count }, what);
    const [message] = await this.#messagesOf(what, waitOptions(what, held));
    return message;
  }

  async #messagesOf(what, { count, timeout, rest }) {
    const [where, others] = messageFilter(rest);
    refuseOthers(others, what);
    const { messages } = await this.#wait('messages', count, timeout, where);
    return messages.map((told) => new Message(this.#api, this.#path, told));
  }

  async waitForSessions(countOrOptions, options) {
    const { count, timeout, rest } = waitOptions('waitForSessions()', countOrOptions, options);
    const { ended = true, ...filter } = rest;
    const [where, others] = sessionFilter({ ...filter, ended: ended === null ? undefined : ended });
    refuseOthers(others, 'waitForSessions()');
    return (await this.#wait('sessions', count, timeout, where)).sessions;
  }

  async waitForHits(rule, countOrOptions, options) {
    const name = nameOf(rule, 'waitForHits()');
    const { count, timeout, rest } = waitOptions('waitForHits()', countOrOptions, options);
    refuseOthers(rest, 'waitForHits()');
    return (await this.#wait('hits', count, timeout, { rule: name })).count;
  }

  #wait(what, count, timeout, where) {
    const json = { for: what, count, timeout_ms: timeout, where };
    return this.#ask('POST', '/wait', { json, waits: timeout + patience });
  }

  async verify(expectations) {
    const { messages, sessions, hits, sequence, never, unmatched, ...rest } =
      optionsOf(expectations, 'verify()', '{ messages: 1 }');
    refuseOthers(rest, 'verify()');
    await this.#ask('POST', '/verify', {
      json: defined({
        messages: messages === undefined ? undefined : counted(messages, messageFilter),
        sessions: sessions === undefined ? undefined : counted(sessions, sessionFilter),
        hits,
        sequence: texts(sequence, 'sequence', "['EHLO', 'MAIL']"),
        never: texts(never, 'never', "['VRFY']"),
        unmatched,
      }),
    });
  }

  async reset(...what) {
    await this.#ask('POST', '/reset', { query: { what: what.join(',') || 'all' } });
  }

  // Its end

  async close() {
    if (this.#removed || this.name === 'main') return;
    this.#removed = true;
    try {
      await this.#ask('DELETE', '');
    } catch (error) {
      if (!(error instanceof NotFoundError)) throw error;
    }
  }

  [asyncDispose]() {
    return this.close();
  }
}

/** With its name as its text: it can be a key of verify({ hits }). Not enumerable, so it compares as what it tells. */
function asRule(told) {
  return Object.defineProperty(told, 'toString', { value: () => told.name });
}

function nameOf(rule, what) {
  const name = rule?.name ?? rule;
  if (typeof name !== 'string') throw new TypeError(`${what} needs a rule or its name, not ${inspect(rule)}`);
  return name;
}

async function* eventsIn(lines) {
  let fields = {};
  for await (const line of lines) {
    if (line !== '') {
      const [, name, value] = /^([^:]*):? ?(.*)$/.exec(line);
      fields[name] = value;
      continue;
    }
    if (fields.event) {
      const id = fields.id ? Number(fields.id) : null;
      yield { kind: fields.event, id, data: camel(JSON.parse(fields.data || '{}')) };
    }
    fields = {};
  }
}

module.exports = { Double, asyncDispose };
