// Mail against smtp-double in a container: npm install testcontainers nodemailer; node --test mail.test.mjs
import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import nodemailer from 'nodemailer';
import { GenericContainer, Wait } from 'testcontainers';

const SMTP = 1025;
const ADMIN = 8025;

let container;
before(async () => {
  container = await new GenericContainer('smtp-double:latest')
    .withExposedPorts(SMTP, ADMIN)
    .withWaitStrategy(Wait.forHttp('/readyz', ADMIN))
    .start();
});
after(() => container?.stop());
beforeEach(() => ask('reset'));

/** Posts to the admin API. What it refuses, or did not find as expected, fails the test with its own words. */
async function ask(what, question = {}) {
  const url = `http://${container.getHost()}:${container.getMappedPort(ADMIN)}/v1/doubles/main/${what}`;
  const answer = await fetch(url, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify(question),
  });
  const text = await answer.text();
  assert(answer.ok, text);
  return text && JSON.parse(text);
}

/** In place of this: your application. */
function send(to) {
  const transport = nodemailer.createTransport({ host: container.getHost(), port: container.getMappedPort(SMTP) });
  return transport.sendMail({ from: 'shop@example.org', to, subject: 'Your parcel', text: 'It is on its way.' });
}

test('a mail arrives', async () => {
  await send('ann@example.com');
  const { messages } = await ask('wait', { for: 'messages', where: { recipient: 'ann@example.com' } });
  assert.equal(messages[0].subject, 'Your parcel');
});

test('a full mailbox is reported', async () => {
  await ask('rules', {
    name: 'no room', at: 'rcpt', when: { recipient: 'full@*' }, reply: '452 4.2.2 Mailbox full',
  });
  await assert.rejects(send('full@example.com'), { responseCode: 452 });
  await ask('verify', { messages: 0, hits: { 'no room': 1 } });
});
