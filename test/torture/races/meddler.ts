import { EngineClient } from "../../support/engine-client.js";
import { Random } from "../random.js";
import type { Message, Order } from "./messages.js";

/** A process of its own: creates, starts and removes containers of random images, and moves tags, as fast as it can. */
const [host = "", seed = "0"] = process.argv.slice(2);
const client = new EngineClient(host);
const mostContainers = 5;
const busyLoops = 2;

interface Held {
  readonly id: string;
  readonly image: string;
}

let images: readonly string[] = [];
let names: readonly string[] = [];
let active = 0;
let running = false;
let waitingForQuiet = false;

function tell(message: Message): void {
  process.send?.(message);
}

async function accepted(method: string, path: string, body?: unknown): Promise<string | null> {
  const answer = await client.request(method, path, body);
  return answer.status < 400 ? answer.text : null;
}

class Loop {
  readonly #random: Random;
  readonly #held: Held[] = [];
  /** Each loop moves names of its own, so that the last word on a name is known. */
  readonly #number: number;

  constructor(random: Random, number: number) {
    this.#random = random;
    this.#number = number;
  }

  async step(): Promise<void> {
    switch (this.#random.below(8)) {
      case 0:
      case 1:
        await this.#create("created");
        return;
      case 2:
        await this.#create("running");
        return;
      case 3:
        await this.#create("ended");
        return;
      case 4:
      case 5:
        await this.#remove();
        return;
      default:
        await this.#tag();
    }
  }

  async #create(state: "created" | "running" | "ended"): Promise<void> {
    if (this.#held.length >= mostContainers) return;
    const Image = this.#random.pick(this.#random.chance(0.5) ? names : images);
    const Cmd = ["/bin/busybox", ...(state === "ended" ? ["true"] : ["sleep", "60"])];
    const body = { Image, Cmd, StopTimeout: 0, HostConfig: { NetworkMode: "none" } };
    const created = await accepted("POST", "/containers/create", body);
    if (created === null) return;
    const { Id: id } = JSON.parse(created) as { Id: string };
    if (state !== "created") await accepted("POST", `/containers/${id}/start`);
    const details = await accepted("GET", `/containers/${id}/json`);
    if (details === null) return;
    const { Image: image } = JSON.parse(details) as { Image: string };
    this.#held.push({ id, image });
    tell({ kind: "did", deed: `containers ${state}` });
    await this.#check({ id, image });
  }

  async #remove(): Promise<void> {
    const held = this.#held.shift();
    if (held === undefined) return;
    await this.#check(held);
    await accepted("DELETE", `/containers/${held.id}?force=1`);
    tell({ kind: "did", deed: "containers removed" });
  }

  async #check({ id, image }: Held): Promise<void> {
    const answer = await client.request("GET", `/images/${image}/json`);
    if (answer.status === 404) tell({ kind: "bereft", container: id, image });
  }

  async #tag(): Promise<void> {
    const own = names.filter((_, index) => index % busyLoops === this.#number);
    const name = this.#random.chance(0.8)
      ? this.#random.pick(own)
      : `extra-${this.#number}:${this.#random.below(9)}`;
    const image = this.#random.pick(images);
    const [repo = "", tag = ""] = name.split(":");
    const answer = await client.request("POST", `/images/${image}/tag?repo=${repo}&tag=${tag}`);
    if (answer.status < 400) tell({ kind: "tagged", name, image });
    else tell({ kind: "tag-refused", name, image, reason: `${answer.status} ${answer.text.trim()}` });
  }
}

async function work(loop: Loop): Promise<void> {
  active += 1;
  while (running) await loop.step();
  active -= 1;
  if (active === 0 && waitingForQuiet) {
    waitingForQuiet = false;
    tell({ kind: "quiet" });
  }
}

const random = new Random(Number(seed));
const loops = Array.from({ length: busyLoops }, (_, number) => new Loop(random.fork(), number));

process.on("message", (order: Order) => {
  switch (order.kind) {
    case "go":
      ({ images, names } = order);
      running = true;
      for (const loop of loops) void work(loop);
      return;
    case "pause":
      running = false;
      waitingForQuiet = true;
      return;
    case "end":
      process.disconnect();
  }
});
