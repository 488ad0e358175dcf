// The view of the deliveries: each message once, with all attempts at it.
import {get} from './api.js';
import {createAttempts} from './attempts.js';
import {fill, h, icon} from './dom.js';
import {firstSteps} from './first_steps.js';
import {createChoice, createFilter} from './filter.js';
import {counted} from './format.js';
import {badge} from './outcome.js';
import {createPaced} from './paced.js';
import {errorList} from './toast.js';

const MOST = 100;

/** Accepted at last, given up (or not yet tried again), or accepted more often than once. */
function toneOf(delivery) {
  if (delivery.accepted > 0) return 'accepted';
  const last = delivery.attempts.at(-1)?.code;
  if (last === null || last === undefined) return 'failed';
  return last >= 500 ? 'refused' : 'deferred';
}

export function createDeliveriesView(app) {
  const {store} = app;
  let deliveries = null;
  let error = null;
  let visible = false;
  let words = '';
  let only = '';
  let most = MOST;
  let asked = 0;
  const filter = createFilter({
    label: 'Filter the deliveries', placeholder: 'Filter by subject or address', read: (text) => text.trim().toLowerCase(),
    apply(text) {
      words = text;
      render();
    },
  });
  const choice = createChoice({
    label: 'Which deliveries', value: '', options: [['', 'All', null], ['again', 'Retried', icon('reset')], ['findings', 'With findings', icon('warning')], ['lost', 'Never accepted', icon('refused')]],
    choose(value) {
      only = value;
      render();
    },
  });
  const body = h('div', {class: 'page-body'});
  const element = h('div', {class: 'page'}, h('div', {class: 'page-column'},
    h('header', {class: 'page-head'}, h('h1', null, 'Deliveries'), h('p', {class: 'faint'}, 'Each message once, with all attempts to deliver it: whether the client came back, how long it waited, and what it did wrong.')),
    h('div', {class: 'page-tools'}, filter.element, choice.element), body));

  async function load() {
    const mine = ++asked;
    try {
      const answer = await get(store.at('deliveries'));
      if (mine !== asked) return;
      const changed = JSON.stringify(answer.deliveries) !== JSON.stringify(deliveries);
      deliveries = answer.deliveries;
      error = null;
      if (!changed) return;
      forgetOldCards();
    } catch (problem) {
      if (mine !== asked) return;
      error = problem;
    }
    if (visible) render();
  }

  function kept(delivery) {
    if (only === 'again' && delivery.attempts.length < 2) return false;
    if (only === 'findings' && delivery.findings.length === 0) return false;
    if (only === 'lost' && delivery.accepted > 0) return false;
    if (words === '') return true;
    return [delivery.subject, delivery.sender, ...delivery.recipients].some((text) => text?.toLowerCase().includes(words));
  }

  // Those that did not change stay as they are, with whatever has the focus in them.
  let cards = new Map();
  function cardOf(delivery) {
    const text = JSON.stringify(delivery);
    if (!cards.has(text)) cards.set(text, card(app, delivery));
    return cards.get(text);
  }
  function forgetOldCards() {
    const current = new Set(deliveries.map((delivery) => JSON.stringify(delivery)));
    cards = new Map([...cards].filter(([text]) => current.has(text)));
  }

  function render() {
    if (error) return fill(body, errorList(error));
    if (deliveries === null) return fill(body, h('p', {class: 'faint'}, 'Looking …'));
    if (deliveries.length === 0) return fill(body, firstSteps(app, 'Nothing has been delivered yet', 'Each message appears here once, with all attempts at it: the first, the retries, and how long the client waited in between.'));
    const found = deliveries.filter(kept).reverse();
    return fill(body,
      found.length === 0 ? h('p', {class: 'placeholder'}, 'No delivery is like that.') : null,
      found.slice(0, most).map(cardOf),
      found.length > most ? h('button', {
        type: 'button', class: 'button',
        onclick() {
          most += MOST;
          render();
        },
      }, `Show more of ${counted(found.length, 'delivery', 'deliveries')}`) : null);
  }

  app.own(store.on('entrance', () => visible && deliveries?.length === 0 && render()));
  const paced = createPaced(load);
  app.own(paced.stop);
  app.own(store.on('activity', () => visible && paced.call()));
  return {
    element,
    show() {
      visible = true;
      render();
      load();
    },
    hide() {
      visible = false;
    },
    key(event) {
      if (event.key !== '/') return false;
      filter.focus();
      return true;
    },
  };
}

function card(app, delivery) {
  return h('article', {class: 'card delivery'},
    h('header', {class: 'delivery-head'}, badge(toneOf(delivery), delivery.accepted > 1 ? h('span', null, `${delivery.accepted} times`) : null),
      h('h2', {class: delivery.subject ? null : 'faint'}, delivery.subject || 'no subject'),
      h('p', {class: 'delivery-people'}, delivery.sender || '<>', h('span', {class: 'faint'}, ' → '), delivery.recipients.join(', '))),
    createAttempts(app, delivery));
}
