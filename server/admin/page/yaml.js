// Writing rules as YAML: only as much of it as the form needs.

const PLAIN = /^[A-Za-z][\w .,/@+()'-]*$/;
const WORDS = new Set(['true', 'false', 'yes', 'no', 'on', 'off', 'null', 'y', 'n']);

/** A text as YAML reads it back, without quotes where none are needed. */
export function scalar(text) {
  const plain = PLAIN.test(text) && !WORDS.has(text.toLowerCase()) && !text.endsWith(' ');
  return plain ? text : quoted(text);
}

// What JSON escapes YAML's double quotes escape the same way.
const quoted = (text) => JSON.stringify(text);

/** "550 5.1.1 No such user": plain unless something in it would be read as more than text. */
function replyText(text) {
  return /^[\d][\w .,/@+()'-]*$/.test(text) && !text.endsWith(' ') ? text : quoted(text);
}

function replyLine({code, enhanced, text}) {
  if (text) return replyText([code, enhanced, text].filter(Boolean).join(' '));
  return enhanced ? `{code: ${code}, enhanced: ${enhanced}}` : String(code);
}

/**
 * A rule of: name, stage, times (null: without end), sender, recipient, delay, how ('reply' | 'close' | 'reset' |
 * 'hang'), code, enhanced, text, then ('' | 'close' | 'reset' …)
 */
export function ruleYaml(rule) {
  const lines = [];
  if (rule.name) lines.push(`name: ${scalar(rule.name)}`);
  lines.push(`at: ${rule.stage}`);
  const when = [['sender', rule.sender], ['recipient', rule.recipient]].filter(([, glob]) => glob);
  if (when.length > 0) lines.push('when:', ...when.map(([field, glob]) => `  ${field}: ${scalar(glob)}`));
  if (rule.times !== null) lines.push(`times: ${rule.times}`);
  if (rule.delay) lines.push(`delay: ${scalarOfDuration(rule.delay)}`);
  if (rule.how === 'reply') lines.push(`reply: ${replyLine(rule)}`);
  else lines.push('reply: none', `then: ${rule.how}`);
  if (rule.how === 'reply' && rule.then) lines.push(`then: ${rule.then}`);
  return `${lines.map((line, at) => (at === 0 ? `- ${line}` : `  ${line}`)).join('\n')}\n`;
}

const scalarOfDuration = (text) => (/^\d+(us|ms|s|m|h)$/.test(text) ? text : quoted(text));
