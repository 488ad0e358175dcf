// Building the document. Text goes in as text nodes and attributes only: nothing here can make markup of data.

const SVG = 'http://www.w3.org/2000/svg';

/** h('a', {class: 'x', href: '#/', onclick: f}, 'text', element, [more]): null, undefined and false are left out. */
export function h(tag, properties, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties ?? {})) set(element, name, value);
  append(element, children);
  return element;
}

function set(element, name, value) {
  if (value === null || value === undefined || value === false) return;
  if (name.startsWith('on')) element.addEventListener(name.slice(2), value);
  else if (name === 'data') Object.assign(element.dataset, value);
  else if (name === 'value') element.value = value;
  else element.setAttribute(name, value === true ? '' : String(value));
}

function append(element, children) {
  for (const child of children.flat(Infinity)) {
    if (child === null || child === undefined || child === false) continue;
    element.append(child instanceof Node ? child : document.createTextNode(String(child)));
  }
}

/** Puts these children in place of those that are there. */
export function fill(element, ...children) {
  element.replaceChildren();
  append(element, children);
  return element;
}

/**
 * Shows items as children of an element, and keeps the node of each for as long as there is one with its key: whatever is
 * pressed, selected or focused in it survives what comes in live. `make(item)` -> {node, update(item, index)}
 */
export function createKeyed(element, {key, make}) {
  let shown = new Map();
  return (items) => {
    const kept = new Map();
    let previous = null;
    for (const [index, item] of items.entries()) {
      const name = key(item);
      const entry = shown.get(name) ?? make(item);
      kept.set(name, entry);
      entry.update(item, index);
      const next = previous ? previous.nextSibling : element.firstChild;
      if (next !== entry.node) element.insertBefore(entry.node, next);
      previous = entry.node;
    }
    for (const [name, {node}] of shown) if (!kept.has(name)) node.remove();
    shown = kept;
  };
}

const ICONS = {
  accepted: ['M4.5 12.5 10 18 19.5 7'],
  refused: ['M6 6l12 12', 'M18 6 6 18'],
  deferred: ['M12 5v8.5', 'M12 18.6v.1'],
  failed: ['M13 3 5 13.5h6L10 21l9-11.5h-6.2z'],
  quiet: ['M6 12h12'],
  open: ['M12 6a6 6 0 1 0 6 6'],
  scenario: ['M5 4h9l5 5v11H5z', 'M14 4v5h5', 'M8.5 13h7', 'M8.5 16.5h5'],
  sessions: ['M4 7h13l-3-3', 'M20 17H7l3 3'],
  messages: ['M3.5 6h17v12.5h-17z', 'm4 6.8 8 6.2 8-6.2'],
  deliveries: ['M4 12a8 8 0 1 0 2.6-5.9', 'M6.5 2.5v4h4', 'M12 8v4.4l3 1.8'],
  fail: ['M13 3 5 13.5h6L10 21l9-11.5h-6.2z'],
  search: ['M10.5 4a6.5 6.5 0 1 0 0 13 6.5 6.5 0 0 0 0-13z', 'm15.5 15.5 4.5 4.5'],
  copy: ['M9 9h11v11H9z', 'M5 15H4V4h11v1'],
  reset: ['M5 5v5h5', 'M5.5 10A7.5 7.5 0 1 1 4.6 14'],
  help: ['M8.5 9a3.5 3.5 0 1 1 5.2 3c-1.1.7-1.7 1.3-1.7 2.6', 'M12 18.4v.1'],
  system: ['M4 5h16v11H4z', 'M9 20h6', 'M12 16v4'],
  light: ['M12 8a4 4 0 1 0 0 8 4 4 0 0 0 0-8z', 'M12 2.5v2', 'M12 19.5v2', 'M2.5 12h2', 'M19.5 12h2', 'm5.3 5.3 1.4 1.4', 'm17.3 17.3 1.4 1.4', 'm5.3 18.7 1.4-1.4', 'm17.3 6.7 1.4-1.4'],
  dark: ['M19.5 14.5A8 8 0 0 1 9.5 4.5a8 8 0 1 0 10 10z'],
  back: ['m14.5 5-7 7 7 7'],
  chevron: ['m9 5 7 7-7 7'],
  lock: ['M6 11h12v9H6z', 'M8.5 11V8a3.5 3.5 0 0 1 7 0v3'],
  clip: ['m19 11-7.6 7.6a4.4 4.4 0 0 1-6.2-6.2L13 4.6a3 3 0 0 1 4.2 4.2l-7.5 7.5a1.5 1.5 0 0 1-2.1-2.1L14 7.8'],
  clock: ['M12 4a8 8 0 1 0 0 16 8 8 0 0 0 0-16z', 'M12 7.8V12l3 1.8'],
  warning: ['M12 4 2.8 19.5h18.4z', 'M12 10v4.2', 'M12 16.8v.1'],
  download: ['M12 4v11', 'm7.5 10.5 4.5 4.5 4.5-4.5', 'M4.5 19.5h15'],
  trash: ['M4.5 7h15', 'M9 7V4.5h6V7', 'M6.5 7l.8 12.5h9.4L17.5 7'],
  plus: ['M12 5v14', 'M5 12h14'],
  close: ['M6 6l12 12', 'M18 6 6 18'],
  person: ['M12 5a3.5 3.5 0 1 0 0 7 3.5 3.5 0 0 0 0-7z', 'M5 20c.6-4 3.4-5.5 7-5.5s6.4 1.5 7 5.5'],
  note: ['M12 4a8 8 0 1 0 0 16 8 8 0 0 0 0-16z', 'M12 11v5', 'M12 8v.1'],
};

/** One of the line drawings above; what it means is said in words beside it, or by `label`. */
export function icon(name, label) {
  const svg = document.createElementNS(SVG, 'svg');
  svg.setAttribute('viewBox', '0 0 24 24');
  svg.setAttribute('class', `icon icon-${name}`);
  if (label) {
    svg.setAttribute('role', 'img');
    svg.setAttribute('aria-label', label);
  } else {
    svg.setAttribute('aria-hidden', 'true');
  }
  for (const d of ICONS[name] ?? []) {
    const path = document.createElementNS(SVG, 'path');
    path.setAttribute('d', d);
    svg.append(path);
  }
  return svg;
}

let inputs = 0;
/** An input with its label above it. */
export function field(words, control) {
  control.id ||= `field-${++inputs}`;
  return h('div', {class: 'field'}, h('label', {class: 'field-name', for: control.id}, words), control);
}

/** What stands where there is nothing to show yet, or nothing at all. */
export function placeholder(title, ...more) {
  return h('div', {class: 'placeholder'}, h('p', {class: 'placeholder-title'}, title), more);
}
