// Shows an OpenAPI document, and sends requests by it. Text of the document is only ever inserted as text.
'use strict';

const main = document.getElementById('operations');
// Behind a proxy, the app may be below a prefix that it does not know.
const here = location.pathname.replace(/\/$/, '');
const own = main.dataset.page;
const prefix = here.endsWith(own) ? here.slice(0, here.length - own.length) : '';
const credentials = new Map();
let api = {};

/** Creates an element with attributes, listeners and children. */
function element(name, attributes, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes || {})) {
    if (typeof value === 'function') made.addEventListener(key, value);
    else if (value === true) made.setAttribute(key, '');
    else if (value !== false && value !== undefined) made.setAttribute(key, value);
  }
  made.append(...children.filter((child) => child !== undefined));
  return made;
}

/** Follows references, a few deep. */
function resolve(value) {
  for (let depth = 0; value && value.$ref && depth < 8; depth++) {
    value = value.$ref.split('/').slice(1).reduce((part, key) => part && part[key.replace(/~1/g, '/').replace(/~0/g, '~')], api);
  }
  return value || {};
}

/** Returns a value that a schema allows, to start from. */
function example(schema, depth = 0) {
  // A reference may have a default of its own.
  schema = { ...resolve(schema), ...schema };
  if (schema.example !== undefined) return schema.example;
  if (schema.examples && schema.examples.length) return schema.examples[0];
  if (schema.default !== undefined) return schema.default;
  if (schema.const !== undefined) return schema.const;
  if (schema.enum) return schema.enum[0];
  const choices = schema.oneOf || schema.anyOf;
  if (choices) return example(choices.find((choice) => choice.type !== 'null') || {}, depth);
  const type = Array.isArray(schema.type) ? schema.type[0] : schema.type;
  if (type === 'object' || schema.properties) {
    if (depth > 4) return {};
    const fields = Object.entries(schema.properties || {});
    return Object.fromEntries(fields.map(([name, field]) => [name, example(field, depth + 1)]));
  }
  if (type === 'array') return depth > 4 ? [] : [example(schema.items || {}, depth + 1)];
  if (type === 'integer' || type === 'number') return schema.minimum || 0;
  if (type === 'boolean') return false;
  return schema.format === 'email' ? 'ann@example.com' : 'text';
}

function typeOf(schema) {
  schema = resolve(schema);
  const type = Array.isArray(schema.type) ? schema.type.join(' or ') : schema.type || 'any value';
  const rules = ['minimum', 'maximum', 'minLength', 'maxLength', 'pattern']
    .filter((rule) => schema[rule] !== undefined)
    .map((rule) => `${rule} ${schema[rule]}`);
  return [schema.format ? `${type} (${schema.format})` : type, ...rules].join(', ');
}

let count = 0;

/** Creates an input with its label. `read` adds what it holds to a request. */
function field(name, schema, required, description) {
  const id = `field-${count++}`;
  const resolved = resolve(schema);
  const isFile = resolved.format === 'binary';
  const isMany = resolved.type === 'array';
  const items = isMany ? resolve(resolved.items) : resolved;
  const isFiles = isMany && items.format === 'binary';
  let input;
  if (resolved.enum || resolved.type === 'boolean') {
    const choices = resolved.enum || [true, false];
    input = element('select', { id, required }, element('option', { value: '' }, '—'), ...choices.map((choice) => element('option', { value: String(choice) }, String(choice))));
  } else {
    const type = isFile || isFiles ? 'file' : 'text';
    const start = resolved.default;
    input = element('input', { id, type, required, multiple: isFiles, autocomplete: 'off', value: type === 'text' && start !== undefined ? String(start) : undefined });
  }
  const hint = [typeOf(schema), isMany && !isFiles ? 'separated by commas' : '', description].filter(Boolean).join('. ');
  const hintId = `${id}-hint`;
  input.setAttribute('aria-describedby', hintId);
  const box = element('div', { class: 'field' }, element('label', { for: id }, required ? `${name} *` : name), input, element('small', { id: hintId }, hint));
  const values = () => {
    if (input.type === 'file') return [...input.files];
    if (input.value === '') return [];
    return isMany ? input.value.split(',').map((part) => part.trim()) : [input.value];
  };
  return { name, box, values };
}

function bodyOf(operation) {
  const body = operation.requestBody;
  if (!body) return undefined;
  const types = Object.keys(body.content);
  const type = element('select', {}, ...types.map((name) => element('option', { value: name }, name)));
  const place = element('div', {});
  let read = () => ({});
  const show = () => {
    const media = type.value;
    const schema = resolve(body.content[media].schema || {});
    place.replaceChildren();
    if (/form/.test(media)) {
      const fields = Object.entries(schema.properties || {}).map(([name, part]) => field(name, part, (schema.required || []).includes(name), part.description));
      place.append(...fields.map((part) => part.box));
      read = () => {
        const data = media.startsWith('multipart') ? new FormData() : new URLSearchParams();
        for (const part of fields) part.values().forEach((value) => data.append(part.name, value));
        return { body: data };
      };
    } else {
      const isJson = /json/.test(media);
      const text = isJson ? JSON.stringify(example(schema), null, 2) : '';
      const area = element('textarea', { 'aria-label': 'Body', spellcheck: 'false' });
      area.value = text;
      area.rows = Math.min(text.split('\n').length + 1, 24);
      place.append(area);
      read = () => ({ body: area.value, type: media === '*/*' ? 'application/octet-stream' : media });
    }
  };
  type.addEventListener('change', show);
  show();
  const id = `field-${count++}`;
  type.id = id;
  const box = element('fieldset', {}, element('legend', {}, `${types.length === 1 ? types[0] : 'Body'}${body.required ? ' *' : ''}`), element('div', { class: 'field', hidden: types.length === 1 }, element('label', { for: id }, 'Media type'), type), place);
  return { box, read: () => read() };
}

/** Adds the credentials that the operation asks for. */
function authorize(operation, headers, query) {
  for (const name of (operation.security || []).flatMap(Object.keys)) {
    const scheme = (api.components.securitySchemes || {})[name] || {};
    const value = credentials.get(name) || '';
    if (value.replace(/^:$/, '') === '') continue;
    if (scheme.type === 'http' && scheme.scheme === 'basic') headers.set('authorization', `Basic ${btoa(String.fromCharCode(...new TextEncoder().encode(value)))}`);
    else if (scheme.type === 'apiKey' && scheme.in === 'header') headers.set(scheme.name, value);
    else if (scheme.type === 'apiKey' && scheme.in === 'query') query.append(scheme.name, value);
    else if (scheme.type !== 'apiKey') headers.set('authorization', `Bearer ${value}`);
  }
}

async function send(method, path, operation, parameters, body, output) {
  const headers = new Headers();
  const query = new URLSearchParams();
  for (const { place, field: part } of parameters) {
    const values = part.values();
    if (place === 'path') path = path.replace(`{${part.name}}`, encodeURIComponent(values.join(',')));
    if (place === 'query') values.forEach((value) => query.append(part.name, value));
    if (place === 'header' && values.length) headers.set(part.name, values.join(', '));
  }
  authorize(operation, headers, query);
  headers.set('accept', 'application/json, application/problem+json, */*;q=0.5');
  const sent = body ? body.read() : {};
  if (sent.type) headers.set('content-type', sent.type);
  const text = String(query);
  const server = api.servers && api.servers.length ? api.servers[0].url.replace(/\/$/, '') : prefix;
  const url = server + path + (text ? `?${text}` : '');
  output.replaceChildren(element('p', {}, `${method} ${url} …`));
  const start = performance.now();
  try {
    const response = await fetch(url, { method, headers, body: ['GET', 'HEAD'].includes(method) ? undefined : sent.body });
    await show(response, url, performance.now() - start, output);
  } catch (error) {
    output.replaceChildren(element('p', {}, `The request failed: ${error.message}`));
  }
}

async function show(response, url, time, output) {
  const type = response.headers.get('content-type') || '';
  const rows = [...response.headers].map(([name, value]) => element('tr', {}, element('th', { scope: 'row' }, name), element('td', {}, value)));
  const head = element('p', {}, element('strong', {}, `${response.status} ${response.statusText}`), ` in ${Math.round(time)} ms from ${response.url || url}`);
  const fields = element('details', {}, element('summary', {}, 'Headers'), element('table', {}, element('tbody', {}, ...rows)));
  const text = element('pre', { tabindex: '0', 'aria-label': 'Body of the response' });
  output.replaceChildren(head, fields, text);
  if (/event-stream/.test(type)) {
    const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
    for (let part = await reader.read(); !part.done; part = await reader.read()) text.append(part.value);
    return;
  }
  if (/^image\//.test(type)) {
    text.replaceWith(element('img', { alt: 'The response', src: URL.createObjectURL(await response.blob()) }));
    return;
  }
  const disposition = response.headers.get('content-disposition') || '';
  if (/^attachment/i.test(disposition) || /octet-stream|zip|pdf|^audio|^video/.test(type)) {
    const blob = await response.blob();
    const name = (/filename="([^"]*)"/.exec(disposition) || [])[1] || 'response';
    text.replaceWith(element('p', {}, element('a', { href: URL.createObjectURL(blob), download: name }, `Save ${name}`), ` (${blob.size} bytes)`));
    return;
  }
  const body = await response.text();
  if (body === '') {
    text.replaceWith(element('p', {}, 'The response has no body.'));
    return;
  }
  try {
    text.textContent = /json/.test(type) ? JSON.stringify(JSON.parse(body), null, 2) : body;
  } catch {
    text.textContent = body;
  }
}

function responsesOf(operation) {
  const rows = Object.entries(operation.responses || {}).map(([status, response]) => {
    response = resolve(response);
    const media = Object.keys(response.content || {}).join(', ');
    return element('tr', {}, element('th', { scope: 'row' }, status), element('td', {}, response.description || ''), element('td', {}, media));
  });
  return element('details', {}, element('summary', {}, 'Responses'), element('table', {}, element('tbody', {}, ...rows)));
}

/** Names the credentials that an operation needs. */
function securityOf(operation) {
  const alternatives = (operation.security || []).map((schemes) => Object.keys(schemes).join(' and ') || 'none');
  if (alternatives.length === 0) return undefined;
  return element('p', {}, 'Credentials: ', alternatives.join(', or '), '. ', element('a', { href: '#credentials', click: openCredentials }, 'Set them'));
}

function openCredentials(event) {
  event.preventDefault();
  const box = document.getElementById('credentials');
  box.open = true;
  box.querySelector('input').focus();
}

/** Fills in an operation when it is opened for the first time. */
function fill(place, method, path, operation) {
  // A page cannot set a cookie of a request: the browser sends those that it has.
  const parameters = (operation.parameters || []).filter((parameter) => parameter.in !== 'cookie').map((parameter) => ({
    place: parameter.in,
    field: field(parameter.name, parameter.schema, Boolean(parameter.required), parameter.description),
  }));
  const body = bodyOf(operation);
  const output = element('div', { role: 'status', 'aria-live': 'polite' });
  const form = element('form', {
    submit: (event) => {
      event.preventDefault();
      send(method, path, operation, parameters, body, output);
    },
  });
  if (parameters.length) {
    form.append(element('fieldset', {}, element('legend', {}, 'Parameters'), ...parameters.map((parameter) => parameter.field.box)));
  }
  if (body) form.append(body.box);
  form.append(element('button', { type: 'submit' }, `Send ${method}`));
  const about = operation.description ? element('p', { class: 'text' }, operation.description) : undefined;
  place.append(...[about, securityOf(operation), form, output, responsesOf(operation)].filter(Boolean));
}

function operationOf(method, path, operation) {
  const place = element('div', {});
  const summary = element('summary', {}, element('span', { class: 'method' }, method), element('span', { class: 'path' }, path), element('span', {}, operation.summary || ''), operation.deprecated ? element('strong', {}, 'deprecated') : undefined);
  const details = element('details', { class: operation.deprecated ? 'operation deprecated' : 'operation', id: operation.operationId }, summary, place);
  details.addEventListener('toggle', () => {
    if (details.open && !place.hasChildNodes()) fill(place, method, path, operation);
  });
  details.dataset.words = `${method} ${path} ${operation.summary || ''} ${operation.operationId || ''}`.toLowerCase();
  return details;
}

function showCredentials() {
  const box = document.getElementById('credentials');
  const form = element('form', { submit: (event) => event.preventDefault() });
  box.append(form);
  for (const [name, scheme] of Object.entries(api.components.securitySchemes || {})) {
    const secret = (label, type) => {
      const id = `field-${count++}`;
      const input = element('input', { id, type, autocomplete: 'off' });
      form.append(element('div', { class: 'field' }, element('label', { for: id }, `${name}: ${label}`), input));
      input.addEventListener('input', () => credentials.set(name, read()));
      return input;
    };
    const isBasic = scheme.type === 'http' && scheme.scheme === 'basic';
    const inputs = isBasic ? [secret('name', 'text'), secret('password', 'password')] : [secret(scheme.name || 'token', 'password')];
    const read = () => inputs.map((input) => input.value).join(':');
    box.hidden = false;
  }
}

function showAll() {
  document.getElementById('tools').hidden = false;
  showCredentials();
  const groups = new Map();
  for (const [path, item] of Object.entries(api.paths)) {
    const order = (method) => ['get', 'post', 'put', 'patch', 'delete'].indexOf(method);
    const operations = Object.entries(item).sort(([one], [other]) => order(one) - order(other));
    for (const [method, operation] of operations) {
      const tag = (operation.tags || [''])[0];
      groups.set(tag, [...(groups.get(tag) || []), operationOf(method.toUpperCase(), path, operation)]);
    }
  }
  const described = (api.tags || []).map((tag) => tag.name);
  const rank = (tag) => (described.includes(tag) ? described.indexOf(tag) : described.length);
  const sections = [...groups].sort(([one], [other]) => rank(one) - rank(other) || one.localeCompare(other));
  main.replaceChildren(...sections.map(([tag, operations]) => {
    const { description } = (api.tags || []).find((other) => other.name === tag) || {};
    return element('section', {}, element('h2', {}, tag || 'Operations'), description ? element('p', { class: 'text' }, description) : undefined, ...operations);
  }));
}

document.getElementById('filter').addEventListener('input', (event) => {
  const word = event.target.value.toLowerCase();
  for (const section of main.querySelectorAll('section')) {
    const operations = [...section.querySelectorAll('details.operation')];
    operations.forEach((operation) => { operation.hidden = !operation.dataset.words.includes(word); });
    section.hidden = operations.every((operation) => operation.hidden);
  }
});

(async () => {
  const url = prefix + main.dataset.document;
  document.getElementById('document').href = url;
  try {
    const response = await fetch(url);
    if (!response.ok) throw new Error(`${response.status} ${response.statusText}`);
    api = await response.json();
    showAll();
    const linked = location.hash && document.getElementById(decodeURIComponent(location.hash.slice(1)));
    if (linked && linked.tagName === 'DETAILS') {
      linked.open = true;
      linked.scrollIntoView();
    }
  } catch (error) {
    main.prepend(element('p', { role: 'alert' }, `Requests cannot be sent from here, because the document at ${url} cannot be read: ${error.message}`));
  }
})();
