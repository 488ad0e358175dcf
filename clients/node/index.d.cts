// The types of both faces of the package.

/** Milliseconds, or a text as in scenarios: "250ms", "2s", "10m". */
export type Duration = number | string;
/** Exactly so many, or a range. */
export type Count = number | { min?: number; max?: number };
export type ListenerKind = 'smtp' | 'smtps' | 'lmtp';
export type Outcome = 'accepted' | 'refused' | 'failed' | 'quiet' | 'open';
export type Then = 'continue' | 'close' | 'reset' | 'half-close' | 'hang' | 'stop-reading';
export type Stage =
  | 'connect' | 'helo' | 'ehlo' | 'lhlo' | 'hello' | 'starttls' | 'tls' | 'auth' | 'auth-response' | 'auth-result' | 'mail'
  | 'rcpt' | 'data' | 'body' | 'message' | 'bdat' | 'rset' | 'noop' | 'vrfy' | 'expn' | 'help' | 'quit' | 'etrn'
  | 'unknown' | 'idle' | 'any';
/** A YAML document as text, the same as an object, or one of the library. */
export type Scenario = string | { library: string } | { [key: string]: unknown };
/** A rule as scenarios have it. */
export interface RuleDefinition {
  name?: string;
  at: Stage | Stage[];
  when?: { [field: string]: unknown };
  [key: string]: unknown;
}

export interface Listener {
  kind: ListenerKind;
  address: string;
  host: string | null;
  port: number | null;
}

/** What a client of `main` has to say to come to a double. */
export type Select = { helo: string } | { 'auth.user': string } | { 'recipient.domain': string } | { 'recipient.tag': string };

export interface DoubleOptions {
  /** Without it addresses ask for their answer, as in rcpt-550@example.com. */
  scenario?: Scenario;
  name?: string;
  /** A free port for each; ['smtp'] without it. */
  listen?: ListenerKind[];
  select?: Select;
}

/** A rule and its counters, as they were when it was asked for. */
export interface Rule {
  name: string;
  at: Stage[];
  /** How often it has answered. */
  hits: number;
  /** How often its conditions held. */
  matches: number;
  times: number | null;
  expect: string | null;
  yaml: string;
  line: number | null;
  posted: boolean;
  /** Its name, so that it can be a key: { hits: { [rule]: 1 } }; in TypeScript { [rule.name]: 1 }. */
  toString(): string;
}

/** Conditions on a rule: texts are globs. Others go into `when`. */
export interface Conditions {
  sender?: unknown;
  senderLocal?: unknown;
  senderDomain?: unknown;
  recipient?: unknown;
  recipientLocal?: unknown;
  recipientDomain?: unknown;
  helo?: unknown;
  line?: unknown;
  verb?: unknown;
  argument?: unknown;
  subject?: unknown;
  body?: unknown;
  size?: unknown;
  session?: unknown;
  message?: unknown;
  attempt?: unknown;
  recipients?: unknown;
  accepted?: unknown;
  clientIp?: unknown;
  tls?: unknown;
  authUser?: unknown;
  authMechanism?: unknown;
}

export interface FailNextOptions extends Conditions {
  /** 450, or a reply with its text ("450 4.2.2 Mailbox full"); null says nothing, for use with `then`. */
  code: number | string | null;
  /** 'rcpt' without it. */
  stage?: Stage | Stage[];
  /** How many attempts: 1 without it; null for all. */
  times?: number | null;
  then?: Then | { [act in Then]?: Duration };
  delay?: Duration;
  name?: string;
  when?: { [field: string]: unknown };
}

export interface Session {
  id: number;
  at: string;
  elapsedMs: number;
  durationMs: number | null;
  client: string | null;
  listener: string | null;
  helo: string | null;
  tls: string | null;
  authUser: string | null;
  commands: number;
  /** How many of each class: {"2": 5, "4": 1, …}. */
  replies: { [firstDigit: string]: number };
  worstCode: number | null;
  messages: number;
  outcome: Outcome;
  end: 'client-quit' | 'client-closed' | 'client-reset' | 'timeout' | 'closed' | 'reset' | 'cut' | null;
  /** Whether the journal has all of it still. */
  whole: boolean;
}

export interface Entry {
  sequence: number;
  at: string;
  elapsedMs: number;
  kind: 'opened' | 'exchange' | 'waited' | 'message' | 'incomplete' | 'tls' | 'authenticated' | 'note' | 'unsent' | 'closed';
  stage?: Stage | null;
  received?: string | null;
  sent?: string | null;
  sentOctets?: number | null;
  leftOctets?: number | null;
  code?: number | null;
  rule?: string | null;
  hit?: number | null;
  explanation?: string | null;
  misses?: string[] | null;
  askedMs?: number | null;
  measuredMs?: number | null;
  note?: string;
  message?: number | null;
  messageId?: string | null;
  subject?: string | null;
  size?: number;
  client?: string;
  listener?: string;
  end?: Session['end'];
  octets?: number;
  octetsIn?: number;
  octetsOut?: number;
}

export interface Attempt {
  session: number;
  at: string;
  elapsedMs: number;
  gapMs: number | null;
  stage: Stage;
  code: number | null;
  reply: string | null;
  message: number | null;
  sequence: number;
  recipients: { mailbox: string; code: number | null }[];
}

/** What became of one message, over all attempts. */
export interface Delivery {
  key: string;
  by: 'message-id' | 'content' | 'envelope';
  sender: string | null;
  recipients: string[];
  subject: string | null;
  accepted: number;
  /** What the client did wrong, such as "retried after a 5yz reply". */
  findings: string[];
  attempts: Attempt[];
}

export interface Unmatched {
  session: number;
  sequence: number;
  stage: Stage;
  line: string;
  code: number | null;
  nearest: { rule: string; why: string }[];
}

export type DoubleEvent =
  | { kind: 'entry'; id: number | null; data: Entry & { session: number } }
  | { kind: 'session'; id: number | null; data: Session }
  | { kind: 'message'; id: number | null; data: { id: number; session: number; sender: string | null; recipients: string[]; subject: string | null } }
  | { kind: 'reset' | 'evicted'; id: number | null; data: { [key: string]: unknown } };

/** Texts are globs: '*@example.com'. */
export interface MessageFilter {
  sender?: string;
  recipient?: string;
  subject?: string;
  headers?: { [name: string]: string };
}

export interface SessionFilter {
  outcome?: Outcome;
  helo?: string;
  client?: string;
}

export interface WaitOptions {
  /** 1 without it; what is there already counts. */
  count?: number;
  /** 10 seconds without it; at most 5 minutes. */
  timeout?: Duration;
}

export interface Expectations {
  messages?: Count | (MessageFilter & { count: Count });
  sessions?: Count | (SessionFilter & { count: Count });
  /** By the name of the rule, which is also its text. */
  hits?: { [rule: string]: Count };
  /** One session sent these commands in this order: ['EHLO', 'MAIL', 'RCPT TO:<ann@*>']. */
  sequence?: string[];
  never?: string[];
  unmatched?: Count;
}

export interface FailedExpectation {
  expected: string;
  actual: string;
  place: string | null;
  nearest: string[];
  unknowable?: true;
}

export interface MessageHeaders extends Iterable<[name: string, value: string]> {
  /** The first of that name, in any case, decoded. */
  get(name: string): string | undefined;
  getAll(name: string): string[];
  has(name: string): boolean;
}

export interface Attachment {
  readonly fileName: string | null;
  readonly type: string;
  readonly disposition: string;
  readonly contentId: string | null;
  readonly size: number;
  /** Its octets, decoded. */
  content(): Promise<Buffer>;
}

/** A message that a double has accepted. */
export class Message {
  private constructor();
  readonly id: number;
  /** The number of the session that brought it. */
  readonly session: number;
  readonly at: string;
  /** Of the envelope; "" for the null reverse-path. */
  readonly sender: string | null;
  /** Of the envelope. */
  readonly recipients: string[];
  readonly subject: string | null;
  readonly size: number;
  /** What the client was told; null where it heard nothing. */
  readonly outcome: string | null;
  readonly messageId: string | null;
  /** The first part in plain text. */
  text(): Promise<string | null>;
  /** The first part in HTML, as it was sent. */
  html(): Promise<string | null>;
  headers(): Promise<MessageHeaders>;
  /** Every part that has a file name, or says that it is an attachment. */
  attachments(): Promise<Attachment[]>;
  /** The octets that were received, without dot-stuffing. */
  raw(): Promise<Buffer>;
  /** All that the API tells of it. */
  details(): Promise<{ [key: string]: any }>;
}

/** An isolated SMTP server: scenario, counters, journal and mailbox are its own. */
export class Double {
  private constructor();
  readonly name: string;
  readonly listeners: Listener[];
  readonly select: Select | null;
  /** Its address in the admin API. */
  readonly url: string;
  /** Of the listener that `port` is of. */
  readonly host: string;
  /**
   * For SMTP; of the first listener where there is none for it. A double with `select` that has no listeners is at those
   * of `main`. Throws NoListenerError, as smtpsPort and lmtpPort do.
   */
  readonly port: number;
  readonly smtpsPort: number;
  readonly lmtpPort: number;
  details(): Promise<{ [key: string]: any }>;

  /** The next attempts at a stage get this answer. */
  failNext(options: FailNextOptions): Promise<Rule>;
  /** Puts a rule on top of all others: an object, or YAML. */
  addRule(rule: RuleDefinition | string): Promise<Rule>;
  /** Several in their order: all of them or, with a mistake, none. */
  addRules(rules: RuleDefinition[] | string): Promise<Rule[]>;
  /** In the order in which they are tried; or only those that have not answered yet. */
  rules(options?: { unused?: boolean }): Promise<Rule[]>;
  rule(name: string | Rule): Promise<Rule>;
  /** How often this rule has answered. */
  hits(name: string | Rule): Promise<number>;
  /** Puts another rule in its place, which counts from 0. */
  replaceRule(name: string | Rule, rule: RuleDefinition | string): Promise<Rule>;
  removeRule(name: string | Rule): Promise<void>;
  scenario(): Promise<{ name: string; description: string; seed: number; yaml: string; states: string[]; rules: Rule[] }>;
  /** Replaces the scenario; counters, states and clock begin anew. */
  load(scenario: Scenario): Promise<void>;
  states(): Promise<{ key: string; state: string; ageMs: number }[]>;
  /** The state of a scenario that has one for all. */
  state(): Promise<string>;
  setState(state: string, key?: string): Promise<void>;
  /** Moves the clock of the scenario on, and resolves to its time in milliseconds. */
  advanceClock(by: Duration): Promise<number>;

  /** The messages in the mailbox, oldest first. */
  messages(filter?: MessageFilter & { session?: number }): Promise<Message[]>;
  message(id: number): Promise<Message>;
  /** The sessions, oldest first. */
  sessions(filter?: SessionFilter & { open?: boolean }): Promise<Session[]>;
  session(id: number): Promise<Session & { entries: Entry[] }>;
  /** A session as C: and S: lines, with the rules that answered and what errors mean; without an id all of them. */
  transcript(id?: number): Promise<string>;
  /** The sessions that were refused or failed; where there is none, all. At most the last twenty. */
  troubledTranscript(): Promise<string>;
  deliveries(): Promise<Delivery[]>;
  /** What no rule answered, with the rules that came near. */
  unmatched(): Promise<Unmatched[]>;
  /** What happens from now on (or behind a sequence number), until the double is removed or `signal` is aborted. */
  events(options?: { after?: number; signal?: AbortSignal }): AsyncGenerator<DoubleEvent, void, undefined>;

  /** Those that fit, once there are so many. Rejects with WaitTimeoutError. */
  waitForMessages(options?: MessageFilter & WaitOptions): Promise<Message[]>;
  waitForMessages(count: number, options?: MessageFilter & Omit<WaitOptions, 'count'>): Promise<Message[]>;
  /** The first that fits. */
  waitForMessage(options?: MessageFilter & Omit<WaitOptions, 'count'>): Promise<Message>;
  /** By default only those that have ended; `ended: null` takes all. */
  waitForSessions(options?: SessionFilter & WaitOptions & { ended?: boolean | null }): Promise<Session[]>;
  waitForSessions(
    count: number, options?: SessionFilter & Omit<WaitOptions, 'count'> & { ended?: boolean | null },
  ): Promise<Session[]>;
  /** How often the rule has answered, once it is so often. */
  waitForHits(rule: string | Rule, options?: WaitOptions): Promise<number>;
  waitForHits(rule: string | Rule, count: number, options?: Omit<WaitOptions, 'count'>): Promise<number>;
  /** Rejects with VerifyFailedError unless all of it is so; without any, what the scenario itself expects. */
  verify(expectations?: Expectations): Promise<void>;
  /** Begins anew: all of it, or some of it. */
  reset(...what: ('all' | 'rules' | 'progress' | 'journal' | 'mailbox')[]): Promise<void>;
  /** Removes it: its listeners and sessions are gone then. `main` stays as long as the process. */
  close(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

/** A process of smtp-double, with any number of doubles. */
export class Server {
  private constructor();
  /** Of the admin API; in a browser, of the page. */
  readonly url: string;
  /** What a server that was started here has logged so far. */
  readonly log: string;
  version(): Promise<string>;
  /** The double that is always there. */
  main(): Promise<Double>;
  /** A new double, isolated from all others; a text is its scenario. */
  double(options?: DoubleOptions | string): Promise<Double>;
  doubles(): Promise<Double[]>;
  /** What a reply means (550, "450 4.2.2", a whole line), or what may be answered at a stage. */
  explain(reply?: number | string, options?: { stage?: Stage }): Promise<{ [key: string]: any }>;
  /** Ends a server that was started here; leaves any other alone. */
  close(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

export interface StartOptions {
  /** Of `main`: files, folders, names of the library. */
  scenario?: string | string[];
  /** The program; else that of SMTP_DOUBLE_BINARY, else `smtp-double` on the PATH. */
  binary?: string;
  /** More arguments of the program. */
  options?: string[];
  token?: string;
  /** 30 seconds without it. */
  startTimeout?: Duration;
}

/** Starts a server on free ports. It ends with close(), or with this process. */
export function startServer(options?: StartOptions): Promise<Server>;
/** A server that is there: at `url`, or where SMTP_DOUBLE_ADMIN says, as under `smtp-double run -- npm test`. */
export function connect(url?: string, options?: { token?: string }): Promise<Server>;
/** The server of SMTP_DOUBLE_ADMIN, or one that is started once for this process. */
export function sharedServer(): Promise<Server>;
/**
 * A double for one test of node:test, of the shared server. It is removed when the test is over; when the test has
 * failed, its transcript is told.
 */
export function useDouble(
  t: { after(fn: () => Promise<void>): void; diagnostic(message: string): void },
  options?: DoubleOptions | string,
): Promise<Double>;

/** The base of all errors of this package; a wrong argument is a TypeError or a RangeError. */
export class SmtpDoubleError extends Error {}
/** The program is not there, or did not come to listen; the message has what it logged. */
export class StartFailedError extends SmtpDoubleError {}
/** Nobody answers at the admin address (any more). */
export class ConnectionFailedError extends SmtpDoubleError {}

/** The double has no listener of that kind, and so no port. */
export class NoListenerError extends SmtpDoubleError {}

export interface Problem {
  title: string;
  detail: string;
  pointer?: string;
  line?: number;
  column?: number;
}

/** The server refused. */
export class ApiError extends SmtpDoubleError {
  /** That of HTTP. */
  readonly status: number;
  readonly errors: Problem[];
}
/** A scenario or a rule has mistakes; `errors` are all of them, each with its place. */
export class BadScenarioError extends ApiError {}
export class NotFoundError extends ApiError {}
export class ConflictError extends ApiError {}
/** It did not come in time. */
export class WaitTimeoutError extends ApiError {
  readonly count: number;
  /** Why others did not count. */
  readonly nearest: string[];
}
/** Not what was expected. */
export class VerifyFailedError extends ApiError {
  readonly failed: FailedExpectation[];
}
