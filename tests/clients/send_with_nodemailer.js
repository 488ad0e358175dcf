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
// Where it has given up on the server, its socket keeps the process alive until that closes.
const end = (told, status) => {
  console.log(JSON.stringify(told));
  process.exit(status);
};
const mail = { envelope: { from: sender, to: [recipient] }, raw: fs.readFileSync(0) };

transport.sendMail(mail).then(
  (info) => end({ response: info.response }, 0),
  (error) => end({
    error: error.code ?? error.name, code: error.responseCode, response: error.response, message: error.message,
  }, 1),
);
