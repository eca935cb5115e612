import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buffer } from "node:stream/consumers";
import { buildArchive, buildArchiveOfMany, busyboxBytes } from "../../support/docker-archive.js";
import { runDocker } from "../../support/docker-command.js";
import type { EngineClient } from "../../support/engine-client.js";
import { gzippedLayer, hostPlatform, ociArchive, ociImage, ociIndex } from "../../support/oci-archive.js";
import type { OciImage } from "../../support/oci-archive.js";
import { writeTar } from "../../support/tar.js";
import { openRequest } from "../../support/unix-http.js";
import { Registry } from "./registry.js";

/** What can be done to the images of an engine through its API. What it refuses is left at that. */
export class Deeds {
  readonly #client: EngineClient;
  readonly #registry: Registry;
  /** Empty where there is no `docker buildx`. */
  readonly #buildxHome: string | null;

  private constructor(client: EngineClient, registry: Registry, buildxHome: string | null) {
    [this.#client, this.#registry, this.#buildxHome] = [client, registry, buildxHome];
  }

  static async start(client: EngineClient): Promise<Deeds> {
    const home = process.env["HOME"] ?? "";
    const { exitCode } = await runDocker(["buildx", "version"], { HOME: home });
    return new Deeds(client, await Registry.start(), exitCode === 0 ? home : null);
  }

  close(): void {
    this.#registry.close();
  }

  get hasBuildx(): boolean {
    return this.#buildxHome !== null;
  }

  /** A repository of the registry, as the engine names it. */
  repository(name: string): string {
    return `${this.#registry.address}/${name}`;
  }

  async load(names: readonly string[], content: number): Promise<void> {
    await this.#ask("POST", "/images/load", buildArchive({ ...recipeOf(content), names }).tar);
  }

  async loadTwo(first: string, second: string, content: number): Promise<void> {
    const recipes = [first, second].map((name, index) => ({ ...recipeOf(content + index), names: [name] }));
    await this.#ask("POST", "/images/load", buildArchiveOfMany(recipes));
  }

  async loadPlatforms(name: string, content: number): Promise<void> {
    const image = platformsOf(content);
    await this.#ask("POST", "/images/load", ociArchive([{ name: fullName(name), image }]));
  }

  /** An image, with its parents where it has some, is saved under this name and loaded again. */
  async saveAndLoad(name: string): Promise<void> {
    const response = await openRequest({
      host: this.#client.host,
      method: "GET",
      path: `/images/${name}/get`,
    });
    const archive = await buffer(response);
    if (response.statusCode === 200) await this.#ask("POST", "/images/load", archive);
  }

  async tag(image: string, name: string): Promise<void> {
    await this.#ask("POST", `/images/${image}/tag?${query(name)}`);
  }

  /** Moves the tag in the registry first. */
  async pull(repository: string, tag: string, content: number): Promise<void> {
    this.#registry.offer(repository, tag, content % 5 === 4 ? platformsOf(content) : pulledOf(content));
    await this.pullAgain(repository, tag);
  }

  /** Another platform of what its tag means, under the same name. */
  async pullOtherPlatform(repository: string, tag: string): Promise<void> {
    const query = `fromImage=${this.repository(repository)}&tag=${tag}&platform=linux/${otherArchitecture}`;
    await this.#ask("POST", `/images/create?${query}`);
  }

  async pullAgain(repository: string, tag: string): Promise<void> {
    await this.#ask("POST", `/images/create?fromImage=${this.repository(repository)}&tag=${tag}`);
  }

  async pullByDigest(repository: string, content: number): Promise<void> {
    const image = pulledOf(content);
    this.#registry.offer(repository, "pinned", image);
    await this.#ask("POST", `/images/create?fromImage=${this.repository(repository)}&tag=${image.id}`);
  }

  /** As Swarm pulls. */
  async pullPinned(repository: string, tag: string, content: number): Promise<void> {
    const image = pulledOf(content);
    this.#registry.offer(repository, tag, image);
    await this.#ask("POST", `/images/create?fromImage=${this.repository(repository)}:${tag}@${image.id}`);
  }

  /** `docker pull --all-tags`. */
  async pullAll(repository: string): Promise<void> {
    await this.#ask("POST", `/images/create?fromImage=${this.repository(repository)}`);
  }

  async push(name: string): Promise<void> {
    const colon = name.lastIndexOf(":");
    const [repository, tag] = [name.slice(0, colon), name.slice(colon + 1)];
    await this.#ask("POST", `/images/${repository}/push?tag=${tag}`, undefined, {
      "X-Registry-Auth": "e30=",
    });
  }

  async import(name: string | null, content: number): Promise<void> {
    const target = name === null ? "" : `&${query(name)}`;
    const tar = writeTar([{ name: "file", content: Buffer.from(`import ${content}`) }]);
    await this.#ask("POST", `/images/create?fromSrc=-${target}`, tar);
  }

  async commit(container: string, name: string | null): Promise<void> {
    const target = name === null ? "" : `&${query(name)}`;
    await this.#ask("POST", `/commit?container=${container}${target}`, {});
  }

  /** `version` 1 is the classic builder, 2 is BuildKit. The same content gives the same layers. */
  async build(version: 1 | 2, base: string, name: string | null, content: number): Promise<void> {
    const target = name === null ? "" : `&t=${name}`;
    await this.#ask("POST", `/build?version=${version}${target}`, contextOf(base, content));
  }

  /** With provenance, which is new at each build. */
  async buildx(name: string, content: number): Promise<void> {
    if (this.#buildxHome === null) return;
    const folder = await mkdtemp(join(tmpdir(), "docker-gc-build-"));
    await writeFile(join(folder, "Dockerfile"), dockerfileOf("scratch", content));
    const env = { HOME: this.#buildxHome, DOCKER_HOST: this.#client.host };
    await runDocker(["buildx", "build", "--provenance=true", "--tag", name, folder], env);
    await rm(folder, { recursive: true });
  }

  async remove(image: string, options: "" | "?force=1" | "?noprune=1" = ""): Promise<void> {
    await this.#ask("DELETE", `/images/${image}${options}`);
  }

  /** `label`: of all, those alone that have it. */
  async prune(which: "dangling" | "all", label?: string): Promise<void> {
    const labels = label === undefined ? {} : { label: [label] };
    const filters = JSON.stringify({ dangling: [String(which === "dangling")], ...labels });
    await this.#ask("POST", `/images/prune?filters=${encodeURIComponent(filters)}`);
  }

  async createContainer(image: string): Promise<void> {
    await this.#ask("POST", "/containers/create", { Image: image, Cmd: ["/bin/busybox", "true"] });
  }

  async removeContainer(id: string): Promise<void> {
    await this.#ask("DELETE", `/containers/${id}?force=1`);
  }

  /** More events than the engine remembers. */
  async flood(): Promise<void> {
    const Name = "docker-gc-flood";
    for (let round = 0; round < 130; round += 1) {
      await this.#ask("POST", "/volumes/create", { Name });
      await this.#ask("DELETE", `/volumes/${Name}`);
    }
  }

  async #ask(
    method: string,
    path: string,
    body?: unknown,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<void> {
    const response = await openRequest({ host: this.#client.host, method, path, body, headers });
    await buffer(response);
  }
}

const otherArchitecture = hostPlatform.architecture === "arm64" ? "amd64" : "arm64";

/** Names in an archive of the containerd store are whole. */
function fullName(name: string): string {
  return `docker.io/library/${name}`;
}

function query(name: string): string {
  const colon = name.lastIndexOf(":");
  return `repo=${name.slice(0, colon)}&tag=${name.slice(colon + 1)}`;
}

function recipeOf(content: number) {
  return {
    baseLayers: [],
    layers: [busyboxBytes() + 100 + content],
    seed: `content ${content}`,
    labels: { content: String(content) },
  };
}

function pulledOf(content: number): OciImage {
  return ociImage([gzippedLayer("file", Buffer.from(`pulled ${content}`))], `pulled ${content}`);
}

function platformsOf(content: number): OciImage {
  const other = { os: "linux", architecture: otherArchitecture };
  const layer = gzippedLayer("file", Buffer.from(`platforms ${content}`));
  return ociIndex(
    [hostPlatform, other].map((platform) => ({
      image: ociImage([layer], `platforms ${content}`, platform),
      platform,
    })),
  );
}

function dockerfileOf(base: string, content: number): string {
  return `FROM ${base}\nCOPY Dockerfile /built-${content}\nLABEL step=one\nLABEL content=${content}\n`;
}

function contextOf(base: string, content: number): Buffer {
  return writeTar([{ name: "Dockerfile", content: Buffer.from(dockerfileOf(base, content)) }]);
}
