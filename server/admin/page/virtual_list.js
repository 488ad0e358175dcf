// A list of any length of which only the part in sight is in the document.
import {h} from './dom.js';

const SPARE = 8;  // rows above and below
const ROW_REM = 3.75;

/**
 *   row(item) -> the <a> of one row        href(item) -> where it leads
 *   more() is called near the end of the list
 * select() shows which one is open; move() goes to a neighbour.
 */
export function createVirtualList({label, row, href, more}) {
  const list = h('ul', {class: 'rows', 'aria-label': label});
  const element = h('div', {class: 'scroller', tabindex: '-1'}, list);
  const shown = new Map();  // id -> {item, node}
  let items = [];
  let selected = null;
  let rowHeight = 60;
  let lastTop = 0;

  function measure() {
    rowHeight = Math.round(ROW_REM * Number.parseFloat(getComputedStyle(document.documentElement).fontSize));
  }

  function setItems(fresh) {
    measure();
    const top = element.scrollTop;
    // Whoever has scrolled down keeps reading the same rows when new ones come in above.
    const anchor = top > rowHeight ? items[Math.floor(top / rowHeight)] : null;
    const before = anchor ? items.indexOf(anchor) : 0;
    items = fresh;
    list.style.height = `${items.length * rowHeight}px`;
    if (anchor) {
      const after = items.findIndex((item) => item.id === anchor.id);
      if (after >= 0 && after !== before) element.scrollTop = top + (after - before) * rowHeight;
    }
    render();
  }

  function render() {
    const first = Math.max(0, Math.floor(element.scrollTop / rowHeight) - SPARE);
    const last = Math.min(items.length, Math.ceil((element.scrollTop + element.clientHeight) / rowHeight) + SPARE);
    const wanted = new Set();
    let previous = null;
    for (let index = first; index < last; ++index) {
      const item = items[index];
      wanted.add(item.id);
      previous = place(item, index, previous);
    }
    for (const [id, {node}] of shown) {
      if (wanted.has(id)) continue;
      node.remove();
      shown.delete(id);
    }
    if (last >= items.length - 20) more();
  }

  // The order in the document is that of the list: the tabulator goes by it.
  function place(item, index, previous) {
    let entry = shown.get(item.id);
    if (!entry) {
      entry = {item, node: h('li', null, row(item))};
      shown.set(item.id, entry);
    } else if (entry.item !== item) {
      const focused = entry.node.contains(document.activeElement);
      entry.node.replaceChildren(row(item));
      if (focused) entry.node.firstChild.focus({preventScroll: true});
      entry.item = item;
    }
    const {node} = entry;
    node.style.transform = `translateY(${index * rowHeight}px)`;
    node.style.height = `${rowHeight}px`;
    node.setAttribute('aria-setsize', items.length);
    node.setAttribute('aria-posinset', index + 1);
    mark(item.id, node);
    const next = previous ? previous.nextSibling : list.firstChild;
    if (next !== node) list.insertBefore(node, next);
    return node;
  }

  function mark(id, node) {
    if (id === selected) node.firstChild.setAttribute('aria-current', 'true');
    else node.firstChild.removeAttribute('aria-current');
  }

  function select(id) {
    selected = id;
    for (const [one, {node}] of shown) mark(one, node);
  }

  function reveal(index) {
    const top = index * rowHeight;
    if (top < element.scrollTop) element.scrollTop = top;
    else if (top + rowHeight > element.scrollTop + element.clientHeight) {
      element.scrollTop = top + rowHeight - element.clientHeight;
    }
    render();
  }

  /** `step` rows on from the open one; the first one when none is. Returns its address, or null. */
  function move(step, {focus}) {
    if (items.length === 0) return null;
    const at = items.findIndex((item) => item.id === selected);
    const index = at < 0 ? 0 : Math.min(items.length - 1, Math.max(0, at + step));
    select(items[index].id);
    reveal(index);
    if (focus) shown.get(selected)?.node.firstChild.focus({preventScroll: true});
    return href(items[index]);
  }

  element.addEventListener('scroll', () => {
    if (element.isConnected) lastTop = element.scrollTop;
    render();
  }, {passive: true});
  new ResizeObserver(() => {
    measure();
    list.style.height = `${items.length * rowHeight}px`;
    render();
  }).observe(element);

  return {
    element, setItems, select, move,
    /** An element that was taken out of the document forgets how far it was scrolled. */
    restore() {
      element.scrollTop = lastTop;
    },
  };
}
