// A list of the record, newest first: a page from the API at a time, and what comes in live.

const PAGE = 100;
const MOST = 10_000;

/**
 *   fetchPage({limit, after, ...filter}) -> {items, next}
 *   keeps(item, filter)  whether an item that came in live belongs into the list
 */
export function createListing({fetchPage, keeps, changed}) {
  const listing = {
    items: [], filter: {}, next: null, loading: true, error: null,
    reload, loadMore, upsert, clear,
    setFilter(filter) {
      listing.filter = filter;
      return reload();
    },
  };
  let generation = 0;
  let arrived = new Map();

  async function reload() {
    const mine = ++generation;
    listing.loading = true;
    changed();
    arrived = new Map();
    const page = await load(mine, null);
    if (!page) return;
    listing.items = page.items;
    // What came in while the page was on its way may not be on it.
    merge(arrived);
    changed();
  }

  async function loadMore() {
    if (listing.loading || listing.next === null) return;
    const mine = ++generation;
    listing.loading = true;
    const page = await load(mine, listing.next);
    if (!page) return;
    listing.items = listing.items.concat(page.items);
    changed();
  }

  async function load(mine, after) {
    try {
      const page = await fetchPage({...listing.filter, limit: PAGE, after});
      if (mine !== generation) return null;
      listing.next = page.next;
      listing.error = null;
      listing.loading = false;
      return page;
    } catch (error) {
      if (mine !== generation) return null;
      listing.error = error;
      listing.loading = false;
      changed();
      return null;
    }
  }

  /** Many at once: the list is put together once for all of them. */
  function upsert(items) {
    if (listing.loading) for (const item of items) arrived.set(item.id, item);
    if (merge(new Map(items.map((item) => [item.id, item])))) changed();
  }

  function merge(fresh) {
    const wanted = [...fresh.values()].filter((item) => keeps(item, listing.filter));
    const gone = new Set([...fresh.keys()].filter((id) => !keeps(fresh.get(id), listing.filter)));
    if (wanted.length === 0 && gone.size === 0) return false;
    const oldest = listing.next === null ? 0 : (listing.items.at(-1)?.id ?? 0);
    const kept = listing.items.filter((item) => !fresh.has(item.id));
    // Older ones than those on the pages so far come with their own page.
    listing.items = kept.concat(wanted.filter((item) => item.id >= oldest)).sort((a, b) => b.id - a.id);
    if (listing.items.length > MOST) {
      listing.items.length = MOST;
      listing.next = listing.items.at(-1).id;
    }
    return true;
  }

  function clear() {
    ++generation;
    Object.assign(listing, {items: [], next: null, loading: false, error: null});
    changed();
  }

  return listing;
}

/** `*` and `?`, without regard to case. */
export function globbed(pattern, text) {
  const source = pattern.replace(/[.+^${}()|[\]\\]/g, '\\$&').replaceAll('*', '.*').replaceAll('?', '.');
  return new RegExp(`^${source}$`, 'is').test(text ?? '');
}
