// The view of the scenario, and that of all doubles.
import assert from 'node:assert/strict';
import {test} from 'node:test';
import {openPage} from './browser.mjs';
import {startDouble} from './double.mjs';
import {smtplib} from './smtp.mjs';

const SCENARIO = `
scenario: shown
description: What a view of a scenario shows.
seed: 7
rules:
  - name: busy
    at: rcpt
    times: 1
    reply: 450 4.2.1 Busy
  - name: nobody asks
    at: [vrfy, expn]
    reply: 502 5.5.1 Not here
`;

const rule = (page, name) => page.locator('.rule-row').filter({hasText: name});

test('rules are shown in their order, with hits that are counted live, and those never hit', {timeout: 120_000}, async () => {
  const double = await startDouble({scenario: SCENARIO});
  const page = await openPage(double, '#/main/scenario');
  await page.getByRole('heading', {name: 'shown'}).waitFor();
  await page.getByText('What a view of a scenario shows.').waitFor();
  await page.getByText(double.smtp).waitFor();
  await page.getByText('2 of 2 never hit').waitFor();
  assert.equal((await smtplib(double.port)).code, 450);
  await rule(page, 'busy').getByText('1 hit').waitFor();
  await page.getByText('1 of 2 never hit').waitFor();
  await page.getByRole('button', {name: 'Never hit'}).click();
  await rule(page, 'busy').waitFor({state: 'detached'});
  await rule(page, 'nobody asks').locator('summary').click();
  await page.getByText('at: [vrfy, expn]').waitFor();
  await page.check();
  await double.stop();
});

test('a rule in a dialogue leads to the rule, and a rule can be removed', {timeout: 120_000}, async () => {
  const double = await startDouble({scenario: SCENARIO});
  await smtplib(double.port);
  const page = await openPage(double, '#/main/sessions/1');
  await page.getByRole('link', {name: 'busy'}).click();
  await page.locator('.rule-row.marked').filter({hasText: 'busy'}).waitFor();
  await rule(page, 'busy').locator('summary').click();
  await rule(page, 'busy').getByRole('button', {name: 'Remove'}).click();
  await rule(page, 'busy').waitFor({state: 'detached'});
  assert.deepEqual((await double.api('GET', '/v1/doubles/main/rules')).rules.map((one) => one.name), ['nobody asks']);
  await page.check();
  await double.stop();
});

test('another scenario can be served, of the library or written here; mistakes are shown with their place', {timeout: 120_000}, async () => {
  const double = await startDouble({scenario: SCENARIO});
  const page = await openPage(double, '#/main/scenario', {expected: [/422/]});
  await page.getByRole('button', {name: 'Change' }).click();
  await page.getByLabel('Search the library').fill('mailbox-busy');
  await page.getByRole('button', {name: 'errors/mailbox-busy-450'}).click();
  const editor = page.getByLabel('The scenario as YAML');
  await page.waitForFunction(() => document.querySelector('.editor').value.includes('scenario: mailbox-busy-450'));
  await page.getByRole('button', {name: 'Serve it'}).click();
  await page.getByRole('heading', {name: 'mailbox-busy-450'}).waitFor();
  assert.equal((await smtplib(double.port)).code, 450);

  await page.getByRole('button', {name: 'Change' }).click();
  await editor.fill('scenario: mine\nrules:\n  - at: rcpt\n    replay: 550\n');
  await page.getByRole('button', {name: 'Serve it'}).click();
  await page.getByRole('alert').getByText("unknown key 'replay'").waitFor();
  await page.getByRole('alert').getByText('line 4').waitFor();
  await editor.fill('scenario: mine\nrules:\n  - at: rcpt\n    reply: 551\n');
  await page.getByRole('button', {name: 'Serve it'}).click();
  await page.getByRole('heading', {name: 'mine'}).waitFor();
  assert.equal((await smtplib(double.port)).code, 551);
  await page.check();
  await double.stop();
});

test('several doubles are listed, chosen, begun and ended', {timeout: 120_000}, async () => {
  const double = await startDouble();
  await double.api('POST', '/v1/doubles', {name: 'second', scenario: {library: 'errors/mailbox-busy-450'}});
  const page = await openPage(double, '#/', {live: false});
  const card = (name) => page.locator('.double-card').filter({hasText: name});
  await card('second').getByText('mailbox-busy-450').waitFor();
  await page.getByRole('button', {name: 'New double'}).click();
  await page.getByLabel('Name').fill('third');
  await page.getByLabel('Scenario of the library').selectOption('flaky/greylist-once');
  await page.getByRole('button', {name: 'Start it'}).click();
  await card('third').getByText('greylist-once').waitFor();
  const third = await double.api('GET', '/v1/doubles/third');
  assert.equal((await smtplib(third.listeners[0].port)).error, 'SMTPRecipientsRefused');

  await page.getByRole('link', {name: 'third'}).click();
  await page.getByRole('list', {name: 'Sessions'}).getByRole('link').first().waitFor();
  await page.getByLabel('Double', {exact: true}).selectOption('second');
  await page.getByRole('heading', {name: 'Nobody has connected yet'}).waitFor();
  await page.getByRole('link', {name: 'smtp-double: all doubles'}).click();
  await page.getByRole('button', {name: 'Delete third'}).click();
  await page.getByRole('button', {name: 'Delete', exact: true}).click();
  await card('third').waitFor({state: 'detached'});
  assert.equal((await double.api('GET', '/v1/doubles')).doubles.length, 2);
  await page.check();
  await double.stop();
});
