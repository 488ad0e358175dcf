// Clients: one that sends what a test says octet by octet, and Python's smtplib.
import {spawn} from 'node:child_process';
import {once} from 'node:events';
import net from 'node:net';
import path from 'node:path';
import {fileURLToPath} from 'node:url';

const SENDER = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../clients/send_with_smtplib.py');

/** A connection: say() sends a line and returns the reply to it. */
export async function connect(port) {
  const socket = net.connect(port, '127.0.0.1');
  let unread = '';
  let ended = false;
  const changed = [];
  const wake = () => changed.splice(0).forEach((resolve) => resolve());
  socket.setEncoding('utf8');
  socket.on('data', (text) => {
    unread += text;
    wake();
  });
  socket.on('error', () => {});
  socket.on('close', () => {
    ended = true;
    wake();
  });
  await once(socket, 'connect');

  async function reply() {
    for (;;) {
      const found = /^(?:\d{3}-[^\n]*\n)*\d{3}(?: [^\n]*)?\n/.exec(unread);
      if (found) {
        unread = unread.slice(found[0].length);
        return found[0];
      }
      if (ended) throw new Error(`the connection ended; unread: ${JSON.stringify(unread)}`);
      await new Promise((resolve) => changed.push(resolve));
    }
  }

  return {
    reply,
    async say(line) {
      socket.write(`${line}\r\n`);
      return reply();
    },
    async close() {
      socket.end();
      socket.resume();
      if (!ended) await new Promise((resolve) => socket.on('close', resolve));
    },
  };
}

/** A whole session with one message; returns all replies. `content` has CRLF lines and no final dot. */
export async function deliver(port, {helo = 'client.test', sender = 'ann@example.com', recipients = ['bob@example.com'], content = 'Subject: Hello\r\n\r\nIt works.\r\n'} = {}) {
  const client = await connect(port);
  const replies = [await client.reply(), await client.say(`EHLO ${helo}`), await client.say(`MAIL FROM:<${sender}>`)];
  for (const recipient of recipients) replies.push(await client.say(`RCPT TO:<${recipient}>`));
  const data = await client.say('DATA');
  replies.push(data);
  if (data.startsWith('354')) replies.push(await client.say(`${content.replace(/^\./gm, '..')}.`));
  await client.say('QUIT');
  await client.close();
  return replies;
}

/** As a program would send: {status, error, code, text}. */
export async function smtplib(port, {sender = 'ann@example.com', recipient = 'bob@example.com', content = 'Subject: Hello\r\n\r\nIt works.\r\n', helo = 'python.test'} = {}) {
  const mail = {host: '127.0.0.1', port, helo, timeout: 30, tls: null, login: null, sender, recipient};
  const child = spawn('python3', [SENDER, JSON.stringify(mail)], {stdio: ['pipe', 'pipe', 'inherit']});
  let output = '';
  child.stdout.on('data', (octets) => (output += octets));
  child.stdin.end(content);
  const [status] = await once(child, 'close');
  return {status, ...JSON.parse(output)};
}

/** A command as somebody would paste it into a shell. */
export async function shell(command) {
  const child = spawn('sh', ['-c', command], {stdio: ['ignore', 'pipe', 'pipe']});
  let output = '';
  child.stdout.on('data', (octets) => (output += octets));
  child.stderr.on('data', (octets) => (output += octets));
  const [status] = await once(child, 'close');
  return {status, output};
}
