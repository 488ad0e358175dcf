// The package as those have it who install it: what it contains, its types, and what README.md shows.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import fs from 'node:fs';
import { createRequire } from 'node:module';
import os from 'node:os';
import path from 'node:path';
import test from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { modules } from './support/mail.js';

const run = promisify(execFile);
const here = fileURLToPath(new URL('..', import.meta.url));
const modulesPath = fileURLToPath(modules);
const readme = fs.readFileSync(path.join(here, 'README.md'), 'utf8');
const blocks = [...readme.matchAll(/^```js\n(.*?)^```/gms)].map(([, block]) => block);

/** A project that has installed it: the files that are published, and no others. */
function project(t, ...others) {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'smtp-double-test-'));
  t.after(() => fs.rmSync(folder, { recursive: true }));
  const { files } = JSON.parse(fs.readFileSync(path.join(here, 'package.json'), 'utf8'));
  const installed = path.join(folder, 'node_modules', 'smtp-double');
  for (const file of ['package.json', ...files]) {
    fs.cpSync(path.join(here, file), path.join(installed, file), { recursive: true });
  }
  for (const name of others) {
    const link = path.join(folder, 'node_modules', name);
    fs.mkdirSync(path.dirname(link), { recursive: true });
    fs.symlinkSync(path.join(modulesPath, name), link);
  }
  return folder;
}

function write(folder, name, text) {
  const file = path.join(folder, name);
  fs.mkdirSync(path.dirname(file), { recursive: true });
  fs.writeFileSync(file, text);
  return file;
}

async function tests(folder, ...files) {
  const { NODE_TEST_CONTEXT: _, ...env } = process.env; // or it would take itself for a part of this run
  const { stdout } = await run(process.execPath, ['--test', '--test-reporter=tap', ...files], { cwd: folder, env })
    .catch(({ stdout: out, stderr }) => ({ stdout: `${out}\n${stderr}` }));
  const [passed, failed] = ['pass', 'fail'].map((word) => Number(new RegExp(`^# ${word} (\\d+)$`, 'm').exec(stdout)?.[1]));
  return { stdout, passed, failed };
}

// Just enough of Jest and Vitest, over node:test, for what README.md shows of them.
const standIn = `
const assert = require('node:assert/strict');
const nodeTest = require('node:test');
exports.test = nodeTest.test;
exports.beforeAll = nodeTest.before;
exports.afterAll = nodeTest.after;
exports.beforeEach = nodeTest.beforeEach;
exports.afterEach = (then) => nodeTest.afterEach(() => then({ task: { result: { state: 'pass' } } }));
exports.expect = (promise) => ({
  rejects: { toThrow: (text) => assert.rejects(promise, ({ message }) => message.includes(text)) },
});
`;

test('README.md: all of its blocks are run here', () => {
  const kinds = [/'node:test'/, /'vitest'/, /require\(/, /^(?!.*(?:node:test|vitest|require\()).*$/s];
  for (const block of blocks) assert.equal(kinds.filter((kind) => kind.test(block)).length, 1, block);
  assert(blocks.some((block) => block.includes("to: 'full@example.com'")));
});

test('README.md: node:test', async (t) => {
  const folder = project(t, 'nodemailer');
  const found = blocks.filter((block) => block.includes("'node:test'"));
  const files = found.map((block, number) => write(folder, `block-${number}.test.mjs`, block));
  const { stdout, passed, failed } = await tests(folder, ...files);
  assert.deepEqual([found.length, passed, failed], [3, 9, 0], stdout);
});

test('README.md: Vitest and Jest', async (t) => {
  const folder = project(t, 'nodemailer');
  write(folder, 'node_modules/vitest/index.js', standIn);
  const vitest = blocks.filter((block) => block.includes("'vitest'"));
  const jest = blocks.filter((block) => block.includes('require('));
  assert.deepEqual([vitest.length, jest.length], [1, 1]);
  const files = [write(folder, 'vitest.test.mjs', vitest[0]),
    write(folder, 'jest.test.cjs', `Object.assign(globalThis, require('vitest'));\n${jest[0]}`)];
  const { stdout, passed, failed } = await tests(folder, ...files);
  assert.deepEqual([passed, failed], [2, 0], stdout);
});

test('README.md: Jest shows what was said when a test fails', async (t) => {
  const folder = project(t, 'nodemailer');
  write(folder, 'node_modules/vitest/index.js', standIn);
  const jest = blocks.find((block) => block.includes('require('));
  for (const [wanted, ...numbers] of [['550', 1, 0], ['551', 0, 1]]) {
    const block = `Object.assign(globalThis, require('vitest'));\n${jest.replace("toThrow('550')", `toThrow('${wanted}')`)}`;
    const { stdout, passed, failed } = await tests(folder, write(folder, `jest-${wanted}.test.cjs`, block));
    assert.deepEqual([passed, failed], numbers, stdout);
    assert.equal(/session 1\n.*C: RCPT TO:<ann@example\.com>.*S: 550/s.test(stdout), wanted === '551', stdout);
  }
});

test('README.md: a message', async (t) => {
  const folder = project(t, 'nodemailer');
  const found = blocks.filter((block) => !/node:test|vitest|require\(/.test(block));
  assert.equal(found.length, 1);
  await run(process.execPath, [write(folder, 'block.mjs', found[0])], { cwd: folder });
});

test('a failure of node:test has the transcript', async (t) => {
  const folder = project(t, 'nodemailer');
  const file = write(folder, 'failing.test.mjs', `
    import test from 'node:test';
    import nodemailer from 'nodemailer';
    import { useDouble } from 'smtp-double';
    const mail = { from: 'a@example.org', to: 'b@example.com', text: 'Hi.' };
    const send = ({ host, port }) => nodemailer.createTransport({ host, port, ignoreTLS: true }).sendMail(mail);
    test('fails', async (t) => {
      const double = await useDouble(t, { name: 'failing' });
      await double.failNext({ code: '550 5.1.1 No such user' });
      await send(double);
    });
    test('passes', async (t) => {
      const double = await useDouble(t);
      await double.failNext({ code: '551 5.1.6 Gone' });
      await send(double).catch(() => {});
    });`);
  const { stdout, passed, failed } = await tests(folder, file);
  assert.deepEqual([passed, failed], [1, 1], stdout);
  assert.match(stdout, /# SMTP double 'failing':/);
  assert.match(stdout, /^# +S: 550 5\.1\.1 No such user$/m);
  assert.doesNotMatch(stdout, /^# +S: 551/m);
});

test('both faces are the same', async () => {
  const module = await import('../index.js');
  const common = createRequire(import.meta.url)('../index.cjs');
  assert.deepEqual(Object.keys(module).sort(), Object.keys(common).sort());
  for (const [name, value] of Object.entries(common)) assert.equal(module[name], value);
});

test('the types', async (t) => {
  const folder = project(t, '@types/node', 'undici-types');
  for (const name of ['esm.mts', 'cjs.cts', 'tsconfig.json']) {
    fs.copyFileSync(path.join(here, 'test', 'types', name), path.join(folder, name));
  }
  const compiler = path.join(modulesPath, 'typescript', 'bin', 'tsc');
  await run(process.execPath, [compiler, '-p', folder]).catch(({ stdout }) => assert.fail(stdout));
});

test('types and package name the same', async () => {
  const declared = fs.readFileSync(path.join(here, 'index.d.cts'), 'utf8');
  const names = [...declared.matchAll(/^export (?:class|function) (\w+)/gm)].map(([, name]) => name);
  assert.deepEqual(names.sort(), Object.keys(await import('../index.js')).sort());
  const { Double } = await import('../index.js');
  const methods = Object.getOwnPropertyNames(Double.prototype).filter((name) => name !== 'constructor');
  const body = /^export class Double \{(.*?)^\}/ms.exec(declared)[1];
  for (const name of methods) assert.match(body, new RegExp(`^  (readonly )?${name}[(:]`, 'm'));
});
