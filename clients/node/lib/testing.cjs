'use strict';
const { sharedServer } = require('./server.cjs');

/** A double for one test of node:test: removed when that is over; its transcript is told when it has failed. */
async function useDouble(t, options) {
  const double = await (await sharedServer()).double(options);
  t.after(async () => {
    try {
      if (t.passed === false) t.diagnostic(`SMTP double '${double.name}':\n${await double.troubledTranscript()}`);
    } finally {
      await double.close();
    }
  });
  return double;
}

module.exports = { useDouble };
