'use strict';

/** The base of all errors of this package. */
class SmtpDoubleError extends Error {
  constructor(message, options) {
    super(message, options);
    this.name = new.target.name;
  }
}

/** The program is not there, or did not come to listen; the message has what it logged. */
class StartFailedError extends SmtpDoubleError {}

/** Nobody answers at the admin address (any more). */
class ConnectionFailedError extends SmtpDoubleError {}

/** The double has no listener of that kind, and so no port. */
class NoListenerError extends SmtpDoubleError {}

function line(problem) {
  const place = [];
  if (problem.line !== undefined) place.push(`line ${problem.line}`);
  if (problem.column !== undefined) place.push(`column ${problem.column}`);
  if (place.length === 0 && problem.pointer) place.push(problem.pointer);
  return `${problem.title}: ${problem.detail}${place.length > 0 ? ` (${place.join(', ')})` : ''}`;
}

function summary(status, body) {
  return (body.errors ?? []).map(line).join('\n') || `HTTP status ${status}`;
}

/** The server refused: `status` is that of HTTP, `errors` what it said. */
class ApiError extends SmtpDoubleError {
  constructor(status, body, message = summary(status, body)) {
    super(message);
    this.status = status;
    this.errors = body.errors ?? [];
  }
}

/** A scenario or a rule has mistakes; `errors` are all of them, each with its place. */
class BadScenarioError extends ApiError {}

class NotFoundError extends ApiError {}

class ConflictError extends ApiError {}

/** It did not come in time: `count` came, `nearest` says why others did not count. */
class WaitTimeoutError extends ApiError {
  constructor(status, body) {
    super(status, body, [summary(status, body), ...(body.nearest ?? []).map((near) => `  near: ${near}`)].join('\n'));
    this.count = body.count ?? 0;
    this.nearest = body.nearest ?? [];
  }
}

/** Not what was expected: `failed` has each expectation. */
class VerifyFailedError extends ApiError {
  constructor(status, body) {
    super(status, body, (body.text || summary(status, body)).trimEnd());
    this.failed = body.failed ?? [];
  }
}

const byStatus = {
  404: NotFoundError, 406: VerifyFailedError, 408: WaitTimeoutError, 409: ConflictError, 422: BadScenarioError,
};

function errorOf(status, body) {
  return new (byStatus[status] ?? ApiError)(status, body);
}

module.exports = {
  ApiError, BadScenarioError, ConflictError, ConnectionFailedError, NoListenerError, NotFoundError, SmtpDoubleError,
  StartFailedError, VerifyFailedError, WaitTimeoutError, errorOf,
};
