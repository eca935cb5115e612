import { setTimeout as sleep } from "node:timers/promises";
import { buildArchive, buildArchiveOfMany } from "./docker-archive.js";
import { eventsOf, type ListedEvent } from "./engine-events.js";
import { sendRequest, type HttpAnswer } from "./unix-http.js";

export interface ImageToLoad {
  readonly name?: string | readonly string[];
  /** Bytes of each layer of its own. Size is the sum of `baseLayers` and `layers`; the first one holds busybox. */
  readonly layers: readonly number[];
  /** Bytes of layers shared with every image that has the same `baseLayers`. */
  readonly baseLayers?: readonly number[];
  readonly labels?: Readonly<Record<string, string>>;
  /** The same seed gives the same image; by default the names, or a number never used before. */
  readonly seed?: string;
}

export interface ContainerToCreate {
  readonly name?: string;
  /** By default it runs until it is ended. */
  readonly cmd?: readonly string[];
  readonly start?: boolean;
  readonly autoRemove?: boolean;
  /** A command, run every second as a health check. */
  readonly healthcheck?: readonly string[];
  /** An image that is mounted into it (API 1.48). */
  readonly imageMount?: string;
}

export interface ListedImage {
  readonly Id: string;
  readonly ParentId: string;
  readonly RepoTags: readonly string[] | null;
  readonly RepoDigests: readonly string[] | null;
  readonly Size: number;
}

export interface ListedContainer {
  readonly Id: string;
  readonly ImageID: string;
  readonly State: string;
}

/** The last event of a container; Podman has a word of its own. */
const containerEnds = new Set(["destroy", "remove"]);

let unnamedImages = 0;

/** Sets scenes on any engine, through its API alone. Every method but `request` throws when the engine refuses. */
export class EngineClient {
  readonly host: string;

  constructor(host: string) {
    this.host = host;
  }

  request(method: string, path: string, body?: unknown): Promise<HttpAnswer> {
    return sendRequest({ host: this.host, method, path, body });
  }

  /** Loads an image as `docker load` does, and answers with its ID. */
  async loadImage(image: ImageToLoad): Promise<string> {
    const names = image.name === undefined ? [] : [image.name].flat();
    const seed = image.seed ?? (names.length > 0 ? names.join() : `unnamed-${++unnamedImages}`);
    const { baseLayers = [], layers, labels = {} } = image;
    const archive = buildArchive({ names, baseLayers, layers, seed, labels });
    const answer = await this.#must("POST", "/images/load", archive.tar);
    if (answer.text.includes('"error"')) throw new Error(`The engine did not load ${seed}: ${answer.text}`);
    // A containerd store gives another ID than a classic one: ask for it where the image has a name.
    const loaded = names[0] === undefined ? null : await this.inspectImage(names[0]);
    return loaded?.Id ?? archive.id;
  }

  /** Many images with names at once. */
  async loadImages(images: readonly (ImageToLoad & { readonly name: string })[]): Promise<void> {
    if (images.length === 0) return;
    const tar = buildArchiveOfMany(
      images.map(({ name, baseLayers = [], layers, labels = {} }) => ({
        names: [name],
        baseLayers,
        layers,
        seed: name,
        labels,
      })),
    );
    const answer = await this.#must("POST", "/images/load", tar);
    if (answer.text.includes('"error"')) throw new Error(`The engine did not load them: ${answer.text}`);
  }

  async listImages(): Promise<readonly ListedImage[]> {
    return JSON.parse((await this.#must("GET", "/images/json?all=1")).text) as ListedImage[];
  }

  /** Null when there is no such image. */
  async inspectImage(name: string): Promise<ListedImage | null> {
    const answer = await this.request("GET", `/images/${name}/json`);
    return answer.status === 404
      ? null
      : (JSON.parse(accepted(answer, `inspect ${name}`).text) as ListedImage);
  }

  async tag(image: string, name: string): Promise<void> {
    const colon = name.lastIndexOf(":");
    const [repo, tag] = [name.slice(0, colon), name.slice(colon + 1)];
    await this.#must("POST", `/images/${image}/tag?repo=${repo}&tag=${tag}`);
  }

  /** Removes an image, or a name of one, as the engine does it by itself: without force, and with pruning. */
  async removeImage(name: string): Promise<void> {
    await this.#must("DELETE", `/images/${name}`);
  }

  /** A whole `docker run --rm`: settles when the container is gone. */
  async runRemoved(image: string, cmd: readonly string[] = ["/bin/busybox", "true"]): Promise<void> {
    const id = await this.createContainer(image, { cmd, start: true, autoRemove: true });
    // The event is the last thing that a container leaves behind.
    await this.waitFor(async () =>
      (await this.listEvents()).some(({ action, id: actor }) => containerEnds.has(action) && actor === id),
    );
  }

  async createContainer(image: string, options: ContainerToCreate = {}): Promise<string> {
    const {
      cmd = ["/bin/busybox", "sleep", "600"],
      start = false,
      autoRemove = false,
      healthcheck,
    } = options;
    const second = 1_000_000_000;
    const answer = await this.#must(
      "POST",
      `/containers/create${options.name === undefined ? "" : `?name=${options.name}`}`,
      {
        Image: image,
        Cmd: cmd,
        // The first process of a container ignores SIGTERM: do not give it the ten seconds to obey.
        StopTimeout: 1,
        HostConfig: {
          NetworkMode: "none",
          AutoRemove: autoRemove,
          ...(options.imageMount === undefined
            ? {}
            : { Mounts: [{ Type: "image", Source: options.imageMount, Target: "/mounted" }] }),
        },
        ...(healthcheck === undefined
          ? {}
          : { Healthcheck: { Test: ["CMD", ...healthcheck], Interval: second } }),
      },
    );
    const { Id } = JSON.parse(answer.text) as { Id: string };
    if (start) await this.startContainer(Id);
    return Id;
  }

  async isPodman(): Promise<boolean> {
    return (await this.#must("GET", "/_ping")).headers["libpod-api-version"] !== undefined;
  }

  /** Whether a container can have an image mounted. */
  async canMountImages(): Promise<boolean> {
    const { headers } = await this.#must("GET", "/_ping");
    return Number(String(headers["api-version"]).split(".")[1]) >= 48;
  }

  async listContainers(): Promise<readonly ListedContainer[]> {
    return JSON.parse((await this.#must("GET", "/containers/json?all=1")).text) as ListedContainer[];
  }

  async startContainer(id: string): Promise<void> {
    await this.#must("POST", `/containers/${id}/start`);
  }

  async pause(id: string): Promise<void> {
    await this.#must("POST", `/containers/${id}/pause`);
  }

  async unpause(id: string): Promise<void> {
    await this.#must("POST", `/containers/${id}/unpause`);
  }

  async stopContainer(id: string): Promise<void> {
    await this.#must("POST", `/containers/${id}/stop?t=1`);
  }

  async killContainer(id: string): Promise<void> {
    await this.#must("POST", `/containers/${id}/kill`);
    await this.waitFor(async () => (await this.#stateOf(id)) === "exited");
  }

  /** A new image with the container's image as its parent. */
  async commit(container: string, name: string): Promise<void> {
    const colon = name.lastIndexOf(":");
    const query = `container=${container}&repo=${name.slice(0, colon)}&tag=${name.slice(colon + 1)}`;
    // Podman does without a body no more than Docker with one.
    await this.#must("POST", `/commit?${query}`, {});
  }

  /** Ends it first if it runs. */
  async removeContainer(id: string): Promise<void> {
    await this.#must("DELETE", `/containers/${id}?force=1`);
  }

  /** The whole event buffer up to now, in the engine's own order. */
  async listEvents(): Promise<readonly ListedEvent[]> {
    if (await this.isPodman()) {
      // With an `until` in the past Podman returns next to nothing.
      return eventsOf((await this.#must("GET", "/events?since=0&stream=false")).text);
    }
    const { SystemTime } = JSON.parse((await this.#must("GET", "/info")).text) as { SystemTime: string };
    return eventsOf((await this.#must("GET", `/events?since=0&until=${secondsOf(SystemTime)}`)).text);
  }

  /** An empty engine: no container and no image is left. */
  async removeAll(): Promise<void> {
    for (const { Id } of await this.listContainers()) await this.removeContainer(Id);
    for (let images = await this.listImages(); images.length > 0; images = await this.listImages()) {
      const parents = new Set(images.map(({ ParentId }) => ParentId));
      for (const { Id } of images.filter((image) => !parents.has(image.Id))) {
        const answer = await this.request("DELETE", `/images/${Id}?force=1&noprune=1`);
        if (answer.status !== 404) accepted(answer, `remove ${Id}`);
      }
    }
  }

  /** Polls until the condition holds; throws after 20 seconds. */
  async waitFor(condition: () => Promise<boolean>): Promise<void> {
    const deadline = Date.now() + 20_000;
    while (!(await condition())) {
      if (Date.now() > deadline) throw new Error("The engine did not come to what the test waits for.");
      await sleep(20);
    }
  }

  async #stateOf(id: string): Promise<string | undefined> {
    return (await this.listContainers()).find((container) => container.Id === id)?.State;
  }

  async #must(method: string, path: string, body?: unknown): Promise<HttpAnswer> {
    return accepted(await this.request(method, path, body), `${method} ${path}`);
  }
}

function accepted(answer: HttpAnswer, what: string): HttpAnswer {
  if (answer.status < 400) return answer;
  throw new Error(`The engine refused ${what}: ${answer.status} ${answer.text}`);
}

/** RFC 3339 with nanoseconds, as seconds with nanoseconds. */
function secondsOf(time: string): string {
  const fraction = /\.(\d+)/.exec(time)?.[1] ?? "0";
  return `${Math.floor(Date.parse(time) / 1000)}.${fraction.padEnd(9, "0")}`;
}
