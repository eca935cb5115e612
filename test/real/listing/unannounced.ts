import { setTimeout as sleep } from "node:timers/promises";
import { startRealEngine } from "../../support/real-engine.js";
import type { ListedEvent } from "../../support/engine-events.js";
import { Deeds } from "./deeds.js";

const real = await startRealEngine();
const { client } = real;
const deeds = await Deeds.start(client);
const pulled = deeds.repository("pulled");

type Images = ReadonlyMap<string, readonly string[]>;

/** What is done, after what has to be there for it: one row of the table each. */
interface Change {
  readonly name: string;
  readonly before: readonly (() => Promise<void>)[];
  readonly deed: () => Promise<void>;
}

async function readImages(): Promise<Images> {
  const images = await client.listImages();
  const named = (names: readonly string[] | null): readonly string[] =>
    (names ?? []).filter((name) => !name.startsWith("<none>"));
  return new Map(
    images.map(({ Id, RepoTags, RepoDigests }) => [Id, [...named(RepoTags), ...named(RepoDigests)].sort()]),
  );
}

async function idOf(name: string): Promise<string> {
  return (await client.inspectImage(name))?.Id ?? name;
}

async function nameless(): Promise<string> {
  return [...(await readImages())].find(([, names]) => names.length === 0)?.[0] ?? "nothing:1";
}

const loadApp = () => deeds.load(["app:1"], 0);
const loadOther = () => deeds.load(["other:1"], 1);
const pull = () => deeds.pull("pulled", "1", 0);

const changes: readonly Change[] = [
  { name: "load", before: [], deed: loadApp },
  { name: "load, takes a name away", before: [loadApp], deed: () => deeds.load(["app:1"], 1) },
  { name: "tag", before: [loadApp], deed: async () => deeds.tag(await idOf("app:1"), "app:2") },
  {
    name: "tag, takes a name away",
    before: [loadApp, loadOther],
    deed: async () => deeds.tag(await idOf("app:1"), "other:1"),
  },
  { name: "pull", before: [], deed: pull },
  { name: "pull, nothing new", before: [pull], deed: () => deeds.pullAgain("pulled", "1") },
  { name: "pull, takes a name away", before: [pull], deed: () => deeds.pull("pulled", "1", 1) },
  { name: "pull by digest", before: [], deed: () => deeds.pullByDigest("pulled", 2) },
  {
    name: "pull of all tags",
    before: [pull, () => deeds.pull("pulled", "2", 1)],
    deed: () => deeds.pullAll("pulled"),
  },
  {
    name: "push, which adds a digest",
    before: [loadApp, async () => deeds.tag(await idOf("app:1"), `${pulled}:1`)],
    deed: () => deeds.push(`${pulled}:1`),
  },
  { name: "import", before: [], deed: () => deeds.import("app:1", 0) },
  { name: "import, takes a name away", before: [loadApp], deed: () => deeds.import("app:1", 0) },
  { name: "commit", before: [loadApp, () => deeds.createContainer("app:1")], deed: () => commit("new:1") },
  {
    name: "commit without a name",
    before: [loadApp, () => deeds.createContainer("app:1")],
    deed: () => commit(null),
  },
  { name: "classic build", before: [loadApp], deed: () => deeds.build(1, "app:1", "new:1", 0) },
  { name: "classic build without a name", before: [loadApp], deed: () => deeds.build(1, "app:1", null, 0) },
  { name: "BuildKit build", before: [loadApp], deed: () => deeds.build(2, "app:1", "new:1", 0) },
  {
    name: "BuildKit build, takes a name away",
    before: [loadApp, () => deeds.load(["new:1"], 1)],
    deed: () => deeds.build(2, "app:1", "new:1", 0),
  },
  {
    name: "BuildKit build, cached, another name",
    before: [loadApp, () => deeds.build(2, "app:1", "new:1", 0)],
    deed: () => deeds.build(2, "app:1", "new:2", 0),
  },
  { name: "BuildKit build without a name", before: [loadApp], deed: () => deeds.build(2, "app:1", null, 0) },
  { name: "buildx build", before: [], deed: () => deeds.buildx("new:1", 0) },
  {
    name: "buildx build, again",
    before: [() => deeds.buildx("new:1", 0)],
    deed: () => deeds.buildx("new:1", 0),
  },
  {
    name: "removal of one of two names",
    before: [() => deeds.load(["app:1", "app:2"], 0)],
    deed: () => deeds.remove("app:2"),
  },
  { name: "removal of the last name", before: [loadApp], deed: () => deeds.remove("app:1") },
  { name: "removal by ID", before: [loadApp], deed: async () => deeds.remove(await idOf("app:1")) },
  {
    name: "removal without a name left",
    before: [loadApp, () => deeds.load(["app:1"], 1)],
    deed: async () => deeds.remove(await nameless()),
  },
  { name: "prune", before: [loadApp, () => deeds.load(["app:1"], 1)], deed: () => deeds.prune("dangling") },
];

async function commit(name: string | null): Promise<void> {
  const [container] = await client.listContainers();
  await deeds.commit(container?.Id ?? "", name);
}

/** Whether an event names this image, by its ID or by a name that it has now. */
function isToldBy(event: ListedEvent, id: string, names: ReadonlySet<string>): boolean {
  const bare = (text: string): string => text.replace(/^sha256:/, "");
  const told = [event.id, event.attributes["name"] ?? ""];
  return told.some((text) => bare(text) === bare(id) || names.has(text));
}

function changeOf(
  before: readonly string[] | undefined,
  after: readonly string[] | undefined,
): string | null {
  if (before === undefined) return "a new image";
  if (after === undefined) return "one that is gone";
  if (before.every((name) => after.includes(name))) return after.length > before.length ? "a new name" : null;
  return after.length === 0 ? "who lost its last name" : "who lost a name";
}

/** Podman writes to its log a moment later. */
async function settledEvents(): Promise<readonly ListedEvent[]> {
  for (let count = -1; ;) {
    const events = await client.listEvents();
    if (events.length === count) return events;
    count = events.length;
    await sleep(300);
  }
}

async function rowOf({ name, before, deed }: Change): Promise<string> {
  await client.removeAll();
  for (const each of before) await each();
  const [imagesBefore, eventsBefore] = [await readImages(), await settledEvents()];
  const since = eventsBefore.reduce((latest, { timeNano }) => (timeNano > latest ? timeNano : latest), 0n);
  await deed();
  const after = await readImages();
  const events = (await settledEvents()).filter(({ type, timeNano }) => type === "image" && timeNano > since);
  const untold = new Set<string>();
  let changed = 0;
  for (const id of new Set([...imagesBefore.keys(), ...after.keys()])) {
    const [names, names2] = [imagesBefore.get(id), after.get(id)];
    const what = changeOf(names, names2);
    if (what === null) continue;
    changed += 1;
    if (!events.some((event) => isToldBy(event, id, new Set(names2)))) untold.add(what);
  }
  if (changed === 0 && events.length === 0) return `| ${name} | | not done, or nothing changed |`;
  const actions = [...new Set(events.map(({ action }) => action))].join(", ");
  return `| ${name} | ${actions} | ${[...untold].join(", ")} |`;
}

try {
  console.log("| change | events of images | changed, and in none of them |\n| --- | --- | --- |");
  for (const change of changes) console.log(await rowOf(change));
} finally {
  deeds.close();
  await real.stop();
}
