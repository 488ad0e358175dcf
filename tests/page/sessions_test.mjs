// The view of the sessions: empty, live, as a dialogue, and very long.
import assert from 'node:assert/strict';
import {test} from 'node:test';
import {checkWidth, openPage, PHONE} from './browser.mjs';
import {startDouble} from './double.mjs';
import {connect, deliver, shell, smtplib} from './smtp.mjs';

const rows = (page) => page.getByRole('list', {name: 'Sessions'}).getByRole('link');

test('an empty view tells what to do, and what it tells works', {timeout: 120_000}, async () => {
  const double = await startDouble();
  const page = await openPage(double);
  await page.getByRole('heading', {name: 'Nobody has connected yet'}).waitFor();
  await page.locator('.copyable').nth(2).waitFor();
  const commands = await page.locator('.copyable code').allTextContents();
  assert.equal(commands.length, 3);
  for (const command of commands) assert.ok(command.includes(String(double.port)), command);
  const [refused, accepted, python] = await Promise.all(commands.map(shell));
  assert.match(refused.output, /550/);
  assert.notEqual(refused.status, 0);
  assert.deepEqual([accepted.status, python.status], [0, 0], accepted.output + python.output);
  await rows(page).nth(2).waitFor();
  assert.equal(await rows(page).filter({hasText: 'Refused'}).count(), 1);
  assert.equal(await rows(page).filter({hasText: 'Accepted'}).count(), 2);
  await page.check();
  await double.stop();
});

test('a session appears, grows and ends while one looks on', {timeout: 120_000}, async () => {
  const double = await startDouble();
  const page = await openPage(double);
  const client = await connect(double.port);
  await client.reply();
  await rows(page).first().waitFor();
  assert.match(await rows(page).first().textContent(), /Open/);
  await rows(page).first().click();
  const dialogue = page.getByRole('list', {name: 'The dialogue'});
  await dialogue.getByText('Connected from').waitFor();
  await client.say('EHLO slow.test');
  await dialogue.getByText('EHLO slow.test').waitFor();
  await client.say('MAIL FROM:<ann@example.com>');
  await client.say('RCPT TO:<rcpt-452-4.2.2@example.com>');
  await dialogue.getByText('RCPT TO:<rcpt-452-4.2.2@example.com>').waitFor();
  assert.match(await page.locator('.exchange').filter({hasText: 'RCPT'}).textContent(), /452.*an address asks for a code at RCPT/s);
  await client.say('QUIT');
  await client.close();
  await dialogue.getByText('The end: the client said QUIT').waitFor();
  await page.locator('.detail-head .badge').filter({hasText: 'Refused'}).waitFor();
  assert.match(await rows(page).first().textContent(), /slow\.test.*Refused.*452/s);
  await page.check();
  await double.stop();
});

test('a click on a reply code explains each digit, and so does Enter', {timeout: 120_000}, async () => {
  const double = await startDouble();
  await deliver(double.port, {recipients: ['rcpt-452-4.2.2@example.com', 'bob@example.com']});
  const page = await openPage(double, '#/main/sessions/1');
  const code = page.getByRole('button', {name: '452', exact: true});
  await code.click();
  const panel = page.getByRole('region', {name: 'What 452 4.2.2 means'});
  await panel.getByText('transient failure', {exact: true}).waitFor();
  const text = await panel.textContent();
  assert.match(text, /mail system/);
  assert.match(text, /Mailbox full/);
  assert.match(text, /RFC 5321 lists 452 for this place/);
  assert.deepEqual(await panel.locator('.digit-code').allTextContents(), ['452', '452', '452', '4.2.2', '4.2.2', '4.2.2']);
  await code.click();
  await panel.waitFor({state: 'hidden'});

  await code.focus();
  await page.keyboard.press('Enter');
  await panel.waitFor();
  assert.equal(await code.getAttribute('aria-expanded'), 'true');
  await panel.getByRole('link', {name: 'Make the next rcpt fail'}).focus();
  await page.keyboard.press('Escape');
  await panel.waitFor({state: 'hidden'});
  assert.ok(await code.evaluate((element) => element === document.activeElement));
  assert.match(page.url(), /sessions\/1$/);
  await page.check();
  await double.stop();
});

test('where no rule fired it is told why not', {timeout: 120_000}, async () => {
  const double = await startDouble({scenario: `
rules:
  - {name: "only for carl", at: rcpt, when: {recipient: carl@example.com}, reply: 550}
`});
  await deliver(double.port);
  const page = await openPage(double, '#/main/sessions/1');
  const rcpt = page.locator('.exchange').filter({hasText: 'RCPT TO'});
  await rcpt.getByRole('button', {name: 'built-in: why?'}).click();
  assert.match(await rcpt.getByRole('list', {name: 'Why the nearest rules did not fire'}).textContent(), /only for carl.*recipient is 'bob@example\.com', not 'carl@example\.com'/);
  await page.check();
  await double.stop();
});

test('what was sent wrongly, late or not at all is shown as it was', {timeout: 120_000}, async () => {
  const double = await startDouble({scenario: `
rules:
  - {name: "half of it", at: mail, truncate: 6, then: {close: 10ms}, when: {helo: cut.test}}
  - {name: "bare", at: mail, malformed: bare-lf, when: {helo: lf.test}}
  - {name: "letters", at: mail, malformed: letters, then: close, when: {helo: letters.test}}
  - {name: "later", at: mail, delay: 30ms, when: {helo: late.test}}
  - {name: "silent", at: mail, reply: none, then: reset, when: {helo: silent.test}}
`});
  for (const helo of ['cut.test', 'lf.test', 'letters.test', 'late.test', 'silent.test']) {
    const client = await connect(double.port);
    await client.reply();
    await client.say(`EHLO ${helo}`);
    await client.say('MAIL FROM:<ann@example.com>').catch(() => {});
    await client.close();
  }
  const page = await openPage(double, '#/main/sessions/1');
  const mail = page.locator('.exchange').filter({hasText: 'MAIL FROM'});
  await mail.getByText('half of it').waitFor();
  await page.goto(`${double.address}/#/main/sessions/2`);
  await mail.getByText('LF', {exact: true}).waitFor();
  await page.goto(`${double.address}/#/main/sessions/3`);
  await mail.getByText('meant').waitFor();
  await mail.getByRole('button', {name: '250'}).click();
  await mail.getByText('Digit', {exact: false}).or(mail.locator('.digit-row').first()).first().waitFor();
  await page.goto(`${double.address}/#/main/sessions/4`);
  await page.getByText('asked for').waitFor();
  assert.match(await page.locator('.waited').textContent(), /Waited 3\d ms · 30 ms asked for|Waited \d+ ms · 30 ms asked for/);
  await page.goto(`${double.address}/#/main/sessions/5`);
  await mail.getByText('said nothing').waitFor();
  await page.locator('.detail-head .badge').filter({hasText: 'Failed'}).waitFor();
  await page.check();
  await double.stop();
});

test('the list is filtered by outcome, name and address', {timeout: 120_000}, async () => {
  const double = await startDouble();
  await deliver(double.port, {helo: 'one.test'});
  await deliver(double.port, {helo: 'two.test', recipients: ['rcpt-550@example.com', 'bob@example.com']});
  const page = await openPage(double);
  await rows(page).nth(1).waitFor();
  await page.getByRole('button', {name: 'Refused'}).click();
  await rows(page).nth(1).waitFor({state: 'detached'});
  assert.match(await rows(page).first().textContent(), /two\.test/);
  await smtplib(double.port, {helo: 'three.test'});
  await smtplib(double.port, {helo: 'four.test', recipient: 'rcpt-550@example.com'});
  await rows(page).filter({hasText: 'four.test'}).waitFor();
  assert.equal(await rows(page).count(), 2);
  await page.getByRole('button', {name: 'All', exact: true}).click();
  await rows(page).nth(3).waitFor();
  await page.keyboard.press('/');
  await page.keyboard.type('one');
  await rows(page).nth(1).waitFor({state: 'detached'});
  assert.match(await rows(page).first().textContent(), /one\.test/);
  await page.keyboard.press('Control+A');
  await page.keyboard.type('nobody');
  await page.getByText('No session is like that').waitFor();
  await page.getByRole('button', {name: 'Show all of them'}).click();
  await rows(page).nth(3).waitFor();
  await page.check();
  await double.stop();
});

test('thousands of sessions are a short document, and all of them can be reached', {timeout: 120_000}, async () => {
  const double = await startDouble();
  const total = 1500;
  for (let sent = 0; sent < total; sent += 50) {
    await Promise.all(Array.from({length: 50}, async () => {
      const client = await connect(double.port);
      await client.reply();
      await client.say('QUIT');
      await client.close();
    }));
  }
  const page = await openPage(double);
  await rows(page).first().waitFor();
  assert.ok((await rows(page).count()) < 60);
  // Each time the end of what is there has been reached, there is more.
  const first = rows(page).filter({has: page.getByText('#1', {exact: true})});
  while ((await first.count()) === 0) {
    const before = await page.locator('.rows').evaluate((list) => list.clientHeight);
    await page.locator('.scroller').evaluate((scroller) => (scroller.scrollTop = scroller.scrollHeight));
    await page.waitForFunction((height) => {
      const numbers = [...document.querySelectorAll('.rows .number')].map((number) => number.textContent);
      return document.querySelector('.rows').clientHeight > height || numbers.includes('#1');
    }, before);
  }
  assert.ok((await rows(page).count()) < 60);
  assert.equal(await page.locator('.pane-foot').textContent(), '1,500 sessions');
  // What comes in above does not move what is being read.
  const before = await first.boundingBox();
  await smtplib(double.port);
  await page.locator('.pane-foot').filter({hasText: '1,501 sessions'}).waitFor();
  assert.deepEqual(await first.boundingBox(), before);
  await page.check();
  await double.stop();
});

test('on a phone the list gives way to the dialogue, and comes back', {timeout: 120_000}, async () => {
  const double = await startDouble();
  await deliver(double.port, {recipients: ['rcpt-550@example.com', 'bob@example.com']});
  const page = await openPage(double, '#/main/sessions', {viewport: PHONE});
  await checkWidth(page);
  await rows(page).first().click();
  const code = page.getByRole('button', {name: '550', exact: true});
  await code.click();
  await page.getByText('permanent failure').first().waitFor();
  assert.ok(await rows(page).first().isHidden());
  await checkWidth(page);
  await page.getByRole('link', {name: 'Back to the sessions'}).click();
  await rows(page).first().waitFor();
  await page.goBack();
  await code.waitFor();
  await page.check();
  await double.stop();
});
