'use strict';
const { sharedServer } = require('./server.cjs');

// Line by line: reporters escape the ends of lines.
async function tell(t, double) {
  const story = (await double.troubledTranscript()) || 'there was no session';
  for (const line of [`SMTP double '${double.name}':`, ...story.trimEnd().split('\n')]) t.diagnostic(line);
}

/** A double for one test of node:test: removed when that is over; its transcript is told when it has failed. */
async function useDouble(t, options) {
  if (typeof t?.after !== 'function' || typeof t.diagnostic !== 'function') {
    throw new TypeError(
      "useDouble(t) needs the t of a test of node:test: test('…', async (t) => { const double = await useDouble(t); … })");
  }
  const double = await (await sharedServer()).double(options);
  t.after(async () => {
    try {
      if (t.passed === false) await tell(t, double);
    } finally {
      await double.close();
    }
  });
  return double;
}

module.exports = { useDouble };
