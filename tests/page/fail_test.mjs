// The form that makes the next attempts fail.
import assert from 'node:assert/strict';
import {test} from 'node:test';
import {openPage} from './browser.mjs';
import {startDouble} from './double.mjs';
import {connect, smtplib} from './smtp.mjs';

const yaml = (page) => page.getByLabel('The rule as YAML');
const arm = (page) => page.getByRole('button', {name: 'Arm it'}).click();
const armed = (page) => page.getByRole('region', {name: 'Armed rules'}).getByRole('listitem');

test('the next two attempts fail as asked, the third one passes', {timeout: 120_000}, async () => {
  const double = await startDouble();
  const page = await openPage(double, '#/main/fail');
  await page.getByLabel('How many').fill('2');
  await page.getByLabel('At', {exact: true}).selectOption('message');
  await page.getByLabel('Code', {exact: true}).fill('452');
  await page.getByLabel('Enhanced code').fill('4.3.1');
  await page.getByLabel('Text', {exact: true}).fill('No room: "full" # really');
  await page.getByText('The next 2 messages are answered with').waitFor();
  assert.equal(await yaml(page).textContent(), '- at: message\n  times: 2\n  reply: "452 4.3.1 No room: \\"full\\" # really"\n');
  await arm(page);
  await armed(page).getByText('2 of 2 left').waitFor();
  for (const left of ['1 of 2 left', 'used up']) {
    const told = await smtplib(double.port);
    assert.deepEqual([told.code, told.text], [452, '4.3.1 No room: "full" # really']);
    await armed(page).getByText(left).waitFor();
  }
  assert.equal((await smtplib(double.port)).status, 0);
  await page.check();
  await double.stop();
});

test('any code at any stage: each stage of the form makes a rule that the server takes', {timeout: 120_000}, async () => {
  const double = await startDouble();
  const page = await openPage(double, '#/main/fail');
  await page.locator('option[value="message"]').waitFor({state: 'attached'});
  const stages = await page.getByLabel('At', {exact: true}).locator('option').evaluateAll((options) => options.map((option) => option.value));
  assert.ok(stages.length >= 20, stages.join(' '));
  for (const [number, stage] of stages.entries()) {
    await page.getByLabel('At', {exact: true}).selectOption(stage);
    await page.getByLabel('Code', {exact: true}).fill('599');
    await arm(page);
    await armed(page).nth(number).waitFor();
  }
  const {rules} = await double.api('GET', '/v1/doubles/main/rules');
  assert.equal(rules.filter((rule) => rule.posted).length, stages.length);
  await page.check();
  await double.stop();
});

test('the connection can be closed, reset or left hanging, for some only', {timeout: 120_000}, async () => {
  const double = await startDouble();
  const page = await openPage(double, '#/main/fail?stage=rcpt&code=550');
  await page.getByRole('radio', {name: 'Close'}).check();
  await page.getByText('More: conditions').click();
  await page.getByLabel('Only to').fill('*@closed.example');
  await page.getByLabel('Name of the rule').fill('closed: for "some"');
  await page.getByLabel('Delay before it').fill('10ms');
  assert.equal(await yaml(page).textContent(), '- name: "closed: for \\"some\\""\n  at: rcpt\n  when:\n    recipient: "*@closed.example"\n  times: 1\n  delay: 10ms\n  reply: none\n  then: close\n');
  await arm(page);
  await armed(page).getByText('closed: for "some"').waitFor();
  assert.equal((await smtplib(double.port)).status, 0);
  assert.equal((await smtplib(double.port, {recipient: 'x@closed.example'})).error, 'SMTPServerDisconnected');
  assert.equal((await smtplib(double.port, {recipient: 'x@closed.example'})).status, 0);
  await armed(page).getByRole('button', {name: 'Remove'}).click();
  await page.getByText('Nothing yet.').waitFor();
  await page.check();
  await double.stop();
});

test('a session that is running obeys from its next command on', {timeout: 120_000}, async () => {
  const double = await startDouble();
  const page = await openPage(double, '#/main/fail?stage=mail&code=451');
  const client = await connect(double.port);
  await client.reply();
  await client.say('EHLO running.test');
  await arm(page);
  await armed(page).getByText('1 of 1 left').waitFor();
  assert.match(await client.say('MAIL FROM:<ann@example.com>'), /^451/);
  assert.match(await client.say('MAIL FROM:<ann@example.com>'), /^250/);
  await client.close();
  await page.check();
  await double.stop();
});

test('what the server does not take is said with its reason', {timeout: 120_000}, async () => {
  const double = await startDouble();
  const page = await openPage(double, '#/main/fail', {expected: [/422/]});
  await page.getByLabel('Code', {exact: true}).fill('700');
  await page.getByText('A reply code has three digits').waitFor();
  await arm(page);
  await page.getByRole('alert').waitFor();
  assert.match(await page.getByRole('alert').textContent(), /700/);
  await page.getByLabel('Code', {exact: true}).fill('450');
  await page.getByText('Mailbox not available now').waitFor();
  await page.getByRole('alert').waitFor({state: 'detached'});
  await page.check();
  await double.stop();
});

test('what is copied is what is shown', {timeout: 120_000}, async () => {
  const double = await startDouble();
  const page = await openPage(double, '#/main/fail', {permissions: ['clipboard-read', 'clipboard-write']});
  await page.getByRole('button', {name: 'Copy YAML'}).click();
  await page.getByRole('button', {name: 'Copied'}).waitFor();
  assert.equal(await page.evaluate(() => navigator.clipboard.readText()), await yaml(page).textContent());
  await page.check();
  await double.stop();
});
