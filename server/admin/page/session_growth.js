// What a session has come to so far: the stream tells of it when it begins and when it is over, and of each line between.

const HELLOS = new Set(['ehlo', 'helo', 'lhlo']);

/** The session once `entry` has happened in it. */
export function grown(session, entry) {
  if (entry.kind === 'tls') return {...session, tls: session.tls ?? entry.note};
  if (entry.kind !== 'exchange') return session;
  const {code, received, stage} = entry;
  const next = {...session};
  if (received !== null && received !== undefined) next.commands += 1;
  if (code >= 400) next.worst_code = Math.max(session.worst_code ?? 0, code);
  const name = HELLOS.has(stage) ? received?.split(' ')[1] : undefined;
  if (name && (session.helo === null || (code >= 200 && code < 300))) next.helo = name;
  if (stage === 'message' && code >= 200 && code < 300) next.messages += 1;
  return next;
}
