// The package is written as CommonJS, which Jest loads without flags; this is its face for `import`.
export {
  ApiError, BadScenarioError, ConflictError, ConnectionFailedError, Double, Message, NoListenerError, NotFoundError,
  Server, SmtpDoubleError, StartFailedError, VerifyFailedError, WaitTimeoutError, connect, sharedServer, startServer,
  useDouble,
} from './index.cjs';
