// Numbers and times as people read them.

const clock = new Intl.DateTimeFormat('en-GB', {hour: '2-digit', minute: '2-digit', second: '2-digit'});
const day = new Intl.DateTimeFormat('en-GB', {day: 'numeric', month: 'short'});
const whole = new Intl.NumberFormat('en-US');

export const count = (number) => whole.format(number);

/** "1 message", "2 messages" */
export const counted = (number, one, many = `${one}s`) => `${count(number)} ${number === 1 ? one : many}`;

/** 0.4 ms, 12 ms, 2.4 s, 3 min 5 s */
export function duration(ms) {
  if (ms === null || ms === undefined || Number.isNaN(ms)) return '–';
  if (ms < 9.95) return `${trim(ms.toFixed(1))} ms`;
  if (ms < 999.5) return `${Math.round(ms)} ms`;
  if (ms < 59950) return `${trim((ms / 1000).toFixed(ms < 9995 ? 2 : 1))} s`;
  const seconds = Math.round(ms / 1000);
  if (seconds < 3600) return both(Math.floor(seconds / 60), 'min', seconds % 60, 's');
  return both(Math.floor(seconds / 3600), 'h', Math.floor((seconds % 3600) / 60), 'min');
}

const both = (large, unit, small, part) => `${large} ${unit}${small > 0 ? ` ${small} ${part}` : ''}`;

const trim = (digits) => digits.replace(/\.?0+$/, '');

/** 812 B, 4.1 kB, 12 MB: powers of ten, as SIZE counts them */
export function octets(number) {
  if (number < 1000) return `${number} B`;
  const units = ['kB', 'MB', 'GB'];
  let value = number;
  let unit = -1;
  do {
    value /= 1000;
    ++unit;
  } while (value >= 999.5 && unit < units.length - 1);
  return `${value < 9.95 ? value.toFixed(1) : Math.round(value)} ${units[unit]}`;
}

/** The time of day here; with the day in front when it was another one. */
export function time(at) {
  const date = new Date(at);
  if (Number.isNaN(date.getTime())) return '';
  const today = new Date().toDateString() === date.toDateString();
  return today ? clock.format(date) : `${day.format(date)} ${clock.format(date)}`;
}

/** As much of a text as fits into a list. */
export const clip = (text, most) => (text.length > most ? `${text.slice(0, most)}…` : text);
