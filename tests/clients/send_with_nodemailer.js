// Sends standard input with nodemailer: the argument says in JSON how (Mail in mail_clients.py); prints what it told us.
'use strict';
const fs = require('fs');
const nodemailer = require('nodemailer');

const { port, host, helo, sender, recipient, timeout, tls, login, dsn } = JSON.parse(process.argv[2]);
const limit = timeout * 1000;
const read = (path) => (path ? fs.readFileSync(path) : undefined);
const encryption = tls && {
  secure: tls.implicit,
  requireTLS: tls.demanded && !tls.implicit,
  tls: { ca: read(tls.ca), crl: read(tls.crl), cert: read(tls.identity), key: read(tls.identity) },
};
const credentials = login && (login.mechanism === 'XOAUTH2'
  ? { auth: { type: 'OAuth2', user: login.user, accessToken: login.secret } }
  : { authMethod: login.mechanism || undefined, auth: { user: login.user, pass: login.secret } });
const transport = nodemailer.createTransport({
  host, port, name: helo,
  connectionTimeout: limit, greetingTimeout: limit, socketTimeout: limit,
  ...(encryption ?? { secure: false, ignoreTLS: true }),
  ...credentials,
});
// Where it has given up on the server, its socket keeps the process alive until that closes.
const end = (told, status) => {
  console.log(JSON.stringify(told));
  process.exit(status);
};
const mail = { envelope: { from: sender, to: [recipient] }, raw: fs.readFileSync(0) };
if (dsn) mail.dsn = { id: 'q1', return: 'headers', notify: ['failure', 'delay'], recipient: sender };

transport.sendMail(mail).then(
  (info) => end({ response: info.response }, 0),
  (error) => {
    const [code, ...text] = (error.response ?? '').split(' ');
    end({ error: error.code ?? error.name, code, text: text.join(' '), message: error.message }, 1);
  },
);
