// The program under test: PROGRAM in the environment says which one it is.
import {spawn} from 'node:child_process';
import {mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {after} from 'node:test';

const PATIENCE_MS = 30_000;

if (!process.env.PROGRAM) throw new Error('PROGRAM is to name the program that is tested');

// What was started, and was not stopped as its test failed.
const running = new Set();
const killAll = () => running.forEach((child) => child.kill('SIGKILL'));
after(killAll);
process.on('exit', killAll);

/**
 * A server on free ports: {smtp, admin: addresses, port, api(method, path, body), stop()}.
 * `scenario` is YAML text or the name of one of the library; `admin` and `smtp` ask for certain addresses.
 */
export async function startDouble({scenario = 'default', options = [], smtp = '127.0.0.1:0', admin = '127.0.0.1:0'} = {}) {
  const folder = mkdtempSync(path.join(tmpdir(), 'smtp-double-page-'));
  let word = scenario;
  if (scenario.includes('\n')) {
    word = path.join(folder, 'scenario.yaml');
    writeFileSync(word, scenario);
  }
  const variables = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('SMTP_DOUBLE_')));
  const child = spawn(process.env.PROGRAM, [word, '--listen', smtp, '--admin', admin, ...options], {cwd: folder, env: variables, stdio: ['ignore', 'pipe', 'pipe']});
  running.add(child);
  let log = '';
  child.stderr.on('data', (octets) => (log += octets));
  const ended = new Promise((resolve) => child.on('exit', (code, signal) => {
    running.delete(child);
    rmSync(folder, {recursive: true, force: true});
    resolve(code ?? signal);
  }));
  const ready = await readyLine(child, ended, () => log);
  const words = Object.fromEntries(ready.split(' ').slice(1).map((pair) => pair.split('=')));
  const address = `http://${words.admin}`;
  return {
    smtp: words.smtp, admin: words.admin, address, port: Number(words.smtp.split(':').at(-1)), log: () => log,
    async api(method, where, body, headers = {}) {
      const isText = typeof body === 'string';
      const type = body === undefined ? {} : {'Content-Type': isText ? 'application/yaml' : 'application/json'};
      const response = await fetch(`${address}${where}`, {method, headers: {...type, ...headers}, body: isText || body === undefined ? body : JSON.stringify(body)});
      const text = await response.text();
      if (!response.ok) throw new Error(`${method} ${where}: ${response.status} ${text}`);
      return text && response.headers.get('content-type').includes('json') ? JSON.parse(text) : text;
    },
    /** Ends it; it has to end well. */
    async stop() {
      child.kill('SIGTERM');
      const status = await ended;
      if (status !== 0) throw new Error(`ended with ${status}; its log:\n${log}`);
    },
    /** Ends it without giving it time for anything. */
    async kill() {
      child.kill('SIGKILL');
      await ended;
    },
  };
}

function readyLine(child, ended, log) {
  return new Promise((resolve, reject) => {
    let text = '';
    const late = setTimeout(() => reject(new Error(`no READY; its log:\n${log()}`)), PATIENCE_MS);
    child.stdout.on('data', (octets) => {
      text += octets;
      const line = /^READY .*$/m.exec(text);
      if (!line) return;
      clearTimeout(late);
      resolve(line[0]);
    });
    ended.then((status) => {
      clearTimeout(late);
      reject(new Error(`ended with ${status} before it was ready; its log:\n${log()}`));
    });
  });
}
