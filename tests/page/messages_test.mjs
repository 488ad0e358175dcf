// The views of the messages and of their deliveries.
import assert from 'node:assert/strict';
import {readFileSync} from 'node:fs';
import {test} from 'node:test';
import {openPage} from './browser.mjs';
import {startDouble} from './double.mjs';
import {deliver, smtplib} from './smtp.mjs';

const CONTENT = [
  'From: Shop <shop@example.com>', 'To: bob@example.com', 'Subject: =?UTF-8?Q?Rechnung_f=C3=BCr_November?=', 'Message-ID: <1@shop.example>',
  'MIME-Version: 1.0', 'Content-Type: multipart/mixed; boundary=outer', '',
  '--outer', 'Content-Type: multipart/alternative; boundary=inner', '',
  '--inner', 'Content-Type: text/plain; charset=utf-8', '', 'The plain text: grüße', '',
  '--inner', 'Content-Type: text/html; charset=utf-8', '', '<h1>The heading</h1><p>The HTML text</p>', '',
  '--inner--', '',
  '--outer', 'Content-Type: application/pdf', 'Content-Disposition: attachment; filename="invoice.pdf"', 'Content-Transfer-Encoding: base64', '', 'JVBERi0xLjQK', '',
  '--outer--', ''].join('\r\n');

const rows = (page) => page.getByRole('list', {name: 'Messages'}).getByRole('link');
const tab = (page, name) => page.getByRole('tab', {name});

async function saved(page, click) {
  const [download] = await Promise.all([page.waitForEvent('download'), click()]);
  return {name: download.suggestedFilename(), octets: readFileSync(await download.path())};
}

test('a message arrives live, and shows itself in all its forms', {timeout: 120_000}, async () => {
  const double = await startDouble();
  const page = await openPage(double, '#/main/messages');
  await page.getByRole('heading', {name: 'No message has been accepted yet'}).waitFor();
  await deliver(double.port, {content: CONTENT});
  await rows(page).first().waitFor();
  assert.match(await rows(page).first().textContent(), /Rechnung für November.*ann@example\.com.*bob@example\.com/s);
  await rows(page).first().click();
  await page.getByRole('heading', {name: 'Rechnung für November'}).waitFor();
  await page.getByText('The plain text: grüße').waitFor();

  await tab(page, 'HTML').click();
  const frame = page.frameLocator('iframe.mail-frame');
  await frame.getByRole('heading', {name: 'The heading'}).waitFor();
  assert.equal(await page.locator('iframe.mail-frame').getAttribute('sandbox'), '');
  await page.getByRole('button', {name: 'Source'}).click();
  await page.getByText('<h1>The heading</h1>').waitFor();

  await tab(page, 'Headers').click();
  await page.getByRole('rowheader', {name: 'Message-ID'}).waitFor();
  await page.getByRole('cell', {name: '<1@shop.example>'}).waitFor();

  await tab(page, 'Attachments').click();
  const part = page.locator('.part').filter({hasText: 'invoice.pdf'});
  const attachment = await saved(page, () => part.getByRole('button', {name: 'Download'}).click());
  assert.deepEqual([attachment.name, attachment.octets.toString()], ['invoice.pdf', '%PDF-1.4\n']);

  await tab(page, 'Raw').click();
  await page.locator('pre.raw').filter({hasText: 'Content-Transfer-Encoding: base64'}).waitFor();
  const whole = await saved(page, () => page.getByRole('button', {name: '.eml'}).click());
  assert.ok(whole.octets.toString().includes(CONTENT));

  await tab(page, 'Delivery').click();
  await page.getByRole('row', {name: 'RCPT TO'}).getByText('<bob@example.com>').waitFor();
  assert.equal(await page.locator('.attempt').count(), 1);
  await page.check();
  await double.stop();
});

test('the tabs are moved through by arrows and have addresses', {timeout: 120_000}, async () => {
  const double = await startDouble();
  await deliver(double.port, {content: CONTENT});
  const page = await openPage(double, '#/main/messages/1/headers');
  await page.getByRole('rowheader', {name: 'Subject'}).waitFor();
  await tab(page, 'Headers').focus();
  await page.keyboard.press('ArrowRight');
  await page.getByText('invoice.pdf').waitFor();
  assert.match(page.url(), /messages\/1\/parts$/);
  await page.keyboard.press('Home');
  await page.getByText('The plain text').waitFor();
  assert.ok(await tab(page, 'Text').evaluate((element) => element === document.activeElement));
  await page.check();
  await double.stop();
});

test('the list is filtered by subject and addresses', {timeout: 120_000}, async () => {
  const double = await startDouble();
  await deliver(double.port, {content: 'Subject: Red\r\n\r\nx\r\n', sender: 'ann@example.com'});
  await deliver(double.port, {content: 'Subject: Green\r\n\r\nx\r\n', sender: 'carl@example.net'});
  const page = await openPage(double, '#/main/messages');
  await rows(page).nth(1).waitFor();
  const filter = page.getByRole('searchbox', {name: 'Filter the messages'});
  for (const [words, found] of [['Red', 'Red'], ['from:carl', 'Green'], ['to:bob from:ann', 'Red']]) {
    await filter.fill(words);
    await rows(page).nth(1).waitFor({state: 'detached'});
    assert.match(await rows(page).first().textContent(), new RegExp(found));
    await filter.fill('');
    await rows(page).nth(1).waitFor();
  }
  await page.goto(`${double.address}/#/main/messages?session=2`);
  await rows(page).nth(1).waitFor({state: 'detached'});
  assert.match(await rows(page).first().textContent(), /Green/);
  await page.check();
  await double.stop();
});

test('a delivery is one card with all its attempts and what was wrong with them', {timeout: 120_000}, async () => {
  const double = await startDouble({scenario: `
rules:
  - {name: once, at: rcpt, times: 1, reply: 550 5.1.1 No such user}
`});
  const message = {content: 'Subject: Try again\r\nMessage-ID: <again@client.test>\r\n\r\nIt works.\r\n'};
  const page = await openPage(double, '#/main/deliveries');
  await page.getByRole('heading', {name: 'Nothing has been delivered yet'}).waitFor();
  assert.equal((await smtplib(double.port, message)).code, 550);
  await page.locator('.delivery').filter({hasText: 'bob@example.com'}).waitFor();
  assert.equal((await smtplib(double.port, message)).status, 0);
  const card = page.locator('.delivery').filter({hasText: 'Accepted'});
  await card.waitFor();
  assert.equal(await page.locator('.delivery').count(), 1);
  assert.deepEqual(await card.locator('.attempt .code').allTextContents(), ['550', '250']);
  await card.getByText('retried after a 5yz reply').waitFor();
  await page.getByRole('button', {name: 'Never accepted'}).click();
  await page.getByText('No delivery is like that').waitFor();
  await page.getByRole('button', {name: 'Retried'}).click();
  await card.getByRole('link', {name: 'session 2'}).click();
  await page.getByRole('list', {name: 'The dialogue'}).waitFor();
  await page.check();
  await double.stop();
});
