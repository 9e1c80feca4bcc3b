/**
 * Reads JSON without losing anything: numbers stay the text they were (12.0 is not 12, 2^63 is not rounded), members
 * keep their order, a name may come twice. For showing only.
 */
export type JsonNode =
  | { readonly kind: 'object'; readonly members: readonly (readonly [name: string, value: JsonNode])[] }
  | { readonly kind: 'array'; readonly items: readonly JsonNode[] }
  | { readonly kind: 'string'; readonly value: string }
  | { readonly kind: 'number'; readonly source: string }
  | { readonly kind: 'word'; readonly source: 'true' | 'false' | 'null' };

const MAX_DEPTH = 200;
const TOKEN =
  /[ \t\n\r]*(?:([{}[\],:])|("(?:[^"\\\p{Cc}]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*")|(-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?)|(true|false|null))/uy;
const REST = /[ \t\n\r]*$/y;

/** @returns null when the text is not JSON, or nested too deeply to be shown */
export function parseJsonSource(text: string): JsonNode | null {
  const reader = new Reader(text);
  try {
    const node = reader.value(0);
    return reader.isAtEnd() ? node : null;
  } catch (thrown) {
    if (thrown instanceof NotJson) return null;
    throw thrown;
  }
}

class NotJson extends Error {}

class Reader {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  isAtEnd(): boolean {
    REST.lastIndex = this.#at;
    return REST.test(this.#text);
  }

  value(depth: number): JsonNode {
    if (depth > MAX_DEPTH) throw new NotJson();
    const token = this.#token();
    const [first] = token;
    if (first === '{') return this.#object(depth);
    if (first === '[') return this.#array(depth);
    if (first === '"') return { kind: 'string', value: JSON.parse(token) as string };
    if (token === 'true' || token === 'false' || token === 'null') return { kind: 'word', source: token };
    if (first !== undefined && (first === '-' || (first >= '0' && first <= '9')))
      return { kind: 'number', source: token };
    throw new NotJson();
  }

  #object(depth: number): JsonNode {
    const members: (readonly [string, JsonNode])[] = [];
    if (this.#take('}')) return { kind: 'object', members };
    for (;;) {
      const name = this.#token();
      if (!name.startsWith('"') || this.#token() !== ':') throw new NotJson();
      members.push([JSON.parse(name) as string, this.value(depth + 1)]);
      const next = this.#token();
      if (next === '}') return { kind: 'object', members };
      if (next !== ',') throw new NotJson();
    }
  }

  #array(depth: number): JsonNode {
    const items: JsonNode[] = [];
    if (this.#take(']')) return { kind: 'array', items };
    for (;;) {
      items.push(this.value(depth + 1));
      const next = this.#token();
      if (next === ']') return { kind: 'array', items };
      if (next !== ',') throw new NotJson();
    }
  }

  /** The next token when it is this one. */
  #take(expected: string): boolean {
    const before = this.#at;
    if (this.#token() === expected) return true;
    this.#at = before;
    return false;
  }

  #token(): string {
    TOKEN.lastIndex = this.#at;
    const match = TOKEN.exec(this.#text);
    if (match === null) throw new NotJson();
    this.#at = TOKEN.lastIndex;
    return match[1] ?? match[2] ?? match[3] ?? match[4] ?? '';
  }
}
