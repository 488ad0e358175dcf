// A list beside the one of it that is open; on a phone one after the other.
import {fill, h, placeholder} from './dom.js';
import {count} from './format.js';
import {errorList} from './toast.js';
import {createVirtualList} from './virtual_list.js';

/**
 * Of `parts`: view, label, what ('session'), listing, head, filter, row(item), isFiltered(), unfilter(), empty(),
 * emptyDetail(), load(id, signal), detail(item) -> {element, show?(route)}
 */
export function createPanes(app, parts) {
  const {listing} = parts;
  const href = (item) => app.link(parts.view, item.id);
  const list = createVirtualList({label: parts.label, row: parts.row, href, more: () => listing.loadMore()});
  const body = h('div', {class: 'pane-body'}, list.element);
  const foot = h('p', {class: 'pane-foot faint'});
  const detail = h('section', {class: 'pane detail-pane', 'aria-label': `The ${parts.what}`});
  const element = h('div', {class: 'panes'}, h('h1', {class: 'hidden-text'}, parts.label),
    h('section', {class: 'pane list-pane', 'aria-label': parts.label}, h('div', {class: 'pane-head'}, parts.head), body, foot), detail);
  let current = null;  // {id, detail}: detail is null while it is on its way
  let loading = null;
  let visible = false;

  function renderList() {
    if (!visible) return;
    const bare = listing.items.length === 0;
    element.classList.toggle('bare', bare && !listing.loading && !listing.error && !parts.isFiltered() && current === null);
    if (!bare) {
      if (!list.element.isConnected) fill(body, list.element);
      list.setItems(listing.items);
    } else {
      list.setItems([]);
      if (!listing.loading || listing.error) fill(body, emptyList());
    }
    fill(foot, footText());
  }

  function emptyList() {
    if (listing.error) return [errorList(listing.error), h('button', {type: 'button', class: 'button', onclick: () => listing.reload()}, 'Try again')];
    if (!parts.isFiltered()) return parts.empty();
    return placeholder(`No ${parts.what} is like that`, h('button', {type: 'button', class: 'button', onclick: () => parts.unfilter()}, 'Show all of them'));
  }

  function footText() {
    const dropped = app.store.evicted?.[parts.view === 'messages' ? 'messages' : 'entries'] ?? 0;
    const shown = listing.items.length === 0 ? '' : `${count(listing.items.length)}${listing.next === null ? '' : '+'} ${parts.label.toLowerCase()}`;
    return [shown, dropped > 0 ? `${shown ? ' · ' : ''}${count(dropped)} older ${parts.view === 'messages' ? 'messages' : 'entries'} were dropped to stay within bounds` : ''];
  }

  async function open(route) {
    if (current?.id === route.id) return current.detail?.show?.(route);
    close();
    current = {id: route.id, detail: null};
    list.select(route.id);
    element.classList.add('opened');
    loading = new AbortController();
    const {signal} = loading;
    detail.setAttribute('aria-busy', 'true');
    try {
      const item = await parts.load(String(route.id), signal);
      if (signal.aborted) return;
      current.detail = parts.detail(item);
      fill(detail, current.detail.element);
      detail.scrollTop = 0;
      current.detail.show?.(route);
    } catch (error) {
      if (signal.aborted) return;
      fill(detail, h('div', {class: 'detail'}, h('div', {class: 'detail-title'}, app.backLink(parts.view), h('h2', null, `No ${parts.what} ${route.id}`)), errorList(error)));
    } finally {
      if (!signal.aborted) detail.removeAttribute('aria-busy');
    }
  }

  function close() {
    loading?.abort();
    loading = null;
    current = null;
    list.select(null);
    element.classList.remove('opened');
    detail.removeAttribute('aria-busy');
  }

  app.own(app.store.on(parts.view, renderList));
  app.own(app.store.on('entrance', () => listing.items.length === 0 && renderList()));
  app.own(app.store.on('cleared', () => {
    if (visible && current !== null) app.go(app.link(parts.view), {replace: true});
  }));

  return {
    element,
    open: () => (current?.detail ? current : null),
    /** Fetches it anew. */
    reopen() {
      const {id} = current;
      current = null;
      open({id});
    },
    show(route) {
      const wasVisible = visible;
      visible = true;
      if (route.id === null) {
        close();
        fill(detail, parts.emptyDetail());
      } else {
        open(route);
      }
      renderList();
      if (!wasVisible) list.restore();
    },
    hide() {
      visible = false;
      close();
    },
    /** True when the key meant something here. */
    key(event) {
      const step = {ArrowDown: 1, j: 1, ArrowUp: -1, k: -1, PageDown: 10, PageUp: -10, Home: -1e9, End: 1e9}[event.key];
      if (event.key === '/' && parts.filter) {
        parts.filter.focus();
        return true;
      }
      if (event.key === 'Escape' && current !== null) {
        app.go(app.link(parts.view));
        return true;
      }
      if (step === undefined || (event.key.length > 1 && detail.contains(document.activeElement))) return false;
      const address = list.move(step, {focus: !detail.contains(document.activeElement)});
      if (address) app.go(address, {replace: current !== null});
      return address !== null;
    },
  };
}
