'use strict';

/** Header fields by name in any case, decoded, in their order. */
class MessageHeaders {
  #fields;

  constructor(fields) {
    this.#fields = fields.map(({ name, value }) => [name, value]);
  }

  getAll(name) {
    return this.#fields.filter(([each]) => each.toLowerCase() === name.toLowerCase()).map(([, value]) => value);
  }

  get(name) {
    return this.getAll(name)[0];
  }

  has(name) {
    return this.getAll(name).length > 0;
  }

  [Symbol.iterator]() {
    return this.#fields[Symbol.iterator]();
  }
}

class Attachment {
  #api;
  #path;

  constructor(api, messagePath, told) {
    this.#api = api;
    this.#path = `${messagePath}/parts/${told.index}`;
    this.fileName = told.fileName;
    this.type = told.type;
    this.disposition = told.disposition;
    this.contentId = told.contentId;
    this.size = told.size;
  }

  content() {
    return this.#api.octets('GET', this.#path);
  }
}

/** What is in a summary is here at once; the rest is fetched when it is asked for, as long as the double has it. */
class Message {
  #api;
  #path;
  #details;

  constructor(api, doublePath, told) {
    this.#api = api;
    this.#path = `${doublePath}/messages/${told.id}`;
    this.id = told.id;
    this.session = told.session;
    this.at = told.at;
    this.sender = told.sender;
    this.recipients = told.recipients;
    this.subject = told.subject;
    this.size = told.size;
    this.outcome = told.outcome;
    this.messageId = told.messageId;
  }

  details() {
    this.#details ??= this.#api.ask('GET', this.#path);
    return this.#details;
  }

  async text() {
    return (await this.details()).text;
  }

  async html() {
    return (await this.details()).html;
  }

  async headers() {
    return new MessageHeaders((await this.details()).headers);
  }

  async attachments() {
    const { parts } = await this.details();
    return parts.filter((part) => part.fileName !== null || part.disposition === 'attachment')
      .map((part) => new Attachment(this.#api, this.#path, part));
  }

  raw() {
    return this.#api.octets('GET', `${this.#path}/raw`);
  }
}

module.exports = { Message };
