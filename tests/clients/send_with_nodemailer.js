// Sends standard input with nodemailer: PORT HELO SENDER RECIPIENT TIMEOUT; prints as JSON what it told us.
'use strict';
const fs = require('fs');
const nodemailer = require('nodemailer');

const [port, name, sender, recipient, timeout] = process.argv.slice(2);
const limit = Number(timeout) * 1000;
const transport = nodemailer.createTransport({
  host: '127.0.0.1', port: Number(port), name, secure: false, ignoreTLS: true,
  connectionTimeout: limit, greetingTimeout: limit, socketTimeout: limit,
});
const mail = { envelope: { from: sender, to: [recipient] }, raw: fs.readFileSync(0) };

transport.sendMail(mail).then(
  (info) => console.log(JSON.stringify({ response: info.response })),
  (error) => {
    console.log(JSON.stringify({
      error: error.code, code: error.responseCode, response: error.response, message: error.message,
    }));
    process.exitCode = 1;
  },
);
