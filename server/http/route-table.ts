import type { Route } from './route.js';

export interface FoundRoute {
  readonly route: Route;
  readonly params: Readonly<Record<string, string>>;
}

interface Step {
  readonly words: Map<string, Step>;
  any: Step | undefined;
  readonly routes: Map<string, Route>;
}

/** Finds routes by path: a word that is spelled out goes before a parameter. */
export class RouteTable {
  readonly #root: Step = newStep();

  /** @throws {TypeError} where two routes have the same method and path. */
  constructor(routes: readonly Route[]) {
    for (const route of routes) this.#add(route);
  }

  /** The routes of a path by method, each with its parameters; none where the path is not served. */
  find(path: string, method: string): FoundRoute | 'method' | undefined {
    const words = path.split('/').slice(1);
    const values: string[] = [];
    const step = walk(this.#root, words, values);
    if (step === undefined) return undefined;
    const route = step.routes.get(method);
    if (route === undefined) return 'method';
    const names = namesOf(route.spec.path);
    const params = Object.fromEntries(names.map((name, at) => [name, values[at] ?? '']));
    return { route, params };
  }

  #add(route: Route): void {
    const { method, path } = route.spec;
    let step = this.#root;
    for (const word of path.split('/').slice(1)) {
      if (word.startsWith(':')) step = step.any ??= newStep();
      else {
        const next = step.words.get(word) ?? newStep();
        step.words.set(word, next);
        step = next;
      }
    }
    if (step.routes.has(method)) throw new TypeError(`two routes for ${method} ${path}`);
    step.routes.set(method, route);
  }
}

function newStep(): Step {
  return { words: new Map(), any: undefined, routes: new Map() };
}

function namesOf(path: string): readonly string[] {
  return path
    .split('/')
    .filter((word) => word.startsWith(':'))
    .map((word) => word.slice(1));
}

function walk(step: Step, words: readonly string[], values: string[]): Step | undefined {
  const [word, ...rest] = words;
  if (word === undefined) return step.routes.size > 0 ? step : undefined;
  const spelled = step.words.get(word);
  const found = spelled === undefined ? undefined : walk(spelled, rest, values);
  if (found !== undefined || step.any === undefined || word === '') return found;
  const value = decode(word);
  if (value === undefined) return undefined;
  const below: string[] = [];
  const behind = walk(step.any, rest, below);
  if (behind !== undefined) values.push(value, ...below);
  return behind;
}

function decode(word: string): string | undefined {
  try {
    return decodeURIComponent(word);
  } catch {
    return undefined;
  }
}
