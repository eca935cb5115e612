import type { Fault } from "../../practice-engine/fault.js";
import type { Random } from "../random.js";
import { damage, damages, parse } from "./damage.js";

/** What a fault that struck means for the run. */
export type Gravity =
  /** The answer cannot be used, and no run may go on without it. */
  | "stops"
  /** The answer cannot be used. The run may ask again, but must not be done without an answer. */
  | "open until answered"
  /** It tells something else, but looks like an answer: nobody could know. */
  | "lies"
  /** It depends on what the run makes of it. */
  | "open";

export interface Strike {
  readonly request: string;
  readonly fault: string;
  readonly gravity: Gravity;
  readonly beforeRemovals: boolean;
}

const statuses = [400, 404, 409, 409, 500, 500, 503];
const bodies: readonly unknown[] = [
  { message: "something broke" },
  {},
  null,
  [],
  "x",
  { message: { deep: 1 } },
  { message: "\u001b[2J\n\n" },
];

/** Which requests are struck, and how. Remembers what it did. */
export class FaultPlan {
  readonly strikes: Strike[] = [];
  readonly #random: Random;
  readonly #timeoutMs: number;
  /** Struck is the request of this number, or each that matches. */
  readonly #numbers: ReadonlySet<number>;
  readonly #matching: RegExp | null;
  readonly #onStrike: (strike: Strike) => void;
  #requests = 0;
  #removing = false;
  /** Questions that may be asked again, and were struck when they were asked last. */
  readonly #open = new Map<string, Strike>();

  /** @param usual how many requests a run makes */
  constructor(random: Random, timeoutMs: number, usual: number, onStrike: (strike: Strike) => void) {
    this.#onStrike = onStrike;
    this.#random = random;
    this.#timeoutMs = timeoutMs;
    const byNumber = random.chance(0.7);
    const count = byNumber ? random.pick([1, 1, 1, 2, 3]) : 0;
    this.#numbers = new Set(Array.from({ length: count }, () => random.between(1, usual)));
    this.#matching = byNumber ? null : random.pick(targets);
  }

  readonly rule = (method: string, path: string): Fault | undefined => {
    this.#requests += 1;
    // Names of a killed run are given back before anything else, so a POST is no sign.
    if (method === "DELETE") this.#removing = true;
    const request = `${method} ${path}`;
    this.#open.delete(questionOf(request));
    const isStruck = this.#numbers.has(this.#requests) || this.#matching?.test(request) === true;
    // Of those that match, not all: then the run would always end at the first.
    if (!isStruck || (this.#matching !== null && this.#random.chance(0.4))) return undefined;
    return this.#strike(request);
  };

  /** One in place of whose answer the run never got another. */
  get unanswered(): Strike | undefined {
    return [...this.#open.values()].find(({ gravity }) => gravity === "open until answered");
  }

  /**
   * Once removals go on, events are also asked whether a name that was taken had just moved. That is asked again with the
   * next image, and at last before the run ends.
   */
  #gravityWithout(request: string): Gravity {
    if (!isNeeded(request)) return "open";
    return this.#removing && isAboutEvents(request) ? "open until answered" : "stops";
  }

  #strike(request: string): Fault {
    const note = (fault: string, gravity: Gravity): void => {
      const strike = { request, fault, gravity, beforeRemovals: !this.#removing };
      this.strikes.push(strike);
      this.#open.set(questionOf(request), strike);
      this.#onStrike(strike);
    };
    const without = this.#gravityWithout(request);
    switch (this.#random.below(6)) {
      case 0:
        note("hang", without);
        return { kind: "hang" };
      case 1: {
        const late = this.#random.chance(0.5);
        note(late ? "late" : "slow", late ? without : "open");
        return { kind: "delay", ms: late ? this.#timeoutMs * 2 : this.#random.below(30) };
      }
      case 2: {
        const afterBytes = this.#random.below(this.#random.pick([1, 40, 4000]));
        note(`cut after ${afterBytes} bytes`, without);
        return { kind: "cut", afterBytes };
      }
      case 3: {
        const status = this.#random.pick(statuses);
        // Of the ping only the headers count; one image's own refusal is not the engine's failure.
        const isOpen = isPing(request) || isAboutOneImage(request);
        // A list that an image went from meanwhile is asked for again.
        const again = status === 404 && isList(request) ? "open until answered" : without;
        note(`status ${status}`, isOpen ? "open" : again);
        return { kind: "answer", status, body: this.#random.pick(bodies) };
      }
      default: {
        const kind = this.#random.pick(damages);
        return {
          kind: "transform",
          body: (text) => {
            const damaged = damage(kind, text, this.#random);
            const gravity = gravityOf(request, text, damaged);
            note(kind, gravity === "stops" ? without : gravity);
            return damaged;
          },
        };
      }
    }
  }
}

const targets = [
  /^GET \/events/,
  /^GET \/containers/,
  /^GET \/images\/json/,
  /^GET \/images\/.+\/json/,
  /^GET \/images\/.+\/history/,
  /^DELETE /,
  /^(DELETE|POST) /,
  /^POST /,
  /^GET \/system/,
  /./,
];

/**
 * The bytes that the engine itself counts decide nothing; what it answers to a removal is looked up; and a name that a
 * killed run took is given back by a later run when this one cannot.
 */
function isNeeded(request: string): boolean {
  return request.startsWith("GET ") && !/^GET (\/system\/df|\/images\/.+\/json)/.test(request);
}

export function isAboutEvents(request: string): boolean {
  return request.startsWith("GET /events");
}

function isList(request: string): boolean {
  return /^GET \/(images\/json|containers\/json|services)/.test(request);
}

/** Each question for events has another `until`. */
function questionOf(request: string): string {
  return isAboutEvents(request) ? "GET /events" : request;
}

function isPing(request: string): boolean {
  return request.startsWith("GET /_ping");
}

function isAboutOneImage(request: string): boolean {
  return /^GET \/images\/.+\/history/.test(request);
}

function gravityOf(request: string, text: string, damaged: string): Gravity {
  if (damaged === text || !isNeeded(request) || isPing(request)) return "open";
  if (isAboutEvents(request)) return gravityOfEvents(damaged);
  const [before, after] = [parse(text), parse(damaged)];
  if (after === undefined || Array.isArray(before) !== Array.isArray(after)) return "stops";
  return typeof before === typeof after ? "lies" : "stops";
}

/** Events that are not there any more are a lie; a line that cannot be read is not. */
function gravityOfEvents(damaged: string): Gravity {
  const lines = damaged.split("\n").filter((line) => line.trim() !== "");
  return lines.some((line) => parse(line) === undefined) ? "stops" : "lies";
}
