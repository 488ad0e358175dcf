// Starting, finding and ending the program.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createRequire } from 'node:module';
import net from 'node:net';
import test from 'node:test';
import {
  ApiError, ConnectionFailedError, StartFailedError, connect, sharedServer, startServer,
} from '../index.js';

const index = new URL('../index.js', import.meta.url);

function setVariables(variables) {
  for (const [name, value] of Object.entries(variables)) {
    if (value === undefined) delete process.env[name];
    else process.env[name] = value;
  }
}

/** Until the end of the test. To be called once in each. */
function withVariables(t, variables) {
  const before = Object.fromEntries(Object.keys(variables).map((name) => [name, process.env[name]]));
  t.after(() => setVariables(before));
  setVariables(variables);
}

async function listens(port) {
  const socket = net.connect(port, '127.0.0.1');
  try {
    await once(socket, 'connect');
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}

test('it starts and ends', async () => {
  const options = ['--seed', '7', '--log-level', 'debug'];
  const server = await startServer({ scenario: 'errors/mailbox-full', options });
  const main = await server.main();
  const { scenario, seed } = await main.details();
  assert.deepEqual([scenario, seed], ['mailbox-full', 7]);
  assert.equal(await listens(main.port), true);
  await main.waitForSessions();
  await main.close();
  assert.equal(await listens(main.port), true); // it stays
  await server.close();
  assert.match(server.log, /session 1/); // all of it, now that it has ended
  assert.equal(await listens(main.port), false);
  await assert.rejects(server.version(), ConnectionFailedError);
  await server.close();
});

test('what went wrong is told', async () => {
  await assert.rejects(startServer({ scenario: 'no-such-scenario.yaml' }), /ended with status 2\n.*no-such-scenario/s);
  await assert.rejects(startServer({ options: ['--no-such-flag'] }), /--no-such-flag/);
  await assert.rejects(startServer({ binary: process.execPath, startTimeout: 10_000 }), StartFailedError);
  await assert.rejects(startServer({ scenarios: 'x' }), TypeError);
});

test('a program that is not there is told of', async (t) => {
  const noProgram = (name) => (error) => {
    assert(error instanceof StartFailedError, error);
    assert.equal(error.message,
      `there is no program '${name}'; smtp-double is to be on the PATH, or its place in SMTP_DOUBLE_BINARY`);
    return true;
  };
  await assert.rejects(startServer({ binary: '/nowhere/smtp-double' }), noProgram('/nowhere/smtp-double'));
  await assert.rejects(startServer({ binary: '/' }), noProgram('/')); // a folder is none
  withVariables(t, { SMTP_DOUBLE_BINARY: '', PATH: '/nowhere' });
  await assert.rejects(startServer(), noProgram('smtp-double'));
});

test('a server that breaks off ends no process', async (t) => {
  // It begins an answer, or none, and cuts the connection; each stream of events is left unread.
  let connections = 0;
  const peer = net.createServer((socket) => {
    connections += 1;
    socket.on('error', () => {});
    socket.once('data', (request) => {
      if (String(request).includes('/events')) socket.write('HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n:');
      socket.resetAndDestroy();
    });
  });
  peer.listen(0, '127.0.0.1');
  await once(peer, 'listening');
  t.after(() => peer.close());
  const { Api } = createRequire(index)('./lib/api.cjs');
  const api = new Api(`http://127.0.0.1:${peer.address().port}`);
  api.lines('/events', {});
  await assert.rejects(api.ask('GET', '/cut'), ConnectionFailedError);
  await assert.rejects(api.ask('GET', '/bad', { waits: '200ms60000' }), TypeError);
  await assert.rejects(api.ask('GET', '/cut'), ConnectionFailedError);
  assert.equal(connections, 3); // none for the bad one
});

test('a server that says nothing is not waited for', async (t) => {
  const sockets = new Set();
  const peer = net.createServer((socket) => sockets.add(socket.on('error', () => {})));
  peer.listen(0, '127.0.0.1');
  await once(peer, 'listening');
  t.after(() => {
    for (const socket of sockets) socket.destroy();
    peer.close();
  });
  const { Api } = createRequire(index)('./lib/api.cjs');
  const api = new Api(`http://127.0.0.1:${peer.address().port}`);
  await assert.rejects(api.ask('GET', '/', { waits: 20 }), /does not answer GET \/: no answer/);
});

test('how long a start may take', async (t) => {
  const server = await startServer({ startTimeout: '30s' });
  t.after(() => server.close());
  await assert.rejects(startServer({ startTimeout: 'soon' }), /^RangeError: startTimeout is milliseconds/);
});

test('one that is there', async (t) => {
  const server = await startServer();
  t.after(() => server.close());
  withVariables(t, { SMTP_DOUBLE_ADMIN: undefined });
  for (const value of [server.url, server.url.replace('http://', '')]) {
    setVariables({ SMTP_DOUBLE_ADMIN: value });
    const connected = await connect();
    assert.equal(connected.url, server.url);
    await connected.close(); // not ours to end
  }
  assert.equal(await (await connect(server.url)).version(), await server.version());
  setVariables({ SMTP_DOUBLE_ADMIN: 'off' });
  await assert.rejects(connect(), /SMTP_DOUBLE_ADMIN/);
  await assert.rejects(connect('ftp://127.0.0.1/'), TypeError);
});

test('nobody is there', async () => {
  const server = await startServer();
  await server.close();
  await assert.rejects(connect(server.url), ConnectionFailedError);
});

test('the shared one is started once, and again for nobody', async (t) => {
  withVariables(t, { SMTP_DOUBLE_ADMIN: undefined });
  const [one, two] = await Promise.all([sharedServer(), sharedServer()]);
  assert.equal(one, two);
  assert.equal((await one.doubles())[0].name, 'main');
});

test('a token', async (t) => {
  const server = await startServer({ token: 's3cret' });
  t.after(() => server.close());
  await server.double();
  const stranger = await connect(server.url, { token: 'wrong' });
  await assert.rejects(stranger.double(), (error) => error instanceof ApiError && error.status === 401);
  await (await connect(server.url, { token: 's3cret' })).double();
});

test('it ends with its process, which it does not keep alive', async () => {
  const script = `import { sharedServer } from ${JSON.stringify(String(index))};
    const double = await (await sharedServer()).double(); console.log(double.port);`;
  const words = ['--input-type=module', '-e', script];
  const child = spawn(process.execPath, words, { stdio: ['ignore', 'pipe', 'inherit'] });
  let text = '';
  child.stdout.on('data', (chunk) => { text += chunk; });
  const [status] = await once(child, 'close');
  assert.equal(status, 0);
  assert.equal(await listens(Number(text)), false);
});

test('it ends when its process is killed', async () => {
  const script = `import { startServer } from ${JSON.stringify(String(index))};
    const { port } = await (await startServer()).main(); console.log(port); setInterval(() => {}, 1000);`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], { stdio: ['ignore', 'pipe', 'inherit'] });
  const [port] = await once(child.stdout, 'data');
  const client = net.connect(Number(port), '127.0.0.1');
  await once(client, 'data'); // the greeting
  child.kill('SIGKILL');
  client.resume();
  await once(client, 'end');
});

test('explaining', async () => {
  const server = await sharedServer();
  assert.equal((await server.explain(550)).code.value, 550);
  assert.equal((await server.explain('450 4.2.2')).enhanced.value, '4.2.2');
  assert.equal((await server.explain(undefined, { stage: 'rcpt' })).stages[0].stage, 'rcpt');
});
