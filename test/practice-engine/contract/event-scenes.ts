import type { EngineClient } from "../../support/engine-client.js";
import { busyboxBytes } from "../../support/docker-archive.js";

/** What somebody does with an engine; the events of it are compared. */
export interface EventScene {
  readonly name: string;
  readonly before?: (client: EngineClient) => Promise<unknown>;
  readonly act: (client: EngineClient) => Promise<unknown>;
  /** The event with which the scene ends, where a real engine goes on by itself. */
  readonly last?: string;
  /** Events of later engines that the practice engine does not have: since which API version, and which. */
  readonly unknownSince?: { readonly apiVersion: number; readonly event: string };
}

const probe = ["/bin/busybox", "true"];

function load(
  client: EngineClient,
  name: string | readonly string[] | undefined,
  seed: string,
): Promise<string> {
  return client.loadImage({ ...(name === undefined ? {} : { name }), layers: [busyboxBytes() + 1000], seed });
}

const one = (client: EngineClient): Promise<string> => load(client, "one:1", "one");

async function two(client: EngineClient): Promise<void> {
  await one(client);
  await load(client, "two:1", "two");
}

/** A container of one:1 that runs. */
async function running(client: EngineClient): Promise<string> {
  await one(client);
  return client.createContainer("one:1", { name: "web", start: true });
}

export const eventScenes: readonly EventScene[] = [
  { name: "load", act: one },
  { name: "load of an image with two names", act: (client) => load(client, ["one:1", "other:2"], "one") },
  { name: "load of an image without a name", act: (client) => load(client, undefined, "nameless") },
  { name: "load again", before: one, act: one },
  {
    name: "load that takes another image's tag",
    before: two,
    act: (client) => load(client, "one:1", "three"),
  },
  { name: "tag", before: one, act: (client) => client.tag("one:1", "new:1") },
  { name: "tag that changes nothing", before: one, act: (client) => client.tag("one:1", "one:1") },
  {
    name: "tag with a full name",
    before: one,
    act: (client) => client.tag("one:1", "docker.io/library/full:1"),
  },
  {
    name: "tag with a registry",
    before: one,
    act: (client) => client.tag("one:1", "localhost:5000/team/app:1"),
  },
  { name: "tag moved", before: two, act: (client) => client.tag("two:1", "one:1") },
  {
    name: "untag",
    before: async (client) => {
      await one(client);
      await client.tag("one:1", "new:1");
    },
    act: (client) => client.removeImage("new:1"),
  },
  { name: "delete by the last tag", before: one, act: (client) => client.removeImage("one:1") },
  {
    name: "delete by ID",
    before: one,
    act: async (client) => client.removeImage((await client.inspectImage("one:1"))?.Id ?? ""),
  },
  { name: "refused delete", before: running, act: (client) => client.request("DELETE", "/images/one:1") },
  { name: "run --rm", before: one, act: (client) => client.runRemoved("one:1") },
  {
    name: "a container by image ID",
    before: one,
    act: async (client) => client.createContainer((await client.inspectImage("one:1"))?.Id ?? ""),
  },
  { name: "create, start", before: one, act: (client) => client.createContainer("one:1", { start: true }) },
  { name: "pause", before: running, act: (client) => client.pause("web") },
  {
    name: "unpause",
    before: async (client) => {
      await client.pause(await running(client));
    },
    act: (client) => client.unpause("web"),
  },
  { name: "stop", before: running, act: (client) => client.stopContainer("web") },
  {
    name: "kill, remove",
    before: one,
    act: async (client) => {
      const id = await client.createContainer("one:1", { start: true });
      await client.killContainer(id);
      await client.removeContainer(id);
    },
  },
  { name: "remove by force", before: running, act: (client) => client.removeContainer("web") },
  {
    name: "commit",
    before: (client) => running(client).then(() => client.stopContainer("web")),
    act: (client) => client.request("POST", "/commit?container=web&repo=child&tag=1"),
    unknownSince: { apiVersion: 46, event: "image create" },
  },
  {
    name: "health check",
    last: "container health_status: healthy one:1",
    before: one,
    act: async (client) => {
      await client.createContainer("one:1", { start: true, healthcheck: probe });
      await client.waitFor(async () =>
        (await client.listEvents()).some(({ action }) => action === "health_status: healthy"),
      );
    },
  },
  { name: "inspections", before: one, act: (client) => client.request("GET", "/images/one:1/history") },
];
