// The page around the views: keys, themes, the phone, the token, the connection, the reset.
import assert from 'node:assert/strict';
import {readFileSync} from 'node:fs';
import {createRequire} from 'node:module';
import {test} from 'node:test';
import {checkWidth, DESKTOP, openPage, PHONE} from './browser.mjs';
import {startDouble} from './double.mjs';
import {deliver, smtplib} from './smtp.mjs';

const rows = (page, name = 'Sessions') => page.getByRole('list', {name}).getByRole('link');
const background = (page) => page.evaluate(() => getComputedStyle(document.body).backgroundColor.match(/\d+/g).slice(0, 3).map(Number));
const isDark = async (page) => (await background(page)).every((channel) => channel < 64);

test('everything can be done with the keyboard', {timeout: 120_000}, async () => {
  const double = await startDouble();
  for (const helo of ['one.test', 'two.test', 'three.test']) await deliver(double.port, {helo});
  const page = await openPage(double);
  await rows(page).nth(2).waitFor();
  await page.keyboard.press('Tab');
  await page.keyboard.press('Enter');
  assert.ok(await page.evaluate(() => document.activeElement.id === 'main'), 'the skip link leads to the content');
  for (const [key, address] of [['j', '/3'], ['j', '/2'], ['ArrowDown', '/1'], ['k', '/2']]) {
    await page.keyboard.press(key);
    await page.waitForURL(`**/#/main/sessions${address}`);
  }
  assert.ok(await rows(page).nth(1).evaluate((row) => row === document.activeElement));
  await page.getByRole('heading', {name: 'two.test'}).waitFor();
  await page.keyboard.press('Escape');
  await page.waitForURL('**/#/main/sessions');
  for (const [key, view] of [['1', 'scenario'], ['3', 'messages'], ['4', 'deliveries'], ['f', 'fail'], ['2', 'sessions']]) {
    await page.keyboard.press(key);
    await page.waitForURL(`**/#/main/${view}`);
  }
  await page.getByRole('searchbox').waitFor();  // the view that it belongs to comes behind its address
  await page.keyboard.press('/');
  await page.waitForFunction(() => document.activeElement.type === 'search');
  await page.keyboard.type('2j?');  // in a field they are text
  assert.equal(await page.getByRole('searchbox').inputValue(), '2j?');
  await page.keyboard.press('Escape');
  await page.keyboard.press('Escape');
  await page.keyboard.press('?');
  await page.getByRole('dialog', {name: 'Keys'}).waitFor();
  await page.keyboard.press('Escape');
  await page.getByRole('dialog').waitFor({state: 'detached'});
  await page.check();
  await double.stop();
});

test('light and dark follow the system until one is chosen', {timeout: 120_000}, async () => {
  const double = await startDouble();
  const page = await openPage(double, '#/', {colorScheme: 'dark'});
  assert.ok(await isDark(page));
  await page.emulateMedia({colorScheme: 'light'});
  assert.ok(!(await isDark(page)));
  await page.keyboard.press('t');
  await page.keyboard.press('t');
  assert.ok(await isDark(page));
  await page.reload();
  await page.getByRole('button', {name: 'Theme: dark'}).waitFor();
  assert.ok(await isDark(page));
  await page.getByRole('button', {name: 'Theme: dark'}).click();
  assert.ok(!(await isDark(page)));
  await page.check();
  await double.stop();
});

test('on a phone no view is wider than the screen', {timeout: 120_000}, async () => {
  const double = await startDouble({scenario: `
rules:
  - {name: "${'long '.repeat(20)}${'n'.repeat(80)}", at: rcpt, times: 2, reply: "451 4.3.0 ${'later '.repeat(20)}${'x'.repeat(100)}"}
`});
  const long = 'a'.repeat(60);
  const page = await openPage(double, '#/', {viewport: PHONE});
  for (const view of ['scenario', 'sessions', 'messages', 'deliveries', 'fail']) {
    await page.goto(`${double.address}/#/main/${view}`);
    await page.locator(`.view-${view}[aria-current]`).waitFor();
    await checkWidth(page);
  }
  const mail = {helo: `${long}.${long}.test`, sender: `${long}@${long}.example`, recipients: ['bob@example.com', `${long}@${long}.example`], content: `Subject: ${'long '.repeat(60)}${'x'.repeat(300)}\r\nX-${long}${long}: ${'y'.repeat(500)}\r\n\r\n${'z'.repeat(900)}\r\n`};
  await deliver(double.port, mail);
  await deliver(double.port, mail);
  for (const route of ['scenario', 'sessions', 'sessions/1', 'messages', 'messages/1', 'messages/1/headers', 'messages/1/delivery', 'messages/1/raw', 'deliveries']) {
    await page.goto(`${double.address}/#/main/${route}`);
    await page.locator('main').getByText(route === 'scenario' ? 'Otherwise the built-in server answers' : 'aaaaaaaaaa').or(page.getByText('long long')).filter({visible: true}).first().waitFor();
    await checkWidth(page);
  }
  await page.goto(`${double.address}/#/`);
  await page.locator('.double-card').waitFor();
  await checkWidth(page);
  await page.check();
  await double.stop();
});

test('a checker of accessibility finds nothing, on a light desk and a dark phone', {timeout: 120_000}, async () => {
  const double = await startDouble();
  await deliver(double.port, {recipients: ['rcpt-550@example.com', 'bob@example.com']});
  const checker = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
  const page = await openPage(double);
  const routes = [
    ['sessions/1', () => page.getByRole('button', {name: '550', exact: true}).click(), '.explanation .digit-row'], ['messages/1/text', null, '.mail-text'], ['messages/1/headers', null, '.headers'],
    ['messages/1/delivery', null, '.attempt'], ['deliveries', null, '.attempt'], ['scenario', () => page.locator('summary').first().click(), '.yaml'],
    ['fail', () => page.getByText('More: conditions').click(), '.short-input'], ['sessions', () => page.keyboard.press('r'), 'dialog'], ['sessions', () => page.keyboard.press('?'), 'dialog'],
  ];
  for (const [colorScheme, viewport] of [['light', DESKTOP], ['dark', PHONE]]) {
    await page.emulateMedia({colorScheme, reducedMotion: 'reduce'});
    await page.setViewportSize(viewport);
    for (const [route, act, shown] of routes) {
      await page.goto('about:blank');
      await page.goto(`${double.address}/#/main/${route}`);
      await page.getByRole('button', {name: 'Live'}).waitFor();
      if (act) await act();
      await page.locator(shown).first().waitFor();
      await page.evaluate(checker);
      const {violations} = await page.evaluate(() => window.axe.run(document, {iframes: false}));
      const found = violations.map(({id, nodes}) => `${id}: ${nodes.map((node) => node.target.join(' ')).join(', ')}`);
      assert.deepEqual(found, [], `${route} ${colorScheme}`);
    }
  }
  await page.check();
  await double.stop();
});

test('a server with a token asks for it, and everything works with it', {timeout: 120_000}, async () => {
  const double = await startDouble({options: ['--admin-token', 'open-sesame&more=+1']});
  const page = await openPage(double, '#/', {live: false, expected: [/401/]});
  const token = page.getByLabel('Token', {exact: true});
  await token.fill('wrong');
  await page.keyboard.press('Enter');
  await page.getByText('That was not the token').waitFor();
  await token.fill('open-sesame&more=+1');
  await page.keyboard.press('Enter');
  await page.getByRole('button', {name: 'Live'}).waitFor();
  await deliver(double.port, {content: 'Subject: Hi\r\nContent-Type: text/html\r\n\r\n<h1>Inside</h1>\r\n'});
  await rows(page).first().waitFor();
  await page.goto(`${double.address}/#/main/messages/1/html`);
  await page.frameLocator('iframe.mail-frame').getByRole('heading', {name: 'Inside'}).waitFor();
  const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', {name: '.eml'}).click()]);
  assert.equal(download.suggestedFilename(), 'message-1.eml');
  await page.reload();
  await page.getByRole('button', {name: 'Live'}).waitFor();  // it is kept for the tab
  assert.ok(!page.url().includes('sesame'));
  await page.check();
  await double.stop();
});

test('a lost connection is shown, and made again with whoever serves there now', {timeout: 120_000}, async () => {
  const first = await startDouble();
  await deliver(first.port, {helo: 'first.test'});
  const page = await openPage(first, '#/', {expected: [/ERR_CONNECTION_REFUSED|ERR_INCOMPLETE_CHUNKED_ENCODING|ERR_CONNECTION_RESET|ERR_EMPTY_RESPONSE/]});
  await rows(page).filter({hasText: 'first.test'}).waitFor();
  await first.kill();
  await page.getByRole('button', {name: 'Reconnecting'}).waitFor();
  const second = await startDouble({smtp: first.smtp, admin: first.admin});
  await page.getByRole('button', {name: 'Live'}).waitFor();
  await page.getByRole('heading', {name: 'Nobody has connected yet'}).waitFor();
  await smtplib(second.port, {helo: 'second.test'});
  await rows(page).filter({hasText: 'second.test'}).waitFor();
  await page.check();
  await second.stop();
});

test('a reset of everything begins anew', {timeout: 120_000}, async () => {
  const double = await startDouble();
  await double.api('POST', '/v1/doubles/main/rules', 'name: posted one\nat: vrfy\nreply: 550\n');
  for (const helo of ['one.test', 'two.test']) await deliver(double.port, {helo});
  const page = await openPage(double, '#/main/sessions/2');
  await page.getByRole('heading', {name: 'two.test'}).waitFor();
  await page.getByRole('button', {name: 'Reset (r)'}).click();
  await page.getByRole('dialog', {name: 'Reset main'}).getByRole('button', {name: 'Reset', exact: true}).click();
  await page.getByRole('heading', {name: 'Nobody has connected yet'}).waitFor();
  await smtplib(double.port, {helo: 'again.test'});
  await rows(page).filter({has: page.getByText('#1', {exact: true})}).filter({hasText: 'again.test'}).waitFor();
  assert.equal(await rows(page).count(), 1);
  assert.ok(!(await double.api('GET', '/v1/doubles/main/rules')).rules.some((rule) => rule.posted));
  await page.check();
  await double.stop();
});

test('a reset of the mailbox leaves the sessions', {timeout: 120_000}, async () => {
  const double = await startDouble();
  await deliver(double.port);
  const page = await openPage(double, '#/main/messages');
  await rows(page, 'Messages').first().waitFor();
  await page.keyboard.press('r');
  await page.getByRole('radio', {name: 'The mailbox'}).check();
  await page.keyboard.press('Enter');
  await page.getByRole('heading', {name: 'No message has been accepted yet'}).waitFor();
  await page.keyboard.press('2');
  await rows(page).first().waitFor();
  await page.check();
  await double.stop();
});

test('a double that is deleted says so', {timeout: 120_000}, async () => {
  const double = await startDouble();
  await double.api('POST', '/v1/doubles', {name: 'gone'});
  const page = await openPage(double, '#/gone/sessions', {expected: [/404|ERR_INCOMPLETE_CHUNKED_ENCODING/]});
  await double.api('DELETE', '/v1/doubles/gone');
  await page.getByRole('heading', {name: 'There is no double gone'}).waitFor();
  await page.getByRole('link', {name: 'All doubles', exact: true}).click();
  await page.locator('.double-card').first().waitFor();
  await page.check();
  await double.stop();
});
