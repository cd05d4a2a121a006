/** The settings of a client. */
export interface Settings {
  /** The URL of the server, without the paths of routes. Default: that of the page. */
  base?: string;
  /** Headers of all requests, such as credentials. */
  headers?: Record<string, string>;
  /** The function that sends requests. Default: the global `fetch`. */
  fetch?: typeof globalThis.fetch;
}

/** A response with a status of 400 or more. */
export class Failure extends Error {
  readonly status: number;
  /** The problem, if the response is one. */
  readonly problem: Problem | undefined;
  readonly response: Response;

  constructor(response: Response, problem: Problem | undefined) {
    super(problem?.detail ?? problem?.title ?? `${response.status} ${response.statusText}`);
    this.name = "Failure";
    this.status = response.status;
    this.problem = problem;
    this.response = response;
  }
}

/** A body and its media type. */
type Sent = { type: string; value: unknown };

interface Request {
  query?: object | undefined;
  headers?: object | undefined;
  body?: Sent | undefined;
  accept: string;
}

/** Lists the names and texts of a form or a query, as the server reads them. */
function pairs(name: string, value: unknown): [string, string | Blob][] {
  if (value === undefined || value === null) return [];
  if (value instanceof Blob) return [[name, value]];
  if (Array.isArray(value)) return value.flatMap((item, index) => pairs(typeof item === "object" && !(item instanceof Blob) ? `${name}[${index}]` : name, item));
  if (typeof value === "object") return Object.entries(value).flatMap(([key, item]) => pairs(`${name}[${key}]`, item));
  return [[name, String(value)]];
}

function fields(value: unknown): [string, string | Blob][] {
  return Object.entries(value ?? {}).flatMap(([name, item]) => pairs(name, item));
}

function encoded(sent: Sent): { type: string | undefined; body: BodyInit } {
  if (sent.type === "multipart/form-data") {
    const form = new FormData();
    for (const [name, value] of fields(sent.value)) form.append(name, value);
    // The boundary is chosen when the form is sent.
    return { type: undefined, body: form };
  }
  if (sent.type === "application/x-www-form-urlencoded") {
    const texts = fields(sent.value).map(([name, value]) => [name, String(value)]);
    return { type: sent.type, body: new URLSearchParams(texts) };
  }
  const isJson = sent.type.endsWith("json");
  return { type: sent.type, body: isJson ? JSON.stringify(sent.value) : (sent.value as BodyInit) };
}

async function problemOf(response: Response): Promise<Problem | undefined> {
  const type = response.headers.get("content-type") ?? "";
  if (!type.startsWith("application/problem+json")) return undefined;
  return (await response.clone().json()) as Problem;
}

/** Encodes a value as one segment of a path. */
function segment(value: unknown): string {
  return encodeURIComponent(String(value));
}


class Connection {
  readonly settings: Settings;

  constructor(settings: Settings) {
    this.settings = settings;
  }

  async send(method: string, path: string, request: Request): Promise<Response> {
    const texts = fields(request.query).map(([name, value]) => [name, String(value)]);
    const query = new URLSearchParams(texts).toString();
    const headers = new Headers(this.settings.headers);
    headers.set("accept", request.accept);
    for (const [name, value] of fields(request.headers)) headers.set(name, String(value));
    const sent = request.body === undefined ? undefined : encoded(request.body);
    if (sent?.type !== undefined) headers.set("content-type", sent.type);
    const url = `${this.settings.base ?? ""}${path}${query === "" ? "" : `?${query}`}`;
    const send = this.settings.fetch ?? globalThis.fetch;
    const response = await send(url, { method, headers, body: sent?.body ?? null });
    if (response.status >= 400) throw new Failure(response, await problemOf(response));
    return response;
  }
}
