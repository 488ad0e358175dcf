'use strict';
const { Double } = require('./lib/double.cjs');
const {
  ApiError, BadScenarioError, ConflictError, ConnectionFailedError, NoListenerError, NotFoundError, SmtpDoubleError,
  StartFailedError, VerifyFailedError, WaitTimeoutError,
} = require('./lib/errors.cjs');
const { Message } = require('./lib/message.cjs');
const { Server, connect, sharedServer, startServer } = require('./lib/server.cjs');
const { useDouble } = require('./lib/testing.cjs');

// Short names alone: only those does Node find for `import`.
module.exports = {
  ApiError, BadScenarioError, ConflictError, ConnectionFailedError, Double, Message, NoListenerError, NotFoundError,
  Server, SmtpDoubleError, StartFailedError, VerifyFailedError, WaitTimeoutError, connect, sharedServer, startServer,
  useDouble,
};
