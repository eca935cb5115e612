import { busyboxBytes } from "../../support/docker-archive.js";
import type { EngineClient } from "../../support/engine-client.js";

/** Something to remove: the requests go out one after the other, and each answer is compared. */
export interface RemovalScene {
  readonly name: string;
  readonly before: (client: EngineClient) => Promise<unknown>;
  /** Behind `DELETE /images/`. `{app:1}` stands for the ID of the image that has that name after `before`. */
  readonly requests: readonly string[];
}

const nothing = (): Promise<void> => Promise.resolve();
const missingId = `sha256:${"a".repeat(64)}`;

async function app(client: EngineClient, ...moreNames: readonly string[]): Promise<string> {
  return client.loadImage({ name: ["app:1", ...moreNames], layers: [busyboxBytes() + 1000] });
}

function container(state: "created" | "exited" | "running" | "paused", ...moreNames: readonly string[]) {
  return async (client: EngineClient): Promise<void> => {
    await app(client, ...moreNames);
    const cmd = state === "exited" ? ["/bin/busybox", "true"] : ["/bin/busybox", "sleep", "600"];
    const id = await client.createContainer("app:1", { cmd, start: state !== "created" });
    if (state === "paused") await client.pause(id);
    await client.waitFor(async () => (await client.listContainers()).every(({ State }) => State === state));
  };
}

/** app:1 with a child, child:1. */
async function family(client: EngineClient): Promise<void> {
  await app(client);
  const id = await client.createContainer("app:1");
  await client.request("POST", `/commit?container=${id}&repo=child&tag=1`);
  await client.removeContainer(id);
}

/** Two images with a layer in common. */
async function siblings(client: EngineClient): Promise<void> {
  const baseLayers = [busyboxBytes() + 500];
  await client.loadImage({ name: "app:1", baseLayers, layers: [1000] });
  await client.loadImage({ name: "app:2", baseLayers, layers: [2000] });
}

/** app:1 lost its name to another image, and has none left. */
async function superseded(client: EngineClient): Promise<void> {
  await app(client);
  await client.tag("app:1", "keep:1");
  await client.loadImage({ name: "app:1", layers: [busyboxBytes() + 2000], seed: "newer" });
}

export const removalScenes: readonly RemovalScene[] = [
  { name: "one tag, by ID", before: app, requests: ["{app:1}?noprune=1"] },
  { name: "one tag, by short ID", before: app, requests: ["{app:1:short}"] },
  { name: "one tag, by tag", before: app, requests: ["app:1"] },
  { name: "gone already", before: app, requests: ["app:1", "app:1", "{app:1}"] },
  {
    name: "two tags of one repository, by ID",
    before: (client) => app(client, "app:2"),
    requests: ["{app:1}"],
  },
  {
    name: "tags of two repositories, by ID",
    before: (client) => app(client, "other:1"),
    requests: ["{app:1}"],
  },
  {
    name: "two tags, one after the other",
    before: (client) => app(client, "app:2"),
    requests: ["app:2", "{app:1}"],
  },
  {
    name: "two tags, by ID with force",
    before: (client) => app(client, "app:2"),
    requests: ["{app:1}?force=1"],
  },
  ...(["created", "exited", "running", "paused"] as const).flatMap((state) => [
    { name: `${state} container`, before: container(state), requests: ["{app:1}", "app:1"] },
    {
      name: `${state} container, two tags`,
      before: container(state, "other:1"),
      requests: ["{app:1}", "other:1", "app:1"],
    },
  ]),
  { name: "parent, by ID", before: family, requests: ["{app:1}", "{app:1}?force=1"] },
  { name: "parent, by tag", before: family, requests: ["app:1", "{app:1}"] },
  { name: "child, then parent", before: family, requests: ["{child:1}?noprune=1", "{app:1}?noprune=1"] },
  { name: "child of a tagged parent", before: family, requests: ["child:1"] },
  { name: "child of an untagged parent", before: family, requests: ["app:1", "child:1"] },
  {
    name: "child, and the parent is left",
    before: family,
    requests: ["app:1", "child:1?noprune=1", "{app:1}"],
  },
  { name: "layers in common", before: siblings, requests: ["app:1", "app:2"] },
  { name: "a tag that has moved", before: superseded, requests: ["app:1", "{keep:1}"] },
  { name: "no such tag", before: nothing, requests: ["nothing:1", "nothing", "localhost:5000/a/b:1"] },
  { name: "no such ID", before: nothing, requests: [missingId] },
];
