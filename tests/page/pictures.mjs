// Takes the pictures of the page that docs/ shows: PROGRAM=… node --test-reporter=spec pictures.mjs FOLDER; see script/screenshots.
import assert from 'node:assert/strict';
import path from 'node:path';
import {test} from 'node:test';
import {openPage} from './browser.mjs';
import {startDouble} from './double.mjs';
import {connect} from './smtp.mjs';

const FOLDER = process.argv[2];
const desk = (height) => ({viewport: {width: 1200, height}});
const PHONE = {width: 390, height: 780};
const SENDER = 'shop@example.org';
const SCENARIO = `
scenario: a-bad-day
seed: 42
server:
  extensions: [SIZE 10MB, 8BITMIME, ENHANCEDSTATUSCODES]
rules:
  - name: greylisting
    at: rcpt
    per: [sender, recipient]
    when: {recipient: "*@example.com"}
    times: 1
    reply: 450 4.7.1 Greylisted, please try again in a minute
  - name: bob's mailbox is full
    at: rcpt
    when: {recipient.local: bob}
    reply: 452 4.2.2 Mailbox full
  - name: a slow disk
    at: message
    when: {recipient.local: carol}
    delay: 750ms
  - name: stored, and the 250 is lost
    at: message
    when: {recipient.local: dave}
    reply: none
    then: reset
`;

const content = (subject, to) => [
  'From: "The shop" <shop@example.org>', `To: <${to}>`, `Subject: ${subject}`, `Message-ID: <${subject.replaceAll(' ', '-')}@shop.example.org>`, '',
  'It is on its way.', ''].join('\r\n');

/** A session as a program has it: without a recipient that was taken it goes no further. */
async function send(port, name, subject, ...recipients) {
  const client = await connect(port);
  try {
    await client.reply();
    await client.say(`EHLO ${name}.example.org`);
    await client.say(`MAIL FROM:<${SENDER}>`);
    const replies = [];
    for (const recipient of recipients) replies.push(await client.say(`RCPT TO:<${recipient}>`));
    if (replies.some((reply) => reply.startsWith('250'))) {
      await client.say('DATA');
      await client.say(`${content(subject, recipients[0])}.`);
    }
    await client.say('QUIT');
  } catch (error) {
    if (!/the connection ended/.test(error.message)) throw error;
  }
  await client.close();
}

/** A morning: accepted, slow, deferred and accepted, refused, lost, and one that is still on. */
async function fill(port) {
  await send(port, 'shop', 'Order 1001', 'ann@example.net');
  await send(port, 'billing', 'Invoice 2001', 'carol@example.net');
  await send(port, 'shop', 'Order 1002', 'ann@example.com');
  await send(port, 'shop', 'Order 1002', 'ann@example.com');
  await send(port, 'billing', 'Invoice 2002', 'bob@example.net');
  await send(port, 'shop', 'Order 1003', 'dave@example.net');
  await send(port, 'newsletter', 'News of May', 'ann@example.net', 'bob@example.net');
  const client = await connect(port);
  await client.reply();
  await client.say('EHLO newsletter.example.org');
  await client.say(`MAIL FROM:<${SENDER}>`);
  return client;
}

const rows = (page) => page.getByRole('list', {name: 'Sessions'}).getByRole('link');
const dialogue = (page) => page.getByRole('list', {name: 'The dialogue'});

// Not scrollIntoView(), which moves the bar out of the picture as well.
function scrollPane(element) {
  let pane = element.parentElement;
  while (pane.scrollHeight <= pane.clientHeight || getComputedStyle(pane).overflowY !== 'auto') pane = pane.parentElement;
  pane.scrollTop += element.getBoundingClientRect().top - pane.getBoundingClientRect().top;
}

async function take(page, name) {
  await page.evaluate(() => document.fonts.ready);
  await page.screenshot({path: path.join(FOLDER, `${name}.png`), animations: 'disabled', caret: 'hide'});
  console.log(`${name}.png`);
  await page.check();
}

test('the pictures', {timeout: 120_000}, async () => {
  assert.ok(FOLDER, 'the folder of the pictures is missing');
  const double = await startDouble({scenario: SCENARIO});
  const client = await fill(double.port);
  const {sessions} = await double.api('GET', '/v1/doubles/main/sessions?limit=100');
  const last = (outcome) => sessions.filter((session) => session.outcome === outcome).at(-1).id;

  const list = await openPage(double, `#/main/sessions/${last('failed')}`, desk(690));
  await rows(list).nth(7).waitFor();
  await dialogue(list).getByText('said nothing').waitFor();
  await take(list, 'sessions');

  const explained = await openPage(double, `#/main/sessions/${last('refused')}`, desk(620));
  await rows(explained).nth(7).waitFor();
  await dialogue(explained).getByRole('button', {name: '452', exact: true}).click();
  await explained.locator('.digit-row').first().waitFor();
  await explained.locator('.exchange').filter({hasText: 'bob@example.net'}).evaluate(scrollPane);
  await take(explained, 'dialogue');

  const fail = await openPage(double, '#/main/fail?stage=rcpt&code=451', desk(700));
  await fail.getByLabel('How many').fill('2');
  await fail.getByLabel('Enhanced code').fill('4.3.0');
  await fail.getByLabel('Text', {exact: true}).fill('Try again later');
  await fail.getByRole('button', {name: 'Arm it'}).click();
  await fail.getByRole('region', {name: 'Armed rules'}).getByText('2 of 2 left').waitFor();
  await take(fail, 'fail-next');

  const phone = await openPage(double, '#/main/sessions', {viewport: PHONE, colorScheme: 'dark', deviceScaleFactor: 1.25});
  await rows(phone).nth(7).waitFor();
  await take(phone, 'phone-dark');

  await client.close();
  await double.stop();
});
