'use strict';
const { Api } = require('./api.cjs');
const { Double, asyncDispose } = require('./double.cjs');
const { ConnectionFailedError } = require('./errors.cjs');
const { ServerProcess } = require('./process.cjs');
const { defined, milliseconds, optionsOf, refuseOthers, texts } = require('./values.cjs');

/** A process of smtp-double, with any number of doubles. */
class Server {
  #api;
  #process;

  constructor(api, process) {
    this.#api = api;
    this.#process = process;
  }

  get url() {
    return this.#api.url;
  }

  get log() {
    return this.#process?.log ?? '';
  }

  async version() {
    return (await this.#api.ask('GET', '/v1/version')).version;
  }

  async main() {
    return new Double(this.#api, await this.#api.ask('GET', '/v1/doubles/main'));
  }

  async double(options) {
    const { scenario, name, listen, select, ...rest } = typeof options === 'string' ? { scenario: options }
      : optionsOf(options, 'double()', "{ scenario: { library: 'accept' } }, or a scenario as text");
    refuseOthers(rest, 'double()');
    const json = defined({ scenario, name, listen: texts(listen, 'listen', "['smtp', 'lmtp']"), select });
    const told = await this.#api.ask('POST', '/v1/doubles', { json });
    // Without listeners it is reached at those of main.
    const at = told.listeners.length > 0 ? told : await this.#api.ask('GET', '/v1/doubles/main');
    return new Double(this.#api, told, at.listeners);
  }

  async doubles() {
    const { doubles } = await this.#api.ask('GET', '/v1/doubles');
    const { listeners } = doubles.find(({ name }) => name === 'main');
    return doubles.map((told) => new Double(this.#api, told, told.listeners.length > 0 ? told.listeners : listeners));
  }

  explain(reply, { stage } = {}) {
    return this.#api.ask('GET', '/v1/explain', { query: { reply, stage } });
  }

  async close() {
    await this.#process?.stop();
  }

  [asyncDispose]() {
    return this.close();
  }
}

/** HOST:PORT is an address as well; "off" and "" are none. */
function adminAddress(text = '') {
  const address = text.trim();
  if (address === '' || address === 'off') return undefined;
  return /^[a-z]+:\/\//i.test(address) ? address : `http://${address}`;
}

async function startServer(wanted) {
  const { scenario = [], binary, options = [], token, startTimeout = 30_000, ...rest } =
    optionsOf(wanted, 'startServer()', "{ scenario: 'greylisting' }");
  refuseOthers(rest, 'startServer()');
  const patience = milliseconds(startTimeout, 'startTimeout');
  const program = binary ?? (process.env.SMTP_DOUBLE_BINARY || 'smtp-double');
  const child = new ServerProcess(program, [...texts([scenario].flat(), 'scenario', "['greylisting']"),
    ...texts(options, 'options', "['--seed', '7']")], token);
  const { admin } = await child.ready(patience);
  return new Server(new Api(`http://${admin}`, token), child);
}

async function connect(url = process.env.SMTP_DOUBLE_ADMIN, { token = process.env.SMTP_DOUBLE_ADMIN_TOKEN } = {}) {
  const address = adminAddress(url);
  if (address === undefined) throw new ConnectionFailedError('no address: neither an argument nor SMTP_DOUBLE_ADMIN');
  const api = new Api(address, token);
  await api.ask('GET', '/livez');
  return new Server(api);
}

let shared;

/** The one of SMTP_DOUBLE_ADMIN, or one that is started once for this process. */
function sharedServer() {
  shared ??= adminAddress(process.env.SMTP_DOUBLE_ADMIN) === undefined ? startServer() : connect();
  return shared;
}

module.exports = { Server, connect, sharedServer, startServer };
