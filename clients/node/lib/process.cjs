'use strict';
// The program, started on free ports of the loopback.
const { spawn } = require('node:child_process');
const { StartFailedError } = require('./errors.cjs');

const ownVariables = [
  'SMTP_DOUBLE_BINARY', 'SMTP_DOUBLE_ADMIN', 'SMTP_DOUBLE_ADMIN_TOKEN', 'SMTP_DOUBLE_ADMIN_OPEN', 'SMTP_DOUBLE_LISTEN',
  'SMTP_DOUBLE_LISTEN_TLS', 'SMTP_DOUBLE_LISTEN_LMTP', 'SMTP_DOUBLE_PORT_FILE',
];
const mostLog = 64 * 1024;
const patienceAtEnd = 10_000; // ms for a server that is to stop

const running = new Set();
process.on('exit', () => running.forEach((child) => child.kill()));

function environment(token) {
  const variables = { ...process.env };
  for (const name of ownVariables) delete variables[name];
  return token ? { ...variables, SMTP_DOUBLE_ADMIN_TOKEN: token } : variables;
}

// What ends the server when this process has been killed: the pipe to it is at its end then.
const guard = 'read -r done || kill "$0"';

/** Not there, or a folder: what Python's which() does not find either. */
const absent = new Set(['ENOENT', 'EACCES']);

class ServerProcess {
  #child;
  #gone;

  constructor(binary, words, token) {
    this.log = '';
    this.#child = spawn(binary, ['serve', ...words, '--listen', '127.0.0.1:0', '--admin', '127.0.0.1:0'],
      { env: environment(token), stdio: ['ignore', 'pipe', 'pipe'] });
    running.add(this.#child);
    if (this.#child.pid !== undefined) this.#watch();
    this.#gone = new Promise((resolve) => {
      this.#child.once('close', resolve);
      this.#child.on('error', resolve); // for good: a later one, of kill(), must find it as well
    });
    this.#gone.then(() => running.delete(this.#child));
    this.#child.stderr.setEncoding('utf8').on('data', (text) => {
      this.log = (this.log + text).slice(-mostLog);
    });
  }

  #watch() {
    const words = ['-c', guard, String(this.#child.pid)];
    const watcher = spawn('/bin/sh', words, { stdio: ['pipe', 'ignore', 'ignore'] });
    watcher.on('error', () => {});
    watcher.stdin.on('error', () => {});
    watcher.unref();
    watcher.stdin.unref();
    this.#child.once('close', () => watcher.stdin.end('done\n'));
  }

  /** What its READY line says. */
  async ready(patience) {
    const failed = (why) => new StartFailedError(`${this.#child.spawnargs.join(' ')} ${why}\n${this.log}`.trimEnd());
    let timer;
    try {
      const line = await new Promise((resolve, reject) => {
        let text = '';
        timer = setTimeout(() => reject(failed(`did not come to listen within ${patience} ms`)), patience);
        this.#child.once('error', (error) => reject(this.#unrunnable(error) ?? failed(`cannot be run: ${error.message}`)));
        this.#child.once('close', (status) => reject(failed(`ended with status ${status}`)));
        this.#child.stdout.setEncoding('utf8').on('data', (chunk) => {
          text += chunk;
          if (text.includes('\n')) resolve(text);
        });
      });
      const words = Object.fromEntries(line.trim().split(' ').slice(1).map((word) => word.split(/=(.*)/, 2)));
      if (!line.startsWith('READY ') || !words.admin) throw failed('has no admin API');
      this.#letGo();
      return words;
    } catch (error) {
      await this.stop();
      throw error;
    } finally {
      clearTimeout(timer);
    }
  }

  #unrunnable({ code }) {
    if (!absent.has(code)) return undefined;
    return new StartFailedError(`there is no program '${this.#child.spawnfile}'; smtp-double is to be on the PATH, or its `
      + 'place in SMTP_DOUBLE_BINARY');
  }

  // Tests may end without closing it: it keeps nobody alive, and ends with us.
  #letGo() {
    this.#child.unref();
    this.#child.stdout.unref();
    this.#child.stderr.unref();
  }

  async stop() {
    if (this.#child.exitCode === null && this.#child.signalCode === null) this.#child.kill();
    this.#child.ref();
    const timer = setTimeout(() => this.#child.kill('SIGKILL'), patienceAtEnd);
    await this.#gone;
    clearTimeout(timer);
  }
}

module.exports = { ServerProcess };
