// What tests send with: nodemailer of tests/clients, and a client that asks line by line.
import { once } from 'node:events';
import { createRequire } from 'node:module';
import net from 'node:net';

export const modules = new URL('../../../../tests/clients/node_modules/', import.meta.url);
const nodemailer = createRequire(modules)('nodemailer');

export async function send({ host, port }, { to = 'ann@example.com', subject = 'hello', name = 'client.example', ...more } = {}) {
  const transport = nodemailer.createTransport({ host, port, name, ignoreTLS: true });
  const mail = typeof to === 'string' ? { from: 'me@example.org', to, subject, text: 'Hi.', ...more } : { ...to };
  await transport.sendMail(mail);
}

/** The codes that these commands get, in one session. */
export async function codes({ host, port }, ...lines) {
  const socket = net.connect(port, host);
  let text = '';
  const reply = async () => {
    for (;;) {
      const last = /^(\d\d\d)(?: .*)?\r\n/m.exec(text);
      if (last) {
        text = text.slice(last.index + last[0].length);
        return Number(last[1]);
      }
      const [chunk] = await Promise.race([once(socket, 'data'), once(socket, 'end').then(() => [null])]);
      if (chunk === null) return null;
      text += chunk;
    }
  };
  const found = [];
  await reply();
  for (const line of ['EHLO client.example', ...lines]) {
    socket.write(`${line}\r\n`);
    found.push(await reply());
  }
  socket.end('QUIT\r\n');
  socket.resume();
  return found.slice(1);
}
