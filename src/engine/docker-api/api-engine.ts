import type { EngineEvent } from "../../core/uses/event.js";
import { Failure } from "../../core/text/failure.js";
import type { Container, ContainerId, Image, ImageId, Service } from "../../core/image/image.js";
import type { HistoryEntry } from "../../core/layers/layer-sizes.js";
import {
  ImageReader,
  parseEngineNames,
  parseRemoval,
  parseShownImage,
  withShortNames,
} from "./image-answers.js";
import { parseContainers, parseServices, parseTypedName } from "./user-answers.js";
import { mostBytes } from "../transport/bounds.js";
import type { Connection, EngineResponse, Query } from "../transport/connection.js";
import { askingForManifests, imagePath, inspectionVersion, listedReference } from "./image-path.js";
import { messageIn } from "./error-message.js";
import {
  countIn,
  describeEngine,
  minorOf,
  parseHostNetwork,
  readClock,
  type ReadClock,
  type TimedInfo,
} from "./description.js";
import { parseJson } from "../transport/json-text.js";
import type {
  Engine,
  EngineDescription,
  ImageAnswer,
  ImageDetails,
  ImageStore,
  EngineNames,
  OtherBytes,
  RegistryAnswer,
  RemovalAnswer,
} from "../port.js";
import { PodmanServer } from "../locate/processes.js";
import { noRegistryAuth, type RegistryAuthOf } from "../locate/registry-auth.js";
import type { DiskAnswer, DiskKind } from "../../core/results/disk.js";
import { EngineCalls } from "./engine-calls.js";
import { readEventLog } from "./log-question.js";
import { countEvents, readEventBuffer } from "./event-question.js";
import { askDisk } from "./disk-question.js";
import { askRegistry } from "./registry-question.js";
import { readImageBytes, readOtherBytes } from "./account-question.js";
import { parseDetails, parseHistory } from "./size-answers.js";

/** The Engine API of Docker and of Podman, over one connection. */
export class ApiEngine implements Engine {
  readonly #connection: Connection;
  readonly #timeoutMs: number;
  readonly #calls: EngineCalls;
  readonly #registryAuth: RegistryAuthOf;
  /** Whoever that is; null where it is not on this host. */
  readonly #podman: PodmanServer | null;
  #family: EngineDescription["family"] = "docker";
  #apiVersion = "";
  #store: ImageStore["kind"] = "engine";
  /** Unknown before the engine has been described. */
  #clock: ReadClock = {
    askedAt: -Infinity,
    now: () => NaN,
    nowAtMost: () => NaN,
    exactly: (until) => until,
  };
  #imageCount: number | null = null;
  /** A new image is looked up and then learned, by the same question: 25 ms of the engine's processors in the containerd store. */
  readonly #detailsOfLook = new Map<ImageId, ImageDetails | null>();

  /** @param registryAuth what registries are shown; by default nothing */
  constructor(connection: Connection, timeoutMs: number, registryAuth: RegistryAuthOf = noRegistryAuth) {
    this.#connection = connection;
    this.#timeoutMs = timeoutMs;
    this.#calls = new EngineCalls(connection, timeoutMs);
    this.#registryAuth = registryAuth;
    const { socketPath } = connection;
    this.#podman = socketPath === null ? null : new PodmanServer(socketPath, "/proc");
  }

  /** Where it is asked, without credentials; known before anything is. */
  get address(): string {
    return this.#connection.shown;
  }

  async describe(expectedApi?: string): Promise<EngineDescription> {
    const headers = expectedApi === undefined ? await this.#ping() : { "api-version": expectedApi };
    const answer = await this.#askInfo();
    const all = { ...headers, ...answer.headers };
    const description = describeEngine({ headers: all, info: answer.info, host: this.address });
    this.#keepTime(answer);
    this.#family = description.family;
    this.#apiVersion = description.summary.apiVersion;
    this.#store = description.imageStore.kind;
    return {
      ...description,
      now: () => this.#clock.now(),
      nowAtMost: () => this.#clock.nowAtMost(),
      imageCount: () => this.#imageCount,
    };
  }

  async #ping(): Promise<EngineResponse["headers"]> {
    const ping = await this.#calls.send({ method: "GET", path: "/_ping", mostBytes: mostBytes.ping });
    await ping.readText();
    return ping.headers;
  }

  async syncClock(maxAgeMs: number): Promise<void> {
    if (performance.now() - this.#clock.askedAt > maxAgeMs) this.#keepTime(await this.#askInfo());
  }

  async #askInfo(): Promise<TimedInfo & Pick<EngineResponse, "headers">> {
    const askedAt = performance.now();
    const response = await this.#calls.get({ path: "/info" });
    const info = parseJson(await response.readText(), "GET /info");
    return { headers: response.headers, info, askedAt, receivedAt: performance.now() };
  }

  #keepTime(answer: TimedInfo): void {
    this.#clock = readClock(answer);
    this.#imageCount = countIn(answer.info);
  }

  async listImages(onBegun?: () => void): Promise<Image[]> {
    const images = await this.#listThose(askingForManifests(this.#store, this.#minorVersion, 47), onBegun);
    return this.#family === "podman" ? images.map(withShortNames) : images;
  }

  async listNameless(): Promise<ImageId[]> {
    return (await this.#listFiltered({ dangling: ["true"] })).map(({ id }) => id);
  }

  listRepositories(repositories: ReadonlySet<string>): Promise<readonly Image[]> {
    return this.#listFiltered({ reference: [...repositories] });
  }

  /** Docker applies these before it reads what an image consists of, so it costs as much as there is to tell. */
  #listFiltered(filters: Readonly<Record<string, readonly string[]>>): Promise<Image[]> {
    return this.#listThose({ filters: JSON.stringify(filters) });
  }

  async #listThose(query: Query, onBegun?: () => void): Promise<Image[]> {
    const reader = new ImageReader(this.#store);
    const request = { path: "/images/json", query: { all: "1", ...query }, mostBytes: mostBytes.images };
    for await (const piece of this.#calls.listPieces(request, onBegun)) reader.read(piece);
    return reader.images;
  }

  listContainers(only?: readonly ContainerId[]): Promise<Container[]> {
    const filters = only === undefined ? {} : { filters: JSON.stringify({ id: only }) };
    return this.#listUsers("/containers/json", parseContainers, { all: "1", ...filters });
  }

  listServices(): Promise<Service[]> {
    return this.#listUsers("/services", parseServices, {});
  }

  async #listUsers<User>(
    path: string,
    parse: (piece: unknown) => readonly User[],
    query: Query,
  ): Promise<User[]> {
    const users: User[] = [];
    for await (const piece of this.#calls.listPieces({ path, query, mostBytes: mostBytes.users }))
      for (const user of parse(piece)) users.push(user);
    return users;
  }

  readEvents(until: number, from: bigint | null): AsyncGenerator<EngineEvent> {
    if (this.#family === "docker") return readEventBuffer(this.#calls, this.#clock.exactly(until), from);
    return readEventLog(this.#calls, from, this.#podman);
  }

  countEvents(end: AbortSignal): AsyncGenerator<number> {
    return countEvents(this.#connection, end);
  }

  readTypedName(id: ContainerId): Promise<string | null> {
    // One container's refusal is not the engine's failure.
    return this.#askUnlessRefused(`/containers/${id}/json`, parseTypedName);
  }

  lookUp(reference: string): Promise<ImageAnswer<Image>> {
    const parse = (answer: unknown) => {
      const image = parseShownImage(answer, this.#store);
      this.#detailsOfLook.set(image.id, parseDetails(answer, this.#store));
      return image;
    };
    return this.#inspect(reference, parse);
  }

  inspectNames(reference: string): Promise<ImageAnswer<EngineNames>> {
    return this.#inspect(reference, (answer) => parseEngineNames(answer, this.#store));
  }

  async inspectDetails(id: ImageId): Promise<ImageAnswer<ImageDetails>> {
    const value = this.#detailsOfLook.get(id) ?? null;
    this.#detailsOfLook.delete(id);
    if (value !== null) return { kind: "found", value };
    return this.#inspect(id, (answer) => parseDetails(answer, this.#store));
  }

  readHistory(id: ImageId): Promise<ImageAnswer<readonly HistoryEntry[]>> {
    return this.#askOf(`/images/${id}/history`, parseHistory);
  }

  async askRegistry(name: string): Promise<RegistryAnswer> {
    const auth = await this.#registryAuth(listedReference(name).domain);
    return askRegistry(this.#connection, name, auth, this.#timeoutMs);
  }

  async readDiskUse(kind: DiskKind): Promise<DiskAnswer> {
    if (this.#family === "podman")
      return { kind: "unknown", because: "Podman reports it only together with its images" };
    if (this.#minorVersion < 42)
      return { kind: "unknown", because: "it can be asked for it alone from API 1.42 on (Docker 23)" };
    return askDisk(this.#connection, kind, this.#timeoutMs);
  }

  readImageBytes(): Promise<number> {
    return readImageBytes(this.#calls, this.#minorVersion);
  }

  readOtherBytes(): Promise<OtherBytes> {
    return readOtherBytes(this.#calls, this.#minorVersion);
  }

  async readDataId(): Promise<string> {
    // A proxy may not let it through, and then does so never.
    return (await this.#askUnlessRefused("/networks/host", parseHostNetwork)) ?? "";
  }

  async #askUnlessRefused<Value>(path: string, parse: (answer: unknown) => Value): Promise<Value | null> {
    const response = await this.#calls.send({ method: "GET", path });
    const text = await response.readText();
    return response.status === 200 ? parse(parseJson(text, `GET ${path}`)) : null;
  }

  async remove(reference: string): Promise<RemovalAnswer> {
    const path = imagePath(reference);
    const request = { method: "DELETE", path, query: { noprune: "1" } } as const;
    try {
      const response = await this.#calls.sendPatiently(request);
      const text = await response.readText();
      if (response.status === 200)
        return { kind: "removed", ...parseRemoval(parseJson(text, `DELETE ${path}`)) };
      const message = messageIn(text, response.status);
      if (response.status === 409) return { kind: "conflict", message };
      if (response.status === 404) return { kind: "missing", message };
      return { kind: "unknown", message };
    } catch (error) {
      // The request may have arrived: only another look can tell what became of it.
      if (error instanceof Failure) return { kind: "unknown", message: error.message };
      throw error;
    }
  }

  async tag(id: ImageId, name: string): Promise<void> {
    const colon = name.lastIndexOf(":");
    const query = { repo: name.slice(0, colon), tag: name.slice(colon + 1) };
    const response = await this.#calls.send({ method: "POST", path: `/images/${id}/tag`, query });
    if (response.status !== 201) throw await this.#calls.refused(`POST /images/${id}/tag`, response);
    await response.readText();
  }

  hurry(): void {
    this.#connection.hurry();
  }

  abandon(): void {
    this.#connection.abandon();
  }

  get #minorVersion(): number {
    return minorOf(this.#apiVersion);
  }

  async #inspect<Value>(
    reference: string,
    parse: (answer: unknown) => Value | null,
  ): Promise<ImageAnswer<Value>> {
    const path = `${inspectionVersion(this.#minorVersion)}${imagePath(reference)}/json`;
    return this.#askOf(path, parse, askingForManifests(this.#store, this.#minorVersion, 48));
  }

  /** One image's refusal is not the engine's failure: it may be damaged. */
  async #askOf<Value>(
    path: string,
    parse: (answer: unknown) => Value | null,
    query: Query = {},
  ): Promise<ImageAnswer<Value>> {
    const response = await this.#calls.send({ method: "GET", path, query });
    const text = await response.readText();
    if (response.status === 404) return { kind: "missing" };
    if (response.status !== 200) return { kind: "unreadable", message: messageIn(text, response.status) };
    const value = parse(parseJson(text, `GET ${path}`));
    return value === null
      ? { kind: "unreadable", message: "it does not tell the layers" }
      : { kind: "found", value };
  }
}
