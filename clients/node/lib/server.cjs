'use strict';
const { Api } = require('./api.cjs');
const { Double, asyncDispose } = require('./double.cjs');
const { ConnectionFailedError } = require('./errors.cjs');
const { ServerProcess } = require('./process.cjs');
const { defined, refuseOthers } = require('./values.cjs');

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

  async double(options = {}) {
    const { scenario, name, listen, select, ...rest } = typeof options === 'string' ? { scenario: options } : options;
    refuseOthers(rest, 'double()');
    const json = defined({ scenario, name, listen, select });
    return new Double(this.#api, await this.#api.ask('POST', '/v1/doubles', { json }));
  }

  async doubles() {
    return (await this.#api.ask('GET', '/v1/doubles')).doubles.map((told) => new Double(this.#api, told));
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

async function startServer({ scenario = [], binary, options = [], token, startTimeout = 30_000, ...rest } = {}) {
  refuseOthers(rest, 'startServer()');
  const program = binary ?? process.env.SMTP_DOUBLE_BINARY ?? 'smtp-double';
  const child = new ServerProcess(program, [...[scenario].flat(), ...options], token);
  const { admin } = await child.ready(startTimeout);
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
