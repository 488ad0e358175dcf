// The browser, and pages that take note of everything a page must not do.
import assert from 'node:assert/strict';
import {accessSync, constants} from 'node:fs';
import path from 'node:path';
import {after} from 'node:test';
import {chromium} from 'playwright-core';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];
const OPTIONS = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'];

function executable() {
  for (const folder of (process.env.PATH ?? '').split(':')) {
    for (const name of NAMES) {
      try {
        accessSync(path.join(folder, name), constants.X_OK);
        return path.join(folder, name);
      } catch {
        // The next one.
      }
    }
  }
  throw new Error(`no browser on PATH: one of ${NAMES.join(', ')} is needed`);
}

// In a folder of its own that is empty, and removed afterwards.
const browser = await chromium.launch({executablePath: executable(), headless: true, args: OPTIONS});
after(() => browser.close());

export const DESKTOP = {width: 1280, height: 800};
export const PHONE = {width: 360, height: 740};

/**
 * A fresh page at `route` of the double. check() fails when anything was asked of another server, a script of a mail ran,
 * a dialog came up, or the console had an error; `expected` are patterns of errors that belong to the test.
 */
export async function openPage(double, route = '#/', {viewport = DESKTOP, colorScheme = 'light', expected = [], live = true, ...more} = {}) {
  const context = await browser.newContext({viewport, colorScheme, acceptDownloads: true, ...more});
  const page = await context.newPage();
  const wrong = [];
  context.on('request', (request) => {
    const url = new URL(request.url());
    if (!['data:', 'blob:'].includes(url.protocol) && url.host !== double.admin) wrong.push(`asked for ${request.url()}`);
  });
  // What the policy of a document has stopped was told of as well, and never left the browser.
  context.on('requestfailed', (request) => {
    const told = wrong.indexOf(`asked for ${request.url()}`);
    if (told >= 0 && /csp/i.test(request.failure().errorText)) wrong.splice(told, 1);
  });
  page.on('dialog', (dialog) => {
    wrong.push(`dialog: ${dialog.message()}`);
    dialog.dismiss();
  });
  page.on('pageerror', (error) => wrong.push(`error: ${error.stack}`));
  page.on('console', (message) => {
    if (!['error', 'warning'].includes(message.type())) return;
    const text = `${message.text()} (${message.location().url})`;
    if (!expected.some((pattern) => pattern.test(text))) wrong.push(`console: ${text}`);
  });
  page.on('popup', (popup) => wrong.push(`popup: ${popup.url()}`));
  await page.goto(`${double.address}/${route}`);
  if (live) await page.getByRole('button', {name: 'Live'}).waitFor();
  return Object.assign(page, {
    wrong,
    async check() {
      assert.deepEqual(wrong, []);
      await context.close();
    },
  });
}

/** Fails when anything is wider than the screen. */
export async function checkWidth(page) {
  const wide = await page.evaluate(() => {
    const inside = (element) => element.closest('.choices, .tab-list, pre, .hidden-text, .rows, .editor, .toasts') !== null;
    return [document.documentElement, ...document.querySelectorAll('body *')]
      .filter((element) => element.getClientRects().length > 0 && element.getBoundingClientRect().right > window.innerWidth + 1 && !inside(element))
      .map((element) => `${element.tagName}.${element.className} ends at ${element.getBoundingClientRect().right}`);
  });
  assert.deepEqual(wide, []);
  assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth), 'the page scrolls sideways');
}
